"""What pages ask of the record, each in one query whatever the record's size (performance.md).

Promises: every row goes through ``visible_in(chart)``; a withdrawn result is never the latest of its test; what is not
there and what is another person's raise the same NotFound.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, Maker, Page, as_rows, made_of, page, within
from carespace.records.document_queries import current_documents
from carespace.records.lab_queries import by_day, day_of, lab_results, latest_day
from carespace.records.models import Resource
from carespace.records.readings.appointments import Visit, visit
from carespace.records.readings.documents import Document, document
from carespace.records.readings.labs import LabResult

VISITS_ON_FRONT = 3
_OVER = Q(status__in=("fulfilled", "noshow"))


@dataclass(frozen=True, slots=True)
class Front:
    """What the first page shows of a record: the latest day's results, newest documents, next visits."""

    labs: tuple[LabResult, ...]
    documents: Page[Document]
    visits: tuple[Visit, ...]


def documents(chart: Chart, *, start: int, size: int) -> Page[Document]:
    """Return ``size`` current documents from number ``start``, newest first."""
    return page(_ALL_DOCUMENTS.rows(within(chart), start=start, size=size), _document)


def visits_ahead(chart: Chart, today: datetime) -> tuple[Visit, ...]:
    """Return the visits from ``today`` (midnight, in the practice's zone) on, the next one first."""
    return tuple(made_of(_VISITS_AHEAD.rows(within(chart, moment=today)), _visit_in(chart)))


def visits_past(chart: Chart, today: datetime, *, start: int, size: int) -> Page[Visit]:
    """Return ``size`` visits before ``today`` or over by their status, the latest first."""
    rows = _VISITS_PAST.rows(within(chart, moment=today), start=start, size=size)
    return page(rows, _visit_in(chart))


def front(chart: Chart, today: datetime, documents_shown: int) -> Front:
    """Return what the first page shows, in one query over the three kinds."""
    rows = _front(documents_shown).rows(within(chart, moment=today))

    def of(kind: str) -> list[tuple[Any, ...]]:
        return [row for row in rows if row[0] == kind]

    results = by_day(lab_results(of("Observation")), chart)
    newest = [each for each in results if day_of(each, chart) == day_of(results[0], chart)]
    paper_rows = of("DocumentReference")
    zone = chart.practice.zone
    # A union promises no order of its own.
    shown = sorted(
        made_of(paper_rows, _document),
        key=lambda each: each.written.start(zone).timestamp() if each.written else 0.0,
        reverse=True,
    )
    coming = sorted(
        made_of(of("Appointment"), _visit_in(chart)),
        key=lambda each: each.starts.timestamp() if each.starts else float("inf"),
    )
    return Front(
        labs=tuple(newest),
        documents=Page(tuple(shown), paper_rows[0][4] if paper_rows else 0),
        visits=tuple(coming),
    )


def _document(identity: UUID, _topic: str, body: str) -> Document | None:
    return document(identity, body)


def _visit_in(chart: Chart) -> Maker[Visit]:
    zone = chart.practice.zone
    return lambda identity, _topic, body: visit(identity, body, zone)


def _visits(chart: Chart) -> QuerySet[Resource]:
    return Resource.objects.visible_in(chart).filter(
        resource_type="Appointment", retracted_at__isnull=True
    )


def _ahead(chart: Chart, today: datetime) -> QuerySet[Resource]:
    coming = Q(effective_start__gte=today) | Q(effective_start__isnull=True)
    return _visits(chart).filter(coming).exclude(_OVER).order_by("effective_start", "id")


def _over(chart: Chart) -> QuerySet[Resource]:
    over = Q(effective_start__lt=STAND_INS["moment"]) | _OVER
    return _visits(chart).filter(over).order_by(*NEWEST)


@cache
def _front(documents_shown: int) -> Statement:
    """Return the first page's statement; a practice shows one of a few numbers of documents."""

    def made() -> QuerySet[Resource, tuple[Any, ...]]:
        papers = current_documents(stand_in_chart()).order_by(*NEWEST)[:documents_shown]
        visits = _ahead(stand_in_chart(), STAND_INS["moment"])[:VISITS_ON_FRONT]
        labs = as_rows(latest_day(), Value(0))
        return labs.union(as_rows(papers), as_rows(visits, Value(0)), all=True)

    return Statement(made)


_ALL_DOCUMENTS = Statement(
    lambda: as_rows(current_documents(stand_in_chart()).order_by(*NEWEST)), paged=True
)
_VISITS_AHEAD = Statement(lambda: as_rows(_ahead(stand_in_chart(), STAND_INS["moment"]), Value(0)))
_VISITS_PAST = Statement(lambda: as_rows(_over(stand_in_chart())), paged=True)
