"""Times, people, addresses and values of a record's entries, as words for the screen.

Promises: total; what is not known is the empty text; a code that nobody can name is never shown (VDT-1); a link is made
only for a number that can be dialed and an address that can be written to.
"""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from carespace.portal.record.rows import Around, Fact, Tag
from carespace.records.readings.contact import Address, ContactPoint
from carespace.records.readings.elements import Measured
from carespace.records.readings.labs import value_of
from carespace.records.readings.people import name_in
from carespace.records.readings.when import real
from carespace.records.readings.words import status_word
from carespace.ui.dates import partial_long, partial_with_time, time_text
from carespace.values import (
    Annotation,
    Period,
    Reference,
)

_EMAIL = re.compile(r"[^\s@<>?&:/]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_FEWEST_DIGITS, _MOST_DIGITS = 3, 15


def day(text: str | None, zone: ZoneInfo) -> str:
    """Return a FHIR date as "September 8, 2026", as far as it was printed; empty for none."""
    found = real(text)
    return partial_long(found, zone) if found else ""


def moment(text: str | None, zone: ZoneInfo) -> str:
    """Return a FHIR dateTime as "September 8, 2026, 9:30 am", without the time where none was printed."""
    found = real(text)
    return partial_with_time(found, zone) if found else ""


def stretch(period: Period | None, zone: ZoneInfo, *, with_time: bool = False) -> str:
    """Return a Period in words: "From … to …", "Since …", "Until …", or its one day."""
    if period is None:
        return ""
    say = moment if with_time else day
    start, end = say(period.start, zone), say(period.end, zone)
    if start and end:
        return start if start == end else _between(period, start, end, zone, with_time=with_time)
    if start:
        return _("Since %(start)s") % {"start": start}
    return _("Until %(end)s") % {"end": end} if end else ""


def _between(period: Period, start: str, end: str, zone: ZoneInfo, *, with_time: bool) -> str:
    """Return both ends of a stretch; the day once where both are on it."""
    last = real(period.end)
    same_day = with_time and day(period.start, zone) == day(period.end, zone)
    if same_day and last is not None and last.instant is not None:
        clock = time_text(last.instant.astimezone(zone))
        return _("%(start)s to %(end)s") % {"start": start, "end": clock}
    return _("From %(start)s to %(end)s") % {"start": start, "end": end}


def word(resource_type: str, element: str, code: str | None) -> str:
    """Return our word for one of FHIR's own codes; empty where we have none, for a code is no word of a language."""
    return status_word(resource_type, element, code) if code else ""


def tags(*words: str) -> tuple[Tag, ...]:
    """Return those of ``words`` that say something as quiet tags."""
    return tuple(Tag("", each) for each in dict.fromkeys(words) if each)


def named(references: Iterable[Reference | None], around: Around) -> str:
    """Return what several resources are called, each once."""
    names = [name_in(each, around.names) for each in references]
    return ", ".join(dict.fromkeys(each for each in names if each))


def joined(*texts: str) -> str:
    """Return those of ``texts`` that say something, each once, with commas."""
    return ", ".join(dict.fromkeys(each for each in texts if each))


def notes_of(annotations: Iterable[Annotation], zone: ZoneInfo) -> tuple[str, ...]:
    """Return notes with who wrote each and when, as far as it is said."""
    return tuple(_note(each, zone) for each in annotations if each.text)


def _note(annotation: Annotation, zone: ZoneInfo) -> str:
    about = joined(annotation.author_string or "", day(annotation.time, zone))
    return f"{annotation.text} ({about})" if about else annotation.text or ""


def sentence(text: str) -> str:
    """Return words as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def to_name(references: Iterable[Reference | None]) -> list[str | None]:
    """Return the addresses of those references that do not say what they point at."""
    return [each.reference for each in references if each and each.reference and not each.display]


def ways_to_reach(telecom: Iterable[ContactPoint], zone: ZoneInfo) -> tuple[Fact, ...]:
    """Return each telephone number and address as a fact that can be pressed."""
    shown = [each for each in telecom if each.value and each.system != "url"]
    return tuple(
        Fact(_way(each, zone), _with_period(each.value or "", each.period, zone), _link(each))
        for each in sorted(shown, key=lambda each: (_is_old(each, zone), each.rank or 99))
    )


def _is_old(point: ContactPoint, zone: ZoneInfo) -> bool:
    return point.use == "old" or has_ended(point.period, zone)


def _way(point: ContactPoint, zone: ZoneInfo) -> str:
    if _is_old(point, zone):
        return _("Earlier number or address")
    if point.system == "email":
        return _("Work email") if point.use == "work" else _("Email")
    if point.system == "fax":
        return _("Fax")
    if point.system == "sms":
        return _("Text messages")
    if point.system == "pager":
        return _("Pager")
    ways = {
        "home": _("Home phone"),
        "work": _("Work phone"),
        "mobile": _("Cell phone"),
        "temp": _("Phone for now"),
    }
    return ways.get(point.use or "", _("Phone"))


def _link(point: ContactPoint) -> str:
    value = (point.value or "").strip()
    if point.system == "email":
        return f"mailto:{value}" if _EMAIL.fullmatch(value) else ""
    if point.system not in {"phone", "sms"} or not value.isascii():
        return ""
    digits = "".join(re.findall(r"[0-9]", re.split(r"(?i)ext|x|#|;", value)[0]))
    plus = "+" if value.startswith("+") else ""
    fits = _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS
    return f"tel:{plus}{digits}" if fits else ""


def _with_period(text: str, period: Period | None, zone: ZoneInfo) -> str:
    about = stretch(period, zone)
    return f"{text} ({about})" if about else text


def places_of(addresses: Iterable[Address], zone: ZoneInfo) -> tuple[Fact, ...]:
    """Return each postal address as a fact; an earlier one says so."""
    shown = [each for each in addresses if each.written()]
    return tuple(
        Fact(_place(each, zone), _with_period(each.written(), each.period, zone))
        for each in sorted(shown, key=lambda each: _is_former(each, zone))
    )


def _place(address: Address, zone: ZoneInfo) -> str:
    if _is_former(address, zone):
        return _("Earlier address")
    kinds = {
        "home": _("Home address"),
        "work": _("Work address"),
        "temp": _("Address for now"),
        "billing": _("Billing address"),
    }
    return kinds.get(address.use or "", _("Address"))


def _is_former(address: Address, zone: ZoneInfo) -> bool:
    return address.use == "old" or has_ended(address.period, zone)


def has_ended(period: Period | None, zone: ZoneInfo) -> bool:
    """Whether a stretch is over today, by the practice's clock: its last day is still part of it."""
    ended = real(period.end) if period else None
    return ended is not None and ended.end(zone) <= timezone.now()


def value_words(measured: Measured, zone: ZoneInfo) -> str:
    """Return the value of an observation or of one of its components in words, of every type that R4 knows."""
    if measured.value_date_time is not None:
        return moment(measured.value_date_time, zone)
    if measured.value_period is not None:
        return stretch(measured.value_period, zone, with_time=True)
    if measured.value_boolean is not None:
        return yes_or_no(measured.value_boolean)
    if measured.value_sampled_data is not None:
        return _("A recording; ask your care team about it")
    value, unit = value_of(measured)
    return f"{value} {unit}".strip()


def yes_or_no(value: bool | None) -> str:
    """Return "Yes", "No" or nothing."""
    if value is None:
        return ""
    return pgettext("answer", "Yes") if value else pgettext("answer", "No")
