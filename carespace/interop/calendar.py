"""Appointments as iCalendar files (RFC 5545), which calendar programs of every maker read.

Promises: what a calendar shows is exactly the words given, and nothing of the record beside them; times are UTC, so
that every program shows the right hour whatever it knows of the practice's zone and its daylight-saving days; the same
appointment keeps its UID and counts its changes in SEQUENCE, so that a program moves it and does not add another; a
cancelled one says so. Entries are private: who may look into somebody's calendar sees them as "busy".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vDuration

PRODUCT = "-//CareSpace//Appointments//EN"
CONTENT_TYPE = "text/calendar; charset=utf-8"
ASK_AGAIN = timedelta(hours=4)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TENTATIVE = frozenset({"proposed", "pending", "waitlist"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment in a calendar; ``status`` is FHIR's, ``changed_at`` when this version of it came."""

    identity: str
    version: int
    changed_at: datetime
    starts: datetime
    ends: datetime | None
    status: str
    summary: str
    description: str
    location: str = ""


def calendar_file(entries: Iterable[Entry], *, name: str = "") -> bytes:
    """Return ``entries`` as an iCalendar file; ``name`` is what a subscribed calendar is called."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", vDuration(ASK_AGAIN), parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(ASK_AGAIN))
    for entry in entries:
        calendar.add_component(_event(entry))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.identity)
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts.astimezone(UTC))
    # RFC 5545, 3.8.2.2: an end is later than its start; an appointment without one lasts as long as it lasts.
    if entry.ends is not None and entry.ends > entry.starts:
        event.add("dtend", entry.ends.astimezone(UTC))
    event.add("status", _status(entry.status))
    event.add("summary", _text(entry.summary))
    event.add("description", _text(entry.description))
    if entry.location:
        event.add("location", _text(entry.location))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if entry.status == "cancelled" else "OPAQUE")
    return event


def _text(words: str) -> str:
    """Return ``words`` without what RFC 5545, 3.1 (CONTROL) forbids in any text."""
    return _CONTROL.sub("", words)


def _status(status: str) -> str:
    if status == "cancelled":
        return "CANCELLED"
    return "TENTATIVE" if status in _TENTATIVE else "CONFIRMED"
