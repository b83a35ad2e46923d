"""Derive the English displays of codes that US Core 6.1.0, mCODE STU1 and FHIR R4 name.

Usage: derive_displays.py SCHEMAS OUT.json, where SCHEMAS holds us-core-6.1.0, mcode-stu1 and fhir-r4. Promise: every
display is one that those definitions give, character for character but for spaces; the same folder gives the same
bytes; a test derives the committed file again and compares.

Where a display comes from, first one wins: concepts of a CodeSystem, concepts of a ValueSet, a coding that a profile
or search parameter writes out, and for FHIR's own closed codes the schema's documentation. The schema knows a code set
by the name of a binding, which the profiles tie to a value set; FHIR's own value sets and code systems share their last
part (http://hl7.org/fhir/ValueSet/x draws from http://hl7.org/fhir/x).
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
GUIDES = ("us-core-6.1.0", "mcode-stu1")
KINDS = ("CodeSystem", "ValueSet", "StructureDefinition", "SearchParameter")
SCHEMA = "fhir-r4/fhir-single.xsd.gz"
BINDING_NAME = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bindingName"
FHIR_VALUE_SET = "http://hl7.org/fhir/ValueSet/"
FHIR_SYSTEM = "http://hl7.org/fhir/"
HEADER = {
    "source": "HL7 FHIR R4 (4.0.1), US Core 6.1.0, mCODE STU1: https://hl7.org/fhir/",
    "licence": "CC0-1.0 (the specifications); code systems named in them keep their own terms",
    "notice": (
        "SNOMED CT: Copyright (c) SNOMED International. This material contains content from LOINC "
        "(http://loinc.org). LOINC is copyright (c) Regenstrief Institute, Inc. and the Logical Observation "
        "Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at "
        "http://loinc.org/license. LOINC(R) is a registered United States trademark of Regenstrief Institute, Inc. "
        "ICD-10-CM: U.S. National Center for Health Statistics. Displays only, as the specifications print them."
    ),
    "derived_by": "scripts/derive_displays.py",
}
Displays = dict[str, dict[str, str]]


def derive(schemas: Path) -> dict[str, Any]:
    """Return the table as JSON values, sorted by system and code."""
    found: Displays = {}
    definitions = sorted(_definitions(schemas), key=lambda each: KINDS.index(each["resourceType"]))
    for definition in definitions:
        for system, code, display in _named(definition):
            _keep(found, system, code, display)
    closed = _closed_codes(schemas / SCHEMA)
    for name, system in sorted(_bindings(definitions)):
        for code, display in closed.get(name, {}).items():
            _keep(found, system, code, display)
    return {
        "about": HEADER,
        "displays": {system: dict(sorted(found[system].items())) for system in sorted(found)},
    }


def _keep(found: Displays, system: str, code: str, display: str) -> None:
    """Keep the first display; one that only repeats its code says nothing."""
    words = " ".join(display.replace("\u200b", "").split())
    if words and words != code:
        found.setdefault(system, {}).setdefault(code, words)


def _definitions(schemas: Path) -> Iterator[dict[str, Any]]:
    for guide in GUIDES:
        for path in sorted((schemas / guide).iterdir()):
            if path.name.partition("-")[0] in KINDS:
                data = path.read_bytes()
                yield json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def _named(definition: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if definition["resourceType"] == "CodeSystem":
        for concept in _concepts(definition.get("concept", [])):
            yield definition["url"], concept["code"], concept.get("display", "")
        return
    for include in definition.get("compose", {}).get("include", []):
        for concept in include.get("concept", []):
            yield include["system"], concept["code"], concept.get("display", "")
    yield from _codings(definition)


def _concepts(concepts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for concept in concepts:
        yield concept
        yield from _concepts(concept.get("concept", []))


def _codings(value: object) -> Iterator[tuple[str, str, str]]:
    """Every coding with its words that is written out anywhere in ``value``."""
    if isinstance(value, list):
        for each in value:
            yield from _codings(each)
    elif isinstance(value, dict):
        system, code, display = (value.get(key) for key in ("system", "code", "display"))
        if isinstance(system, str) and isinstance(code, str) and isinstance(display, str):
            yield system, code, display
        for each in value.values():
            yield from _codings(each)


def _bindings(definitions: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return (name of the code set in the schema, code system) of FHIR's own bindings."""
    return {
        (name, FHIR_SYSTEM + url.removeprefix(FHIR_VALUE_SET))
        for definition in definitions
        for element in definition.get("snapshot", {}).get("element", [])
        for binding in [element.get("binding", {})]
        for url in [binding.get("valueSet", "").partition("|")[0]]
        for name in _names(binding)
        if url.startswith(FHIR_VALUE_SET)
    }


def _names(binding: dict[str, Any]) -> list[str]:
    return [
        each["valueString"] for each in binding.get("extension", []) if each["url"] == BINDING_NAME
    ]


def _closed_codes(schema: Path) -> dict[str, dict[str, str]]:
    """Return the documented codes of every code set of the schema, by the set's name."""
    root = etree.fromstring(gzip.decompress(schema.read_bytes()))
    return {
        str(kind.get("name")).removesuffix("-list"): {
            str(each.get("value")): _english(each) for each in kind.iter(f"{XS}enumeration")
        }
        for kind in root.iterchildren(f"{XS}simpleType")
    }


def _english(code: etree._Element) -> str:
    """Return the documentation in English; the schema has it in other languages too."""
    texts = [
        each.text or ""
        for each in code.iter(f"{XS}documentation")
        if each.get(XML_LANGUAGE) == "en"
    ]
    return next((text.strip() for text in texts if text.strip()), "")


def as_text(table: dict[str, Any]) -> str:
    """Return the table as it is committed: one code a line, so that a change shows."""
    systems = [
        f"{_compact(system)}:{{\n"
        + ",\n".join(f"{_compact(k)}:{_compact(v)}" for k, v in codes.items())
        + "\n}"
        for system, codes in table["displays"].items()
    ]
    return (
        f'{{\n"about":{_compact(table["about"])},\n"displays":{{\n'
        + ",\n".join(systems)
        + "\n}\n}\n"
    )


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def main() -> None:
    """Write the table."""
    schemas, out = map(Path, sys.argv[1:])
    out.write_text(as_text(derive(schemas)), encoding="utf-8")


if __name__ == "__main__":
    main()
