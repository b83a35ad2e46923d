"""Care team: who is on it, what they do, and how to reach them and their office (VDT-3, US Core CareTeam)."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Fact, Part, Piece, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    joined,
    named,
    notes_of,
    places_of,
    stretch,
    tags,
    to_name,
    ways_to_reach,
    word,
)
from carespace.records.entries import Kind
from carespace.records.readings.held import Held, reader
from carespace.records.readings.people import name_in
from carespace.records.readings.plans import CareTeam, Member
from carespace.records.readings.words import listed
from carespace.values import Reference

TYPE = "CareTeam"
_CURRENT = ("active",)


def _row(held: Held[CareTeam], around: Around) -> EntryRow:
    team, zone = held.found, around.zone
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=team.name or around.whose(_("Your care team"), _("%(name)s’s care team")),
        tags=tags("" if team.status in _CURRENT else word(TYPE, "status", team.status)),
        facts=(
            *facts(
                (_("Kind"), listed(team.category)),
                (_("When"), stretch(team.period, zone)),
                (
                    _("What it is for"),
                    joined(listed(team.reason_code), named(team.reason_reference, around)),
                ),
                (_("Led by"), named(team.managing_organization, around)),
            ),
            *ways_to_reach(team.telecom, zone),
        ),
        notes=notes_of(team.note, zone),
        pieces_title=_("Who is on it") if team.participant else "",
        pieces=_told_once(_member(each, around) for each in team.participant),
        source=source_of(around, None, None, held.id),
    )


def _told_once(members: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the members with a way to reach them, or an office, that an earlier one has too standing folded."""
    told: set[Fact] = set()
    pieces = []
    for each in members:
        shared = tuple(fact for fact in each.facts if fact in told and _is_shared(fact))
        told |= set(each.facts)
        kept = tuple(fact for fact in each.facts if fact not in shared)
        pieces.append(replace(each, facts=kept, more=shared))
    return tuple(pieces)


def _is_shared(fact: Fact) -> bool:
    """Whether it is what several members have in common: where they work and how to reach it."""
    return bool(fact.url) or fact.term in {
        _("Works for"),
        _("Address"),
        _("Work address"),
        _("Fax"),
    }


def _member(member: Member, around: Around) -> Piece:
    zone = around.zone
    address = (member.member and member.member.reference) or ""
    contact = around.contacts.get(address)
    is_patient = address.startswith("Patient/")
    name = name_in(member.member, around.names) or (contact.name if contact else "")
    role = listed(member.role)
    if contact is None or is_patient:
        title = (
            around.given or _("You") if is_patient else name or role or _("Somebody without a name")
        )
        shown = facts((_("Part in the care"), role), (_("When"), stretch(member.period, zone)))
        return Piece(title, facts=shown)
    return Piece(
        title=name or role or _("Somebody without a name"),
        facts=(
            *facts(
                (_("Part in the care"), role or contact.roles),
                (_("Job"), contact.roles if role and contact.roles != role else ""),
                (_("Field"), contact.specialties),
                (
                    around.whose(_("Who they are to you"), _("Who they are to %(name)s")),
                    contact.relationship,
                ),
                (
                    _("Works for"),
                    contact.organization or name_in(member.on_behalf_of, around.names),
                ),
                (_("When"), stretch(member.period, zone)),
            ),
            *ways_to_reach(contact.telecom, zone),
            *places_of(contact.addresses, zone),
        ),
    )


def _refers(held: Held[CareTeam]) -> list[str | None]:
    team = held.found
    sides = [each.on_behalf_of for each in team.participant]
    # A whole team may be a member of a team; a person is asked for with their numbers, by _contacts.
    others = [each.member for each in team.participant if not _is_person(each.member)]
    return to_name([*sides, *others, *team.managing_organization, *team.reason_reference])


def _is_person(reference: Reference | None) -> bool:
    return bool(reference and not (reference.reference or "").startswith("CareTeam/"))


def _contacts(held: Held[CareTeam]) -> list[Reference | None]:
    return [each.member for each in held.found.participant if _is_person(each.member)]


CARE_TEAM = Part(
    slug="care-team",
    title=gettext_lazy("Care team"),
    about=gettext_lazy("The people who care for you, and how to reach them."),
    about_of_other=gettext_lazy("The people who care for %(name)s, and how to reach them."),
    icon="users",
    kind=Kind((TYPE,), first=_CURRENT),
    read=reader(CareTeam),
    row=_row,
    refers=_refers,
    contacts=_contacts,
    group=lambda held: "now" if held.found.status in {*_CURRENT, None} else "over",
    groups=(("now", gettext_lazy("Now")), ("over", gettext_lazy("In the past"))),
)
