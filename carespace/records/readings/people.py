"""What the practice's own people, laboratories and places are called.

Promises: the name a resource itself gives (``Reference.display``) comes first; the rest of a page's names are asked for
in one query, among the practice's own resources only.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, QuerySet, UUIDField, Value

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.lookups import AnyOf
from carespace.records.models import Resource
from carespace.records.readings.names import name_of
from carespace.values import Reference

MOST_NAMES = 200


def shared_names(chart: Chart, references: Iterable[str]) -> dict[str, str]:
    """Return ``Practitioner/<id>`` -> name for those of ``references`` that the practice knows."""
    wanted = {key: text for text in references if (key := _key(text))}
    if not wanted:
        return {}
    rows = _SHARED.rows(
        {"practice": chart.practice.pk, "identities": list(wanted)[:MOST_NAMES]},
    )
    names = {wanted[key]: name_of(body) for key, body in rows}
    return {reference: name for reference, name in names.items() if name}


def name_in(reference: Reference | None, names: Mapping[str, str]) -> str:
    """Return what ``reference`` is called: its own display, else the name found for it."""
    if reference is None:
        return ""
    return reference.display or names.get(reference.reference or "", "")


def unnamed(references: Iterable[Reference | None]) -> list[str]:
    """Return the addresses of those references that give no name themselves."""
    return [each.reference for each in references if each and each.reference and not each.display]


def _key(reference: str) -> UUID | None:
    try:
        return UUID(reference.rpartition("/")[2])
    except ValueError:
        return None


def _shared() -> QuerySet[Resource, tuple[UUID, str]]:
    wanted = Value(STAND_INS["identities"], output_field=ArrayField(UUIDField()))
    shared = Resource.objects.shared_in(stand_in_chart())
    return shared.filter(AnyOf(F("pk"), wanted)).values_list("pk", "content")


_SHARED = Statement(_shared)
