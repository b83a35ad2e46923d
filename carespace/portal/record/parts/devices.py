"""Devices, such as an implanted port, with the numbers that tell one from every other (VDT-2, US Core Implantable Device)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    day,
    joined,
    notes_of,
    tags,
    to_name,
    ways_to_reach,
    word,
)
from carespace.records.entries import Kind
from carespace.records.readings.care_given import Device
from carespace.records.readings.held import Held, reader
from carespace.records.readings.people import name_in
from carespace.records.readings.words import listed, said

TYPE = "Device"
_NAMES_IN_ORDER = ("patient-reported-name", "user-friendly-name", "model-name", "manufacturer-name")


def _row(held: Held[Device], around: Around) -> EntryRow:
    device, zone = held.found, around.zone
    kind = said(device.type)
    names = _names(device)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=kind or names or _("Device without a name"),
        tags=tags("" if device.status == "active" else word(TYPE, "status", device.status)),
        facts=facts(
            (_("Name"), names if kind else ""),
            (_("Where"), name_in(device.location, around.names)),
        ),
        more=(
            *facts(
                (_("Made by"), device.manufacturer or ""),
                (_("Model"), device.model_number or ""),
                (
                    _("Unique device identifier (UDI)"),
                    joined(*(each.carrier_hrf or "" for each in device.udi_carrier)),
                ),
                (
                    _("Device identifier"),
                    joined(*(each.device_identifier or "" for each in device.udi_carrier)),
                ),
                (_("Lot number"), device.lot_number or ""),
                (_("Serial number"), device.serial_number or ""),
                (_("Distinct identifier"), device.distinct_identifier or ""),
                (_("Made on"), day(device.manufacture_date, zone)),
                (_("To be used before"), day(device.expiration_date, zone)),
                (_("Safety"), listed(device.safety)),
                (_("Why it is so"), listed(device.status_reason)),
                (_("Belongs to"), name_in(device.owner, around.names)),
            ),
            *ways_to_reach(device.contact, zone),
        ),
        notes=notes_of(device.note, zone),
        source=source_of(around, None, None, held.id),
    )


def _names(device: Device) -> str:
    def rank(kind: str | None) -> int:
        known = kind in _NAMES_IN_ORDER
        return _NAMES_IN_ORDER.index(kind) if known and kind else len(_NAMES_IN_ORDER)

    ordered = sorted(device.device_name, key=lambda each: rank(each.type))
    return joined(*(each.name or "" for each in ordered))


DEVICES = Part(
    slug="devices",
    title=gettext_lazy("Devices"),
    about=gettext_lazy(
        "Devices in your body or that you use, with their numbers. Bring this page to a scan."
    ),
    about_of_other=gettext_lazy(
        "Devices in the body or that %(name)s uses, with their numbers. Bring this page to a scan."
    ),
    icon="cpu-chip",
    kind=Kind((TYPE,)),
    read=reader(Device),
    row=_row,
    refers=lambda held: to_name([held.found.owner, held.found.location]),
    group=lambda held: "over" if held.found.status == "inactive" else "now",
    groups=(("now", gettext_lazy("Now")), ("over", gettext_lazy("In the past"))),
)
