"""Dates and times as people say them (ui.md section 5), in the practice's zone.

Promises: a date is never more precise than it was printed: what came as "1980-03" is "March 1980".
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from carespace.values import PartialDate, is_real_year, local

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_DATE = "Date not given"
_SHORT_LETTERS = 3
_ZONE_WORDS = {
    "America/New_York": "Eastern time",
    "America/Detroit": "Eastern time",
    "America/Chicago": "Central time",
    "America/Denver": "Mountain time",
    "America/Boise": "Mountain time",
    "America/Phoenix": "Arizona time",
    "America/Los_Angeles": "Pacific time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
}


def partial_short(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return "Sep 8, 2026", "Sep 2026" or "2026"."""
    return _partial(date, zone, _SHORT_LETTERS)


def partial_long(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return "September 8, 2026", "September 2026" or "2026"."""
    return _partial(date, zone, None)


def partial_with_time(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return "September 8, 2026, 9:30 am", or without the time where none was printed."""
    text = partial_long(date, zone)
    there = local(date.start(zone), zone) if date and date.instant else None
    return f"{text}, {time_text(there)}" if there and text != NO_DATE else text


def date_long(text: str) -> str:
    """Return a FHIR date as "April 27, 1961"; "date not known" for one that is not there."""
    try:
        return _partial(PartialDate.parse(text), ZoneInfo("UTC"), None)
    except ValueError:
        return "date not known"


def day_short(moment: datetime) -> str:
    """Return "Sep 8, 2026"."""
    return f"{MONTHS[moment.month - 1][:_SHORT_LETTERS]} {moment.day}, {moment.year}"


def day_and_time(moment: datetime) -> str:
    """Return "Tuesday, November 24, 9:30 am"."""
    return f"{weekday_and_day(moment)}, {time_text(moment)}"


def weekday_and_day(moment: datetime) -> str:
    """Return "Tuesday, November 24"."""
    return f"{DAYS[moment.weekday()]}, {MONTHS[moment.month - 1]} {moment.day}"


def time_text(moment: datetime) -> str:
    """Return "9:30 am", "noon" or "midnight"."""
    if moment.minute == 0 and moment.hour in {0, 12}:
        return "noon" if moment.hour else "midnight"
    half = "am" if moment.hour < 12 else "pm"
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {half}"


def zone_text(zone: ZoneInfo, moment: datetime) -> str:
    """Return "Eastern time", or the zone's short name where it has no common one."""
    there = local(moment, zone)
    return _ZONE_WORDS.get(zone.key) or (there.tzname() if there else None) or zone.key


def _partial(date: PartialDate | None, zone: ZoneInfo, letters: int | None) -> str:
    if date is None or not is_real_year(date.year):
        return NO_DATE
    year, month, day = date.year, date.month, date.day
    if date.instant is not None:
        there = local(date.start(zone), zone)
        if there is None:
            return NO_DATE
        year, month, day = there.year, there.month, there.day
    if month is None:
        return str(year)
    name = MONTHS[month - 1][:letters]
    return f"{name} {year}" if day is None else f"{name} {day}, {year}"
