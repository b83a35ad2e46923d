"""Laboratory results: one report a panel, one observation a test, each with its own range.

The shape is US Core's laboratory result
(https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-observation-lab.html); the numbers
come from `marrow.py` and `chemistry.py`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from carespace.demo.generate import organisation
from carespace.demo.generate.chemistry import marker_value, metabolic_panel, own_levels, single
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.fhir import (
    LOINC,
    SNOMED,
    Ledger,
    Resource,
    concept,
    hl7_concept,
    quantity,
    reference,
)
from carespace.demo.generate.labs import CBC, PANELS, TESTS, bounds, interpretation
from carespace.demo.generate.marrow import blood_count
from carespace.demo.generate.people import Person
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import Draw, Timeline

MARKER_EVERY = timedelta(days=27)
THYROID_EVERY = timedelta(days=62)
YEARLY = timedelta(days=170)
LEAST_PSA = Decimal("0.10")
FLAGS = {"L": "Low", "LL": "Critical low", "H": "High", "N": "Normal"}


@dataclass(slots=True)
class Results:
    """Printed values by day and test key, for the notes; `ids` finds the Observation again."""

    values: dict[date, dict[str, Decimal]] = field(default_factory=dict)
    ids: dict[tuple[date, str], Resource] = field(default_factory=dict)

    def latest(self, key: str, before: date) -> tuple[date, Decimal] | None:
        """Return the newest value of a test on or before a day."""
        days = [day for day in self.values if day <= before and key in self.values[day]]
        return (max(days), self.values[max(days)][key]) if days else None


def add_results(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock, seed: int
) -> Results:
    """Write every draw's specimen, observations and reports; return the values."""
    random = Random(f"{seed}/{person.mrn}/labs")  # noqa: S311 - invented numbers, no secret
    levels = own_levels(person, random)
    results = Results()
    last_done: dict[str, date] = {}
    for draw in timeline.draws:
        levels["hgb"], levels["mcv"], levels["ferritin"] = _iron(person, draw.day, timeline, levels)
        panels: dict[str, dict[str, Decimal]] = {
            "cbc": blood_count(draw.day, timeline.treatments, levels, random)
        }
        panels["cbc"] = {key: panels["cbc"][key] for key in CBC}
        if draw.purpose != "lowest":
            panels["cmp"] = metabolic_panel(draw.day, person, levels, random)
            panels |= _occasional(person, story, timeline, draw, levels, last_done, random)
        results.values[draw.day] = {
            key: value for panel in panels.values() for key, value in panel.items()
        }
        _write_draw(ledger, person, draw, panels, clock, results, random)
    return results


def _iron(
    person: Person, day: date, timeline: Timeline, levels: dict[str, float]
) -> tuple[float, float, float]:
    """Return untreated hemoglobin, cell volume and ferritin: one patient came to us low on iron."""
    if person.mrn != "LCA-100001":
        return person.hemoglobin, levels["mcv"], levels["ferritin"]
    months = max((day - timeline.week(-100)).days, 0) / 30.4
    healed = min(months / 8, 1.0)
    return 10.2 + (person.hemoglobin - 10.2) * healed, 76 + 13 * healed, 7 + 58 * healed


def _occasional(
    person: Person,
    story: Story,
    timeline: Timeline,
    draw: Draw,
    levels: dict[str, float],
    last_done: dict[str, date],
    random: Random,
) -> dict[str, dict[str, Decimal]]:
    """Return markers and the tests that are not repeated at each draw, where they are due."""

    def due(key: str, every: timedelta) -> bool:
        if draw.day - last_done.get(key, date.min) < every:
            return False
        last_done[key] = draw.day
        return True

    panels: dict[str, dict[str, Decimal]] = {}
    if draw.day >= timeline.week(story.diagnosed - 1) and due("marker", MARKER_EVERY):
        panels["marker"] = {
            marker.test: marker_value(marker, draw.day, timeline, random)
            for marker in story.markers
        }
    other: dict[str, Decimal] = {}
    immune = any(
        "zumab" in drug.name for item in timeline.treatments for drug in item.regimen.drugs
    )
    if (immune or "hypothyroidism" in person.comorbidities) and due("tsh", THYROID_EVERY):
        other["tsh"] = single("tsh", levels, random)
    if "diabetes" in person.comorbidities and due("a1c", YEARLY):
        other["a1c"] = single("a1c", levels, random)
    if draw.purpose == "before" and due("mg", MARKER_EVERY):
        other["mg"] = single("mg", levels, random)
    if person.mrn == "LCA-100001" and draw.purpose == "follow-up":
        other["ferritin"] = single("ferritin", levels, random)
    return panels | ({"other": other} if other else {})


