"""How a medicine is to be taken, as it stands in a record: FHIR's Dosage and Timing as typed structs.

Promises: every element may be absent; what is unknown is passed over; numbers keep their printed digits
(https://hl7.org/fhir/R4/dosage.html, https://hl7.org/fhir/R4/datatypes.html#Timing).
"""

from decimal import Decimal

from carespace.records.readings.elements import Element, Range, Ratio
from carespace.values import CodeableConcept, Period, Quantity


class Repeat(Element, frozen=True):
    """When and how often something takes place."""

    bounds_duration: Quantity | None = None
    bounds_range: Range | None = None
    bounds_period: Period | None = None
    count: Decimal | None = None
    count_max: Decimal | None = None
    duration: Decimal | None = None
    duration_max: Decimal | None = None
    duration_unit: str | None = None
    frequency: Decimal | None = None
    frequency_max: Decimal | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: str | None = None
    day_of_week: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    offset: Decimal | None = None


class Timing(Element, frozen=True):
    """A schedule: single moments, a rule, or the code of a usual one such as BID."""

    event: tuple[str, ...] = ()
    repeat: Repeat = Repeat()
    code: CodeableConcept | None = None


class DoseAndRate(Element, frozen=True):
    """How much at one time, and how fast."""

    type: CodeableConcept | None = None
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    rate_quantity: Quantity | None = None
    rate_range: Range | None = None
    rate_ratio: Ratio | None = None


class Dosage(Element, frozen=True):
    """One instruction: what to take, how, when and for how long."""

    sequence: int | None = None
    text: str | None = None
    additional_instruction: tuple[CodeableConcept, ...] = ()
    patient_instruction: str | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: CodeableConcept | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    method: CodeableConcept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()
    max_dose_per_period: Ratio | None = None
    max_dose_per_administration: Quantity | None = None
    max_dose_per_lifetime: Quantity | None = None
