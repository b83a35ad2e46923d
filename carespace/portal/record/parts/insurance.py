"""Insurance: who pays, the numbers on the card, who is insured, and since when (US Core Coverage).

The member's numbers are the patient's own and are shown as they came.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Fact, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import joined, named, stretch, tags, to_name, word
from carespace.records.entries import Kind
from carespace.records.readings.held import Held, reader
from carespace.records.readings.paying import Coverage, CoverageClass, Money
from carespace.records.readings.people import name_in
from carespace.records.readings.words import said
from carespace.values import Reference

TYPE = "Coverage"
MEMBER_NUMBER = "MB"
_CURRENT = ("active",)
_ORDERS = {
    1: gettext_lazy("Pays first"),
    2: gettext_lazy("Pays second"),
    3: gettext_lazy("Pays third"),
}

_CLASSES = {
    "group": gettext_lazy("Group"),
    "subgroup": gettext_lazy("Smaller group"),
    "plan": gettext_lazy("Plan"),
    "subplan": gettext_lazy("Smaller plan"),
    "class": gettext_lazy("Class"),
    "subclass": gettext_lazy("Smaller class"),
    "rxbin": gettext_lazy("Pharmacy number (BIN)"),
    "rxpcn": gettext_lazy("Pharmacy number (PCN)"),
    "rxid": gettext_lazy("Pharmacy member ID"),
    "rxgroup": gettext_lazy("Pharmacy group"),
}


def _row(held: Held[Coverage], around: Around) -> EntryRow:
    cover, zone = held.found, around.zone
    payer = named(cover.payor, around)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=_payer(cover.payor, payer, around) or said(cover.type) or _("Insurance"),
        tags=tags(
            "" if cover.status == "active" else word(TYPE, "status", cover.status),
            str(_ORDERS.get(cover.order or 0, "")),
        ),
        facts=(
            *facts(
                (_("Kind of insurance"), said(cover.type)),
                (_("Member ID"), joined(*_member_numbers(cover))),
                (_("Subscriber ID"), cover.subscriber_id or ""),
                (_("Dependent number"), cover.dependent or ""),
                (_("Insured through"), _through(cover.subscriber or cover.policy_holder, around)),
                (
                    around.whose(_("You are to them"), _("Relationship to them")),
                    _relationship(cover),
                ),
            ),
            *(fact for each in cover.class_ if (fact := _class(each))),
            *facts(
                (_("Network"), cover.network or ""),
                (_("When"), stretch(cover.period, zone)),
                (_("Own share of the costs"), "; ".join(_costs(cover))),
            ),
        ),
        source=source_of(around, None, None, held.id),
    )


def _payer(payors: tuple[Reference, ...], name: str, around: Around) -> str:
    """Return who pays; a payor that is the patient pays the bills without an insurer."""
    own = any((each.reference or "").startswith("Patient/") for each in payors)
    pays = around.whose(_("You pay yourself"), _("%(name)s pays without insurance"))
    return pays if own else name


def _member_numbers(cover: Coverage) -> list[str]:
    return [
        each.value
        for each in cover.identifier
        if each.value and each.type and any(one.code == MEMBER_NUMBER for one in each.type.coding)
    ]


def _through(who: Reference | None, around: Around) -> str:
    if who and (who.reference or "").startswith("Patient/"):
        return around.given or _("Yourself")
    return name_in(who, around.names)


def _relationship(cover: Coverage) -> str:
    """Return who the patient is to the one insured; nothing where they are the same."""
    codings = cover.relationship.coding if cover.relationship else ()
    return "" if any(each.code == "self" for each in codings) else said(cover.relationship)


def _class(each: CoverageClass) -> Fact | None:
    words = joined(each.name or "", each.value or "")
    if not words:
        return None
    codes = [coding.code or "" for coding in each.type.coding] if each.type else []
    ours = next((_CLASSES[code] for code in codes if code in _CLASSES), "")
    return Fact(str(ours) or said(each.type) or _("Part of the plan"), words)


def _costs(cover: Coverage) -> list[str]:
    found = []
    for each in cover.cost_to_beneficiary:
        if amount := money(each.value_money):
            what = said(each.type)
            found.append(f"{what}: {amount}" if what else amount)
    return found


def money(amount: Money | None) -> str:
    """Return an amount of money, dollars with their sign."""
    if amount is None or amount.value is None or not amount.value.is_finite():
        return ""
    number = f"{amount.value:,.2f}"
    return f"${number}" if amount.currency in {"USD", None} else f"{number} {amount.currency}"


INSURANCE = Part(
    slug="insurance",
    title=gettext_lazy("Insurance"),
    about=gettext_lazy("The insurance that the practice has on file for you."),
    about_of_other=gettext_lazy("The insurance that the practice has on file for %(name)s."),
    icon="credit-card",
    kind=Kind((TYPE,), first=_CURRENT),
    read=reader(Coverage),
    row=_row,
    refers=lambda held: to_name(
        [*held.found.payor, held.found.subscriber, held.found.policy_holder]
    ),
    group=lambda held: "now" if held.found.status in {*_CURRENT, None} else "over",
    groups=(("now", gettext_lazy("Now")), ("over", gettext_lazy("In the past"))),
)
