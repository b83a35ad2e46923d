"""Allergy: one allergy or intolerance, as a patient may read it (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-allergyintolerance.html)."""

from dataclasses import dataclass
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.elements import Element, read_as
from carespace.records.readings.labs import partial
from carespace.records.readings.words import listed, said
from carespace.values import Annotation, CodeableConcept, PartialDate, Reference


class _Reaction(Element, frozen=True):
    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableConcept, ...] = ()
    severity: str | None = None
    onset: str | None = None


class _AllergyIntolerance(Element, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    type: str | None = None
    category: tuple[str, ...] = ()
    criticality: str | None = None
    code: CodeableConcept | None = None
    onset_date_time: str | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    last_occurrence: str | None = None
    note: tuple[Annotation, ...] = ()
    reaction: tuple[_Reaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happened, in words, and how bad it was (FHIR's code)."""

    what: str
    severity: str


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
    since: PartialDate | None
    last: PartialDate | None
    recorded: PartialDate | None
    recorder: Reference | None
    asserter: Reference | None
    notes: tuple[str, ...]

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
        clinical_status=_code(found.clinical_status),
        verification_status=_code(found.verification_status),
        type=found.type or "",
        categories=found.category,
        criticality=found.criticality or "",
        reactions=tuple(
            Reaction(listed(each.manifestation), each.severity or "") for each in found.reaction
        ),
        since=partial(found.onset_date_time or ""),
        last=partial(found.last_occurrence or ""),
        recorded=partial(found.recorded_date or ""),
        recorder=found.recorder,
        asserter=found.asserter,
        notes=tuple(each.text for each in found.note if each.text),
    )


def _code(concept: CodeableConcept | None) -> str:
    return next((each.code for each in concept.coding if each.code), "") if concept else ""
