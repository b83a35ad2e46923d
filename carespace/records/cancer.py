"""What a record says of a cancer: its conditions, and the findings that tell its stage (mCODE, S-41).

Promises: asks nothing itself; a stage belongs to a condition only where the record itself joins them: the condition
names the finding, or the finding is about the condition.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from carespace.records.entries import Kind, Stored
from carespace.records.readings.cancer import TOPICS, CancerFinding, cancer_finding
from carespace.records.readings.conditions import HealthIssue, Stage, health_issue
from carespace.records.references import identity_in

# What the pages on health issues and on a cancer need besides their own entries.
FINDINGS = Kind(("Observation",), topics=TOPICS)
FINDINGS_AND_CONDITIONS = Kind(("Observation",), topics=TOPICS, beside=("Condition",))
_FIRST = frozenset({"active", "recurrence", "relapse"})


def cancers(found: Iterable[Stored]) -> tuple[HealthIssue, ...]:
    """Return the conditions among ``found`` that are a cancer, those that are active first, each with its stages."""
    stored = tuple(found)
    read = [health_issue(each) for each in stored if each.resource_type == "Condition"]
    ours = [each for each in read if each is not None and each.is_cancer]
    ours.sort(key=lambda each: each.clinical_status not in _FIRST)
    return with_stages(ours, stored)


def with_stages(issues: Sequence[HealthIssue], found: Iterable[Stored]) -> tuple[HealthIssue, ...]:
    """Return ``issues`` with the stages that the findings among ``found`` tell of them, each with what it rests on."""
    findings = {each.id: each for each in findings_in(found)}
    return tuple(each.with_stages(_stages_of(each, findings)) for each in issues)


def findings_in(found: Iterable[Stored]) -> tuple[CancerFinding, ...]:
    """Return the findings on a cancer among ``found``."""
    read = (cancer_finding(each) for each in found if each.resource_type == "Observation")
    return tuple(each for each in read if each is not None)


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
            words = f"{finding.value} ({rests_on})" if rests_on else finding.value
            yield Stage(words, finding.what)


def _members(finding: CancerFinding, found: Mapping[UUID, CancerFinding]) -> Iterable[str]:
    for each in finding.members:
        key = identity_in(each.reference or "")
        member = found.get(key) if key else None
        if member is not None and member.value:
            yield member.value
