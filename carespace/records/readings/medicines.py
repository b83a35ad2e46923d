"""Medicine: one order, report, hand-over or dose of a medicine, as a patient may read it.

Promises: FHIR's four ways to write a medicine down read alike, each as one entry; two of them are never made one by
guessing that they mean the same; a medicine that stands in a resource of its own (``Medication``), or inside the entry,
is called by that resource (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-medicationrequest.html,
…-medicationdispense.html, https://hl7.org/fhir/R4/medicationstatement.html, …/medicationadministration.html).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.added import (
    TERMINATION_REASON,
    TREATMENT_INTENT,
    Extension,
    added_words,
    plainly,
)
from carespace.records.readings.amounts import amount_text
from carespace.records.readings.dosage import Dosage, DoseAndRate
from carespace.records.readings.elements import Element, Ratio, read_as
from carespace.records.readings.timing import dosage_text, dosages_text
from carespace.records.readings.when import When, real, when
from carespace.records.readings.words import listed, said
from carespace.values import Annotation, CodeableConcept, PartialDate, Period, Quantity, Reference

State = Literal[
    "must-not",
    "now",
    "on-hold",
    "unclear",
    "ordered",
    "given",
    "begun",
    "not-given",
    "handed-over",
    "waiting",
    "not-handed-over",
    "unclear-given",
    "not-taken",
    "past",
]
# R4 medicationrequest-intent: what is only thought of, not yet ordered.
_ONLY_THOUGHT_OF = {"proposal", "plan", "option"}
# Where each status puts an entry; one that is not here says nothing that could be gone by.
_ORDERS: dict[str, State] = {
    "active": "now",
    "on-hold": "on-hold",
    "draft": "ordered",
    "completed": "past",
    "cancelled": "past",
    "stopped": "past",
}
_TOLD: dict[str, State] = {
    "active": "now",
    "on-hold": "on-hold",
    "intended": "ordered",
    "not-taken": "not-taken",
    "completed": "past",
    "stopped": "past",
}
_FILLED: dict[str, State] = {
    "completed": "handed-over",
    "preparation": "waiting",
    "in-progress": "waiting",
    "on-hold": "waiting",
    "cancelled": "not-handed-over",
    "declined": "not-handed-over",
    "stopped": "not-handed-over",
}
_GIVEN: dict[str, State] = {
    "completed": "given",
    "stopped": "given",
    "preparation": "begun",
    "in-progress": "begun",
    "on-hold": "begun",
    "not-done": "not-given",
}


class _Ingredient(Element, frozen=True):
    item_codeable_concept: CodeableConcept | None = None
    strength: Ratio | None = None


class _Batch(Element, frozen=True):
    lot_number: str | None = None
    expiration_date: str | None = None


class _Inside(Element, frozen=True):
    """A resource inside the entry: the Medication, where it is one."""

    resource_type: str = ""
    id: str | None = None
    code: CodeableConcept | None = None
    form: CodeableConcept | None = None
    ingredient: tuple[_Ingredient, ...] = ()
    batch: _Batch = _Batch()


class _Entry(Element, frozen=True):
    """What all four have in common."""

    status: str = ""
    extension: tuple[Extension, ...] = ()
    contained: tuple[_Inside, ...] = ()
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()


class _FirstFill(Element, frozen=True):
    quantity: Quantity | None = None
    duration: Quantity | None = None


class _DispenseRequest(Element, frozen=True):
    initial_fill: _FirstFill | None = None
    validity_period: Period | None = None
    number_of_repeats_allowed: int | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None
    performer: Reference | None = None


class _Request(_Entry, frozen=True):
    status_reason: CodeableConcept | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    do_not_perform: bool | None = None
    reported_boolean: bool | None = None
    reported_reference: Reference | None = None
    encounter: Reference | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    performer: Reference | None = None
    recorder: Reference | None = None
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: _DispenseRequest = _DispenseRequest()
    course_of_therapy_type: CodeableConcept | None = None


class _Statement(_Entry, frozen=True):
    status_reason: tuple[CodeableConcept, ...] = ()
    category: CodeableConcept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    information_source: Reference | None = None
    dosage: tuple[Dosage, ...] = ()


class _Performer(Element, frozen=True):
    actor: Reference | None = None


class _Dispense(_Entry, frozen=True):
    status_reason_codeable_concept: CodeableConcept | None = None
    category: CodeableConcept | None = None
    performer: tuple[_Performer, ...] = ()
    location: Reference | None = None
    authorizing_prescription: tuple[Reference, ...] = ()
    type: CodeableConcept | None = None
    quantity: Quantity | None = None
    days_supply: Quantity | None = None
    when_prepared: str | None = None
    when_handed_over: str | None = None
    dosage_instruction: tuple[Dosage, ...] = ()


class _Given(Element, frozen=True):
    text: str | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    method: CodeableConcept | None = None
    dose: Quantity | None = None
    rate_ratio: Ratio | None = None
    rate_quantity: Quantity | None = None


class _Administration(_Entry, frozen=True):
    status_reason: tuple[CodeableConcept, ...] = ()
    category: CodeableConcept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    performer: tuple[_Performer, ...] = ()
    context: Reference | None = None
    dosage: _Given | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """What a pharmacy hands over: amounts in words, ``refills`` None where nobody has said."""

    amount: str = ""
    lasts: str = ""
    refills: int | None = None
    kind: str = ""
    valid: When | None = None
    prepared: PartialDate | None = None
    place: Reference | None = None
    orders: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Medicine:
    """One entry; codes (``status``, ``intent``, ``priority``) are FHIR's, their words belong to the page.

    ``name`` is empty where only ``reference`` names the medicine; ``reported`` is None where nobody has said whether
    the patient told of it.
    """

    stored: Stored
    state: State
    status: str
    name: str
    reference: Reference | None
    form: str = ""
    ingredients: str = ""
    lot: str = ""
    how: str = ""
    why: str = ""
    reasons: tuple[Reference, ...] = ()
    aim: str = ""
    status_reason: str = ""
    intent: str = ""
    priority: str = ""
    category: str = ""
    course: str = ""
    must_not: bool = False
    reported: bool | None = None
    reported_by: Reference | None = None
    when: When | None = None
    noted: PartialDate | None = None
    orderer: Reference | None = None
    recorder: Reference | None = None
    givers: tuple[Reference, ...] = ()
    visit: Reference | None = None
    supply: Supply = Supply()
    notes: tuple[Annotation, ...] = ()

    @property
    def id(self) -> UUID:
        return self.stored.id

    @property
    def is_done(self) -> bool:
        """Whether a dose was given, or a supply handed over, to the end."""
        return self.status == "completed"

    @property
    def kind(self) -> str:
        """FHIR's type of the entry."""
        return self.stored.resource_type


