"""Observations that are neither lab results nor vital signs: habits, answers, daily life, other findings (US Core 6.1.0).

Promises: a value of every type is said in words; a panel shows its members below it, and what stands in a panel of the
same page is not listed a second time.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.parts.answers import ANSWERS, answers_refer, answers_row
from carespace.portal.record.rows import Around, EntryRow, Fact, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    joined,
    moment,
    named,
    notes_of,
    stretch,
    tags,
    to_name,
    value_words,
    word,
)
from carespace.records.entries import Kind
from carespace.records.lab_queries import LAB_CATEGORIES, VITAL_CATEGORIES
from carespace.records.readings.cancer import TOPICS
from carespace.records.readings.elements import Measured, read_as
from carespace.records.readings.held import Held, reader, reader_of
from carespace.records.readings.labs import CANCELLED, usual_range
from carespace.records.readings.life import Finding, QuestionnaireResponse
from carespace.records.readings.people import name_in
from carespace.records.readings.when import real
from carespace.records.readings.words import listed, said
from carespace.records.references import identity_in

TYPE = "Observation"
_PLAIN_STATUS = {"final", None, ""}
_ELSEWHERE = (*LAB_CATEGORIES, *VITAL_CATEGORIES)
_HABITS = ("social-history",)
_FUNCTION = ("functional-status", "disability-status", "cognitive-status", "mental-status")
_SURVEYS = (
    "survey", "sdoh", "screening-assessment", "care-experience-preference",
    "treatment-intervention-preference",
)  # fmt: skip


def _row(held: Held[Finding], around: Around) -> EntryRow:
    found, zone = held.found, around.zone
    status = "" if found.status in _PLAIN_STATUS else word(TYPE, "status", found.status)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=said(found.code) or _("Finding without a name"),
        tags=tags(status, listed(found.interpretation)),
        summary="" if found.status == CANCELLED else value_words(found, zone),
        facts=(
            *facts((_("When"), _when(found, around))),
            *(_component(each, around) for each in found.component if found.status != CANCELLED),
            *_members(found, around),
            *facts(
                (_("Usual"), usual_range(found.reference_range, "")),
                (_("Where on the body"), said(found.body_site)),
                (_("How it was done"), said(found.method)),
                (_("With"), name_in(found.device, around.names)),
                (_("About"), named(found.focus, around)),
                (_("Based on"), _based_on(found, around)),
                (_("Noted by"), named(found.performer, around)),
            ),
        ),
        notes=notes_of(found.note, zone),
        source=source_of(around, next(iter(found.performer), None), real(found.issued), held.id),
    )


def _component(part: Measured, around: Around) -> Fact:
    return Fact(said(part.code) or _("Part"), value_words(part, around.zone) or _("No answer"))


def _members(panel: Finding, around: Around) -> list[Fact]:
    found = []
    for each in panel.has_member:
        content = around.others.get(each.reference or "")
        member = read_as(Finding, content) if content else None
        if member is None:
            continue
        term = said(member.code) or each.display or _("Question")
        if member.status == CANCELLED:
            found.append(Fact(term, word(TYPE, "status", CANCELLED)))
            continue
        inside = [joined(said(one.code), value_words(one, around.zone)) for one in member.component]
        words = value_words(member, around.zone) or "; ".join(text for text in inside if text)
        found.append(Fact(term, words or _("No answer")))
    return found


def _when(found: Finding, around: Around) -> str:
    zone = around.zone
    return (
        moment(found.effective_date_time, zone)
        or stretch(found.effective_period, zone, with_time=True)
        or moment(found.effective_instant, zone)
    )


def _based_on(found: Finding, around: Around) -> str:
    names = []
    for each in found.derived_from:
        kind = (each.reference or "").partition("/")[0]
        own = around.whose(_("Your answers to questions"), _("%(name)s’s answers to questions"))
        own = own if kind == ANSWERS else ""
        names.append(name_in(each, around.names) or own)
    return joined(*names)


def _refers(held: Held[Finding]) -> list[str | None]:
    found = held.found
    members = [each.reference for each in found.has_member]
    return [*members, *to_name([*found.performer, *found.derived_from, *found.focus, found.device])]


def _arrange(readings: Sequence[Held[Any]], _: Around) -> Sequence[Held[Any]]:
    """Leave out what a panel of the same page shows."""
    inside = {
        identity_in(each.reference or "")
        for held in readings
        if isinstance(held.found, Finding)
        for each in held.found.has_member
    }
    return [held for held in readings if held.id not in inside]


HABITS = Part(
    slug="habits",
    title=gettext_lazy("Habits and daily life"),
    about=gettext_lazy(
        "Smoking, work, pregnancy and other things about your life that matter for your care."
    ),
    about_of_other=gettext_lazy(
        "Smoking, work, pregnancy and other things about daily life that matter for care."
    ),
    icon="sun",
    counted=False,
    kind=Kind((TYPE,), categories=_HABITS, without=_ELSEWHERE, without_topics=TOPICS),
    read=reader(Finding),
    row=_row,
    refers=_refers,
    arrange=_arrange,
)

FUNCTION = Part(
    slug="function",
    title=gettext_lazy("How you manage day by day"),
    about=gettext_lazy("How you move, think and take care of yourself."),
    title_of_other=gettext_lazy("How %(name)s manages day by day"),
    about_of_other=gettext_lazy("How %(name)s moves, thinks and takes care of daily needs."),
    icon="hand-raised",
    counted=False,
    kind=Kind(
        (TYPE,),
        categories=_FUNCTION,
        without=(*_ELSEWHERE, *_HABITS),
        without_topics=TOPICS,
    ),
    read=reader(Finding),
    row=_row,
    refers=_refers,
    arrange=_arrange,
)

_READ_SURVEYS = reader_of({TYPE: Finding, ANSWERS: QuestionnaireResponse})

SURVEYS = Part(
    slug="surveys",
    title=gettext_lazy("Questions you answered"),
    about=gettext_lazy("Your answers about how you feel and how you live."),
    title_of_other=gettext_lazy("Questions that %(name)s answered"),
    about_of_other=gettext_lazy("%(name)s’s answers about feeling and living."),
    icon="chat-bubble-left-right",
    counted=False,
    kind=Kind(
        (TYPE,),
        categories=_SURVEYS,
        without=(*_ELSEWHERE, *_HABITS, *_FUNCTION),
        beside=(ANSWERS,),
        without_topics=TOPICS,
    ),
    read=_READ_SURVEYS,
    row=lambda held, around: (
        _row(held, around) if isinstance(held.found, Finding) else answers_row(held, around)
    ),
    refers=lambda held: _refers(held) if isinstance(held.found, Finding) else answers_refer(held),
    arrange=_arrange,
)

OTHER_OBSERVATIONS = Part(
    slug="other-observations",
    title=gettext_lazy("Other findings"),
    about=gettext_lazy("What was found in exams and tests that are not lab tests."),
    icon="magnifying-glass",
    counted=False,
    kind=Kind(
        (TYPE,), without=(*_ELSEWHERE, *_HABITS, *_FUNCTION, *_SURVEYS), without_topics=TOPICS
    ),
    read=reader(Finding),
    row=_row,
    refers=_refers,
    arrange=_arrange,
)
