"""All of a record between two days, whatever kind of entry it is (VDT-14, VDT-15).

Promises: one query for all kinds; both days are inside; what took hours or years is inside when any of it is, and a date
known to the year only covers its year; an entry without a date is in no span, and counted; what was taken back is in
neither, and what is held or not released is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count, Q, QuerySet, Window

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, within
from carespace.records.entries import Kind, Stored, belongs, in_span
from carespace.records.extract import DATE_ELEMENTS, when_printed
from carespace.records.models import Resource
from carespace.records.readings.when import When, real
from carespace.records.spans import Span
from carespace.values import local

MOST_ENTRIES = 1000
# Of up to a thousand resources, only the elements in which a date may stand are read.
_DATES = msgspec.json.Decoder(
    msgspec.defstruct("_Dates", [(name, Any, None) for name in DATE_ELEMENTS])
)
# What a record's pages show; people, places and the like stand behind these and have no day of their own.
_BEHIND = (
    "Binary", "Endpoint", "HealthcareService", "Location", "Medication", "Organization", "Patient", "Practitioner",
    "PractitionerRole", "Provenance", "RelatedPerson", "Specimen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """One entry with the codes by which it belongs to a part of the record, and the date it was printed with."""

    stored: Stored
    categories: tuple[str, ...]
    topic: str
    status: str
    when: When | None

    @property
    def id(self) -> UUID:
        return self.stored.id

    def is_of(self, kind: Kind) -> bool:
        """Whether it is one of ``kind``."""
        return belongs(kind, self.stored.resource_type, self.categories, self.topic)


@dataclass(frozen=True, slots=True)
class Days:
    """What a span holds, the newest first; ``total`` counts all of it, also what ``rows`` has no room for."""

    rows: tuple[Dated, ...]
    total: int


def entries_in_span(chart: Chart, span: Span) -> Days:
    """Return the newest ``MOST_ENTRIES`` entries of ``span``, of all kinds."""
    zone = chart.practice.zone
    values = within(chart, moment=span.starts(zone), moment_after=span.ends(zone))
    rows = _IN_SPAN.rows(values, start=0, size=MOST_ENTRIES)
    return Days(tuple(_dated(row) for row in rows), rows[0][-1] if rows else 0)


def undated(chart: Chart, kinds: Mapping[str, Kind]) -> dict[str, int]:
    """Return how many entries of each of ``kinds`` (name -> kind) have no date; each counts for the first it belongs to."""
    found: dict[str, int] = {}
    rows = _UNDATED.rows(within(chart))
    for resource_type, categories, topic, count in rows:
        name = next(
            (
                name
                for name, kind in kinds.items()
                if belongs(kind, resource_type, categories, topic)
            ),
            None,
        )
        if name is not None:
            found[name] = found.get(name, 0) + count
    return found


def last_visit_day(chart: Chart, now: datetime) -> date | None:
    """Return the day of the latest visit before ``now``, in the practice's zone; None where there was none."""
    moments = [moment for (moment,) in _LAST_VISIT.rows(within(chart, moment=now))]
    there = local(moments[0], chart.practice.zone) if moments else None
    return there.date() if there else None


def _dated(row: tuple[Any, ...]) -> Dated:
    stored = Stored(*row[:6])
    categories, topic, status, _ = row[6:]
    return Dated(stored, tuple(categories), topic, status, _printed(stored))


def _printed(stored: Stored) -> When | None:
    dates = msgspec.structs.asdict(_DATES.decode(stored.content))
    first, last = when_printed({**dates, "resourceType": stored.resource_type})
    start, end = real(first), real(last)
    if end is None:
        return When(at=start) if start else None
    return When(start=start, end=end)


def _shown() -> QuerySet[Resource]:
    shown = Resource.objects.visible_in(stand_in_chart()).filter(retracted_at__isnull=True)
    return shown.exclude(resource_type__in=_BEHIND)


def _in_days() -> QuerySet[Resource, tuple[Any, ...]]:
    found = _shown().filter(in_span()).annotate(count=Window(Count("*"))).order_by(*NEWEST)
    return found.values_list(
        "pk", "resource_type", "content", "effective_start", "received_at", "version",
        "categories", "topic", "status", "count",
    )  # fmt: skip


def _without_date() -> QuerySet[Resource, tuple[Any, ...]]:
    none = Q(effective_start__isnull=True)
    counted = _shown().filter(none).order_by().values("resource_type", "categories", "topic")
    return counted.annotate(count=Count("pk")).values_list(
        "resource_type", "categories", "topic", "count"
    )


def _last_visit() -> QuerySet[Resource, tuple[Any, ...]]:
    missed = Q(status__in=["cancelled", "noshow", "entered-in-error", "planned", "not-arrived"])
    visits = _shown().filter(
        resource_type__in=["Encounter", "Appointment"], effective_start__lt=STAND_INS["moment"]
    )
    return visits.exclude(missed).order_by("-effective_start").values_list("effective_start")[:1]


_LAST_VISIT = Statement(_last_visit)
_IN_SPAN = Statement(_in_days, paged=True)
_UNDATED = Statement(_without_date)
