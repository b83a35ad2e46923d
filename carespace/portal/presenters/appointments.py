"""Visits as rows of the appointments page and of the first page (S-49).

Promises: every time is the practice's own, with the zone named; a link to a map holds the address and nothing else, and
sends nothing until it is tapped; each text is one whole sentence, for the catalogue.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from urllib.parse import quote
from uuid import UUID

from django.utils.translation import gettext as _

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.messaging.models import Thread
from carespace.messaging.states import ThreadState, Wish
from carespace.portal.addresses import chart_url, item_pattern
from carespace.records.readings.appointments import Visit
from carespace.records.readings.people import name_in, unnamed
from carespace.records.readings.places import Place
from carespace.ui.dates import month_short, time_text, weekday_and_day, weekday_short, zone_text
from carespace.values import Reference, local

_TIED = re.compile(
    r"(?<=\d) (?=[ap](?:\.\s)?m\b)|(?<=\bSuite) |(?<=\bRoom) |(?<=\bFloor) |(?<=\bUnit) "
)
MAP = "https://www.openstreetmap.org/search?query="


class PlaceRow(TypedDict):
    """Where to go: ready texts, and links that send nothing until they are tapped."""

    name: str
    address: str
    directions: str
    phone: str
    phone_url: str
    map_url: str
    on_paper: str


class VisitRow(TypedDict):
    """One visit; ``month``, ``day`` and ``weekday`` stand in the little calendar leaf.

    ``asked`` says what was asked of the front desk, ``waits`` when to call instead of waiting, ``answer`` what it
    answered; ``news`` is the word for what came
    since the last look.
    """

    anchor: str
    url: str
    what: str
    kind: str
    about: str
    month: str
    day: str
    weekday: str
    date: str
    when: str
    time: str
    who: str
    with_who: str
    where: str
    places: list[PlaceRow]
    video_url: str
    instructions: str
    word: str
    news: str
    reason: str
    cancelled: bool
    moved_from: str
    moved_to: str
    asked: str
    waits: str
    answer: str
    file_url: str
    change_url: str


class Beside(TypedDict, total=False):
    """What is known beside the visits themselves; what is absent shows nothing."""

    places: Mapping[str, Place]
    asked: Mapping[UUID, Thread]
    since: datetime | None
    now: datetime


def visit_rows(
    chart: Chart, visits: Sequence[Visit], names: Mapping[str, str], beside: Beside | None = None
) -> list[VisitRow]:
    """Return ``visits`` for the screen, in their order."""
    page = chart_url("appointments", chart.patient.pk)
    return [_row(chart, each, names, page, beside or Beside()) for each in visits]


def references_of(visits: Sequence[Visit]) -> list[str]:
    """Return whom and what the visits name by address only."""
    return unnamed(actor for each in visits for actor in (*each.people, *each.places))


def midnight(moment: datetime) -> datetime:
    """Return the start of the day of ``moment`` in its own zone."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def when_text(chart: Chart, visit: Visit) -> str:
    """Return "Tuesday, November 24, 9:30 am to 10:15 am, Eastern time", with the year where it is another one."""
    if visit.starts is None:
        return _("Day and time not set yet")
    parts = {
        "day": _day(chart, visit.starts),
        "start": time_text(visit.starts),
        "zone": zone_text(chart.practice.zone, visit.starts),
    }
    ends = visit.ends
    if ends and ends.date() == visit.starts.date() and ends.timestamp() > visit.starts.timestamp():
        return _("%(day)s, %(start)s to %(end)s, %(zone)s") % {**parts, "end": time_text(ends)}
    return _("%(day)s, %(start)s, %(zone)s") % parts


def may_ask(chart: Chart, visit: Visit, now: datetime) -> bool:
    """Whether the reader may ask the front desk to change ``visit``: one that is still to come."""
    return Permission.MESSAGE_WRITE in chart.permissions and visit.is_ahead(now)


def _row(
    chart: Chart, visit: Visit, names: Mapping[str, str], page: str, beside: Beside
) -> VisitRow:
    starts = visit.starts
    anchor = f"visit-{visit.id}"
    who, there = _listed(visit.people, names), _places(visit, names, beside.get("places", {}))
    thread = beside.get("asked", {}).get(visit.id)
    return VisitRow(
        anchor=anchor,
        url=f"{page}#{anchor}",
        what=visit.what,
        kind="" if visit.kind.casefold() in visit.what.casefold() else visit.kind,
        about=visit.about,
        month=month_short(starts) if starts else "",
        day=str(starts.day) if starts else "",
        weekday=weekday_short(starts) if starts else "",
        date=weekday_and_day(starts) if starts else "",
        when=_tied(when_text(chart, visit)),
        time=_tied(time_text(starts)) if starts else _("Day and time not set yet"),
        who=who,
        with_who=_("With %(who)s") % {"who": who} if who else "",
        where=_tied(_listed(visit.places, names)),
        places=there,
        video_url=_video(visit, beside.get("places", {})),
        instructions=visit.instructions,
        word=_word(visit),
        news=_news(visit, beside.get("since")),
        reason=visit.reason if visit.is_cancelled and not visit.moved_to else "",
        cancelled=visit.is_cancelled,
        moved_from=_moment_text(chart, visit.moved_from),
        moved_to=_moment_text(chart, visit.moved_to),
        asked=_asked(chart, thread) if thread else "",
        waits=_wait(chart) if thread and thread.state == ThreadState.OPEN else "",
        answer=thread.outcome if thread else "",
        file_url=_file_url(chart, visit, beside),
        change_url=_change_url(chart, visit, thread, beside),
    )


