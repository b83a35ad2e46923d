"""What people did with a record, in plain words (ui.md section 5): "Looked at Labs, 3 times, last at 4:10 pm".

Promises: every act the audit knows has words of its own (a test reads the code for new ones); one that has none gets a
sentence that is true of all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.access.activity import Deed
from carespace.access.chart import STAFF, Chart
from carespace.portal.record.contents import PARTS
from carespace.ui.dates import time_text, weekday_and_day_long

PAGES: Mapping[str, str | Promise] = {
    "home": gettext_lazy("Home"),
    "labs and documents": gettext_lazy("Health"),
    "labs": gettext_lazy("Labs"),
    "vital signs": gettext_lazy("Vital signs"),
    "documents": gettext_lazy("Documents"),
    "reports": gettext_lazy("Reports"),
    "appointments": gettext_lazy("Appointments"),
    "appointment change": gettext_lazy("the form to change an appointment"),
    "calendar address": gettext_lazy("the page of the calendar address"),
    "record": gettext_lazy("All of the record"),
    "record by date": gettext_lazy("The record by date"),
    **{f"record {part.slug}": part.title for part in PARTS},
    "resources": gettext_lazy("Resources"),
    "users": gettext_lazy("Manage Users"),
    "activity": gettext_lazy("this page"),
}
DOWNLOADS: Mapping[str, Promise] = {
    "appointment file": gettext_lazy("Saved an appointment for a calendar"),
    "calendar feed": gettext_lazy("Had a calendar app read the appointments"),
    "documents download": gettext_lazy("Downloaded a document"),
    "reports download": gettext_lazy("Downloaded a report"),
}
# {whom} is who was invited or whose access it is; on a page of somebody who does not manage users it is "someone".
WORDS: Mapping[str, Promise] = {
    "chart.open": gettext_lazy("Looked at {page}"),
    "visit.open": gettext_lazy("Opened this record"),
    "invitation.create": gettext_lazy("Invited {whom} to see this record"),
    "invitation.accept": gettext_lazy("Accepted an invite to this record"),
    "invitation.withdraw": gettext_lazy("Withdrew the invite to {whom}"),
    "invitation.ask-again": gettext_lazy("Asked for a new link"),
    "invitation.birth-date": gettext_lazy("Typed a wrong date of birth"),
    "grant.create": gettext_lazy("Got access to this record"),
    "grant.revoke": gettext_lazy("Ended the access of {whom}"),
    "news.read": gettext_lazy("Chose to read a report that may have news"),
    "news.wait": gettext_lazy("Chose to leave a report for the care team"),
    "appointment.ask": gettext_lazy("Asked to change or cancel an appointment"),
    "request.open": gettext_lazy("Read the patient’s request about an appointment"),
    "request.close": gettext_lazy("Answered the patient’s request about an appointment"),
    "calendar.make": gettext_lazy("Made an address for their own calendar"),
    "calendar.choose": gettext_lazy("Chose what their own calendar says"),
    "calendar.end": gettext_lazy("Ended the address for their own calendar"),
    "patient.look-up": gettext_lazy("Looked up the patient’s contact details"),
    "access.list": gettext_lazy("Listed who has access"),
    "sessions.end": gettext_lazy("Signed {whom} out everywhere"),
    "factors.remove": gettext_lazy("Removed the second step of signing in of {whom}"),
    "sign-in.unlock": gettext_lazy("Unlocked the sign-in of {whom}"),
}
# What the patient reads of the deeds whose words name the patient.
OWN_WORDS: Mapping[str, Promise] = {
    "request.open": gettext_lazy("Read your request about an appointment"),
    "request.close": gettext_lazy("Answered your request about an appointment"),
    "patient.look-up": gettext_lazy("Looked up your contact details"),
}
MEANT: Mapping[str, Promise] = {
    "invitation.birth-date": gettext_lazy("This may have been you, or someone you invited."),
}
ANYTHING_ELSE = gettext_lazy("Worked with this record")
SOMEONE = gettext_lazy("someone")
THIS_RECORD = gettext_lazy("this record")


@dataclass(frozen=True, slots=True)
class Doer:
    """One person's lines of one day."""

    name: str
    role: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day with everybody who did something, the latest first."""

    title: str
    doers: tuple[Doer, ...]


def days_of(chart: Chart, deeds: Iterable[Deed], names: Mapping[str, str]) -> list[Day]:
    """Return the days of ``deeds``, which come sorted by day; ``names`` says whom a deed is about."""
    return [
        Day(_title(day, chart.practice.zone), _doers(chart, list(group), names))
        for day, group in groupby(deeds, key=lambda deed: deed.day)
    ]


def line(deed: Deed, zone: ZoneInfo, whom: str = "", *, is_own: bool = False) -> str:
    """Return the words of one deed with how often and when; ``is_own`` where its reader is the patient."""
    page = PAGES.get(deed.category, THIS_RECORD)
    own = OWN_WORDS.get(deed.action) if is_own else None
    words = DOWNLOADS.get(deed.category) or own or WORDS.get(deed.action, ANYTHING_ELSE)
    given = {
        "what": str(words).format(page=page, whom=whom or SOMEONE),
        "times": deed.times,
        "when": time_text(timezone.localtime(deed.last, zone)),
    }
    said = (
        _("%(what)s at %(when)s")
        if deed.times == 1
        else _("%(what)s, %(times)s times, last at %(when)s")
    )
    if deed.action == "visit.open":
        return _("%(said)s. Reason: %(reason)s") % {"said": said % given, "reason": deed.thing}
    meant = MEANT.get(deed.action)
    return f"{said % given}. {meant}" if meant else said % given


def _doers(chart: Chart, deeds: list[Deed], names: Mapping[str, str]) -> tuple[Doer, ...]:
    by_person: dict[tuple[object, str], list[Deed]] = {}
    for deed in deeds:
        by_person.setdefault((deed.actor_id, deed.actor_kind), []).append(deed)
    return tuple(_doer(chart, each, names) for each in by_person.values())


def _doer(chart: Chart, deeds: list[Deed], names: Mapping[str, str]) -> Doer:
    first, zone = deeds[0], chart.practice.zone
    # Who accepts an invite gets access by it: one line says both.
    accepted = any(deed.action == "invitation.accept" for deed in deeds)
    told = [deed for deed in deeds if not (accepted and deed.action == "grant.create")]
    lines = tuple(line(deed, zone, names.get(deed.thing, ""), is_own=chart.is_own) for deed in told)
    if first.actor_kind == "visitor":
        return Doer(_("Someone with an invite link"), "", lines)
    if first.actor_kind == STAFF:
        return Doer(
            first.actor_name, _("staff of %(practice)s") % {"practice": chart.practice.name}, lines
        )
    if first.actor_kind == "operator":
        return Doer(
            first.actor_name,
            _("at the server of %(practice)s") % {"practice": chart.practice.name},
            lines,
        )
    return Doer(first.actor_name, _("you") if first.actor_id == chart.actor.user_id else "", lines)


def _title(day: date, zone: ZoneInfo) -> str:
    """Return "Today", or "Tuesday, November 24, 2026"."""
    today: datetime = timezone.localtime(timezone.now(), zone)
    if day == today.date():
        return _("Today")
    return weekday_and_day_long(day)
