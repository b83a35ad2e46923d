"""What pages ask of the record, each in one query whatever the record's size (performance.md).

Promises: every row goes through ``visible_in(chart)``; a withdrawn result is never the latest of its test; what is not
there and what is another person's raise the same NotFound.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, Maker, Page, as_rows, made_of, page, within
from carespace.records.document_queries import current_documents
from carespace.records.models import Resource
from carespace.records.readings.appointments import Visit, visit
from carespace.records.readings.documents import Document, document

_OVER = Q(status__in=("fulfilled", "noshow"))


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


_ALL_DOCUMENTS = Statement(
    lambda: as_rows(current_documents(stand_in_chart()).order_by(*NEWEST)), paged=True
)
_VISITS_AHEAD = Statement(lambda: as_rows(_ahead(stand_in_chart(), STAND_INS["moment"]), Value(0)))
_VISITS_PAST = Statement(lambda: as_rows(_over(stand_in_chart())), paged=True)
