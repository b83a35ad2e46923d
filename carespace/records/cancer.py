"""What a record says of a cancer: its conditions, and the findings that tell its stage (mCODE, S-41).

Promises: two queries at most, whatever the record's size; a stage belongs to a condition only where the record itself
joins them: the condition names the finding, or the finding is about the condition.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import Statement
from carespace.records.entries import Kind, Stored, entries, identity_in
from carespace.records.models import Resource
from carespace.records.readings.cancer import TOPICS, CancerFinding, cancer_finding
from carespace.records.readings.conditions import HealthIssue, Stage, health_issue

MOST_CONDITIONS = 2000
MOST_FINDINGS = 300
_CONDITIONS = Kind(("Condition",), first=("active", "recurrence", "relapse"))


def cancers(chart: Chart) -> tuple[HealthIssue, ...]:
    """Return the conditions of the chart that are a cancer, those that are active first, each with its stages."""
    found = entries(chart, _CONDITIONS, health_issue, size=MOST_CONDITIONS).rows
    ours = [each for each in found if each.is_cancer]
    more = stages_for(chart, ours) if ours else {}
    return tuple(each.with_stages(more.get(each.id, ())) for each in ours)


def stages_for(chart: Chart, issues: Sequence[HealthIssue]) -> dict[UUID, tuple[Stage, ...]]:
    """Return id of a condition -> the stages that findings tell of it, each with what it rests on."""
    found = {each.id: each for each in _findings(chart)}
    return {each.id: tuple(_stages_of(each, found)) for each in issues}


def _stages_of(issue: HealthIssue, found: Mapping[UUID, CancerFinding]) -> Iterable[Stage]:
    named = {identity_in(one.reference or "") for each in issue.stages for one in each.found}
    said = {each.words for each in issue.stages if each.words}
    for finding in found.values():
        about = {identity_in(each.reference or "") for each in finding.focus}
        if not (finding.is_stage_group and finding.value):
            continue
        if finding.id not in named and issue.id not in about:
            continue
        rests_on = ", ".join(_members(finding, found))
        if rests_on or finding.value not in said:
            yield Stage(
                f"{finding.value} ({rests_on})" if rests_on else finding.value, finding.what
            )


def _members(finding: CancerFinding, found: Mapping[UUID, CancerFinding]) -> Iterable[str]:
    for each in finding.members:
        member = found.get(key) if (key := identity_in(each.reference or "")) else None
        if member is not None and member.value:
            yield member.value


def _findings(chart: Chart) -> Iterable[CancerFinding]:
    values = {"practice": chart.practice.pk, "patient": chart.patient.pk}
    for row in _FINDINGS.rows(values):
        if (found := cancer_finding(Stored(*row))) is not None:
            yield found


def _found() -> QuerySet[Resource, tuple[Any, ...]]:
    shown = Resource.objects.visible_in(stand_in_chart()).filter(
        resource_type="Observation", topic__in=list(TOPICS), retracted_at__isnull=True
    )
    newest = shown.order_by(F("effective_start").desc(nulls_last=True), "pk")[:MOST_FINDINGS]
    return newest.values_list(
        "pk", "resource_type", "content", "effective_start", "received_at", "version"
    )


_FINDINGS = Statement(_found)
