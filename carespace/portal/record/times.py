"""When something began, ended or was done, in words: "March 2019", "From March to May 2019", "At the age of 45 years".

Promises: a time is never more precise than it was printed; what nobody has said is empty.
"""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from carespace.records.readings.amounts import amount_text, amounts_text
from carespace.records.readings.when import When
from carespace.ui.dates import partial_long
from carespace.values import PartialDate


def when_words(found: When | None, zone: ZoneInfo) -> str:
    """Return when it was, in words."""
    if found is None:
        return ""
    if found.at:
        return partial_long(found.at, zone)
    if found.start or found.end:
        return _stretch(found, zone)
    if age := amount_text(found.age) or amounts_text(found.ages):
        return _("At the age of %(age)s") % {"age": age}
    return found.said


def date_words(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return a date in words."""
    return partial_long(date, zone) if date else ""


def _stretch(found: When, zone: ZoneInfo) -> str:
    start, end = date_words(found.start, zone), date_words(found.end, zone)
    if start and end:
        same = {"start": start, "end": end}
        return start if start == end else _("From %(start)s to %(end)s") % same
    if start:
        return _("Since %(start)s") % {"start": start}
    return _("Until %(end)s") % {"end": end}
