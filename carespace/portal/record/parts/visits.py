"""Visits so far: what each was, when, why, with whom, where, and how a stay ended (US Core Encounter)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Fact, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    joined,
    named,
    stretch,
    tags,
    to_name,
    ways_to_reach,
    word,
)
from carespace.records.entries import Kind
from carespace.records.readings.amounts import amount_text
from carespace.records.readings.care_given import (
    Encounter,
    EncounterLocation,
    EncounterParticipant,
    Hospitalization,
)
from carespace.records.readings.contact import Office
from carespace.records.readings.elements import read_as
from carespace.records.readings.held import Held, reader
from carespace.records.readings.people import name_in
from carespace.records.readings.words import listed, said, said_coding

TYPE = "Encounter"
_PLAIN_STATUS = {"finished", None}


def _row(held: Held[Encounter], around: Around) -> EntryRow:
    visit, zone = held.found, around.zone
    kind = said_coding(visit.class_)
    title = listed(visit.type) or said(visit.service_type) or kind or _("Visit")
    status = "" if visit.status in _PLAIN_STATUS else word(TYPE, "status", visit.status)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=title,
        tags=tags(status),
        facts=(
            *facts(
                (_("When"), stretch(visit.period, zone, with_time=True)),
                (_("How long"), amount_text(visit.length)),
                (_("Kind of visit"), _kinds(visit, kind, title)),
                (
                    _("Why"),
                    _why(visit, title, around),
                ),
                (_("Health issues"), _diagnoses(visit, around)),
                (_("With"), "; ".join(_people(visit.participant, around))),
                (_("Where"), named([each.location for each in visit.location], around)),
            ),
            *facts(*_stay(visit.hospitalization, around)),
        ),
        more=(
            *facts(
                (_("Address"), _places(visit.location, around)),
                (_("Seen at"), name_in(visit.service_provider, around.names)),
            ),
            *_phones(visit.location, around),
        ),
        source=source_of(around, visit.service_provider, None, held.id),
    )


def _why(visit: Encounter, title: str, around: Around) -> str:
    """Return why it was, but for what its title says."""
    why = joined(listed(visit.reason_code), named(visit.reason_reference, around))
    return "" if why.lower() == title.lower() else why


def _kinds(visit: Encounter, kind: str, title: str) -> str:
    kinds = (kind, said(visit.service_type), said(visit.priority))
    return joined(*(each for each in kinds if each.lower() != title.lower()))


def _diagnoses(visit: Encounter, around: Around) -> str:
    found = []
    for each in visit.diagnosis:
        name, use = name_in(each.condition, around.names), said(each.use)
        if name:
            found.append(_with(name, use))
    return ", ".join(dict.fromkeys(found))


def _with(name: str, about: str) -> str:
    return f"{name} ({about})" if about else name


def _people(participants: Iterable[EncounterParticipant], around: Around) -> list[str]:
    found = []
    for each in participants:
        role = listed(each.type)
        time = stretch(each.period, around.zone, with_time=True)
        if name := name_in(each.individual, around.names) or role:
            found.append(_with(name, joined("" if name == role else role, time)))
    return list(dict.fromkeys(found))


def _places(locations: Iterable[EncounterLocation], around: Around) -> str:
    """Return where a visit was; an address that several rooms share stands once, behind them."""
    rooms: dict[str, list[str]] = {}
    for each in locations:
        addresses = _office(each, around).addresses
        written = next((text for one in addresses if (text := one.written())), "")
        rooms.setdefault(written, []).append(name_in(each.location, around.names))
    found = [joined(*names, address) for address, names in rooms.items()]
    return "; ".join(each for each in found if each)


def _phones(locations: Iterable[EncounterLocation], around: Around) -> tuple[Fact, ...]:
    telecom = [point for each in locations for point in _office(each, around).telecom]
    return tuple(dict.fromkeys(ways_to_reach(telecom, around.zone)))


def _office(location: EncounterLocation, around: Around) -> Office:
    content = around.others.get((location.location and location.location.reference) or "")
    return (read_as(Office, content) if content else None) or Office()


def _stay(stay: Hospitalization | None, around: Around) -> list[tuple[str, str]]:
    if stay is None:
        return []
    return [
        (_("Came from"), joined(said(stay.admit_source), name_in(stay.origin, around.names))),
        (_("Came back"), said(stay.re_admission)),
        (_("Food"), listed(stay.diet_preference)),
        (
            _("Where you went after"),
            joined(said(stay.discharge_disposition), name_in(stay.destination, around.names)),
        ),
    ]


def _refers(held: Held[Encounter]) -> list[str | None]:
    visit = held.found
    stay = visit.hospitalization or Hospitalization()
    people = [each.individual for each in visit.participant]
    issues = [*visit.reason_reference, *(each.condition for each in visit.diagnosis)]
    unnamed = to_name([*people, *issues, visit.service_provider, stay.origin, stay.destination])
    # A place is looked up even where it says its name: its address stands in its own resource.
    return [*unnamed, *(each.location.reference for each in visit.location if each.location)]


VISITS = Part(
    slug="visits",
    title=gettext_lazy("Visits so far"),
    about=gettext_lazy("Office visits, treatments and hospital stays that have been."),
    icon="building-office",
    kind=Kind((TYPE,)),
    read=reader(Encounter),
    row=_row,
    refers=_refers,
)
