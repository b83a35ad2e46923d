"""Who wrote an entry and who sent it to the practice (USCDI Provenance; FHIR-15).

Promises: one query for a page of entries; only what the patient may see; an entry of which nobody has said where it
comes from has none (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-provenance.html).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, JSONField, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import within
from carespace.records.lookups import PointsAtAny
from carespace.records.models import Resource
from carespace.records.readings.elements import Element, read_as
from carespace.records.references import identity_in
from carespace.values import CodeableConcept, PartialDate, Reference

AUTHOR, TRANSMITTER = "author", "transmitter"


class _Agent(Element, frozen=True):
    type: CodeableConcept | None = None
    who: Reference | None = None
    on_behalf_of: Reference | None = None


class _Provenance(Element, frozen=True):
    target: tuple[Reference, ...] = ()
    recorded: str | None = None
    agent: tuple[_Agent, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What one Provenance says: who wrote the entry, for which organization, who sent it, and when that was noted."""

    recorded: PartialDate | None = None
    author: Reference | None = None
    organization: Reference | None = None
    transmitter: Reference | None = None

    @property
    def references(self) -> tuple[Reference | None, ...]:
        """Everybody it names."""
        return (self.author, self.organization, self.transmitter)


def provenance_for(chart: Chart, ids: Collection[UUID]) -> dict[UUID, Sent]:
    """Return id -> where it comes from, for those entries of ``ids`` of which that is known; the latest word counts."""
    if not ids:
        return {}
    values = within(chart, identities=list(ids))
    asked = set(ids)
    sent: dict[UUID, Sent] = {}
    for (body,) in _TARGETING.rows(values):
        if (found := read_as(_Provenance, body)) is not None:
            word = _sent(found)
            for target in found.target:
                key = identity_in(target.reference or "")
                if key in asked and key is not None:
                    sent[key] = word
    return sent


def _sent(found: _Provenance) -> Sent:
    authors = list(_of(found.agent, AUTHOR))
    senders = list(_of(found.agent, TRANSMITTER))
    return Sent(
        recorded=_date(found.recorded),
        author=next((each.who for each in authors if each.who), None),
        organization=next((each.on_behalf_of for each in authors if each.on_behalf_of), None),
        transmitter=next((who for each in senders if (who := each.on_behalf_of or each.who)), None),
    )


def _of(agents: Iterable[_Agent], kind: str) -> Iterable[_Agent]:
    return (
        each
        for each in agents
        if each.type is not None and any(coding.code == kind for coding in each.type.coding)
    )


def _date(text: str | None) -> PartialDate | None:
    try:
        return PartialDate.parse(text) if text else None
    except ValueError:
        return None


def _targeting() -> QuerySet[Resource, tuple[Any, ...]]:
    wanted = Value(STAND_INS["identities"], output_field=ArrayField(UUIDField()))
    targets = Func(
        F("content"),
        Value("$.target[*].reference"),
        function="jsonb_path_query_array",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )
    found = Resource.objects.visible_in(stand_in_chart()).filter(
        PointsAtAny(targets, Cast(wanted, ArrayField(TextField()))),
        resource_type="Provenance",
        retracted_at__isnull=True,
    )
    return found.order_by("last_updated", "received_at", "pk").values_list("content")


_TARGETING = Statement(_targeting)
