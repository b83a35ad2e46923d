"""Health issues: illnesses, concerns and findings, a cancer first (S-41, VDT-2; US Core Condition, mCODE).

Promises: what was checked and ruled out never stands among the others; matters of life and home (work, safety, housing)
are in the record, so they are shown, under a heading of their own after the illnesses.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from carespace.portal.record.rows import Around, EntryRow, Part, Tag, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.times import date_words, when_words
from carespace.portal.record.wording import joined, named, notes_of, to_name, word
from carespace.records.cancer import FINDINGS, with_stages
from carespace.records.entries import Kind
from carespace.records.readings.conditions import HealthIssue, Stage, health_issue
from carespace.records.readings.people import name_in
from carespace.records.readings.plain_cancers import plain_cancer
from carespace.records.readings.stage_words import letters_in

TYPE = "Condition"
_SAID_BY_PAGE = {"problem-list-item", "health-concern"}


def row(found: HealthIssue, around: Around) -> EntryRow:
    """Put one health issue on the screen."""
    zone, plain = around.zone, plain_cancer(found.what)
    stages = _stages(found)
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=plain or found.what or _("Health issue without a name"),
        tags=_tags(found, around),
        summary=stages[0] if stages else "",
        facts=facts(
            (_("In the words of the record"), found.what if plain else ""),
            (_("Kind of tissue"), found.tissue),
            (_("Where on the body"), "; ".join(found.places)),
            (_("How serious"), found.severity),
            (_("Began"), when_words(found.began, zone)),
            (_("Diagnosed on"), date_words(found.diagnosed, zone)),
            (_("Ended"), when_words(found.ended, zone)),
        ),
        notes=notes_of(found.notes, around.zone),
        more=facts(
            (_("Stage in detail"), " ".join(stages[1:])),
            (_("What the stage says"), "; ".join(_letters(found))),
            (_("What it rests on"), joined(found.evidence, named(found.evidence_at, around))),
            (_("Kind of entry"), _kind(found)),
            (_("Found at the visit"), name_in(found.visit, around.names)),
            (_("Confirmed by"), name_in(found.asserter, around.names)),
        ),
        source=source_of(around, found.recorder, found.recorded, found.id),
    )


def _kind(found: HealthIssue) -> str:
    """Return what the heading does not say already."""
    return "" if set(found.categories) <= _SAID_BY_PAGE else found.category_words


def _tags(found: HealthIssue, around: Around) -> tuple[Tag, ...]:
    # "Active" is what the heading says.
    active = found.clinical_status == "active"
    state = "" if active else word(TYPE, "clinicalStatus", found.clinical_status)
    sure = word(TYPE, "verificationStatus", found.verification_status)
    words = [state, sure if found.verification_status != "confirmed" else ""]
    tags = [Tag("", each) for each in words if each]
    if around.is_new(found.stored):
        tags.append(Tag("new", pgettext("arrived since the last visit", "New")))
    return tuple(tags)


def _stages(found: HealthIssue) -> list[str]:
    """Return its stages, each on what it rests on, in the record's own words."""
    return list(dict.fromkeys(text for each in found.stages if (text := _stage(each))))


def _letters(found: HealthIssue) -> list[str]:
    """Return what each T, N and M of its stages says, each once."""
    said = (words for each in found.stages for words in letters_in(each.words))
    return list(dict.fromkeys(said))


def _stage(stage: Stage) -> str:
    if not stage.words:
        return ""
    if stage.kind:
        return _("%(kind)s: %(stage)s.") % {"kind": stage.kind, "stage": stage.words.rstrip(".")}
    if stage.words.lower().startswith("stage"):
        return f"{stage.words.rstrip('.')}."
    return _("Stage: %(stage)s.") % {"stage": stage.words.rstrip(".")}


def arranged(found: Sequence[HealthIssue], around: Around) -> Sequence[HealthIssue]:
    """Return ``found`` with the stages that only other entries tell of."""
    return with_stages(found, around.also)


def refers(found: HealthIssue) -> list[str | None]:
    """Return whose names a health issue needs."""
    return to_name([found.recorder, found.asserter, found.visit, *found.evidence_at])


def _group(found: HealthIssue) -> str:
    if found.is_ruled_out:
        return "ruled-out"
    if found.is_of_life:
        return "life"
    if found.is_cancer:
        return "cancer"
    if found.is_over:
        return "past"
    return "concern" if "health-concern" in found.categories else "now"


HEALTH_ISSUES = Part(
    slug="health-issues",
    title=gettext_lazy("Health issues"),
    about=gettext_lazy("Illnesses, diagnoses and health concerns in your record."),
    about_of_other=gettext_lazy("Illnesses, diagnoses and health concerns in the record."),
    icon="clipboard-document-list",
    kind=Kind((TYPE,), first=("active", "recurrence", "relapse")),
    read=health_issue,
    row=row,
    refers=refers,
    group=_group,
    groups=(
        ("cancer", gettext_lazy("Cancer")),
        ("now", gettext_lazy("Now")),
        ("concern", gettext_lazy("Health concerns")),
        ("past", gettext_lazy("In the past")),
        ("ruled-out", gettext_lazy("Checked and ruled out")),
        ("life", gettext_lazy("Life and home")),
    ),
    arrange=arranged,
    also=FINDINGS,
)
