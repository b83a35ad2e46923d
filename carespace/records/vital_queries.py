"""What pages ask of a record's vital signs, each in one query whatever the record's size.

Promises: every row goes through ``visible_in(chart)``; what is withdrawn is never the latest; what is not there and what
is another person's raise the same NotFound.
"""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Value

from carespace.access.chart import Chart, NotFound, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, Page, as_rows, within
from carespace.records.lab_queries import (
    VITAL_CATEGORIES,
    by_day,
    lab_results,
    labs_shown,
    vitals_by_kind,
)
from carespace.records.readings.labs import LabResult
from carespace.records.readings.vitals import (
    KINDS,
    Vital,
    VitalKind,
    kind_of,
    position_of,
    vitals_of,
)

EARLIER_SHOWN = 3


@dataclass(frozen=True, slots=True)
class VitalHistory:
    """One kind of measurement: the latest, up to three earlier ones (newest first)."""

    latest: Vital
    earlier: tuple[Vital, ...]


def latest_vitals(chart: Chart) -> list[VitalHistory]:
    """Return each kind of vital sign with its latest measurements, in the order people know."""
    results: dict[object, list[LabResult]] = {}
    for each in vitals_by_kind(chart):
        kind = kind_of(each.latest)
        own = results.setdefault(kind or each.latest.topic or each.latest.id, [])
        own += [each.latest, *each.earlier]
    found = []
    for own in results.values():
        vitals = vitals_of(by_day(own, chart))
        shown = [each for each in vitals if not each.first.is_withdrawn]
        found.append(VitalHistory(shown[0], tuple(shown[1 : EARLIER_SHOWN + 1])))
    return sorted(found, key=lambda each: (position_of(each.latest.kind), each.latest.name.lower()))


def vital_with_history(
    chart: Chart, result_id: UUID, *, start: int, size: int
) -> tuple[LabResult, Page[LabResult]]:
    """Return one measurement, and ``size`` of its kind from number ``start``, newest first."""
    rows = _ONE_VITAL.rows(within(chart, identity=result_id))
    one = lab_results(rows)
    if not one:
        raise NotFound
    if kind := kind_of(one[0]):
        rows = _vitals_of(kind).rows(within(chart), start=start, size=size)
    elif topic := one[0].topic:
        rows = _VITALS_OF_TOPIC.rows(within(chart, topic=topic), start=start, size=size)
    else:
        rows = rows[start : start + size]
    return one[0], Page(tuple(lab_results(rows)), rows[0][4] if rows else 0)


@cache
def _vitals_of(kind: VitalKind) -> Statement:
    """Return the statement of one of the kinds that have a plain name."""
    if kind not in KINDS:
        raise KeyError(kind.slug)
    return Statement(
        lambda: as_rows(
            labs_shown(stand_in_chart(), VITAL_CATEGORIES)
            .filter(topic__in=kind.topics)
            .order_by(*NEWEST)
        ),
        paged=True,
    )


_ONE_VITAL = Statement(
    lambda: as_rows(
        labs_shown(stand_in_chart(), VITAL_CATEGORIES).filter(pk=STAND_INS["identity"]), Value(1)
    )
)
_VITALS_OF_TOPIC = Statement(
    lambda: as_rows(
        labs_shown(stand_in_chart(), VITAL_CATEGORIES)
        .filter(topic=STAND_INS["topic"])
        .order_by(*NEWEST)
    ),
    paged=True,
)
