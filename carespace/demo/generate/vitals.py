"""Vital signs at each office visit, in the units an American clinic writes down.

US Core's vital signs (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-vital-signs.html).
Weight slips a little in treatment and comes back after it.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from carespace.demo.generate import organisation
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.fhir import (
    LOINC,
    Ledger,
    Resource,
    concept,
    hl7_concept,
    quantity,
)
from carespace.demo.generate.marrow import hemoglobin_lost
from carespace.demo.generate.people import Person
from carespace.demo.generate.timeline import Timeline

POUNDS_LOST_PER_GRAM = 2.1


@dataclass(slots=True)
class Vitals:
    """What the notes quote: weight in pounds and blood pressure in mmHg by day."""

    weight: dict[date, Decimal] = field(default_factory=dict)
    pressure: dict[date, tuple[int, int]] = field(default_factory=dict)


def add_vitals(
    ledger: Ledger, person: Person, timeline: Timeline, clock: Clock, seed: int
) -> Vitals:
    """Write vital signs at each past visit; return what the notes quote."""
    random = Random(f"{seed}/{person.mrn}/vitals")  # noqa: S311 - invented numbers, no secret
    vitals = Vitals()
    pressure = 132 if "hypertension" in person.comorbidities else 120
    for index, visit in enumerate(timeline.visits):
        # Weight follows the same slow curve as hemoglobin: down over the cycles, back after them.
        lost = POUNDS_LOST_PER_GRAM * hemoglobin_lost(visit.day, timeline.treatments)
        weight = Decimal(f"{person.weight_pounds - lost + random.uniform(-1.2, 1.2):.1f}")
        systolic = round(random.gauss(pressure, 6))
        diastolic = round(systolic * 0.6 + random.uniform(-4, 4))
        vitals.weight[visit.day] = weight
        vitals.pressure[visit.day] = (systolic, diastolic)
        taken = clock.stamp(visit.day, 9, 5)
        rest = _rest_of(random)
        for body in (
            *([_height(person)] if index == 0 else []),
            _sign("29463-7", "Body weight", quantity(weight, "lb", "[lb_av]")),
            _blood_pressure(systolic, diastolic),
            *rest,
        ):
            ledger.add("Observation", _common(ledger, taken) | body)
    return vitals


def _common(ledger: Ledger, taken: str) -> Resource:
    return {
        "status": "final",
        "category": [hl7_concept("observation-category", "vital-signs", "Vital Signs")],
        "subject": ledger.patient,
        "effectiveDateTime": taken,
        "performer": [organisation.practitioner("medina")],
    }


def _sign(loinc: str, name: str, value: Resource) -> Resource:
    return {"code": concept(LOINC, loinc, name), "valueQuantity": value}


def _height(person: Person) -> Resource:
    return _sign("8302-2", "Body height", quantity(person.height_inches, "in", "[in_i]"))


def _rest_of(random: Random) -> list[Resource]:
    temperature = Decimal(f"{random.gauss(98.2, 0.35):.1f}")
    return [
        _sign("8867-4", "Heart rate", quantity(round(random.gauss(76, 7)), "beats/min", "/min")),
        _sign("8310-5", "Body temperature", quantity(temperature, "°F", "[degF]")),
        _sign(
            "59408-5", "Oxygen saturation", quantity(min(round(random.gauss(97, 1)), 100), "%", "%")
        ),
    ]


def _blood_pressure(systolic: int, diastolic: int) -> Resource:
    def component(loinc: str, name: str, value: int) -> Resource:
        return _sign(loinc, name, quantity(value, "mmHg", "mm[Hg]"))

    return {
        "code": concept(LOINC, "85354-9", "Blood pressure"),
        "component": [
            component("8480-6", "Systolic blood pressure", systolic),
            component("8462-4", "Diastolic blood pressure", diastolic),
        ],
    }
