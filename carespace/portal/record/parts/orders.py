"""Tests and services ordered: what, why, by whom, when, and how it stands (US Core ServiceRequest)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    joined,
    moment,
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
from carespace.records.readings.care_given import ServiceRequest
from carespace.records.readings.held import Held, reader
from carespace.records.readings.schedules import timing_text
from carespace.records.readings.when import real
from carespace.records.readings.words import listed, said

TYPE = "ServiceRequest"
_OPEN = ("active", "on-hold", "draft")
_OVER = ("completed", "revoked")
_PLAIN_INTENT = {"order", "original-order", "instance-order", "filler-order", "reflex-order"}
_PLAIN_PRIORITY = {"routine", None}


def _row(held: Held[ServiceRequest], around: Around) -> EntryRow:
    order, zone = held.found, around.zone
    name = said(order.code) or listed(order.order_detail) or _("Order without a name")
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=_("Not to be done: %(what)s") % {"what": name} if order.do_not_perform else name,
        tags=tags(
            "" if order.status == "active" else word(TYPE, "status", order.status), _urgent(order)
        ),
        facts=facts(
            (_("Kind"), joined(listed(order.category), _intent(order))),
            (_("More"), listed(order.order_detail) if said(order.code) else ""),
            (_("Why"), joined(listed(order.reason_code), named(order.reason_reference, around))),
            (_("When"), _when(order, around)),
            (_("How much"), _amount(order)),
            (
                _("Only if needed"),
                said(order.as_needed_codeable_concept)
                or yes_or_no(order.as_needed_boolean or None),
            ),
            (_("Where on the body"), listed(order.body_site)),
            (_("Ordered by"), named([order.requester], around)),
            (_("Who does it"), joined(named(order.performer, around), said(order.performer_type))),
            (
                _("Where"),
                joined(named(order.location_reference, around), listed(order.location_code)),
            ),
            (_("What to do"), order.patient_instruction or ""),
        ),
        notes=notes_of(order.note, zone),
        source=source_of(around, order.requester, real(order.authored_on), held.id),
    )


def _urgent(order: ServiceRequest) -> str:
    plain = order.priority in _PLAIN_PRIORITY
    return "" if plain else word(TYPE, "priority", order.priority)


def _intent(order: ServiceRequest) -> str:
    return "" if order.intent in _PLAIN_INTENT else word(TYPE, "intent", order.intent)


def _when(order: ServiceRequest, around: Around) -> str:
    return joined(
        moment(order.occurrence_date_time, around.zone),
        stretch(order.occurrence_period, around.zone, with_time=True),
        timing_text(order.occurrence_timing),
    )


def _amount(order: ServiceRequest) -> str:
    return amount_text(order.quantity_quantity) or amounts_text(order.quantity_range)


def _refers(held: Held[ServiceRequest]) -> list[str | None]:
    order = held.found
    several = (order.performer, order.location_reference, order.reason_reference)
    return to_name([order.requester, *(each for some in several for each in some)])


def _group(held: Held[ServiceRequest]) -> str:
    if held.found.status in _OPEN:
        return "open"
    return "over" if held.found.status in _OVER else "unclear"


ORDERS = Part(
    slug="orders",
    title=gettext_lazy("Tests and services ordered"),
    about=gettext_lazy("Tests, scans, referrals and other services that your care team asked for."),
    about_of_other=gettext_lazy(
        "Tests, scans, referrals and other services that the care team asked for."
    ),
    icon="clipboard-document-check",
    kind=Kind((TYPE,), first=_OPEN),
    read=reader(ServiceRequest),
    row=_row,
    refers=_refers,
    group=_group,
    groups=(
        ("open", gettext_lazy("Still open")),
        ("over", gettext_lazy("Done or ended")),
        ("unclear", gettext_lazy("We do not know if this was done")),
    ),
)
