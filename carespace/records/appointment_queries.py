"""What the appointments page, its calendar files and its form ask of the record (S-49), each in one query.

Promises: every row goes through ``visible_in(chart)``; where a visit was moved from is read from its earlier versions, of
rows that show only; what is not there and what is another person's raise the same NotFound.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Value, Window
from django.db.models.fields.json import KeyTextTransform

from carespace.access.chart import Chart, NotFound, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import NEWEST, within
from carespace.records.models import Resource, ResourceVersion
from carespace.records.names import names_in, shared_resources
from carespace.records.readings.appointments import Visit, visit
from carespace.records.readings.places import Place, place

PAST_ROWS = 10
KEPT_IN_CALENDAR = timedelta(days=90)
# Over by its status, whatever its date.
OVER = Q(status__in=("fulfilled", "noshow"))


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of a page: those ahead, the next one first; some of the past ones, the latest first, of ``total``."""

    ahead: tuple[Visit, ...]
    past: tuple[Visit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Around:
    """Whom and what visits name: people and places by their reference."""

    names: Mapping[str, str]
    places: Mapping[str, Place]


def visits(chart: Chart, today: datetime) -> Visits:
    """Return the visits from ``today`` (midnight, in the practice's zone) on, and the latest ten before it."""
    rows = _FIRST.rows(within(chart, moment=today))
    found = _read(chart, rows)
    total = max((row[6] for row in rows), default=0)
    ahead = sorted(found[False], key=lambda each: (each.starts is None, _stamp(each), each.id))
    past = sorted(found[True], key=lambda each: (each.starts is None, -_stamp(each), each.id))
    return Visits(*_paired(ahead, past), total)


def older_visits(chart: Chart, today: datetime, *, start: int) -> Visits:
    """Return ten visits before ``today`` from number ``start``, the latest first."""
    rows = _PAST.rows(within(chart, moment=today), start=start, size=PAST_ROWS)
    past = _read(chart, rows)[True]
    return Visits((), _paired(past, [])[0], rows[0][6] if rows else 0)


def visits_for_calendar(chart: Chart, now: datetime) -> list[Visit]:
    """Return the dated visits of the last three months and all ahead, the earliest first."""
    rows = _CALENDAR.rows(within(chart, moment=now - KEPT_IN_CALENDAR))
    return [each for found in _read(chart, rows).values() for each in found if each.starts]


def one_visit(chart: Chart, appointment_id: UUID) -> Visit:
    """Return one visit, or raise NotFound."""
    found = _read(chart, _ONE.rows(within(chart, identity=appointment_id)))[False]
    if not found:
        raise NotFound
    return found[0]


def around(chart: Chart, found: Iterable[Visit]) -> Around:
    """Return the names of those people and places of the visits that the practice knows, in one query."""
    wanted = [each.reference for one in found for each in (*one.people, *one.places)]
    known = shared_resources(chart, wanted)
    places = {reference: there for reference, body in known.items() if (there := place(body))}
    return Around(names_in(known), places)


def _stamp(one: Visit) -> float:
    return one.starts.timestamp() if one.starts else 0.0


def _read(chart: Chart, rows: Iterable[tuple[Any, ...]]) -> dict[bool, list[Visit]]:
    """Return the visits of ``rows`` by whether they are over, in their order."""
    zone = chart.practice.zone
    found: dict[bool, list[Visit]] = {False: [], True: []}
    for identity, body, version, received, earlier, over, _count in rows:
        read = visit(
            identity, body, zone, version=version, received_at=received, earlier_starts=earlier
        )
        if read is not None:
            found[over].append(read)
    return found


def _paired(
    first: Sequence[Visit], second: Sequence[Visit]
) -> tuple[tuple[Visit, ...], tuple[Visit, ...]]:
    """Tell a cancelled visit when its replacement is, and the replacement from when it was moved."""
    known = {each.id: each for each in (*first, *second)}
    to: dict[UUID, Visit] = {}
    for each in known.values():
        for other in (known[key] for key in each.related if key in known):
            if each.is_cancelled != other.is_cancelled:
                old, new = (each, other) if each.is_cancelled else (other, each)
                to[old.id] = new
    back = {new.id: known[old] for old, new in to.items()}

    def told(one: Visit) -> Visit:
        if one.id in to:
            return replace(one, moved_to=to[one.id].starts)
        if one.id in back:
            return replace(one, moved_from=one.moved_from or back[one.id].starts)
        return one

    return tuple(map(told, first)), tuple(map(told, second))


def _visits() -> QuerySet[Resource]:
    return Resource.objects.visible_in(stand_in_chart()).filter(
        resource_type="Appointment", retracted_at__isnull=True
    )


def _earlier_starts() -> ArraySubquery:
    mine = stand_in_chart()
    versions = ResourceVersion.objects.filter(
        resource=OuterRef("pk"), practice=mine.practice, patient=mine.patient
    )
    newest = versions.order_by("-version")
    return ArraySubquery(newest.values(start=KeyTextTransform("start", "content")))


def _rows(
    found: QuerySet[Resource], *, over: Any, count: Any = None
) -> QuerySet[Resource, tuple[Any, ...]]:
    told = found.annotate(earlier=_earlier_starts(), over=over, count=count or Value(0))
    return told.values_list("pk", "content", "version", "received_at", "earlier", "over", "count")


def _ahead_rows() -> QuerySet[Resource, tuple[Any, ...]]:
    coming = Q(effective_start__gte=STAND_INS["moment"]) | Q(effective_start__isnull=True)
    return _rows(_visits().filter(coming).exclude(OVER).order_by(), over=Value(False))


def _past_rows() -> QuerySet[Resource, tuple[Any, ...]]:
    over = Q(effective_start__lt=STAND_INS["moment"]) | OVER
    found = _visits().filter(over).order_by(*NEWEST)
    return _rows(found, over=Value(True), count=Window(Count("*")))


def _calendar_rows() -> QuerySet[Resource, tuple[Any, ...]]:
    dated = _visits().filter(effective_start__gte=STAND_INS["moment"])
    return _rows(dated.order_by("effective_start", "id"), over=Value(False))


_FIRST = Statement(lambda: _ahead_rows().union(_past_rows()[:PAST_ROWS], all=True))
_PAST = Statement(_past_rows, paged=True)
_CALENDAR = Statement(_calendar_rows)
_ONE = Statement(
    lambda: _rows(_visits().filter(pk=STAND_INS["identity"]), over=Value(False)),
)
