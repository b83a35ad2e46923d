"""Procedure: one operation, test or treatment that was done, as a patient may read it.

Promises: every way of saying when it was done is kept as it was said; what it is called, why, where, by whom and what came
of it are the record's own words (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-procedure.html,
http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-cancer-related-radiation-procedure).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.added import (
    TERMINATION_REASON,
    TREATMENT_INTENT,
    Extension,
    Place,
    added_words,
    place_words,
)
from carespace.records.readings.amounts import amount_text
from carespace.records.readings.elements import Element, Range, read_as
from carespace.records.readings.when import When, when
from carespace.records.readings.words import listed, said
from carespace.values import Annotation, CodeableConcept, Period, Quantity, Reference

TO_COME = frozenset({"preparation", "in-progress", "on-hold"})
NOT_DONE = "not-done"
DONE, STOPPED = "completed", "stopped"


class _Performer(Element, frozen=True):
    function: CodeableConcept | None = None
    actor: Reference | None = None
    on_behalf_of: Reference | None = None


class _Focal(Element, frozen=True):
    action: CodeableConcept | None = None
    manipulated: Reference | None = None


class _Procedure(Element, frozen=True):
    extension: tuple[Extension, ...] = ()
    status: str = ""
    status_reason: CodeableConcept | None = None
    category: CodeableConcept | None = None
    code: CodeableConcept | None = None
    encounter: Reference | None = None
    based_on: tuple[Reference, ...] = ()
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performed_string: str | None = None
    performed_age: Quantity | None = None
    performed_range: Range | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    performer: tuple[_Performer, ...] = ()
    location: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    body_site: tuple[Place, ...] = ()
    outcome: CodeableConcept | None = None
    report: tuple[Reference, ...] = ()
    complication: tuple[CodeableConcept, ...] = ()
    complication_detail: tuple[Reference, ...] = ()
    follow_up: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    focal_device: tuple[_Focal, ...] = ()
    used_reference: tuple[Reference, ...] = ()
    used_code: tuple[CodeableConcept, ...] = ()


@dataclass(frozen=True, slots=True)
class Performer:
    """Who did it and, where it is told, as what and for whom."""

    who: Reference | None
    role: str
    for_whom: Reference | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure; ``status`` is FHIR's code; ``amounts`` are doses that a profile has added, in words."""

    stored: Stored
    what: str
    status: str
    status_reason: str
    category: str
    done: When | None
    aim: str
    why: str
    reasons: tuple[Reference, ...]
    places: tuple[str, ...]
    outcome: str
    complications: str
    complications_at: tuple[Reference, ...]
    follow_up: str
    reports: tuple[Reference, ...]
    performers: tuple[Performer, ...]
    location: Reference | None
    visit: Reference | None
    orders: tuple[Reference, ...]
    recorder: Reference | None
    asserter: Reference | None
    devices: tuple[Reference, ...]
    used: str
    amounts: tuple[str, ...]
    notes: tuple[Annotation, ...]

    @property
    def id(self) -> UUID:
        return self.stored.id


def procedure(stored: Stored) -> Procedure | None:
    """Read one stored Procedure; None where it is not shaped like one."""
    found = read_as(_Procedure, stored.content)
    if found is None:
        return None
    devices = (*(each.manipulated for each in found.focal_device), *found.used_reference)
    return Procedure(
        stored=stored,
        what=said(found.code),
        status=found.status,
        status_reason=said(found.status_reason) or added_words(found.extension, TERMINATION_REASON),
        category=said(found.category),
        done=when(
            found.performed_date_time,
            found.performed_period,
            found.performed_age,
            found.performed_range,
            found.performed_string,
        ),
        aim=added_words(found.extension, TREATMENT_INTENT),
        why=listed(found.reason_code),
        reasons=found.reason_reference,
        places=place_words(found.body_site),
        outcome=said(found.outcome),
        complications=listed(found.complication),
        complications_at=found.complication_detail,
        follow_up=listed(found.follow_up),
        reports=found.report,
        performers=tuple(
            Performer(each.actor, said(each.function), each.on_behalf_of)
            for each in found.performer
        ),
        location=found.location,
        visit=found.encounter,
        orders=found.based_on,
        recorder=found.recorder,
        asserter=found.asserter,
        devices=tuple(each for each in devices if each),
        used=listed(found.used_code),
        amounts=tuple(_amounts(found.extension)),
        notes=found.note,
    )


def _amounts(found: Iterable[Extension]) -> Iterable[str]:
    """Return doses that radiation profiles add, at any depth: "6000 cGy"."""
    for each in found:
        if "dose" in each.url.lower() and (text := amount_text(each.value_quantity)):
            yield text
        yield from _amounts(each.extension)
