"""Allergy: one allergy or intolerance, as a patient may read it (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-allergyintolerance.html)."""

from dataclasses import dataclass
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.elements import Element, Range, read_as
from carespace.records.readings.standing import (
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    standing,
)
from carespace.records.readings.when import When, real, when
from carespace.records.readings.words import listed, said
from carespace.values import Annotation, CodeableConcept, PartialDate, Period, Quantity, Reference

# SNOMED CT's ways of saying that there is no allergy, of any kind or of one.
NONE_AT_ALL = frozenset({"716186003", "160244002"})
_NONE_OF_A_KIND = frozenset({"409137002", "428607008", "429625007", "428197003", "716184000"})


class _Reaction(Element, frozen=True):
    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableConcept, ...] = ()
    severity: str | None = None
    onset: str | None = None
    description: str | None = None
    exposure_route: CodeableConcept | None = None
    note: tuple[Annotation, ...] = ()


class _AllergyIntolerance(Element, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    type: str | None = None
    category: tuple[str, ...] = ()
    criticality: str | None = None
    code: CodeableConcept | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_age: Quantity | None = None
    onset_range: Range | None = None
    onset_string: str | None = None
    encounter: Reference | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    last_occurrence: str | None = None
    note: tuple[Annotation, ...] = ()
    reaction: tuple[_Reaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happened, in words, and how bad it was (FHIR's code); ``substance`` only where it is told apart."""

    what: str
    severity: str
    substance: str = ""
    route: str = ""
    began: PartialDate | None = None
    about: str = ""
    notes: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Allergy:
    """One allergy; statuses are FHIR's codes, their words belong to the page."""

    stored: Stored
    what: str
    clinical_status: str
    verification_status: str
    type: str
    categories: tuple[str, ...]
    criticality: str
    reactions: tuple[Reaction, ...]
    since: When | None
    last: PartialDate | None
    recorded: PartialDate | None
    recorder: Reference | None
    asserter: Reference | None
    visit: Reference | None
    notes: tuple[Annotation, ...]
    is_none_at_all: bool
    is_none: bool

    @property
    def id(self) -> UUID:
        return self.stored.id


def allergy(stored: Stored) -> Allergy | None:
    """Read one stored AllergyIntolerance; None where it is not shaped like one."""
    found = read_as(_AllergyIntolerance, stored.content)
    if found is None:
        return None
    return Allergy(
        stored=stored,
        what=said(found.code),
        clinical_status=standing(found.clinical_status, ALLERGY_CLINICAL),
        verification_status=standing(found.verification_status, ALLERGY_VERIFICATION),
        type=found.type or "",
        categories=found.category,
        criticality=found.criticality or "",
        reactions=tuple(_reaction(each) for each in found.reaction),
        since=when(
            found.onset_date_time,
            found.onset_period,
            found.onset_age,
            found.onset_range,
            found.onset_string,
        ),
        last=real(found.last_occurrence),
        recorded=real(found.recorded_date),
        recorder=found.recorder,
        asserter=found.asserter,
        visit=found.encounter,
        notes=found.note,
        is_none_at_all=_has_code(found.code, NONE_AT_ALL),
        is_none=_has_code(found.code, NONE_AT_ALL | _NONE_OF_A_KIND),
    )


def _reaction(found: _Reaction) -> Reaction:
    return Reaction(
        what=listed(found.manifestation),
        severity=found.severity or "",
        substance=said(found.substance),
        route=said(found.exposure_route),
        began=real(found.onset),
        about=(found.description or "").strip(),
        notes=found.note,
    )


def _has_code(concept: CodeableConcept | None, codes: frozenset[str]) -> bool:
    return concept is not None and any(each.code in codes for each in concept.coding)
