"""What all questions to a record have in common: the values they bind, the shape of their rows, and pages of them.

Promises: a row is (resource type, id, topic, content as JSON text, how many rows there are in all, when it came, which
version it is); what a reading does not know how to read is left out, never guessed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, F, QuerySet, UUIDField, Value, Window

from carespace.access.chart import Chart
from carespace.access.statement import STAND_INS
from carespace.records.lookups import AnyOf
from carespace.records.models import Resource

Row = TypeVar("Row")
Maker = Callable[[UUID, str, str], Row | None]
NEWEST = (F("effective_start").desc(nulls_last=True), F("received_at").desc(), F("id").asc())


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a longer list; ``total`` counts all of it."""

    rows: tuple[Row, ...]
    total: int


def within(chart: Chart, **more: object) -> dict[str, object]:
    """Return the values that ``visible_in`` asks for, and ``more``."""
    return {"practice": chart.practice.pk, "patient": chart.patient.pk, **more}


def is_asked_for() -> AnyOf:
    """Return the condition that a resource is one of the ids bound as ``identities``."""
    return AnyOf(F("pk"), Value(STAND_INS["identities"], output_field=ArrayField(UUIDField())))


def as_rows(found: QuerySet[Resource], count: Any = None) -> QuerySet[Resource, tuple[Any, ...]]:
    """Return ``found`` as rows; ``count`` takes the place of the count of all where nobody asks for it."""
    counted = found.annotate(count=count or Window(Count("*")))
    return counted.values_list(
        "resource_type", "pk", "topic", "content", "count", "received_at", "version"
    )


def made_of(rows: Iterable[tuple[Any, ...]], make: Maker[Row]) -> list[Row]:
    """Return what ``make`` reads from each row."""
    read = (make(key, topic, body) for _, key, topic, body, *_ in rows)
    return [each for each in read if each is not None]


def page(rows: list[tuple[Any, ...]], make: Maker[Row]) -> Page[Row]:
    """Return one page of readings, with the count that the rows bring."""
    return Page(tuple(made_of(rows, make)), rows[0][4] if rows else 0)
