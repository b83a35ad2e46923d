"""Chemistry and tumor markers: steady values with the patient's own lean, markers that respond.

Kidney filtration is computed from creatinine, age and sex (CKD-EPI 2021,
https://www.kidney.org/ckd-epi-creatinine-equation-2021), so that the two results agree.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from carespace.demo.generate.labs import CMP, TESTS
from carespace.demo.generate.people import Person
from carespace.demo.generate.story import Marker
from carespace.demo.generate.timeline import Timeline

RISE_WEEKS_TO_DOUBLE = 9.0


def own_levels(person: Person, random: Random) -> dict[str, float]:
    """Return the patient's own middle values: counts, and chemistry leaning with their illnesses."""
    levels = {
        key: TESTS[key].usual + random.uniform(-0.8, 0.8) * TESTS[key].spread
        for key in (*CMP, "mg", "tsh", "a1c", "ferritin")
    }
    levels |= {
        "anc": random.uniform(3.7, 4.9),
        "lym": random.uniform(1.5, 2.2),
        "plt": random.uniform(215, 295),
        "hgb": person.hemoglobin,
        "mcv": random.uniform(87, 92),
    }
    if person.gender == "male":
        levels["crea"] += 0.14
    if "kidney" in person.comorbidities:
        levels["crea"] += 0.52
        levels["bun"] += 8
    if "diabetes" in person.comorbidities:
        levels["glu"] += 48
    return levels


def metabolic_panel(
    day: date, person: Person, levels: Mapping[str, float], random: Random
) -> dict[str, Decimal]:
    """Return a comprehensive metabolic panel as printed."""
    values = {
        key: TESTS[key].printed(random.gauss(levels[key], TESTS[key].spread * 0.55))
        for key in CMP
        if key != "egfr"
    }
    values["egfr"] = TESTS["egfr"].printed(_filtration(float(values["crea"]), day, person))
    return {key: values[key] for key in CMP}


def single(key: str, levels: Mapping[str, float], random: Random) -> Decimal:
    """Return one value of a steady test as printed."""
    return TESTS[key].printed(random.gauss(levels[key], TESTS[key].spread * 0.5))


def _filtration(creatinine: float, day: date, person: Person) -> float:
    female = person.gender == "female"
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    age_years = (day - person.birth_date).days / 365.25
    ratio = creatinine / kappa
    rate = 142 * math.pow(min(ratio, 1.0), alpha) * math.pow(max(ratio, 1.0), -1.2)
    rate *= math.pow(0.9938, age_years)
    return rate * (1.012 if female else 1.0)


def marker_value(marker: Marker, day: date, timeline: Timeline, random: Random) -> Decimal:
    """Return a tumor marker on a day: high, then halving under treatment, rising where told."""
    level = _marker_level(marker, day, timeline)
    return TESTS[marker.test].printed(level * (1 + random.uniform(-0.05, 0.05)))


def _marker_level(marker: Marker, day: date, timeline: Timeline) -> float:
    def week(number: int) -> date:
        return timeline.anchor + timedelta(weeks=number)

    if marker.rises_from is None or day <= week(marker.rises_from):
        return _falling(marker.high, marker, day - week(marker.treated_from))
    started = [
        treatment.day
        for treatment in timeline.treatments
        if treatment.phase.start > marker.rises_from
    ]
    turn = min(started, default=day)
    low_point = _falling(marker.high, marker, week(marker.rises_from) - week(marker.treated_from))
    rise = (min(day, turn) - week(marker.rises_from)).days / 7 / RISE_WEEKS_TO_DOUBLE
    top = low_point * 2**rise
    return top if day <= turn else _falling(top, marker, day - turn)


def _falling(top: float, marker: Marker, since: timedelta) -> float:
    if since.days <= 0:
        return top
    return float(marker.low + (top - marker.low) * 0.5 ** (since.days / 7 / marker.half_life_weeks))
