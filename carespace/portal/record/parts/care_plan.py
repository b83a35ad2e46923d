"""Plans of care: what is planned, why, by whom, and each thing to do (S-41, VDT-2, D-15, US Core CarePlan).

Promises: what somebody wrote as the plan's text is shown cleaned, and only where it could be cleaned in time; a plan of
treatment stands under its own heading, or nowhere where the practice has turned it off (``feature_treatment_plan``).
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.access.chart import Chart
from carespace.portal.presenters.clean_html import CleanHtml, can_be_cleaned, clean_html
from carespace.portal.record.rows import Around, EntryRow, Part, Piece, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    joined,
    named,
    notes_of,
    sentence,
    stretch,
    tags,
    to_name,
    word,
)
from carespace.records.entries import Kind
from carespace.records.readings.amounts import amount_text
from carespace.records.readings.elements import Element, read_as
from carespace.records.readings.held import Held, reader
from carespace.records.readings.people import name_in
from carespace.records.readings.plans import Activity, ActivityDetail, CarePlan
from carespace.records.readings.schedules import timing_text
from carespace.records.readings.when import real
from carespace.records.readings.words import listed, said
from carespace.values import CodeableConcept, Reference

TYPE = "CarePlan"
ASSESS_PLAN = "assess-plan"
_CURRENT = ("active", "on-hold")
# An order in one of these states is not a thing to do any more, or was not done.
_GIVEN_UP = frozenset({"revoked", "cancelled", "stopped", "not-done", "on-hold"})
_ENDED = ("revoked", "completed")
_TREATMENT = re.compile(r"treatment|chemo|regimen|radiation|infusion", re.IGNORECASE)
_TREATMENT_CODES = frozenset(
    {"367336001", "108290001", "180256009", "266709005", "385786002", "738906000", "736379005"}
)
_PLAIN_INTENT = {"plan", None}
_WRITTEN = {"additional", "extensions"}
_NOT_SHOWN_TAGS = re.compile(r"<[^>]*>")


class _Order(Element, frozen=True):
    """What a plan needs to know of an order that one of its activities is."""

    status: str | None = None
    do_not_perform: bool | None = None
    code: CodeableConcept | None = None


def _row(held: Held[CarePlan], around: Around) -> EntryRow:
    plan, zone = held.found, around.zone
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=_title(plan),
        tags=tags("" if plan.status == "active" else word(TYPE, "status", plan.status)),
        summary=plan.description or "",
        facts=facts(
            (_("Kind of plan"), joined(*_kinds(plan), _intent(plan))),
            (_("When"), stretch(plan.period, zone)),
            (_("What it is for"), named(plan.addresses, around)),
            (_("Goals"), named(plan.goal, around)),
            (_("Care team"), named(plan.care_team, around)),
            (_("With help from"), named(plan.contributor, around)),
            (_("Based on"), named(plan.supporting_info, around)),
        ),
        notes=notes_of(plan.note, zone),
        narrative=_narrative(plan),
        pieces_title=_("What is planned") if plan.activity else "",
        pieces=tuple(_piece(each, around) for each in plan.activity),
        source=source_of(around, plan.author, real(plan.created), held.id),
    )


def _title(plan: CarePlan) -> str:
    if plan.title:
        return plan.title
    kinds = [said(each) for each in plan.category if not _is_assessment([each])]
    first = next((each for each in kinds if each), "")
    return first or (_("Assessment and plan") if _is_assessment(plan.category) else _("Care plan"))


def _kinds(plan: CarePlan) -> list[str]:
    """Return the kinds of a plan in words, but for the one that is its title already."""
    own = [_("Assessment and plan of treatment")] if _is_assessment(plan.category) else []
    others = [said(each) for each in plan.category if not _is_assessment([each])]
    return own + [each for each in others if each and each != _title(plan)]


def _intent(plan: CarePlan) -> str:
    return "" if plan.intent in _PLAIN_INTENT else word(TYPE, "intent", plan.intent)


def _is_assessment(categories: Sequence[object]) -> bool:
    return any(
        coding.code == ASSESS_PLAN for each in categories for coding in getattr(each, "coding", ())
    )


def _narrative(plan: CarePlan) -> CleanHtml | None:
    """Return the plan's own text where somebody wrote it, or where it is all that there is."""
    text = plan.text
    if text is None or not text.div or not can_be_cleaned(text.div):
        return None
    tells_more = text.status in _WRITTEN or not (plan.activity or plan.description)
    cleaned = clean_html(text.div)
    has_words = _NOT_SHOWN_TAGS.sub("", cleaned).strip()
    return cleaned if tells_more and has_words else None


