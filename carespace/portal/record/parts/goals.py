"""Goals: what the patient and the care team want to reach, and how it stands (VDT-2, US Core Goal)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, Piece, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    day,
    joined,
    named,
    notes_of,
    tags,
    to_name,
    word,
    yes_or_no,
)
from carespace.records.entries import Kind
from carespace.records.readings.amounts import amount_text, printed_range, printed_text
from carespace.records.readings.held import Held, reader
from carespace.records.readings.people import name_in
from carespace.records.readings.plans import Goal, Target
from carespace.records.readings.when import real
from carespace.records.readings.words import listed, said

TYPE = "Goal"
_OVER = {"completed", "cancelled", "rejected"}


def _row(held: Held[Goal], around: Around) -> EntryRow:
    goal, zone = held.found, around.zone
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=said(goal.description) or _("Goal without a name"),
        tags=tags(
            ""
            if goal.lifecycle_status == "active"
            else word(TYPE, "lifecycleStatus", goal.lifecycle_status),
            said(goal.achievement_status),
        ),
        facts=facts(
            (_("Kind"), listed(goal.category)),
            (_("How important"), said(goal.priority)),
            (_("Started"), day(goal.start_date, zone) or said(goal.start_codeable_concept)),
            (_("What it is for"), named(goal.addresses, around)),
            (_("Whose goal it is"), _whose(goal, around)),
            (_("Why it is so"), goal.status_reason or ""),
            (
                _("What came of it"),
                joined(listed(goal.outcome_code), named(goal.outcome_reference, around)),
            ),
        ),
        notes=notes_of(goal.note, zone),
        pieces_title=_("What to reach")
        if any(_target(each, around) for each in goal.target)
        else "",
        pieces=tuple(found for each in goal.target if (found := _target(each, around))),
        source=source_of(around, goal.expressed_by, real(goal.status_date), held.id),
    )


def _whose(goal: Goal, around: Around) -> str:
    if goal.expressed_by and (goal.expressed_by.reference or "").startswith("Patient/"):
        return around.whose(_("Your own goal"), _("%(name)s’s own goal"))
    return name_in(goal.expressed_by, around.names)


def _target(target: Target, around: Around) -> Piece | None:
    detail = _detail(target)
    measure = said(target.measure)
    due = day(target.due_date, around.zone)
    within = amount_text(target.due_duration)
    found = facts(
        (_("Target"), detail if measure else ""),
        (_("To reach by"), due),
        (_("To reach within"), within),
    )
    title = measure or detail
    return Piece(title, facts=found) if title or found else None


def _detail(target: Target) -> str:
    ratio = target.detail_ratio
    ends = (ratio.numerator, ratio.denominator) if ratio else ()
    choices = (
        printed_text(target.detail_quantity),
        printed_range(target.detail_range),
        said(target.detail_codeable_concept),
        target.detail_string or "",
        yes_or_no(target.detail_boolean),
        "" if target.detail_integer is None else str(target.detail_integer),
        ":".join(text for each in ends if (text := printed_text(each))),
    )
    return next((each for each in choices if each), "")


def _refers(held: Held[Goal]) -> list[str | None]:
    goal = held.found
    return to_name([goal.expressed_by, *goal.addresses, *goal.outcome_reference])


GOALS = Part(
    slug="goals",
    title=gettext_lazy("Goals"),
    about=gettext_lazy("What you and your care team want to reach."),
    about_of_other=gettext_lazy("What %(name)s and the care team want to reach."),
    icon="flag",
    kind=Kind((TYPE,)),
    read=reader(Goal),
    row=_row,
    refers=_refers,
    group=lambda held: "over" if held.found.lifecycle_status in _OVER else "now",
    groups=(("now", gettext_lazy("Now")), ("over", gettext_lazy("In the past"))),
)
