"""How blood counts move under treatment: each infusion takes a bite that heals within the cycle.

The loss after one infusion follows (t/n)^8 * e^(8(1 - t/n)), which is 0 on the day itself, 1 on the
lowest day n and about 0.1 at twice that day; losses of several infusions multiply. Red cells live
long, so hemoglobin drifts down over weeks and comes back over months. This is a sketch good enough
to look at, not a model of anyone's marrow.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from carespace.demo.generate.labs import TESTS
from carespace.demo.generate.timeline import Treatment

STEEPNESS = 8.0
RED_CELL_ONSET_DAYS = 10.0
RED_CELL_RECOVERY_DAYS = 75.0
PLATELET_LATENESS_DAYS = 2
LOW_POINT = 0.5


def _share_lost(days_since: float, lowest_day: float) -> float:
    """Return how much of a loss is felt that many days after the infusion, from 0 to 1."""
    if days_since <= 0:
        return 0.0
    ratio = days_since / lowest_day
    return math.exp(STEEPNESS * (math.log(ratio) + 1 - ratio))


def share_left(day: date, treatments: Sequence[Treatment], drop: str, late: int = 0) -> float:
    """Return the share of the usual count left on a day; `drop` names the regimen's drop."""
    left = 1.0
    for treatment in treatments:
        since = (day - treatment.day).days
        loss = getattr(treatment.regimen, drop) * _share_lost(
            since, treatment.regimen.nadir_day + late
        )
        left *= 1.0 - loss
    return left


def hemoglobin_lost(day: date, treatments: Sequence[Treatment]) -> float:
    """Return g/dL lost on a day from all infusions before it."""
    lost = 0.0
    for treatment in treatments:
        since = (day - treatment.day).days
        if since > 0:
            onset = 1.0 - math.exp(-since / RED_CELL_ONSET_DAYS)
            lost += (
                treatment.regimen.hemoglobin_drop
                * onset
                * math.exp(-since / RED_CELL_RECOVERY_DAYS)
            )
    return min(lost, 4.2)


def blood_count(
    day: date,
    treatments: Sequence[Treatment],
    usual: Mapping[str, float],
    random: Random,
) -> dict[str, Decimal]:
    """Return a complete blood count as printed: the white cells add up, the red ones fit together.

    `usual` holds the patient's own untreated counts: anc, lym, plt (thousands per microliter), hgb
    (g/dL) and mcv (fL).
    """

    def wobble(share: float) -> float:
        return 1.0 + random.uniform(-share, share)

    left = share_left(day, treatments, "neutrophil_drop")
    # No two lowest points are alike, and now and then one is deep enough to worry about.
    depth = random.uniform(0.62, 1.08) if left < LOW_POINT else 1.0
    white = {
        "anc": usual["anc"] * left * depth * wobble(0.06),
        "lym": usual["lym"] * (0.55 + 0.45 * left) * wobble(0.08),
        "mono": 0.48 * (0.5 + 0.5 * left) * wobble(0.15),
        "eos": 0.14 * (0.6 + 0.4 * left) * wobble(0.3),
        "baso": 0.04 * wobble(0.4),
    }
    printed = {key: TESTS[key].printed(value) for key, value in white.items()}
    platelets_left = share_left(day, treatments, "platelet_drop", PLATELET_LATENESS_DAYS)
    hemoglobin = (usual["hgb"] - hemoglobin_lost(day, treatments)) * wobble(0.015)
    volume = usual["mcv"] * wobble(0.008)
    hematocrit = hemoglobin * 2.98 * wobble(0.008)
    red = {
        "wbc": float(sum(printed.values())),
        "rbc": hematocrit * 10 / volume,
        "hgb": hemoglobin,
        "hct": hematocrit,
        "mcv": volume,
        "plt": usual["plt"] * platelets_left * wobble(0.06),
    }
    printed.update({key: TESTS[key].printed(value) for key, value in red.items()})
    return printed