def _piece(activity: Activity, around: Around) -> Piece:
    detail = activity.detail or ActivityDetail()
    zone = around.zone
    what = said(detail.code) or name_in(activity.reference, around.names)
    title = what or detail.description or _kind_of_thing(activity, detail)
    order, state = _order_behind(activity, around)
    must_not = detail.do_not_perform or order.do_not_perform
    negated = _("Not to be done: %(what)s") % {"what": said(order.code) or title}
    return Piece(
        title=negated if must_not and title != negated else title,
        tags=tags(word(TYPE, "activity.detail.status", detail.status), state),
        facts=facts(
            (_("Details"), (detail.description or "") if what else ""),
            (_("When"), _when(detail, around)),
            (_("Where"), name_in(detail.location, around.names)),
            (_("Who"), named(detail.performer, around)),
            (_("Medicine"), _product(detail, around)),
            (_("How much"), joined(amount_text(detail.quantity), _each_day(detail))),
            (_("Why"), joined(listed(detail.reason_code), named(detail.reason_reference, around))),
            (_("Why it is so"), said(detail.status_reason)),
            (_("Goal"), named(detail.goal, around)),
            (_("What came of it"), _outcome(activity, around)),
        ),
        notes=notes_of(activity.progress, zone),
    )


def _order_behind(activity: Activity, around: Around) -> tuple[_Order, str]:
    """Return the order that an activity is, and its status in words where it will not be done."""
    address = (activity.reference and activity.reference.reference) or ""
    content = around.others.get(address)
    order = (read_as(_Order, content) if content else None) or _Order()
    kind = address.partition("/")[0]
    return order, word(kind, "status", order.status) if order.status in _GIVEN_UP else ""


def _kind_of_thing(activity: Activity, detail: ActivityDetail) -> str:
    kind = ((activity.reference and activity.reference.reference) or "").partition("/")[0]
    return (
        word(TYPE, "activity.reference", kind)
        or word(TYPE, "activity.detail.kind", detail.kind)
        or _("A step of the plan")
    )


def _when(detail: ActivityDetail, around: Around) -> str:
    when = joined(
        detail.scheduled_string or "",
        stretch(detail.scheduled_period, around.zone),
        timing_text(detail.scheduled_timing),
    )
    return sentence(when)


def _product(detail: ActivityDetail, around: Around) -> str:
    return said(detail.product_codeable_concept) or name_in(detail.product_reference, around.names)


def _each_day(detail: ActivityDetail) -> str:
    amount = amount_text(detail.daily_amount)
    return _("%(amount)s each day") % {"amount": amount} if amount else ""


def _outcome(activity: Activity, around: Around) -> str:
    return joined(
        listed(activity.outcome_codeable_concept), named(activity.outcome_reference, around)
    )


def _refers(held: Held[CarePlan]) -> list[str | None]:
    plan = held.found
    inside = [
        reference
        for each in plan.activity
        for reference in (each.reference, *each.outcome_reference, *_named_by(each.detail))
    ]
    several = (plan.addresses, plan.goal, plan.care_team, plan.contributor, plan.supporting_info)
    steps = [each.reference.reference for each in plan.activity if each.reference]
    return [*to_name([plan.author, *(each for some in several for each in some), *inside]), *steps]


def _named_by(detail: ActivityDetail | None) -> list[Reference | None]:
    if detail is None:
        return []
    single = [detail.location, detail.product_reference]
    return [*single, *detail.performer, *detail.reason_reference, *detail.goal]


def is_treatment_plan(plan: CarePlan) -> bool:
    """Whether a plan says of itself that it is a plan of treatment: by its title or by its category.

    Assessment and plan of treatment is another thing, which every patient may read (VDT-2).
    """
    if _is_assessment(plan.category):
        return False
    codes = {coding.code for each in plan.category for coding in each.coding}
    if codes & _TREATMENT_CODES:
        return True
    kinds = [said(each) for each in plan.category if not _is_assessment([each])]
    return any(_TREATMENT.search(text) for text in (plan.title or "", *kinds))


def shows_treatment_plans(chart: Chart) -> bool:
    """Whether the practice shows plans of treatment (D-15)."""
    return chart.practice.settings.feature_treatment_plan


def _group(held: Held[CarePlan]) -> str:
    if held.found.status in _ENDED:
        return "over"
    if is_treatment_plan(held.found):
        return "treatment"
    return "now" if held.found.status in _CURRENT else "over"


def _arrange(readings: Sequence[Held[CarePlan]], around: Around) -> Sequence[Held[CarePlan]]:
    if shows_treatment_plans(around.chart):
        return readings
    return [each for each in readings if not is_treatment_plan(each.found)]


CARE_PLAN = Part(
    slug="care-plan",
    title=gettext_lazy("Care plan and treatment plan"),
    about=gettext_lazy("What you and your care team plan to do, and why."),
    about_of_other=gettext_lazy("What %(name)s and the care team plan to do, and why."),
    icon="clipboard",
    kind=Kind((TYPE,), first=_CURRENT),
    read=reader(CarePlan),
    row=_row,
    refers=_refers,
    group=_group,
    groups=(
        ("treatment", gettext_lazy("Treatment plan")),
        ("now", gettext_lazy("Plans now")),
        ("over", gettext_lazy("Earlier plans")),
    ),
    arrange=_arrange,
)