def medicine(stored: Stored) -> Medicine | None:
    """Read one stored MedicationRequest, -Statement, -Dispense or -Administration; None where it has another shape."""
    readers = {
        "MedicationRequest": _request,
        "MedicationStatement": _statement,
        "MedicationDispense": _dispense,
        "MedicationAdministration": _administration,
    }
    read = readers.get(stored.resource_type)
    return read(stored) if read else None


def _request(stored: Stored) -> Medicine | None:
    found = read_as(_Request, stored.content)
    if found is None:
        return None
    asked = found.dispense_request
    first = asked.initial_fill or _FirstFill()
    period = asked.validity_period
    return Medicine(
        stored=stored,
        state=_state_of_order(found),
        status_reason=said(found.status_reason) or added_words(found.extension, TERMINATION_REASON),
        how=dosages_text(found.dosage_instruction),
        intent=found.intent or "",
        priority=found.priority or "",
        category=plainly(found.category),
        course=said(found.course_of_therapy_type),
        must_not=bool(found.do_not_perform),
        reported=True if found.reported_reference else found.reported_boolean,
        reported_by=found.reported_reference,
        when=when(found.authored_on),
        noted=real(found.authored_on),
        orderer=found.requester,
        recorder=found.recorder,
        givers=tuple(each for each in (asked.performer,) if each),
        visit=found.encounter,
        supply=Supply(
            amount=amount_text(asked.quantity) or amount_text(first.quantity),
            lasts=amount_text(asked.expected_supply_duration) or amount_text(first.duration),
            refills=asked.number_of_repeats_allowed,
            valid=when(period=period),
        ),
        **_common(found),
    )


