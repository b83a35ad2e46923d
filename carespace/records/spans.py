"""Span: a stretch of days in a practice's own zone, both ends inclusive (VDT-14, VDT-15).

Promises: a thing that took hours or years is in a span when any of it is; one with no date is in no span, and a page that
limits by date says how many it has left out for that.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Span:
    """From ``first`` to ``last``, each a whole day; one day where they are the same."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            message = "a span ends after it begins"
            raise ValueError(message)

    def starts(self, zone: ZoneInfo) -> datetime:
        """Return the first moment that is inside."""
        return datetime.combine(self.first, time.min, zone)

    def ends(self, zone: ZoneInfo) -> datetime:
        """Return the first moment that is no longer inside; the last day anybody can name has no next one."""
        if self.last >= date.max - timedelta(days=1):
            return datetime.combine(self.last, time.max, zone)
        return datetime.combine(self.last + timedelta(days=1), time.min, zone)
