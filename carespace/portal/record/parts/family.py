"""Family health history: which relatives had what, and when (FamilyMemberHistory)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, Piece, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    day,
    joined,
    named,
    notes_of,
    stretch,
    tags,
    to_name,
    word,
    yes_or_no,
)
from carespace.records.entries import Kind
from carespace.records.readings.amounts import amount_text, amounts_text
from carespace.records.readings.held import Held, reader
from carespace.records.readings.life import FamilyMemberHistory, RelativesCondition
from carespace.records.readings.when import real
from carespace.records.readings.words import listed, said

TYPE = "FamilyMemberHistory"
_PLAIN_STATUS = {"completed", None}


def _row(held: Held[FamilyMemberHistory], around: Around) -> EntryRow:
    family, zone = held.found, around.zone
    relation = said(family.relationship)
    title = relation[:1].upper() + relation[1:] or family.name or _("A relative")
    status = "" if family.status in _PLAIN_STATUS else word(TYPE, "status", family.status)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=title,
        tags=tags(status),
        facts=facts(
            (_("Name"), family.name or "" if relation else ""),
            (_("Sex"), said(family.sex)),
            (_("Born"), _born(family, around)),
            (_("Age"), _age(family)),
            (_("Died"), _died(family, around)),
            (
                _("Why it was asked"),
                joined(listed(family.reason_code), named(family.reason_reference, around)),
            ),
            (_("Not known"), said(family.data_absent_reason)),
        ),
        notes=notes_of(family.note, zone),
        pieces_title=_("Health issues") if family.condition else "",
        pieces=tuple(_condition(each, around) for each in family.condition),
        source=source_of(around, None, real(family.date), held.id),
    )


def _born(family: FamilyMemberHistory, around: Around) -> str:
    zone = around.zone
    return (
        day(family.born_date, zone) or stretch(family.born_period, zone) or family.born_string or ""
    )


def _age(family: FamilyMemberHistory) -> str:
    return amount_text(family.age_age) or amounts_text(family.age_range) or family.age_string or ""


def _died(family: FamilyMemberHistory, around: Around) -> str:
    age = amount_text(family.deceased_age) or amounts_text(family.deceased_range)
    return (
        (_("At the age of %(age)s") % {"age": age} if age else "")
        or day(family.deceased_date, around.zone)
        or family.deceased_string
        or yes_or_no(family.deceased_boolean)
    )


def _condition(issue: RelativesCondition, around: Around) -> Piece:
    age = amount_text(issue.onset_age) or amounts_text(issue.onset_range)
    return Piece(
        title=said(issue.code) or _("Health issue without a name"),
        facts=facts(
            (_("Age when it began"), age),
            (_("Began"), stretch(issue.onset_period, around.zone) or issue.onset_string or ""),
            (_("What came of it"), said(issue.outcome)),
            (_("Was a cause of death"), yes_or_no(issue.contributed_to_death)),
        ),
        notes=notes_of(issue.note, around.zone),
    )


FAMILY_HISTORY = Part(
    slug="family-history",
    title=gettext_lazy("Family health history"),
    about=gettext_lazy("Health issues in your family."),
    about_of_other=gettext_lazy("Health issues in %(name)s’s family."),
    icon="home-modern",
    kind=Kind((TYPE,)),
    read=reader(FamilyMemberHistory),
    row=_row,
    refers=lambda held: to_name(held.found.reason_reference),
)
