"""What pages ask of a record's laboratory results, each in one query whatever the record's size (performance.md).

Promises: every row goes through ``visible_in(chart)``; a withdrawn result is never the latest of its test; what is not
there and what is another person's raise the same NotFound; earlier versions are told of results that are shown only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from carespace.access.chart import Chart, NotFound, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, Page, as_rows, is_asked_for, within
from carespace.records.entries import reachable_in
from carespace.records.models import Resource, ResourceVersion
from carespace.records.readings.labs import LabResult, lab_result
from carespace.records.readings.reports import Linked
from carespace.records.references import identity_in
from carespace.values import local

EARLIER_SHOWN = 3
MOST_OF_ONE_DAY = 80
MOST_AROUND = 400
# No day of any zone is longer; which results are of the latest one is then told exactly.
LONGEST_DAY = timedelta(hours=26)
LAB_CATEGORIES = ("laboratory", "LAB")
VITAL_CATEGORIES = ("vital-signs", "vital-sign")
# An Observation with none of these only groups others (a panel): it would be an empty row.
_SAYS_SOMETHING = [
    "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger",
    "valueRange", "valueRatio", "valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
    "component", "dataAbsentReason",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LabHistory:
    """One test: its latest result, up to three earlier ones (newest first), and how many there are in all."""

    latest: LabResult
    earlier: tuple[LabResult, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a result said before it was changed, and when the change came (VDT-6)."""

    result: LabResult
    until: datetime


def labs_by_test(chart: Chart) -> list[LabHistory]:
    """Return each test of the chart with its latest results; the newest day first, then by name."""
    return _by_test(_LABS_BY_TEST, chart)


def vitals_by_kind(chart: Chart) -> list[LabHistory]:
    """Return each vital sign of the chart with its latest measurements; the newest day first, then by name."""
    return _by_test(_VITALS_BY_KIND, chart)


def lab_with_history(
    chart: Chart, result_id: UUID, *, start: int, size: int
) -> tuple[LabResult, Page[LabResult]]:
    """Return one result, and ``size`` results of its test from number ``start``, newest first."""
    rows = _ONE_LAB.rows(within(chart, identity=result_id))
    one = lab_results(rows)
    if not one:
        raise NotFound
    if topic := one[0].topic:
        rows = _LABS_OF_TEST.rows(within(chart, topic=topic), start=start, size=size)
    else:
        rows = rows[start : start + size]
    return one[0], Page(tuple(lab_results(rows)), rows[0][4] if rows else 0)


def earlier_versions(chart: Chart, results: Sequence[LabResult]) -> dict[UUID, tuple[Earlier, ...]]:
    """Return what those of ``results`` that were changed have said before, the latest change first, by result."""
    changed = {each.id: each for each in results if each.version > 1 and not each.is_withdrawn}
    if not changed:
        return {}
    rows = _VERSIONS.rows(within(chart, identities=list(changed)[:MOST_AROUND]))
    found: dict[UUID, tuple[Earlier, ...]] = {}
    # The newest version comes first: each was current until the next one came.
    until = {key: each.received_at for key, each in changed.items()}
    for key, body, received_at in rows:
        result, ended = lab_result(key, "", body), until[key]
        until[key] = received_at
        if result and ended and not result.is_withdrawn:
            found[key] = (*found.get(key, ()), Earlier(result, ended))
    return found


def around(chart: Chart, references: Iterable[str]) -> dict[str, Linked]:
    """Return the resources behind ``references`` ("Organization/<id>"): of this record, or the practice's own."""
    wanted = {key: text for text in references if (key := identity_in(text))}
    if not wanted:
        return {}
    rows = _AROUND.rows(within(chart, identities=list(wanted)[:MOST_AROUND]))
    return {wanted[key]: Linked(key, kind, topic, body) for key, kind, topic, body in rows}


def labs_shown(chart: Chart, categories: Sequence[str] = LAB_CATEGORIES) -> QuerySet[Resource]:
    """Return the results that say something, the withdrawn ones among them."""
    return Resource.objects.visible_in(chart).filter(
        resource_type="Observation",
        categories__overlap=list(categories),
        content__has_any_keys=_SAYS_SOMETHING,
    )