def _state_of_order(found: _Request) -> State:
    state = _ORDERS.get(found.status, "unclear")
    if state == "past":
        return state
    if found.do_not_perform:
        return "must-not"
    return "ordered" if found.intent in _ONLY_THOUGHT_OF else state


def _statement(stored: Stored) -> Medicine | None:
    found = read_as(_Statement, stored.content)
    if found is None:
        return None
    return Medicine(
        stored=stored,
        state=_TOLD.get(found.status, "unclear"),
        status_reason=listed(found.status_reason)
        or added_words(found.extension, TERMINATION_REASON),
        how=dosages_text(found.dosage),
        category=plainly([found.category]),
        when=when(found.effective_date_time, found.effective_period),
        noted=real(found.date_asserted),
        reported_by=found.information_source,
        recorder=found.information_source,
        **_common(found),
    )


def _dispense(stored: Stored) -> Medicine | None:
    found = read_as(_Dispense, stored.content)
    if found is None:
        return None
    return Medicine(
        stored=stored,
        state=_FILLED.get(found.status, "unclear-given"),
        status_reason=said(found.status_reason_codeable_concept),
        how=dosages_text(found.dosage_instruction),
        category=plainly([found.category]),
        when=when(found.when_handed_over),
        givers=_actors(found.performer),
        supply=Supply(
            amount=amount_text(found.quantity),
            lasts=amount_text(found.days_supply),
            kind=said(found.type),
            prepared=real(found.when_prepared),
            place=found.location,
            orders=found.authorizing_prescription,
        ),
        **_common(found),
    )


def _administration(stored: Stored) -> Medicine | None:
    found = read_as(_Administration, stored.content)
    if found is None:
        return None
    return Medicine(
        stored=stored,
        state=_GIVEN.get(found.status, "unclear-given"),
        status_reason=listed(found.status_reason),
        how=_given(found.dosage) if found.dosage else "",
        category=plainly([found.category]),
        when=when(found.effective_date_time, found.effective_period),
        givers=_actors(found.performer),
        visit=found.context,
        **_common(found),
    )


def _given(dose: _Given) -> str:
    amount = DoseAndRate(
        dose_quantity=dose.dose, rate_quantity=dose.rate_quantity, rate_ratio=dose.rate_ratio
    )
    return dosage_text(
        Dosage(
            text=dose.text,
            site=dose.site,
            route=dose.route,
            method=dose.method,
            dose_and_rate=(amount,),
        )
    )


def _common(found: _Entry) -> dict[str, Any]:
    """Return the parts of Medicine that all four kinds of entry say alike."""
    inside = _inside(found)
    return {
        "status": found.status,
        "name": said(found.medication_codeable_concept) or (said(inside.code) if inside else ""),
        "reference": found.medication_reference,
        "form": said(inside.form) if inside else "",
        "ingredients": _ingredients(inside.ingredient) if inside else "",
        "lot": (inside.batch.lot_number or "") if inside else "",
        "why": listed(found.reason_code),
        "reasons": found.reason_reference,
        "aim": added_words(found.extension, TREATMENT_INTENT),
        "notes": found.note,
    }


def _inside(found: _Entry) -> _Inside | None:
    """Return the Medication inside the entry that it points at."""
    wanted = ((found.medication_reference and found.medication_reference.reference) or "")[1:]
    medications = [each for each in found.contained if each.resource_type == "Medication"]
    return next((each for each in medications if each.id and each.id == wanted), None)


def form_and_ingredients(content: str) -> tuple[str, str, str]:
    """Return the name, the form and the ingredients of a Medication (JSON text); empty where it does not say."""
    found = read_as(_Inside, content)
    if found is None or found.resource_type != "Medication":
        return "", "", ""
    return said(found.code), said(found.form), _ingredients(found.ingredient)


def _ingredients(found: Iterable[_Ingredient]) -> str:
    texts = []
    for each in found:
        name = said(each.item_codeable_concept)
        strength = _strength(each.strength)
        if name:
            texts.append(f"{name} {strength}".strip())
    return ", ".join(dict.fromkeys(texts))


def _strength(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    amount, per = amount_text(ratio.numerator), amount_text(ratio.denominator)
    return f"{amount}/{per.removeprefix('1 ')}" if amount and per not in {"", "1"} else amount


def _actors(performers: Iterable[_Performer]) -> tuple[Reference, ...]:
    return tuple(each.actor for each in performers if each.actor)
