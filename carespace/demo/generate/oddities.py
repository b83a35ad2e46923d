"""Planted realities: what every laboratory feed holds and a portal must not stumble over.

A corrected result with a note, a preliminary one, one entered in error, results in words, a
comparator, a result without a range, a cancelled one, and one from another laboratory with another
unit and range.
"""

from datetime import date
from decimal import Decimal

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
from carespace.demo.generate.people import Person
from carespace.demo.generate.results import (
    Results,
    flagged,
    laboratory_category,
    latest_observation,
    reference_range,
)
from carespace.demo.generate.timeline import Timeline


def add_oddities(
    ledger: Ledger, person: Person, timeline: Timeline, results: Results, clock: Clock
) -> None:
    """Plant this patient's share."""
    before_first = timeline.treatments[0].day
    day = min(results.values, key=lambda drawn: abs((drawn - before_first).days))
    _hepatitis_screen(ledger, day, clock)
    plants = {
        "LCA-100001": _maria,
        "LCA-100003": _wrong_patient,
        "LCA-100008": _harold,
        "LCA-100011": _priya,
        "LCA-100014": _walter,
    }
    if person.mrn in plants:
        plants[person.mrn](ledger, results, clock)


def _result(ledger: Ledger, day: date, clock: Clock, code: Resource, **rest: object) -> Resource:
    return {
        "status": "final",
        "category": [laboratory_category()],
        "code": code,
        "subject": ledger.patient,
        "effectiveDateTime": clock.stamp(day, 8, 50),
        "issued": clock.stamp(day, 15, 5),
        "performer": [organisation.organization(organisation.HOSPITAL_LAB)],
        **rest,
    }


def _hepatitis_screen(ledger: Ledger, day: date, clock: Clock) -> None:
    """Everyone is screened for hepatitis B before treatment; the answer is in words."""
    code = concept(LOINC, "5196-1", "Hepatitis B surface antigen")
    normal = [{"text": "Not detected"}]
    ledger.add(
        "Observation",
        _result(ledger, day, clock, code, valueString="Not detected", referenceRange=normal),
    )


def _days_with(results: Results, key: str) -> list[date]:
    return sorted(day for day in results.values if key in results.values[day])


def _maria(ledger: Ledger, results: Results, clock: Clock) -> None:
    corrected_day = _days_with(results, "k")[-2]
    body = latest_observation(ledger, results.ids[corrected_day, "k"])
    body["status"] = "corrected"
    body["issued"] = clock.stamp(corrected_day, 14, 20)
    body["note"] = [
        {
            "text": "Corrected result. First reported as 6.1 mmol/L. Red cells had broken in the "
            "tube; the test was repeated on a second tube."
        }
    ]
    elsewhere = _days_with(results, "hgb")[-5]
    hemoglobin = results.values[elsewhere]["hgb"] * 10
    body = latest_observation(ledger, results.ids[elsewhere, "hgb"])
    body["performer"] = [organisation.organization(organisation.HOSPITAL_LAB)]
    body["valueQuantity"] = quantity(hemoglobin.quantize(Decimal(1)), "g/L", "g/L")
    body["referenceRange"] = [reference_range("g/L", "117", "155")]
    body["interpretation"] = [flagged("L" if hemoglobin < 117 else "N")]


def _wrong_patient(ledger: Ledger, results: Results, clock: Clock) -> None:
    """A result of the near twin that was put on this record and taken back."""
    day = _days_with(results, "glu")[-3]
    body = _result(
        ledger,
        day,
        clock,
        concept(LOINC, "2345-7", "Glucose"),
        valueQuantity=quantity(Decimal("312"), "mg/dL", "mg/dL"),
        note=[{"text": "Entered on the wrong patient's record."}],
    )
    body["status"] = "entered-in-error"
    ledger.add("Observation", body)


def _harold(ledger: Ledger, results: Results, clock: Clock) -> None:
    day = max(results.values)
    body = _result(
        ledger,
        day,
        clock,
        concept(LOINC, "600-7", "Blood culture"),
        valueString="No growth so far",
        note=[{"text": "Preliminary after 24 hours. The final result follows after five days."}],
    )
    body["status"] = "preliminary"
    ledger.add("Observation", body)
    code = concept(LOINC, "14682-9", "Creatinine")
    other_unit = _days_with(results, "crea")[-4]
    micromoles = (results.values[other_unit]["crea"] * Decimal("88.4")).quantize(Decimal(1))
    ledger.add(
        "Observation",
        _result(
            ledger,
            other_unit,
            clock,
            code,
            valueQuantity=quantity(micromoles, "umol/L", "umol/L"),
            referenceRange=[reference_range("umol/L", "64", "104")],
            interpretation=[flagged("H" if micromoles > 104 else "N")],
        ),
    )


def _priya(ledger: Ledger, results: Results, clock: Clock) -> None:
    day = _days_with(results, "ldh")[0]
    value = quantity(Decimal(5), "mIU/mL", "m[IU]/mL") | {"comparator": "<"}
    code = concept(LOINC, "21198-7", "Pregnancy test, blood (beta-hCG)")
    normal = [{"text": "Less than 5: not pregnant"}]
    ledger.add(
        "Observation",
        _result(ledger, day, clock, code, valueQuantity=value, referenceRange=normal),
    )


def _walter(ledger: Ledger, results: Results, clock: Clock) -> None:
    """A cancelled test, and one for which no laboratory has a range."""
    day = _days_with(results, "crea")[-2]
    body = _result(
        ledger,
        day,
        clock,
        concept(LOINC, "19123-9", "Magnesium"),
        dataAbsentReason=hl7_concept("data-absent-reason", "not-performed", "Not Performed"),
        note=[{"text": "Not done: too little blood in the tube."}],
    )
    body["status"] = "cancelled"
    ledger.add("Observation", body)
    urine = concept(LOINC, "2161-8", "Creatinine, random urine")
    value = quantity(Decimal("86.4"), "mg/dL", "mg/dL")
    ledger.add("Observation", _result(ledger, day, clock, urine, valueQuantity=value))
