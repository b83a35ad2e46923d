"""Vaccine: one vaccine that was given, or was not, as a patient may read it.

Promises: what was not given says so and why, and is never told as given
(https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-immunization.html).
"""

from dataclasses import dataclass
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.amounts import amount_text
from carespace.records.readings.elements import Element, read_as
from carespace.records.readings.when import When, real, when
from carespace.records.readings.words import listed, said
from carespace.values import Annotation, CodeableConcept, PartialDate, Quantity, Reference

NOT_GIVEN = "not-done"


class _Performer(Element, frozen=True):
    actor: Reference | None = None


class _Reaction(Element, frozen=True):
    date: str | None = None
    detail: Reference | None = None


class _Protocol(Element, frozen=True):
    series: str | None = None
    target_disease: tuple[CodeableConcept, ...] = ()
    dose_number_positive_int: int | None = None
    dose_number_string: str | None = None
    series_doses_positive_int: int | None = None
    series_doses_string: str | None = None


class _Education(Element, frozen=True):
    document_type: str | None = None


class _Immunization(Element, frozen=True):
    status: str = ""
    status_reason: CodeableConcept | None = None
    vaccine_code: CodeableConcept | None = None
    occurrence_date_time: str | None = None
    occurrence_string: str | None = None
    recorded: str | None = None
    primary_source: bool | None = None
    report_origin: CodeableConcept | None = None
    encounter: Reference | None = None
    location: Reference | None = None
    manufacturer: Reference | None = None
    lot_number: str | None = None
    expiration_date: str | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    dose_quantity: Quantity | None = None
    performer: tuple[_Performer, ...] = ()
    note: tuple[Annotation, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    is_subpotent: bool | None = None
    subpotent_reason: tuple[CodeableConcept, ...] = ()
    education: tuple[_Education, ...] = ()
    reaction: tuple[_Reaction, ...] = ()
    protocol_applied: tuple[_Protocol, ...] = ()


@dataclass(frozen=True, slots=True)
class Dose:
    """Which dose of which series it was: numbers as printed."""

    number: str
    of: str
    series: str
    against: str


@dataclass(frozen=True, slots=True)
class Vaccine:
    """One vaccine; ``first_hand`` is None where nobody has said whether whoever gave it wrote it down."""

    stored: Stored
    what: str
    status: str
    status_reason: str
    given: When | None
    recorded: PartialDate | None
    first_hand: bool | None
    told_by: str
    location: Reference | None
    manufacturer: Reference | None
    lot: str
    expires: PartialDate | None
    site: str
    route: str
    dose: str
    performers: tuple[Reference, ...]
    visit: Reference | None
    why: str
    reasons: tuple[Reference, ...]
    too_weak: bool
    too_weak_why: str
    doses: tuple[Dose, ...]
    leaflets: tuple[str, ...]
    reactions: tuple[tuple[PartialDate | None, Reference | None], ...]
    notes: tuple[Annotation, ...]

    @property
    def id(self) -> UUID:
        return self.stored.id

    @property
    def was_given(self) -> bool:
        return self.status != NOT_GIVEN


def vaccine(stored: Stored) -> Vaccine | None:
    """Read one stored Immunization; None where it is not shaped like one."""
    found = read_as(_Immunization, stored.content)
    if found is None:
        return None
    return Vaccine(
        stored=stored,
        what=said(found.vaccine_code),
        status=found.status,
        status_reason=said(found.status_reason),
        given=when(found.occurrence_date_time, words=found.occurrence_string),
        recorded=real(found.recorded),
        first_hand=found.primary_source,
        told_by=said(found.report_origin),
        location=found.location,
        manufacturer=found.manufacturer,
        lot=(found.lot_number or "").strip(),
        expires=real(found.expiration_date),
        site=said(found.site),
        route=said(found.route),
        dose=amount_text(found.dose_quantity),
        performers=tuple(each.actor for each in found.performer if each.actor),
        visit=found.encounter,
        why=listed(found.reason_code),
        reasons=found.reason_reference,
        too_weak=bool(found.is_subpotent),
        too_weak_why=listed(found.subpotent_reason),
        doses=tuple(_dose(each) for each in found.protocol_applied),
        leaflets=tuple(each.document_type for each in found.education if each.document_type),
        reactions=tuple((real(each.date), each.detail) for each in found.reaction),
        notes=found.note,
    )


def _dose(found: _Protocol) -> Dose:
    number = found.dose_number_string or found.dose_number_positive_int
    of = found.series_doses_string or found.series_doses_positive_int
    return Dose(
        str(number or ""), str(of or ""), (found.series or "").strip(), listed(found.target_disease)
    )
