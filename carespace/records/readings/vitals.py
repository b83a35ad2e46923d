"""Vital signs: which measurement a code is, in plain words, and both numbers of a blood pressure as one measurement.

Promises: only LOINC codes of US Core's vital signs (https://hl7.org/fhir/us/core/STU6.1/) and those that EHRs use for the
same are put together; any other measurement is of its own kind, by its own name; numbers keep their printed digits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carespace.records.readings.elements import Measured
from carespace.records.readings.labs import LabResult, value_of
from carespace.records.readings.plain_labs import LOINC
from carespace.values import PartialDate

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"


@dataclass(frozen=True, slots=True, eq=False)
class VitalKind:
    """One kind of measurement: what people call it, what it tells, and the LOINC codes that mean it."""

    slug: str
    name: Promise
    about: Promise
    codes: tuple[str, ...]

    @property
    def topics(self) -> list[str]:
        """What the record's ``topic`` column holds for it."""
        return [f"{LOINC}|{code}" for code in self.codes]


BLOOD_PRESSURE = VitalKind(
    "blood-pressure",
    _("Blood pressure"),
    _("How hard the blood presses in your vessels: as the heart beats, and between two beats."),
    ("85354-9", "55284-4", "35094-2", SYSTOLIC, DIASTOLIC),
)
TEMPERATURE = VitalKind(
    "temperature",
    _("Temperature"),
    _("How warm the body is."),
    ("8310-5", "8331-1", "8328-7", "8332-9", "8333-7"),
)
# In the order in which a page shows them.
KINDS: tuple[VitalKind, ...] = (
    BLOOD_PRESSURE,
    VitalKind(
        "weight", _("Weight"), _("How much the body weighs."), ("29463-7", "3141-9", "8335-2")
    ),
    TEMPERATURE,
    VitalKind(
        "pulse", _("Pulse"), _("How often the heart beats in one minute."), ("8867-4", "8889-8")
    ),
    VitalKind(
        "oxygen",
        _("Oxygen in the blood"),
        _("How much oxygen the blood carries."),
        ("59408-5", "2708-6"),
    ),
    VitalKind(
        "breathing", _("Breathing rate"), _("How many breaths in one minute."), ("9279-1",)
    ),
    VitalKind("pain", _("Pain"), _("How strong the pain was, from 0 to 10."), ("72514-3",)),
    VitalKind(
        "height", _("Height"), _("How tall the body is."), ("8302-2", "8306-3", "8301-4", "3137-7")
    ),
    VitalKind(
        "bmi",
        _("Body mass index (BMI)"),
        _("A number made of weight and height."),
        ("39156-5",),
    ),
    VitalKind(
        "head", _("Head size"), _("The length around the head."), ("9843-4", "8287-5")
    ),
    VitalKind(
        "bmi-percentile",
        _("BMI for age"),
        _("How the BMI compares with children of the same age and sex."),
        ("59576-9",),
    ),
    VitalKind(
        "weight-for-length",
        _("Weight for length"),
        _("How the weight compares with children of the same length and sex."),
        ("77606-2",),
    ),
    VitalKind(
        "head-percentile",
        _("Head size for age"),
        _("How the head size compares with children of the same age and sex."),
        ("8289-1",),
    ),
)  # fmt: skip
_BY_CODE = {code: kind for kind in KINDS for code in kind.codes}
_ORDER = {kind.slug: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Amount:
    """One number of a measurement; ``series`` is 1 for the lower number of a blood pressure."""

    printed: str
    unit: str
    value: Decimal | None
    series: int = 0


@dataclass(frozen=True)
class Vital:
    """One measurement: of a blood pressure both numbers, even where they came as two resources."""

    kind: VitalKind | None
    results: tuple[LabResult, ...]

    @property
    def first(self) -> LabResult:
        return self.results[0]

    @property
    def name(self) -> str:
        """What it is called: our word for its kind, else its own name."""
        return str(self.kind.name) if self.kind else self.first.test

    @property
    def taken(self) -> PartialDate | None:
        return self.first.taken

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Its numbers, the upper one of a blood pressure first; empty where it has none."""
        if self.kind is BLOOD_PRESSURE:
            return tuple(_pressures(self.results))
        quantity = self.first.found.value_quantity
        if quantity is None or quantity.value is None or self.first.is_withdrawn:
            return ()
        return (Amount(self.first.value, self.first.unit, self.first.number),)

    @property
    def value(self) -> str:
        """The measurement as people write it: "128/77"."""
        if self.kind is BLOOD_PRESSURE and self.amounts:
            upper = next((each.printed for each in self.amounts if not each.series), "–")
            lower = next((each.printed for each in self.amounts if each.series), "–")
            return f"{upper}/{lower}"
        return self.first.value

    @property
    def unit(self) -> str:
        return self.amounts[0].unit if self.amounts else self.first.unit


def kind_of(result: LabResult) -> VitalKind | None:
    """Return which vital sign ``result`` is; None for one that has no plain name."""
    return next((_BY_CODE[code] for code in result.codes if code in _BY_CODE), None)


def vitals_of(
    results: Iterable[LabResult], among: Iterable[LabResult] | None = None
) -> list[Vital]:
    """Return the measurements in ``results``, in their order; two halves of one blood pressure are one.

    Halves are one only where their time has exactly one of each among all that is known of it (``among``, else
    ``results``): two readings on one date are never mixed into pressures that nobody measured.
    """
    shown = tuple(results)
    pairs = _pairs(shown if among is None else among)
    wanted = {each.id for each in shown}
    found: list[Vital] = []
    told: set[UUID] = set()
    for each in shown:
        if each.id in told:
            continue
        pair = tuple(one for one in pairs.get(each.id, (each,)) if one.id in wanted)
        told |= {one.id for one in pair}
        found.append(Vital(kind_of(each), pair))
    return found


def _pairs(results: Iterable[LabResult]) -> dict[UUID, tuple[LabResult, ...]]:
    """Return each half that has its other half, by its id: both, as they come; what does not count is no half."""
    at_one_time: dict[str, list[LabResult]] = {}
    for each in results:
        if each.taken and _half(each) and not each.has_no_number:
            at_one_time.setdefault(each.taken.text, []).append(each)
    pairs = (
        tuple(some)
        for some in at_one_time.values()
        if sorted(_half(each) or "" for each in some) == sorted((SYSTOLIC, DIASTOLIC))
    )
    return {each.id: pair for pair in pairs for each in pair}


def position_of(kind: VitalKind | None) -> int:
    """Return the place of a kind in the list; what has no plain name comes last."""
    return _ORDER[kind.slug] if kind else len(KINDS)


def _half(result: LabResult) -> str | None:
    if kind_of(result) is not BLOOD_PRESSURE or result.found.component:
        return None
    return next((code for code in result.codes if code in {SYSTOLIC, DIASTOLIC}), None)


def _pressures(results: Sequence[LabResult]) -> Iterable[Amount]:
    measured: list[Measured] = []
    for each in results:
        if not each.has_no_number:
            measured += [*each.found.component, each.found]
    for series, code in enumerate((SYSTOLIC, DIASTOLIC)):
        half = next((each for each in measured if _is_called(each, code)), None)
        if half is not None and half.value_quantity is not None:
            printed, unit = value_of(half)
            exact = None if half.value_quantity.comparator else half.value_quantity.value
            yield Amount(printed, unit, exact, series)


def _is_called(measured: Measured, code: str) -> bool:
    return any(each.code == code and each.system == LOINC for each in measured.code.coding)
