"""Bills and claims: when, what for, who asks for the money, and the totals. The lines of a bill stay with the insurer."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.parts.insurance import money
from carespace.portal.record.rows import Around, EntryRow, Fact, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import day, named, stretch, tags, to_name, word
from carespace.records.entries import Kind
from carespace.records.readings.held import Held, reader
from carespace.records.readings.paying import Bill, Money
from carespace.records.readings.words import listed, said

CLAIM, ANSWER = "Claim", "ExplanationOfBenefit"
_PLAIN_STATUS = {"active", None}
_DONE = "complete"


def _row(held: Held[Bill], around: Around) -> EntryRow:
    bill, zone = held.found, around.zone
    kind = held.stored.resource_type
    status = "" if bill.status in _PLAIN_STATUS else word(kind, "status", bill.status)
    title = _("Answer of your insurance") if kind == ANSWER else _("Bill to your insurance")
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=title,
        tags=tags(status, "" if bill.outcome == _DONE else word(kind, "outcome", bill.outcome)),
        facts=(
            *facts(
                (_("When"), stretch(bill.billable_period, zone) or day(bill.created, zone)),
                (_("Kind"), said(bill.type)),
                (_("What for"), listed(each.product_or_service for each in bill.item)),
                (_("From"), named([bill.provider], around)),
                (_("Insurance"), named([bill.insurer], around)),
            ),
            *_totals(bill),
            *facts(
                (_("Paid by your insurance"), money(bill.payment.amount) if bill.payment else ""),
                (_("What they say"), bill.disposition or ""),
            ),
        ),
        source=source_of(around, bill.provider, None, held.id),
    )


def _totals(bill: Bill) -> tuple[Fact, ...]:
    if isinstance(bill.total, Money):
        return facts((_("Total"), money(bill.total)))
    return facts(*((said(each.category) or _("Total"), money(each.amount)) for each in bill.total))


BILLS = Part(
    slug="bills",
    title=gettext_lazy("Bills and claims"),
    about=gettext_lazy("What was billed to your insurance. This is not a bill."),
    about_of_other=gettext_lazy("What was billed to the insurance. This is not a bill."),
    icon="banknotes",
    kind=Kind((CLAIM, ANSWER)),
    read=reader(Bill),
    row=_row,
    refers=lambda held: to_name([held.found.provider, held.found.insurer]),
)