def latest_day() -> QuerySet[Resource]:
    """Return the results of the latest day and a little more, the undated ones where there are no others."""
    labs = labs_shown(stand_in_chart()).filter(retracted_at__isnull=True)
    last = labs.order_by().values("patient").values(last=Max("effective_start"))
    dated = labs.annotate(last=last).filter(
        Q(effective_start__gte=F("last") - LONGEST_DAY) | Q(last__isnull=True)
    )
    return dated.order_by(*NEWEST)[:MOST_OF_ONE_DAY]


def lab_results(rows: Iterable[tuple[Any, ...]]) -> list[LabResult]:
    """Return the results in ``rows``, each with when it came and which version it is."""
    read = (
        lab_result(key, topic, body, received_at=received_at, version=version)
        for _, key, topic, body, _, received_at, version in rows
    )
    return [each for each in read if each is not None]


def by_day(results: Iterable[LabResult], chart: Chart) -> list[LabResult]:
    """Return ``results`` newest first; those of one moment keep their order."""
    return sorted(results, key=lambda each: -_moment(each, chart))


def day_of(result: LabResult, chart: Chart) -> int:
    """Return the day of a result as a number in the practice's zone, 0 where it has no date."""
    if result.taken is None:
        return 0
    zone = chart.practice.zone
    taken = local(result.taken.start(zone), zone)
    return taken.toordinal() if taken else 0


def _by_test(statement: Statement, chart: Chart) -> list[LabHistory]:
    tests: dict[tuple[str, UUID | None], tuple[list[LabResult], int]] = {}
    for key, topic, alone, body, count, received_at, version in statement.rows(within(chart)):
        result = lab_result(key, topic, body, received_at=received_at, version=version)
        if result:
            tests.setdefault((topic, alone), ([], count))[0].append(result)
    found = [
        LabHistory(results[0], tuple(by_day(results[1:], chart)), count)
        for results, count in tests.values()
        if not results[0].is_withdrawn
    ]
    return sorted(found, key=lambda each: (-day_of(each.latest, chart), each.latest.test.lower()))


def _moment(result: LabResult, chart: Chart) -> float:
    return result.taken.start(chart.practice.zone).timestamp() if result.taken else float("-inf")


def _ranked(
    categories: Sequence[str], most: int = EARLIER_SHOWN + 1
) -> QuerySet[Resource, tuple[Any, ...]]:
    one_test = [F("topic"), F("alone")]
    ranked = labs_shown(stand_in_chart(), categories).annotate(
        # A result that names no test is a test of its own, never one row with other nameless ones.
        alone=Case(When(topic="", then=F("id"))),
        withdrawn=Case(When(retracted_at__isnull=True, then=Value(0)), default=Value(1)),
        place=Window(RowNumber(), partition_by=one_test, order_by=(F("withdrawn"), *NEWEST)),
        count=Window(Count("*"), partition_by=one_test),
    )
    rows = ranked.filter(place__lte=most).order_by("topic", "alone", "place")
    return rows.values_list("pk", "topic", "alone", "content", "count", "received_at", "version")


def _versions() -> QuerySet[ResourceVersion, tuple[Any, ...]]:
    shown = labs_shown(stand_in_chart(), [*LAB_CATEGORIES, *VITAL_CATEGORIES])
    wanted = shown.filter(is_asked_for(), retracted_at__isnull=True)
    versions = ResourceVersion.objects.filter(resource__in=wanted.values("pk"))
    return versions.order_by("resource_id", "-version").values_list(
        "resource_id", "content", "received_at"
    )


def _around() -> QuerySet[Resource, tuple[Any, ...]]:
    found = reachable_in(stand_in_chart()).filter(is_asked_for())
    return found.values_list("pk", "resource_type", "topic", "content")


_LABS_BY_TEST = Statement(lambda: _ranked(LAB_CATEGORIES))
# One more than is shown: whether the last one's time has another half of a blood pressure is known then.
_VITALS_BY_KIND = Statement(lambda: _ranked(VITAL_CATEGORIES, EARLIER_SHOWN + 2))
_ONE_LAB = Statement(
    lambda: as_rows(labs_shown(stand_in_chart()).filter(pk=STAND_INS["identity"]), Value(1))
)
_LABS_OF_TEST = Statement(
    lambda: as_rows(
        labs_shown(stand_in_chart()).filter(topic=STAND_INS["topic"]).order_by(*NEWEST)
    ),
    paged=True,
)
_VERSIONS = Statement(_versions)
_AROUND = Statement(_around)
