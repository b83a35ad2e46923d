"""The parts of a record that are lists of things: medicines, allergies, health issues and the others.

Promises: each part is asked for in one query, whatever its length, through ``visible_in(chart)``; what was entered in
error is in no list, and counted; what does not fit R4's shape is counted, never shown wrongly.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Case, Count, Max, Q, QuerySet, When, Window

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, is_asked_for, within
from carespace.records.models import Resource
from carespace.records.references import identities_in
from carespace.records.spans import Span

Reading = TypeVar("Reading")
MOST_NAMES = 400
MOST_ALSO = 2000
_STORED = ("pk", "resource_type", "content", "effective_start", "received_at", "version")


@dataclass(frozen=True, slots=True)
class Kind:
    """Which resources make up one part of the record.

    ``categories``: only those with one of these codes among Resource.categories; ``without`` leaves those out that have one.
    ``beside`` are types of which all belong; ``first`` are values of Resource.status that stand before all others;
    ``topics`` are values of Resource.topic ("http://loinc.org|21908-9"): only those, where there are any.
    """

    types: tuple[str, ...]
    categories: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    without_topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """One resource as it is kept: ``content`` is its JSON text; ``effective`` when it was, where that is known."""

    id: UUID
    resource_type: str
    content: str
    effective: datetime | None
    received_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries one part of the record has, how many were taken back, and when its newest was."""

    count: int = 0
    withdrawn: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entries(Generic[Reading]):
    """Some entries of one part of the record; ``total`` counts all that could be shown, ``unreadable`` those of these rows that do not fit.

    ``withdrawn`` counts those that were taken back; they are in no row.
    """

    rows: tuple[Reading, ...]
    total: int
    unreadable: int = 0
    withdrawn: int = 0


Reader = Callable[[Stored], Reading | None]


def entries(
    chart: Chart,
    kind: Kind,
    read: Reader[Reading],
    *,
    span: Span | None = None,
    start: int = 0,
    size: int,
) -> Entries[Reading]:
    """Return ``size`` entries of ``kind`` from number ``start``, the newest first; of ``span`` only, where it is given."""
    values = within(chart)
    if span is not None:
        zone = chart.practice.zone
        values |= {"moment": span.starts(zone), "moment_after": span.ends(zone)}
    rows = _statement(kind, span is not None).rows(values, start=start, size=size)
    total, withdrawn = rows[0][-2:] if rows else (0, 0)
    read_rows = [read(Stored(*row[:6])) for row in rows[: max(total - start, 0)]]
    shown = tuple(each for each in read_rows if each is not None)
    return Entries(shown, total, len(read_rows) - len(shown), withdrawn)


def tallies(chart: Chart, kinds: Mapping[str, Kind]) -> dict[str, Tally]:
    """Return how much each of ``kinds`` (name -> kind) has, in one query."""
    found = {name: Tally() for name in kinds}
    rows = _COUNTS.rows(within(chart))
    for resource_type, categories, topic, count, withdrawn, newest in rows:
        for name, kind in kinds.items():
            if belongs(kind, resource_type, categories, topic):
                before = found[name]
                known = [each for each in (before.newest, newest) if each]
                found[name] = Tally(
                    before.count + count,
                    before.withdrawn + withdrawn,
                    max(known, default=None),
                )
    return found


def resources_for(chart: Chart, references: Iterable[str | None]) -> dict[str, str]:
    """Return address -> JSON text of those of ``references`` that are in this record or the practice's own, in one query."""
    return resources_and(chart, references, None)[0]


def resources_and(
    chart: Chart, references: Iterable[str | None], also: Kind | None
) -> tuple[dict[str, str], tuple[Stored, ...]]:
    """Return what ``resources_for`` does, and all of the record that is of the kind ``also``, the newest first, in one query."""
    wanted = identities_in(references)
    if also is None and not wanted:
        return {}, ()
    values = within(chart, identities=list(wanted)[:MOST_NAMES])
    rows = _referred_and(also).rows(values, start=0, size=MOST_ALSO)
    others = {text: row[2] for row in rows for text in wanted.get(row[0], ())}
    return others, tuple(Stored(*row[:6]) for row in rows if row[-1])


