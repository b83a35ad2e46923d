"""What pages ask of the record, each in one query whatever the record's size (performance.md).

Promises: every row goes through ``visible_in(chart)``; a withdrawn result is never the latest of its test; what is not
there and what is another person's raise the same NotFound.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from carespace.access.chart import Chart, NotFound, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.files.models import Blob
from carespace.files.store import read_blob
from carespace.records.models import Resource
from carespace.records.readings.appointments import Visit, visit
from carespace.records.readings.documents import Document, File, document, file_of
from carespace.records.readings.labs import LabResult, lab_result
from carespace.values import local

Row = TypeVar("Row")
EARLIER_SHOWN = 6
MOST_OF_ONE_DAY = 80
VISITS_ON_FRONT = 3
# No day of any zone is longer; which results are of the latest one is then told exactly.
LONGEST_DAY = timedelta(hours=26)
LAB_CATEGORIES = ["laboratory", "LAB"]
# An Observation with none of these only groups others (a panel): it would be an empty row.
_SAYS_SOMETHING = [
    "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger",
    "valueRange", "valueRatio", "valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
    "component", "dataAbsentReason",
]  # fmt: skip
_NEWEST = (F("effective_start").desc(nulls_last=True), F("received_at").desc(), F("id").asc())
_OVER = Q(status__in=("fulfilled", "noshow"))


@dataclass(frozen=True, slots=True)
class LabHistory:
    """One test: its latest result, up to six earlier ones (newest first), and how many there are in all."""

    latest: LabResult
    earlier: tuple[LabResult, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a longer list; ``total`` counts all of it."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Front:
    """What the first page shows of a record: the latest day's results, newest documents, next visits."""

    labs: tuple[LabResult, ...]
    documents: Page[Document]
    visits: tuple[Visit, ...]


def labs_by_test(chart: Chart) -> list[LabHistory]:
    """Return each test of the chart with its latest results; the newest day first, then by name."""
    tests: dict[tuple[str, UUID | None], tuple[list[LabResult], int]] = {}
    for key, topic, alone, body, count in _LABS_BY_TEST.rows(_within(chart)):
        if result := lab_result(key, topic, body):
            tests.setdefault((topic, alone), ([], count))[0].append(result)
    found = [
        LabHistory(results[0], tuple(_by_day(results[1:], chart)), count)
        for results, count in tests.values()
        if not results[0].is_withdrawn
    ]
    return sorted(found, key=lambda each: (-_day(each.latest, chart), each.latest.test.lower()))


def lab_with_history(
    chart: Chart, result_id: UUID, *, start: int, size: int
) -> tuple[LabResult, Page[LabResult]]:
    """Return one result, and ``size`` results of its test from number ``start``, newest first."""
    rows = _ONE_LAB.rows(_within(chart, identity=result_id))
    one = _made(rows, _lab)
    if not one:
        raise NotFound
    if topic := one[0].topic:
        rows = _LABS_OF_TEST.rows(_within(chart, topic=topic), start=start, size=size)
    else:
        rows = rows[start : start + size]
    return one[0], _page(rows, _lab)


def documents(chart: Chart, *, start: int, size: int) -> Page[Document]:
    """Return ``size`` current documents from number ``start``, newest first."""
    return _page(_ALL_DOCUMENTS.rows(_within(chart), start=start, size=size), _document)


def one_document(chart: Chart, document_id: UUID) -> Document:
    """Return one current document, or raise NotFound."""
    found = _made(_ONE_DOCUMENT.rows(_within(chart, identity=document_id)), _document)
    if not found:
        raise NotFound
    return found[0]


def document_with_file(chart: Chart, document_id: UUID) -> tuple[Document, File | None]:
    """Return one current document and its decrypted bytes (None where they never came), or raise NotFound."""
    found = one_document(chart, document_id)
    if found.file_id is None:
        return found, None
    # A Binary of its own counts only while it is shown itself: what is held shows through no document.
    shown = Resource.objects.visible_in(chart).filter(pk=found.file_id).values("pk")
    holds = Q(pk=found.file_id) | Q(owner_id__in=shown)
    blob = Blob.objects.visible_in(chart).filter(holds).order_by("-created_at").first()
    return found, file_of(found.content_type, read_blob(blob)) if blob else None


