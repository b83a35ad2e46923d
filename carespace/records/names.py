"""What resources are called where another one points at them: people, laboratories, places.

Promises: one query for a page's names; ``shared_…`` are among the practice's own resources only, never a patient's.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import QuerySet

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import Statement
from carespace.records.asking import is_asked_for
from carespace.records.models import Resource
from carespace.records.readings.names import name_of
from carespace.records.references import identities_in

MOST_NAMES = 200


def names_in(resources: Mapping[str, str]) -> dict[str, str]:
    """Return what resources (address -> JSON text) are called, those that have a name."""
    return {address: name for address, body in resources.items() if (name := name_of(body))}


def shared_names(chart: Chart, references: Iterable[str | None]) -> dict[str, str]:
    """Return ``Practitioner/<id>`` -> name for those of ``references`` that the practice knows."""
    return names_in(shared_resources(chart, references))


def shared_resources(chart: Chart, references: Iterable[str | None]) -> dict[str, str]:
    """Return address -> JSON text of those of ``references`` that are the practice's own, in one query."""
    wanted = identities_in(references)
    if not wanted:
        return {}
    values = {"practice": chart.practice.pk, "identities": list(wanted)[:MOST_NAMES]}
    return {text: body for key, body in _SHARED.rows(values) for text in wanted[key]}


def _shared() -> QuerySet[Resource, tuple[UUID, str]]:
    shared = Resource.objects.shared_in(stand_in_chart())
    return shared.filter(is_asked_for()).values_list("pk", "content")


_SHARED = Statement(_shared)
