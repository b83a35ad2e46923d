"""A C-CDA document as a person reads it: its head, its sections in order, or the file that stands inside it (CDA-13).

Promises: only what the document says in words is taken; its coded entries are not read. Nothing outside of it is asked
for: a document that only points at a file says so. A part that is missing is missing, and not guessed.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from carespace.interop.ccda.narrative import all_words, name_of, narrative_html, words_in
from carespace.interop.ccda.parsing import Unreadable, tree_of
from carespace.values import PartialDate

DEEPEST_SECTIONS = 5
_STAMP = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})(\d{2})?(?:\.\d+)?([+-]\d{4})?)?")
_NAME_PARTS = ("prefix", "given", "family", "suffix")
_PICTURE_TYPES = ("image/",)


@dataclass(frozen=True, slots=True)
class Part:
    """One section: ``level`` is 1 for a section of the document, 2 for one inside it; ``html`` is empty without text."""

    title: str
    level: int
    html: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that is the whole body of a document; ``data`` is None where the document only points at it."""

    media_type: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class ClinicalDocument:
    """What a C-CDA document says; each text of its head is empty where it says nothing."""

    title: str
    patient: str
    born: PartialDate | None
    written: PartialDate | None
    authors: tuple[str, ...]
    custodian: str
    parts: tuple[Part, ...]
    enclosed: Enclosed | None


def read_document(data: bytes) -> ClinicalDocument:
    """Read a C-CDA document; raises Unreadable for what is damaged, declares a type, is too long or is none."""
    root = tree_of(data)
    if name_of(root) != "ClinicalDocument":
        raise Unreadable("not-ccda")
    pictures = frozenset(_pictures(root))
    body = _first(root, "component", "structuredBody")
    patient = _first(root, "recordTarget", "patientRole", "patient")
    return ClinicalDocument(
        title=_text(_first(root, "title")),
        patient=_name(_first(patient, "name")),
        born=_date(_first(patient, "birthTime")),
        written=_date(_first(root, "effectiveTime")),
        authors=tuple(dict.fromkeys(filter(None, map(_author, _all(root, "author"))))),
        custodian=_text(
            _first(
                root,
                "custodian",
                "assignedCustodian",
                "representedCustodianOrganization",
                "name",
            )
        ),
        parts=tuple(_parts(body, 1, pictures)) if body is not None else (),
        enclosed=_enclosed(_first(root, "component", "nonXMLBody")),
    )


def _parts(within: etree._Element, level: int, pictures: frozenset[str]) -> Iterator[Part]:
    """Yield the sections under ``within``, each before those inside it."""
    for component in within:
        if name_of(component) == "section":
            sections = [component]
        elif name_of(component) == "component":
            sections = list(_all(component, "section"))
        else:
            continue
        for section in sections:
            yield Part(_title(section), level, narrative_html(_first(section, "text"), pictures))
            yield from _parts(section, min(level + 1, DEEPEST_SECTIONS), pictures)


def _title(section: etree._Element) -> str:
    code = _first(section, "code")
    return _text(_first(section, "title")) or (code is not None and code.get("displayName")) or ""


def _pictures(root: etree._Element) -> Iterator[str]:
    """Yield the IDs of the pictures that stand in the document, by which its texts call them."""
    for media in root.iter("{*}observationMedia"):
        value = _first(media, "value")
        kind = "" if value is None else (value.get("mediaType") or "")
        if media.get("ID") and kind.startswith(_PICTURE_TYPES) and any(words_in(value)):
            yield str(media.get("ID"))


def _enclosed(body: etree._Element | None) -> Enclosed | None:
    if body is None:
        return None
    text = _first(body, "text")
    if text is None:
        return Enclosed("", None)
    media_type = text.get("mediaType") or ""
    said = all_words(text)
    if not said.strip():
        return Enclosed(media_type, None)
    if (text.get("representation") or "").upper() != "B64":
        return Enclosed(media_type or "text/plain", said.encode())
    try:
        return Enclosed(media_type, base64.b64decode("".join(said.split()), validate=True))
    except (binascii.Error, ValueError):
        return Enclosed(media_type, None)


def _author(author: etree._Element) -> str:
    role = _first(author, "assignedAuthor")
    person = _name(_first(role, "assignedPerson", "name"))
    device = _text(_first(role, "assignedAuthoringDevice", "softwareName"))
    return person or device or _text(_first(role, "representedOrganization", "name"))


def _name(name: etree._Element | None) -> str:
    """Return a person's name in the order it is said; "null" is what a program writes for nothing."""
    if name is None:
        return ""
    parts = [(name_of(each), _text(each)) for each in name]
    known = [
        text for part in _NAME_PARTS for kind, text in parts if kind == part and text != "null"
    ]
    return " ".join(dict.fromkeys(filter(None, known))) or _text(name)


def _date(element: etree._Element | None) -> PartialDate | None:
    """Return an HL7 time stamp ("20260908", "202609081530-0500") as precise as it is."""
    found = _STAMP.fullmatch((element.get("value") or "").strip()) if element is not None else None
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    text = "-".join(filter(None, (year, month, day)))
    if hour and zone:
        text += f"T{hour}:{minute}:{second or '00'}{zone[:3]}:{zone[3:]}"
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def _first(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first element at ``path`` below ``element``, whatever its namespace."""
    if element is None or not path:
        return element
    for child in _all(element, path[0]):
        found = _first(child, *path[1:])
        if found is not None:
            return found
    return None


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if name_of(child) == name)


def _text(element: etree._Element | None) -> str:
    return " ".join(words_in(element))
