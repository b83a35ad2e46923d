"""The practice's clock: working days and times with the practice's own offset.

Promises that everything the demo practice does happens on a weekday that is not a United States
federal holiday kept by most clinics, and that every time carries the offset that was in force on
that day (FHIR `dateTime`, https://hl7.org/fhir/R4/datatypes.html#dateTime).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY, THURSDAY, SATURDAY = 0, 3, 5


def is_holiday(day: date) -> bool:
    """Say whether a clinic is closed on this day: New Year, Memorial, Independence, Labor,
    Thanksgiving and Christmas Day."""
    fixed = {(1, 1), (7, 4), (12, 25)}
    if (day.month, day.day) in fixed:
        return True
    if day.weekday() == MONDAY:
        last_of_may = day.month == 5 and day.day > 24
        first_of_september = day.month == 9 and day.day <= 7
        return last_of_may or first_of_september
    return day.weekday() == THURSDAY and day.month == 11 and 22 <= day.day <= 28


def is_workday(day: date) -> bool:
    """Say whether the practice is open on this day."""
    return day.weekday() < SATURDAY and not is_holiday(day)


def workday_after(day: date) -> date:
    """Return this day if the practice is open, else the next day that it is."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workday_before(day: date) -> date:
    """Return this day if the practice is open, else the last day that it was."""
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def nearest_workday(day: date) -> date:
    """Return the closest open day, the earlier one where two are as close."""
    before, after = workday_before(day), workday_after(day)
    return before if day - before <= after - day else after


@dataclass(frozen=True, slots=True)
class Clock:
    """The day for which the practice is generated, and its time zone."""

    today: date
    zone: ZoneInfo

    def day(self, offset_days: int) -> date:
        """Return the day that many days from today, without regard to opening hours."""
        return self.today + timedelta(days=offset_days)

    def stamp(self, day: date, hour: int, minute: int = 0) -> str:
        """Return the ISO 8601 time of that hour on the practice's clock, with its offset."""
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone).isoformat()

    def stamp_minutes(self, day: date, minutes: int) -> str:
        """Return the time that many minutes after midnight on the practice's clock."""
        return self.stamp(day, minutes // 60, minutes % 60)


def in_words(day: date) -> str:
    """Return the date as an American letter prints it: 'March 3, 2025'."""
    return f"{day:%B} {day.day}, {day.year}"