def _word(visit: Visit) -> str:
    if not (visit.is_cancelled and visit.moved_to):
        return visit.status_word
    by_practice = visit.reason == _("Cancelled by the practice")
    return _("Moved by the practice") if by_practice else _("Moved")


def _wait(chart: Chart) -> str:
    words = _("They call on the next working day. Is your appointment sooner? Call us: %(phone)s.")
    return words % {"phone": chart.practice.phone}


def _file_url(chart: Chart, visit: Visit, beside: Beside) -> str:
    now = beside.get("now")
    offered = now is not None and visit.starts is not None and visit.is_ahead(now)
    return _item("appointment-file", chart, visit.id) if offered else ""


def _change_url(chart: Chart, visit: Visit, thread: Thread | None, beside: Beside) -> str:
    now = beside.get("now")
    waits = thread is not None and thread.state == ThreadState.OPEN
    offered = now is not None and not waits and may_ask(chart, visit, now)
    return _item("appointment-change", chart, visit.id) if offered else ""


def _item(page: str, chart: Chart, identity: UUID) -> str:
    before, after = item_pattern(page, chart.patient.pk)
    return f"{before}{identity}{after}"


def _news(visit: Visit, since: datetime | None) -> str:
    if since is None or visit.received_at is None or visit.received_at <= since:
        return ""
    return _("New") if visit.version == 1 else _("Changed")


def _asked(chart: Chart, thread: Thread) -> str:
    """Return who asked what and when, and, while it waits, what happens next."""
    opened = local(thread.opened_at, chart.practice.zone) or thread.opened_at
    parts = {"day": weekday_and_day(opened), "name": thread.opened_by_name}
    mine = thread.opened_by_id == chart.actor.user_id
    waits = thread.state == ThreadState.OPEN
    return str(_ASKED[mine, thread.wish == Wish.CANCEL, waits]() % parts)


# Whole sentences, for no other language puts them together from the same pieces: mine, to cancel, still open.
_ASKED = {
    (True, False, True): lambda: _(
        "You asked to change this on %(day)s. The front desk will call you."
    ),
    (True, True, True): lambda: _(
        "You asked to cancel this on %(day)s. The front desk will call you."
    ),
    (True, False, False): lambda: _("You asked to change this on %(day)s."),
    (True, True, False): lambda: _("You asked to cancel this on %(day)s."),
    (False, False, True): lambda: _(
        "%(name)s asked to change this on %(day)s. The front desk will call back."
    ),
    (False, True, True): lambda: _(
        "%(name)s asked to cancel this on %(day)s. The front desk will call back."
    ),
    (False, False, False): lambda: _("%(name)s asked to change this on %(day)s."),
    (False, True, False): lambda: _("%(name)s asked to cancel this on %(day)s."),
}


def _places(visit: Visit, names: Mapping[str, str], known: Mapping[str, Place]) -> list[PlaceRow]:
    return [_place(each, names, known.get(each.reference or "")) for each in visit.places]


def _place(reference: Reference, names: Mapping[str, str], there: Place | None) -> PlaceRow:
    name = name_in(reference, names)
    if there is None:
        there = Place(name, address="", directions="", phone="", link="", is_virtual=False)
    digits = re.sub(r"[^0-9+]", "", there.phone)
    return PlaceRow(
        name=_tied(name or there.name),
        address=_tied(there.address),
        directions=there.directions,
        phone=there.phone,
        phone_url=f"tel:{digits}" if digits else "",
        map_url=f"{MAP}{quote(there.address, safe='')}" if there.address else "",
        on_paper=". ".join(each for each in (there.address, there.directions, there.phone) if each),
    )


def _video(visit: Visit, known: Mapping[str, Place]) -> str:
    places = (known.get(each.reference or "") for each in visit.places)
    return next((each.link for each in places if each and each.is_virtual and each.link), "")


def _moment_text(chart: Chart, moment: datetime | None) -> str:
    """Return "Tuesday, November 24, 9:30 am"."""
    if moment is None:
        return ""
    parts = {"day": _day(chart, moment), "time": time_text(moment)}
    return _tied(_("%(day)s, %(time)s") % parts)


def _day(chart: Chart, moment: datetime) -> str:
    """Return "Tuesday, November 24", with the year where it is not this one."""
    day = weekday_and_day(moment)
    if moment.year == datetime.now(chart.practice.zone).year:
        return day
    return _("%(day)s, %(year)s") % {"day": day, "year": moment.year}


def _tied(text: str) -> str:
    """Return ``text`` so that no line ends inside "8:00 am" or "Suite 304"."""
    return _TIED.sub("\N{NO-BREAK SPACE}", text)


def _listed(references: Iterable[Reference], names: Mapping[str, str]) -> str:
    return ", ".join(name for each in references if (name := name_in(each, names)))