def reachable_in(chart: Chart) -> QuerySet[Resource]:
    """Return what a record may refer to: what is shown of this patient, and the practice's own."""
    own = Q(patient=chart.patient) | Q(patient__isnull=True)
    return Resource.objects.filter(
        own,
        practice=chart.practice,
        released_at__isnull=False,
        held_at__isnull=True,
        retracted_at__isnull=True,
    )


def belongs(kind: Kind, resource_type: str, categories: Sequence[str], topic: str) -> bool:
    """Whether a resource of this type, with these codes, is one of ``kind``."""
    return resource_type in kind.beside or (
        resource_type in kind.types
        and (not kind.topics or topic in kind.topics)
        and topic not in kind.without_topics
        and (not kind.categories or any(each in categories for each in kind.categories))
        and not any(each in categories for each in kind.without)
    )


@cache
def _statement(kind: Kind, limited: bool) -> Statement:
    """Return the statement of ``kind``: there are a few dozen kinds, and one text each with dates and without."""

    def made() -> QuerySet[Resource, tuple[Any, ...]]:
        found = Resource.objects.visible_in(stand_in_chart()).filter(_wanted(kind))
        if limited:
            found = found.filter(in_span())
        gone = Q(retracted_at__isnull=False)
        return (
            found.annotate(
                count=Window(Count("pk", filter=~gone)),
                gone=Window(Count("pk", filter=gone)),
            )
            .order_by(Case(When(gone, then=1), default=0), *_order(kind))
            .values_list(*_STORED, "count", "gone")
        )

    return Statement(made, paged=True)


def _wanted(kind: Kind) -> Q:
    wanted = Q(resource_type__in=list(kind.types))
    if kind.categories:
        wanted &= Q(categories__overlap=list(kind.categories))
    if kind.without:
        wanted &= ~Q(categories__overlap=list(kind.without))
    if kind.topics:
        wanted &= Q(topic__in=list(kind.topics))
    if kind.without_topics:
        wanted &= ~Q(topic__in=list(kind.without_topics))
    return wanted | Q(resource_type__in=list(kind.beside)) if kind.beside else wanted


def _order(kind: Kind) -> tuple[Any, ...]:
    if not kind.first:
        return NEWEST
    return (Case(When(status__in=list(kind.first), then=0), default=1), *NEWEST)


def in_span() -> Q:
    """Whether any of a thing lies between the two moments; what has no end lasts as long as its start is precise."""
    begun = Q(effective_start__lt=STAND_INS["moment_after"])
    lasting = Q(effective_end__gt=STAND_INS["moment"]) | Q(effective_start__gte=STAND_INS["moment"])
    return begun & lasting


def _counts() -> QuerySet[Resource, tuple[Any, ...]]:
    shown = Q(retracted_at__isnull=True)
    counted = (
        Resource.objects.visible_in(stand_in_chart())
        .order_by()
        .values("resource_type", "categories", "topic")
        .annotate(
            count=Count("pk", filter=shown),
            withdrawn=Count("pk", filter=~shown),
            newest=Max("effective_start", filter=shown),
        )
    )
    return counted.values_list(
        "resource_type", "categories", "topic", "count", "withdrawn", "newest"
    )


@cache
def _referred_and(also: Kind | None) -> Statement:
    def made() -> QuerySet[Resource, tuple[Any, ...]]:
        chart = stand_in_chart()
        is_also = Q(_wanted(also), patient=chart.patient) if also else Q(pk__in=[])
        found = reachable_in(chart).annotate(is_also=Case(When(is_also, then=True), default=False))
        wanted = found.filter(is_asked_for() | is_also if also else is_asked_for())
        return wanted.order_by("is_also", *NEWEST).values_list(*_STORED, "is_also")

    return Statement(made, paged=True)


_COUNTS = Statement(_counts)