def visits_ahead(chart: Chart, today: datetime) -> tuple[Visit, ...]:
    """Return the visits from ``today`` (midnight, in the practice's zone) on, the next one first."""
    return tuple(_made(_VISITS_AHEAD.rows(_within(chart, moment=today)), _visit_in(chart)))


def visits_past(chart: Chart, today: datetime, *, start: int, size: int) -> Page[Visit]:
    """Return ``size`` visits before ``today`` or over by their status, the latest first."""
    rows = _VISITS_PAST.rows(_within(chart, moment=today), start=start, size=size)
    return _page(rows, _visit_in(chart))


def front(chart: Chart, today: datetime, documents_shown: int) -> Front:
    """Return what the first page shows, in one query over the three kinds."""
    rows = _front(documents_shown).rows(_within(chart, moment=today))

    def of(kind: str) -> list[tuple[Any, ...]]:
        return [row for row in rows if row[0] == kind]

    results = _by_day(_made(of("Observation"), _lab), chart)
    newest = [each for each in results if _day(each, chart) == _day(results[0], chart)]
    paper_rows = of("DocumentReference")
    zone = chart.practice.zone
    # A union promises no order of its own.
    shown = sorted(
        _made(paper_rows, _document),
        key=lambda each: each.written.start(zone).timestamp() if each.written else 0.0,
        reverse=True,
    )
    coming = sorted(
        _made(of("Appointment"), _visit_in(chart)),
        key=lambda each: each.starts.timestamp() if each.starts else float("inf"),
    )
    return Front(
        labs=tuple(newest),
        documents=Page(tuple(shown), paper_rows[0][4] if paper_rows else 0),
        visits=tuple(coming),
    )


Maker = Callable[[UUID, str, str], Row | None]


def _lab(identity: UUID, topic: str, body: str) -> LabResult | None:
    return lab_result(identity, topic, body)


def _document(identity: UUID, _topic: str, body: str) -> Document | None:
    return document(identity, body)


def _visit_in(chart: Chart) -> Maker[Visit]:
    zone = chart.practice.zone
    return lambda identity, _topic, body: visit(identity, body, zone)


def _within(chart: Chart, **more: object) -> dict[str, object]:
    """Return the values that ``visible_in`` asks for, and ``more``."""
    return {"practice": chart.practice.pk, "patient": chart.patient.pk, **more}


def _labs(chart: Chart) -> QuerySet[Resource]:
    return Resource.objects.visible_in(chart).filter(
        resource_type="Observation",
        categories__overlap=LAB_CATEGORIES,
        content__has_any_keys=_SAYS_SOMETHING,
    )


def _documents(chart: Chart) -> QuerySet[Resource]:
    return (
        Resource.objects.visible_in(chart)
        .filter(resource_type="DocumentReference", status="current", retracted_at__isnull=True)
        .exclude(content__contains={"docStatus": "entered-in-error"})
    )


def _visits(chart: Chart) -> QuerySet[Resource]:
    return Resource.objects.visible_in(chart).filter(
        resource_type="Appointment", retracted_at__isnull=True
    )


def _ahead(chart: Chart, today: datetime) -> QuerySet[Resource]:
    coming = Q(effective_start__gte=today) | Q(effective_start__isnull=True)
    return _visits(chart).filter(coming).exclude(_OVER).order_by("effective_start", "id")


def _over(chart: Chart) -> QuerySet[Resource]:
    over = Q(effective_start__lt=STAND_INS["moment"]) | _OVER
    return _visits(chart).filter(over).order_by(*_NEWEST)


def _rows(found: QuerySet[Resource], count: Any = None) -> QuerySet[Resource, tuple[Any, ...]]:
    counted = found.annotate(count=count or Window(Count("*")))
    return counted.values_list("resource_type", "pk", "topic", "content", "count")


