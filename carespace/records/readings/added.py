"""What profiles add to R4's own elements: extensions, read by their address (US Core 6.1.0, mCODE STU1).

Promises: total: an extension of another shape, or one nobody asked for, is passed over.
"""

from collections.abc import Iterable

from carespace.records.readings.code_words import SPOKEN_BY_US
from carespace.records.readings.elements import Element
from carespace.records.readings.words import said, said_coding
from carespace.values import CodeableConcept, Coding, Period, Quantity, Reference

MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"
TREATMENT_INTENT = f"{MCODE}treatment-intent"
TERMINATION_REASON = f"{MCODE}termination-reason"
HISTOLOGY = f"{MCODE}histology-morphology-behavior"
LATERALITY = f"{MCODE}laterality"
EVIDENCE_TYPE = f"{MCODE}evidence-type"
ASSERTED_DATE = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"


class Extension(Element, frozen=True):
    """One element that a profile has added; ``extension`` are its own parts."""

    url: str = ""
    value_codeable_concept: CodeableConcept | None = None
    value_coding: Coding | None = None
    value_code: str | None = None
    value_boolean: bool | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_string: str | None = None
    value_quantity: Quantity | None = None
    value_reference: Reference | None = None
    extension: tuple["Extension", ...] = ()


class Place(CodeableConcept, frozen=True):
    """A place on the body, with what a profile has added to it, such as its side."""

    extension: tuple[Extension, ...] = ()


def added_words(found: Iterable[Extension], url: str) -> str:
    """Return the words of the extension at ``url``; empty where there is none."""
    for each in found:
        if each.url == url:
            return said(each.value_codeable_concept) or (each.value_string or "").strip()
    return ""


def plainly(concepts: Iterable[CodeableConcept | None]) -> str:
    """Return the words of several concepts: ours for the codes that HL7 defines, whatever text a feed writes beside them."""
    found = []
    for each in concepts:
        codings = each.coding if each else ()
        ours = (said_coding(one) for one in codings if one.system in SPOKEN_BY_US)
        found.append(next((words for words in ours if words), "") or said(each))
    return ", ".join(dict.fromkeys(words for words in found if words))


def added_date(found: Iterable[Extension], url: str) -> str:
    """Return the date of the extension at ``url`` as printed; empty where there is none."""
    return next((each.value_date_time or "" for each in found if each.url == url), "")


def place_words(places: Iterable[Place]) -> tuple[str, ...]:
    """Return each place on the body with its side: ("Upper lobe of lung, Right",)."""
    found = []
    for each in places:
        name, side = said(each), added_words(each.extension, LATERALITY)
        found.append(", ".join(word for word in (name, side) if word))
    return tuple(dict.fromkeys(text for text in found if text))
