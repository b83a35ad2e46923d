"""When something is to be done, in words: "twice a day, before meals, for 14 days".

Promises: says what the schedule says and no more; a part that makes no sense is left out
(https://hl7.org/fhir/R4/datatypes.html#Timing, https://hl7.org/fhir/R4/valueset-event-timing.html).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from carespace.records.readings.amounts import (
    amount_text,
    amounts_text,
    number_text,
    span_text,
    time_span,
)
from carespace.records.readings.dosage import Repeat, Timing
from carespace.records.readings.words import said
from carespace.ui.dates import partial_long, time_text
from carespace.values import CodeableConcept, PartialDate, Period

_ANY_ZONE = ZoneInfo("UTC")
_DAY_CHARACTERS = len("2026-11-24")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?")
_MOST_TIMES = 12

DAYS: dict[str, Promise] = {
    "mon": pgettext_lazy("every week", "Mondays"),
    "tue": pgettext_lazy("every week", "Tuesdays"),
    "wed": pgettext_lazy("every week", "Wednesdays"),
    "thu": pgettext_lazy("every week", "Thursdays"),
    "fri": pgettext_lazy("every week", "Fridays"),
    "sat": pgettext_lazy("every week", "Saturdays"),
    "sun": pgettext_lazy("every week", "Sundays"),
}
EVENTS: dict[str, Promise] = {
    "MORN": gettext_lazy("in the morning"),
    "MORN.early": gettext_lazy("early in the morning"),
    "MORN.late": gettext_lazy("late in the morning"),
    "NOON": gettext_lazy("at noon"),
    "AFT": gettext_lazy("in the afternoon"),
    "AFT.early": gettext_lazy("early in the afternoon"),
    "AFT.late": gettext_lazy("late in the afternoon"),
    "EVE": gettext_lazy("in the evening"),
    "EVE.early": gettext_lazy("early in the evening"),
    "EVE.late": gettext_lazy("late in the evening"),
    "NIGHT": gettext_lazy("at night"),
    "PHS": gettext_lazy("after going to sleep"),
    "HS": gettext_lazy("at bedtime"),
    "WAKE": gettext_lazy("when you wake up"),
    "C": gettext_lazy("with meals"),
    "CM": gettext_lazy("with breakfast"),
    "CD": gettext_lazy("with lunch"),
    "CV": gettext_lazy("with dinner"),
    "AC": gettext_lazy("before meals"),
    "ACM": gettext_lazy("before breakfast"),
    "ACD": gettext_lazy("before lunch"),
    "ACV": gettext_lazy("before dinner"),
    "PC": gettext_lazy("after meals"),
    "PCM": gettext_lazy("after breakfast"),
    "PCD": gettext_lazy("after lunch"),
    "PCV": gettext_lazy("after dinner"),
}
# http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation, and what prescribers write beside it.
USUAL: dict[str, Promise] = {
    "QD": gettext_lazy("once a day"),
    "BID": gettext_lazy("twice a day"),
    "TID": gettext_lazy("3 times a day"),
    "QID": gettext_lazy("4 times a day"),
    "QOD": gettext_lazy("every other day"),
    "AM": gettext_lazy("every morning"),
    "PM": gettext_lazy("every afternoon"),
    "BED": gettext_lazy("at bedtime"),
    "QHS": gettext_lazy("at bedtime"),
    "WK": gettext_lazy("once a week"),
    "MO": gettext_lazy("once a month"),
    "Q1H": gettext_lazy("every hour"),
    "Q2H": gettext_lazy("every 2 hours"),
    "Q3H": gettext_lazy("every 3 hours"),
    "Q4H": gettext_lazy("every 4 hours"),
    "Q6H": gettext_lazy("every 6 hours"),
    "Q8H": gettext_lazy("every 8 hours"),
    "Q12H": gettext_lazy("every 12 hours"),
}
# What prescribers write for the same.
_WRITTEN = {
    "daily": "QD", "once daily": "QD", "every day": "QD", "twice daily": "BID", "two times a day": "BID",
    "2 times a day": "BID", "three times daily": "TID", "three times a day": "TID", "four times daily": "QID",
    "four times a day": "QID", "weekly": "WK", "once weekly": "WK", "every week": "WK", "monthly": "MO",
    "once monthly": "MO", "every month": "MO",
}  # fmt: skip
_ONCE: dict[str, Promise] = {
    "s": gettext_lazy("every second"),
    "min": gettext_lazy("every minute"),
    "h": gettext_lazy("every hour"),
    "d": gettext_lazy("once a day"),
    "wk": gettext_lazy("once a week"),
    "mo": gettext_lazy("once a month"),
    "a": gettext_lazy("once a year"),
}
_TWICE: dict[str, Promise] = {
    "h": gettext_lazy("twice an hour"),
    "d": gettext_lazy("twice a day"),
    "wk": gettext_lazy("twice a week"),
    "mo": gettext_lazy("twice a month"),
    "a": gettext_lazy("twice a year"),
}
_OFTEN: dict[str, Promise] = {
    "h": gettext_lazy("%(times)s times an hour"),
    "d": gettext_lazy("%(times)s times a day"),
    "wk": gettext_lazy("%(times)s times a week"),
    "mo": gettext_lazy("%(times)s times a month"),
    "a": gettext_lazy("%(times)s times a year"),
}


def timing_text(timing: Timing | None) -> str:
    """Return when and for how long, as the middle of a sentence; empty where nothing is said."""
    if timing is None:
        return ""
    repeat = timing.repeat
    rule = [
        _how_often(repeat),
        _on_days(repeat.day_of_week),
        _at_times(repeat.time_of_day),
        _at_events(repeat),
    ]
    said_rule = [part for part in rule if part]
    if not said_rule and (usual := _usual(timing)):
        said_rule = [usual]
    elif (written := _written(timing)) and not _says(written, " ".join(said_rule)):
        said_rule.append(f"({written})")
    said_rule += [part for part in (_lasting(repeat), _bounds(repeat), _total(repeat)) if part]
    if not said_rule:
        return _on_dates(timing.event)
    return " ".join(said_rule)


def _usual(timing: Timing) -> str:
    codes = [each.code for each in timing.code.coding if each.code] if timing.code else []
    known = next((USUAL[code.upper()] for code in codes if code.upper() in USUAL), None)
    if known is not None:
        return str(known)
    words = said(timing.code)
    return str(USUAL.get(words.upper(), words))


def _written(timing: Timing) -> str:
    """Return what somebody wrote beside the rule, such as the days of a cycle; a code alone adds nothing to it."""
    words = said(CodeableConcept(text=timing.code.text)) if timing.code else ""
    return str(USUAL.get(words.upper(), words))


def _says(usual: str, rule: str) -> bool:
    """Whether the rule says already what ``usual`` does, be it in the words that prescribers write for it."""
    same = USUAL.get(_WRITTEN.get(usual.lower(), ""), usual)
    return str(same).lower() in rule.lower()


def _how_often(repeat: Repeat) -> str:
    times = span_text(number_text(repeat.frequency), number_text(repeat.frequency_max))
    every = span_text(number_text(repeat.period), number_text(repeat.period_max))
    unit = repeat.period_unit or ""
    if not every or unit not in _ONCE:
        return _so_many_times(times) if times and times != "1" else ""
    if every == "1" and unit in _OFTEN:
        return _so_often(times, unit)
    span = (
        str(_ONCE[unit])
        if every == "1"
        else _("every %(time)s") % {"time": time_span(every, unit, one=False)}
    )
    return span if times in {"", "1"} else f"{_so_many_times(times)} {span}"


def _so_often(times: str, unit: str) -> str:
    if times in {"", "1"}:
        return str(_ONCE[unit])
    return str(_TWICE[unit]) if times == "2" else str(_OFTEN[unit]) % {"times": times}


def _so_many_times(times: str) -> str:
    return _("%(times)s times") % {"times": times}


def _on_days(codes: Sequence[str]) -> str:
    days = [str(DAYS[code]) for code in dict.fromkeys(codes) if code in DAYS]
    return _("on %(days)s") % {"days": _and(days)} if days else ""


def _at_times(times: Sequence[str]) -> str:
    clock = [_clock(hit) for text in times[:_MOST_TIMES] if (hit := _CLOCK.fullmatch(text))]
    return _("at %(times)s") % {"times": _and(clock)} if clock else ""


def _clock(hit: re.Match[str]) -> str:
    return time_text(datetime(2000, 1, 1, int(hit[1]), int(hit[2]), tzinfo=UTC))


def _at_events(repeat: Repeat) -> str:
    known = [code for code in dict.fromkeys(repeat.when) if code in EVENTS]
    words = _and([str(EVENTS[code]) for code in known])
    ahead = time_span(number_text(repeat.offset), "min", one=repeat.offset == 1)
    return (
        f"{ahead} {words}" if ahead and known and all(_has_side(code) for code in known) else words
    )


def _has_side(code: str) -> bool:
    """Say whether the event is before or after something, so that "30 minutes" can be."""
    return code.startswith(("AC", "PC")) or code == "PHS"


def _lasting(repeat: Repeat) -> str:
    length = span_text(number_text(repeat.duration), number_text(repeat.duration_max))
    one = repeat.duration == 1 and not repeat.duration_max
    text = time_span(length, repeat.duration_unit or "", one=one)
    return _("over %(time)s") % {"time": text} if text else ""


def _bounds(repeat: Repeat) -> str:
    length = amounts_text(repeat.bounds_range) or amount_text(repeat.bounds_duration)
    if length and not length.isdigit():
        return _("for %(time)s") % {"time": length}
    return _period(repeat.bounds_period)


def _period(period: Period | None) -> str:
    start, end = (_day(text) for text in (period.start, period.end)) if period else ("", "")
    if start and end:
        return _("from %(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return _("starting %(start)s") % {"start": start}
    return _("until %(end)s") % {"end": end} if end else ""


def _total(repeat: Repeat) -> str:
    number = span_text(number_text(repeat.count), number_text(repeat.count_max))
    if not number:
        return ""
    count = 1 if repeat.count == Decimal(1) and not repeat.count_max else 2
    return ngettext("%(number)s time in all", "%(number)s times in all", count) % {"number": number}


def _on_dates(texts: Sequence[str]) -> str:
    days = [day for text in texts[:_MOST_TIMES] if (day := _day(text))]
    return _("on %(days)s") % {"days": _and(days)} if days else ""


def _day(text: str | None) -> str:
    """Return the day as printed, whatever its zone; empty for one that cannot be."""
    try:
        return partial_long(PartialDate.parse((text or "")[:_DAY_CHARACTERS]), _ANY_ZONE)
    except ValueError:
        return ""


def _and(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
