"""Derive the compact FHIR R4 table of carespace.interop.fhir.structure from HL7's XML schema.

Usage: derive_r4_table.py fhir-single.xsd.gz OUT.json. Promise: the committed table says what
the schema says, but for the corrections named below; a test derives it again and compares. Source: fhir-single.xsd of
FHIR 4.0.1, https://hl7.org/fhir/R4/downloads.html.

Form of the table, chosen for size:
    "codes":      {code set: [code, ...]}
    "primitives": {primitive type: regular expression, or null}
    "types":      {type: {"base": type or null, "elements": {element: "TYPE MIN MAX [CHOICE]"}}}
    "resources":  [resource type, ...]
MAX is 1 or *. CHOICE is the stem of a value[x]; MIN 1 there means that one of them is required.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
HEADER = {
    "source": "FHIR R4 (4.0.1), fhir-single.xsd, https://hl7.org/fhir/R4/",
    "licence": "CC0-1.0 (the FHIR specification)",
    "notice": "The schema file is Copyright (c) 2011+, HL7, Inc., with a BSD-3-Clause notice.",
    "derived_by": "scripts/derive_r4_table.py",
}
# Where the schema is known to differ from the specification's own pages:
# two code sets of one name, of which it kept Medication's also for MedicationStatement
# (https://hl7.org/fhir/R4/valueset-medication-statement-status.html), and an extensible code set
# that it made a closed one (https://hl7.org/fhir/R4/metadatatypes.html#Expression).
ADDED_CODES = {
    "MedicationStatementStatusCodes": [
        "active",
        "completed",
        "entered-in-error",
        "intended",
        "stopped",
        "on-hold",
        "unknown",
        "not-taken",
    ]
}
CORRECTED_TYPES = {
    ("MedicationStatement", "status"): "MedicationStatementStatusCodes 1 1",
    ("Expression", "language"): "code 1 1",
}
# A place where any resource may stand; the checker knows it by its name.
NOT_OBJECTS = frozenset({"ResourceContainer"})
# The XML attributes are elements in JSON.
ATTRIBUTE_TYPES = {"string-primitive": "string", "uri-primitive": "uri"}


def derive(schema: Path) -> dict[str, Any]:
    """Return the table as JSON values, keys in the schema's own order."""
    root = etree.fromstring(gzip.decompress(schema.read_bytes()))
    simple = {each.get("name"): each for each in root.iterchildren(f"{XS}simpleType")}
    table: dict[str, Any] = {
        "about": HEADER,
        "resources": [each.get("ref") for each in _container(root).iter(f"{XS}element")],
        "codes": {},
        "primitives": {},
        "types": {},
    }
    for complex_type in root.iterchildren(f"{XS}complexType"):
        name = complex_type.get("name")
        if name in NOT_OBJECTS:
            continue
        value = complex_type.find(f".//{XS}attribute[@name='value']")
        if value is None:
            table["types"][name] = _object(complex_type)
            continue
        kind = simple.get(value.get("type"))
        codes = _codes(kind)
        if codes:
            table["codes"][name] = codes
        else:
            table["primitives"][name] = _pattern(kind)
    table["codes"] |= ADDED_CODES
    for (name, element), rule in CORRECTED_TYPES.items():
        table["types"][name]["elements"][element] = rule
    return table


def _container(root: etree._Element) -> etree._Element:
    container = root.find(f"{XS}complexType[@name='ResourceContainer']")
    if container is None:
        raise SystemExit("This is not FHIR's schema: it has no ResourceContainer.")
    return container


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute that the schema always has."""
    return str(element.attrib[name])


def _codes(kind: etree._Element | None) -> list[str]:
    if kind is None:
        return []
    return [_attribute(each, "value") for each in kind.iter(f"{XS}enumeration")]


def _pattern(kind: etree._Element | None) -> str | None:
    pattern = None if kind is None else kind.find(f".//{XS}pattern")
    return None if pattern is None else pattern.get("value")


def _object(complex_type: etree._Element) -> dict[str, Any]:
    extension = complex_type.find(f"{XS}complexContent/{XS}extension")
    elements: dict[str, str] = {}
    for attribute in complex_type.iter(f"{XS}attribute"):
        minimum = 1 if attribute.get("use") == "required" else 0
        kind = ATTRIBUTE_TYPES[_attribute(attribute, "type")]
        elements[_attribute(attribute, "name")] = f"{kind} {minimum} 1"
    for element in complex_type.iter(f"{XS}element"):
        name, rule = _element(element)
        elements[name] = rule
    return {"base": None if extension is None else extension.get("base"), "elements": elements}


def _element(element: etree._Element) -> tuple[str, str]:
    if element.get("ref") == "xhtml:div":
        return "div", "xhtml 1 1"
    name, kind = _attribute(element, "name"), _attribute(element, "type")
    choice = element.getparent()
    if choice is not None and choice.tag == f"{XS}choice":
        stem = name.removesuffix(kind[0].upper() + kind[1:])
        return name, f"{kind} {choice.get('minOccurs', '1')} 1 {stem}"
    maximum = element.get("maxOccurs", "1").replace("unbounded", "*")
    return name, f"{kind} {element.get('minOccurs', '1')} {maximum}"


def as_text(table: dict[str, Any]) -> str:
    """Return the table as it is committed: compact, one type a line so that a change shows."""
    parts = []
    for key, value in table.items():
        if isinstance(value, dict):
            rows = ",\n".join(f"{json.dumps(k)}:{_compact(v)}" for k, v in value.items())
            parts.append(f"{json.dumps(key)}:{{\n{rows}\n}}")
        else:
            parts.append(f"{json.dumps(key)}:{_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def main(arguments: list[str]) -> None:
    """Write the table of the schema named first into the file named second."""
    if len(arguments) != 2:
        raise SystemExit("Usage: derive_r4_table.py SCHEMA.xsd.gz OUT.json")
    schema, out = (Path(each) for each in arguments)
    out.write_text(as_text(derive(schema)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