def _write_draw(
    ledger: Ledger,
    person: Person,
    draw: Draw,
    panels: dict[str, dict[str, Decimal]],
    clock: Clock,
    results: Results,
    random: Random,
) -> None:
    minutes = 8 * 60 + random.randrange(0, 70)
    taken = clock.stamp_minutes(draw.day, minutes)
    specimen = ledger.add(
        "Specimen",
        {
            "status": "available",
            "type": concept(SNOMED, "119297000", "Blood specimen", "Blood"),
            "subject": ledger.patient,
            "collection": {"collectedDateTime": taken},
        },
    )
    for panel, values in panels.items():
        issued = clock.stamp_minutes(draw.day, minutes + (55 if panel == "cbc" else 190))
        members = []
        for key, value in values.items():
            body = observation(ledger, person, key, value, taken, issued)
            body["specimen"] = specimen
            results.ids[draw.day, key] = ledger.add("Observation", body)
            members.append(results.ids[draw.day, key])
        ledger.add("DiagnosticReport", _report(ledger, panel, values, members, taken, issued))


def _report(
    ledger: Ledger,
    panel: str,
    values: dict[str, Decimal],
    members: list[Resource],
    taken: str,
    issued: str,
) -> Resource:
    loinc, name = PANELS[panel]
    first = TESTS[next(iter(values))]
    return {
        "status": "final",
        "category": [hl7_concept("v2-0074", "LAB", "Laboratory")],
        "code": concept(LOINC, loinc or first.loinc, name if loinc else first.name, name),
        "subject": ledger.patient,
        "effectiveDateTime": taken,
        "issued": issued,
        "performer": [organisation.organization(organisation.LAB)],
        "result": members,
    }


def observation(
    ledger: Ledger, person: Person, key: str, value: Decimal, taken: str, issued: str
) -> Resource:
    """Return a final laboratory Observation; like most laboratories ours flags no normal result."""
    test = TESTS[key]
    low, high = bounds(key, person.gender)
    body: Resource = {
        "status": "final",
        "category": [laboratory_category()],
        "code": concept(LOINC, test.loinc, test.name),
        "subject": ledger.patient,
        "effectiveDateTime": taken,
        "issued": issued,
        "performer": [reference(f"Organization/{organisation.LAB}")],
        "valueQuantity": quantity(value, test.unit, test.ucum),
    }
    if key == "psa" and value < LEAST_PSA:
        body["valueQuantity"] |= {"value": LEAST_PSA, "comparator": "<"}
    flag = interpretation(value, low, high)
    if flag and flag != "N":
        body["interpretation"] = [flagged(flag)]
    if flag:
        body["referenceRange"] = [reference_range(test.unit, low, high)]
    return body


def laboratory_category() -> Resource:
    """Return the category that marks a laboratory result."""
    return hl7_concept("observation-category", "laboratory", "Laboratory")


def flagged(code: str) -> Resource:
    """Return the laboratory's own flag."""
    return hl7_concept("v3-ObservationInterpretation", code, FLAGS[code])


def reference_range(unit: str, low: str | None, high: str | None) -> Resource:
    """Return a reference range, in words where it has one bound only."""
    body: Resource = {}
    if low is not None:
        body["low"] = {"value": Decimal(low), "unit": unit}
    if high is not None:
        body["high"] = {"value": Decimal(high), "unit": unit}
    if low is None:
        body["text"] = f"{high} or less"
    elif high is None:
        body["text"] = f"{low} or more"
    return body


def latest_observation(ledger: Ledger, target: Resource) -> Resource:
    """Return the resource that a Reference of this ledger points to."""
    wanted = target["reference"].split("/", 1)
    return next(
        item for item in reversed(ledger.resources) if [item["resourceType"], item["id"]] == wanted
    )
