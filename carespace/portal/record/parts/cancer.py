"""Cancer details: the cancers of the record with their stage, and what was found about them (S-41, mCODE).

Promises: every value stands as the record has it, with its date and who found it; what a code says is told by table, and
nothing is judged here.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from carespace.portal.record.parts import health_issues
from carespace.portal.record.rows import Around, EntryRow, Fact, Part, Tag, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.times import when_words
from carespace.portal.record.wording import named, notes_of, to_name, word
from carespace.records.cancer import FINDINGS_AND_CONDITIONS, cancers, findings_in
from carespace.records.entries import Kind
from carespace.records.readings.cancer import (
    TOPICS,
    CancerFinding,
    cancer_finding,
    put_together,
    with_earlier,
)
from carespace.records.readings.conditions import HealthIssue
from carespace.records.readings.stage_words import group_words, letter_words
from carespace.values import PartialDate

TYPE = "Observation"


def _row(found: CancerFinding | HealthIssue, around: Around) -> EntryRow:
    if isinstance(found, HealthIssue):
        return health_issues.row(found, around)
    about = _about(found, around)
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=found.what,
        tags=_tags(found, around),
        summary=_summary(found, around),
        facts=() if found.is_earlier else about,
        more=about if found.is_earlier else (),
        notes=notes_of(found.notes, around.zone),
        source=source_of(around, next(iter(found.performers), None), _noted(found), found.id),
    )


def _summary(found: CancerFinding, around: Around) -> str:
    """Return the value, with what its code says; an earlier one only with its date."""
    date = when_words(found.taken, around.zone)
    if found.is_earlier and date:
        return _("%(date)s: %(value)s") % {"date": date, "value": found.value}
    if found.activity:
        return _("Score %(score)s: %(words)s") % {"score": found.value, "words": found.activity}
    if found.subject != "stage":
        return found.value
    group = group_words(found.value) if found.is_stage_group else ""
    return group or letter_words(found.value) or found.value


def _about(found: CancerFinding, around: Around) -> tuple[Fact, ...]:
    return facts(
        (_("What this says"), "" if found.activity else found.meaning),
        *((each.name, f"{each.value} {each.unit}".strip()) for each in found.parts),
        (_("Where on the body"), "; ".join(found.places)),
        *((each.name, letter_words(each.value) or each.value) for each in found.made_of),
        (_("Made up of"), "" if found.made_of else named(found.members, around)),
        (_("About"), named(found.focus, around)),
        (_("What it rests on"), found.evidence),
        (pgettext("date", "Date"), when_words(found.taken, around.zone)),
        (_("Found by"), named(found.performers, around)),
        (_("In the words of the record"), found.meaning if found.activity else ""),
    )


def _noted(found: CancerFinding) -> PartialDate | None:
    return found.noted or (found.taken.at if found.taken else None)


def _tags(found: CancerFinding, around: Around) -> tuple[Tag, ...]:
    state = "" if found.status == "final" else word(TYPE, "status", found.status)
    tags = [Tag("", state)] if state else []
    if around.is_new(found.stored):
        tags.append(Tag("new", pgettext("arrived since the last visit", "New")))
    return tuple(tags)


def _arranged(
    found: Sequence[CancerFinding], around: Around
) -> Sequence[CancerFinding | HealthIssue]:
    findings = put_together(found, findings_in(around.also))
    return (*cancers(around.also), *with_earlier(findings))


def _refers(found: CancerFinding | HealthIssue) -> list[str | None]:
    if isinstance(found, HealthIssue):
        return health_issues.refers(found)
    return to_name([*found.performers, *found.focus, *found.members])


CANCER = Part(
    slug="cancer",
    title=gettext_lazy("Cancer details"),
    about=gettext_lazy(
        "The cancer, its stage and what was found about it, in the words of your record."
        " Your care team can explain what it means for you."
    ),
    about_of_other=gettext_lazy(
        "The cancer, its stage and what was found about it, in the words of the record."
        " The care team can explain what it means for %(name)s."
    ),
    icon="document-magnifying-glass",
    counted=False,
    kind=Kind((TYPE,), topics=TOPICS),
    read=cancer_finding,
    row=_row,
    refers=_refers,
    group=lambda found: "cancer" if isinstance(found, HealthIssue) else found.subject,
    groups=(
        ("cancer", gettext_lazy("Cancer")),
        ("stage", gettext_lazy("Stage")),
        ("activity", gettext_lazy("Daily activity")),
        ("status", gettext_lazy("How the cancer is doing")),
        ("marker", gettext_lazy("Tumor markers")),
        ("gene", gettext_lazy("Genes")),
    ),
    arrange=_arranged,
    also=FINDINGS_AND_CONDITIONS,
)
