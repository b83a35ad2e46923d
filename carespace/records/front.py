"""What the first page shows: the next visits, what came since the last look, and the latest of each kind (ui.md page 4).

Promises: two queries, whatever the record's size; every row goes through ``visible_in(chart)``; what its reader has
looked at since it came, on its own page, is no longer new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import CharField, DateTimeField, F, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.appointment_queries import OVER
from carespace.records.asking import NEWEST, as_rows, within
from carespace.records.document_queries import current_documents
from carespace.records.lab_queries import by_day, day_of, lab_results, labs_shown, latest_day
from carespace.records.models import Look, Resource
from carespace.records.readings.appointments import Visit, visit
from carespace.records.readings.documents import Document, document
from carespace.records.readings.labs import LabResult
from carespace.records.readings.reports import Report
from carespace.records.report_queries import read_reports, told_apart

VISITS_SHOWN = 3
MOST_NEW_LABS = 80
MOST_NAMED = 3
LABS, REPORTS, DOCUMENTS, VISITS = "labs", "reports", "documents", "appointments"
Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True)
class Some(Generic[Reading]):
    """The first of what there is, and how many there are in all."""

    rows: tuple[Reading, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest day's results, the newest report and document, and the next visits, the nearest first."""

    labs: tuple[LabResult, ...]
    reports: tuple[Report, ...]
    documents: tuple[Document, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class New:
    """What came since the last look; of visits, those still ahead that are new or changed."""

    labs: Some[LabResult]
    reports: Some[Report]
    documents: Some[Document]
    visits: Some[Visit]

    @property
    def is_nothing(self) -> bool:
        return not any(
            (self.labs.total, self.reports.total, self.documents.total, self.visits.total)
        )


NOTHING_NEW = New(Some(), Some(), Some(), Some())


def latest(chart: Chart, today: datetime) -> Latest:
    """Return what there is; ``today`` is midnight in the practice's zone."""
    rows = _LATEST.rows(within(chart, moment=today))
    labs = by_day(lab_results(_of(LABS, rows)), chart)
    coming = _visits(chart, _of(VISITS, rows))
    return Latest(
        labs=tuple(each for each in labs if day_of(each, chart) == day_of(labs[0], chart)),
        reports=tuple(read_reports(_of(REPORTS, rows))),
        documents=_documents(_of(DOCUMENTS, rows)),
        visits=tuple(sorted(coming, key=_stamp)),
    )


def new_since(chart: Chart, since: datetime, today: datetime) -> New:
    """Return what came after ``since``, and after the reader's last look at its own page."""
    more = {"moment": since, "moment_after": today, "user": chart.actor.user_id}
    rows = _NEW.rows(within(chart, **more))

    def some(kind: str, read: Iterable[Reading]) -> Some[Reading]:
        found = _of(kind, rows)
        return Some(tuple(read), found[0][4] if found else 0)

    return New(
        labs=some(LABS, by_day(lab_results(_of(LABS, rows)), chart)),
        reports=some(REPORTS, read_reports(_of(REPORTS, rows))),
        documents=some(DOCUMENTS, _documents(_of(DOCUMENTS, rows))),
        visits=some(VISITS, sorted(_visits(chart, _of(VISITS, rows)), key=_stamp)),
    )


def _of(kind: str, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows of one part of a union, as ``asking`` has them."""
    return [row[:-1] for row in rows if row[-1] == kind]


def _documents(rows: Iterable[tuple[Any, ...]]) -> tuple[Document, ...]:
    read = (document(key, body) for _, key, _, body, *_ in rows)
    return tuple(each for each in read if each is not None)


def _visits(chart: Chart, rows: Iterable[tuple[Any, ...]]) -> list[Visit]:
    read = (visit(key, body, chart.practice.zone) for _, key, _, body, *_ in rows)
    return [each for each in read if each is not None]


def _stamp(each: Visit) -> float:
    return each.starts.timestamp() if each.starts else float("inf")


def _rows(kind: str, found: QuerySet[Resource], count: Any = None) -> QuerySet[Resource, Any]:
    named = as_rows(found, count)
    return named.annotate(part=Value(kind, output_field=CharField())).values_list(
        "resource_type", "pk", "topic", "content", "count", "received_at", "version", "part"
    )


def _ahead(today: datetime) -> QuerySet[Resource]:
    coming = Q(effective_start__gte=today) | Q(effective_start__isnull=True)
    found = Resource.objects.visible_in(stand_in_chart()).filter(
        coming, resource_type="Appointment", retracted_at__isnull=True
    )
    return found.exclude(OVER)


def _latest() -> QuerySet[Resource, Any]:
    chart = stand_in_chart()
    ahead = _ahead(STAND_INS["moment"]).order_by("effective_start", "id")
    return _rows(LABS, latest_day(), Value(0)).union(
        _rows(REPORTS, told_apart(chart).order_by(*NEWEST)[:1], Value(0)),
        _rows(DOCUMENTS, current_documents(chart).order_by(*NEWEST)[:1], Value(0)),
        _rows(VISITS, ahead[:VISITS_SHOWN], Value(0)),
        all=True,
    )


def _news() -> QuerySet[Resource, Any]:
    chart = stand_in_chart()
    labs = labs_shown(chart).filter(retracted_at__isnull=True)
    return _unseen(LABS, labs, MOST_NEW_LABS).union(
        _unseen(REPORTS, told_apart(chart), MOST_NAMED),
        _unseen(DOCUMENTS, current_documents(chart), MOST_NAMED),
        _unseen(VISITS, _ahead(STAND_INS["moment_after"]), MOST_NAMED),
        all=True,
    )


def _unseen(page: str, found: QuerySet[Resource], most: int) -> QuerySet[Resource, Any]:
    """Return those that came after the moment and after the last look at ``page``."""
    looks = Look.objects.filter(
        user=STAND_INS["user"],
        patient=STAND_INS["patient"],
        practice=STAND_INS["practice"],
        page=page,
    )
    since = Value(STAND_INS["moment"], output_field=DateTimeField())
    seen = Greatest(since, Subquery(looks.values("seen_at")[:1]))
    newest = found.filter(received_at__gt=seen).order_by(F("received_at").desc(), "id")
    return _rows(page, newest[:most])


_LATEST = Statement(_latest)
_NEW = Statement(_news)