def _ranked_labs() -> QuerySet[Resource, tuple[Any, ...]]:
    one_test = [F("topic"), F("alone")]
    ranked = _labs(stand_in_chart()).annotate(
        # A result that names no test is a test of its own, never one row with other nameless ones.
        alone=Case(When(topic="", then=F("id"))),
        withdrawn=Case(When(retracted_at__isnull=True, then=Value(0)), default=Value(1)),
        place=Window(RowNumber(), partition_by=one_test, order_by=(F("withdrawn"), *_NEWEST)),
        count=Window(Count("*"), partition_by=one_test),
    )
    rows = ranked.filter(place__lte=EARLIER_SHOWN + 1).order_by("topic", "alone", "place")
    return rows.values_list("pk", "topic", "alone", "content", "count")


def _latest_day() -> QuerySet[Resource]:
    """Return the results of the latest day and a little more, the undated ones where there are no others."""
    labs = _labs(stand_in_chart()).filter(retracted_at__isnull=True)
    last = labs.order_by().values("patient").values(last=Max("effective_start"))
    dated = labs.annotate(last=last).filter(
        Q(effective_start__gte=F("last") - LONGEST_DAY) | Q(last__isnull=True)
    )
    return dated.order_by(*_NEWEST)[:MOST_OF_ONE_DAY]


@cache
def _front(documents_shown: int) -> Statement:
    """Return the first page's statement; a practice shows one of a few numbers of documents."""

    def made() -> QuerySet[Resource, tuple[Any, ...]]:
        papers = _documents(stand_in_chart()).order_by(*_NEWEST)[:documents_shown]
        visits = _ahead(stand_in_chart(), STAND_INS["moment"])[:VISITS_ON_FRONT]
        labs = _rows(_latest_day(), Value(0))
        return labs.union(_rows(papers), _rows(visits, Value(0)), all=True)

    return Statement(made)


def _made(rows: Iterable[tuple[Any, ...]], make: Maker[Row]) -> list[Row]:
    made = (make(key, topic, body) for _, key, topic, body, _ in rows)
    return [each for each in made if each is not None]


def _page(rows: list[tuple[Any, ...]], make: Maker[Row]) -> Page[Row]:
    return Page(tuple(_made(rows, make)), rows[0][4] if rows else 0)


def _by_day(results: Iterable[LabResult], chart: Chart) -> list[LabResult]:
    """Return ``results`` newest first; those of one moment keep their order."""
    return sorted(results, key=lambda each: -_moment(each, chart))


def _moment(result: LabResult, chart: Chart) -> float:
    return result.taken.start(chart.practice.zone).timestamp() if result.taken else float("-inf")


def _day(result: LabResult, chart: Chart) -> int:
    """Return the day of a result as a number in the practice's zone, 0 where it has no date."""
    if result.taken is None:
        return 0
    zone = chart.practice.zone
    taken = local(result.taken.start(zone), zone)
    return taken.toordinal() if taken else 0


_LABS_BY_TEST = Statement(_ranked_labs)
_ONE_LAB = Statement(
    lambda: _rows(_labs(stand_in_chart()).filter(pk=STAND_INS["identity"]), Value(1))
)
_LABS_OF_TEST = Statement(
    lambda: _rows(_labs(stand_in_chart()).filter(topic=STAND_INS["topic"]).order_by(*_NEWEST)),
    paged=True,
)
_ALL_DOCUMENTS = Statement(
    lambda: _rows(_documents(stand_in_chart()).order_by(*_NEWEST)), paged=True
)
_ONE_DOCUMENT = Statement(
    lambda: _rows(_documents(stand_in_chart()).filter(pk=STAND_INS["identity"]), Value(1))
)
_VISITS_AHEAD = Statement(lambda: _rows(_ahead(stand_in_chart(), STAND_INS["moment"]), Value(0)))
_VISITS_PAST = Statement(lambda: _rows(_over(stand_in_chart())), paged=True)
