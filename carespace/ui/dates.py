"""Dates and times as people say them (ui.md section 5), in the practice's zone and the language in force (LANG-4).

Promises: a date is never more precise than it was printed: what came as "1980-03" is "March 1980"; the words come from
tables, so that a page of thousands of dates asks no catalogue. Spanish is that of the United States: "24 nov 2026".
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from carespace.ui.languages import ENGLISH, SPANISH, language_now
from carespace.values import PartialDate, is_real_year, local

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_DATE = "Date not given"
_SHORT_LETTERS = 3


class _Words(NamedTuple):
    """What one language calls the parts of a date, and how it puts them together."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    days: tuple[str, ...]
    short_days: tuple[str, ...]
    no_date: str
    not_known: str
    noon: str
    midnight: str
    morning: str
    afternoon: str
    year_and_month: str
    whole: str
    short_year_and_month: str
    short_whole: str
    without_year: str
    with_weekday: str
    zones: Mapping[str, str]
    today: str


_MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
_DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_ZONE_AREAS = {
    "America/New_York": "Eastern",
    "America/Detroit": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Boise": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
_SPANISH_ZONES = {
    "Eastern": "hora del Este",
    "Central": "hora del Centro",
    "Mountain": "hora de la Montaña",
    "Arizona": "hora de Arizona",
    "Pacific": "hora del Pacífico",
    "Alaska": "hora de Alaska",
    "Hawaii": "hora de Hawái",
}
_WORDS: Mapping[str, _Words] = MappingProxyType(
    {
        ENGLISH: _Words(
            months=MONTHS,
            short_months=tuple(name[:_SHORT_LETTERS] for name in MONTHS),
            days=DAYS,
            short_days=tuple(name[:_SHORT_LETTERS] for name in DAYS),
            no_date=NO_DATE,
            not_known="date not known",
            noon="noon",
            midnight="midnight",
            morning="am",
            afternoon="pm",
            year_and_month="{month} {year}",
            whole="{month} {day}, {year}",
            short_year_and_month="{month} {year}",
            short_whole="{month} {day}, {year}",
            without_year="{month} {day}",
            with_weekday="{weekday}, {date}",
            zones={key: f"{area} time" for key, area in _ZONE_AREAS.items()},
            today="today",
        ),
        SPANISH: _Words(
            months=_MESES,
            short_months=tuple(name[:_SHORT_LETTERS] for name in _MESES),
            days=_DIAS,
            short_days=tuple(name[:_SHORT_LETTERS] for name in _DIAS),
            no_date="Sin fecha",
            not_known="fecha desconocida",
            noon="mediodía",
            midnight="medianoche",
            morning="a.\N{NO-BREAK SPACE}m.",
            afternoon="p.\N{NO-BREAK SPACE}m.",
            year_and_month="{month} de {year}",
            whole="{day} de {month} de {year}",
            short_year_and_month="{month} {year}",
            short_whole="{day} {month} {year}",
            without_year="{day} de {month}",
            with_weekday="{weekday}, {date}",
            zones={key: _SPANISH_ZONES[area] for key, area in _ZONE_AREAS.items()},
            today="hoy",
        ),
    }
)


def partial_short(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return "Sep 8, 2026", "Sep 2026" or "2026"; "8 sep 2026" in Spanish."""
    return _partial(date, zone, is_short=True)


def partial_long(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return "September 8, 2026", "September 2026" or "2026"; "8 de septiembre de 2026" in Spanish."""
    return _partial(date, zone, is_short=False)


def partial_with_time(date: PartialDate | None, zone: ZoneInfo) -> str:
    """Return "September 8, 2026, 9:30 am", or without the time where none was printed."""
    text = partial_long(date, zone)
    there = local(date.start(zone), zone) if date and date.instant else None
    return f"{text}, {time_text(there)}" if there and text != no_date() else text


def no_date() -> str:
    """Return "Date not given", as the other functions do where there is none."""
    return _words().no_date


def date_long(text: str) -> str:
    """Return a FHIR date as "April 27, 1961"; "date not known" for one that is not there."""
    try:
        return partial_long(PartialDate.parse(text), ZoneInfo("UTC"))
    except ValueError:
        return _words().not_known


def day_short(moment: date) -> str:
    """Return "Sep 8, 2026"; "8 sep 2026" in Spanish."""
    words = _words()
    month = words.short_months[moment.month - 1]
    return words.short_whole.format(month=month, day=moment.day, year=moment.year)


def day_long(moment: date) -> str:
    """Return "September 8, 2026"; "8 de septiembre de 2026" in Spanish."""
    words = _words()
    month = words.months[moment.month - 1]
    return words.whole.format(month=month, day=moment.day, year=moment.year)


def day_long_or_today(moment: date, today: date) -> str:
    """Return "September 8, 2026", or "today" where that is the day ``today``."""
    return _words().today if moment == today else day_long(moment)


def weekday_and_day_long(moment: date) -> str:
    """Return "Tuesday, November 24, 2026"; "martes, 24 de noviembre de 2026" in Spanish."""
    words = _words()
    return words.with_weekday.format(weekday=words.days[moment.weekday()], date=day_long(moment))


def month_short(moment: date) -> str:
    """Return "Nov"; "nov" in Spanish."""
    return _words().short_months[moment.month - 1]


def weekday_short(moment: date) -> str:
    """Return "Tue"; "mar" in Spanish."""
    return _words().short_days[moment.weekday()]


def day_and_time(moment: datetime) -> str:
    """Return "Tuesday, November 24, 9:30 am"; "martes, 24 de noviembre, 9:30 a. m." in Spanish."""
    return f"{weekday_and_day(moment)}, {time_text(moment)}"


def day_and_clock(moment: datetime) -> str:
    """Return "Tuesday, November 24, 9:30 am EST": never noon or midnight, and with the zone's short name."""
    return f"{weekday_and_day(moment)}, {clock_text(moment)} {moment.tzname()}"


def weekday_and_day(moment: date) -> str:
    """Return "Tuesday, November 24"; "martes, 24 de noviembre" in Spanish."""
    words = _words()
    day = words.without_year.format(month=words.months[moment.month - 1], day=moment.day)
    return words.with_weekday.format(weekday=words.days[moment.weekday()], date=day)


def time_text(moment: datetime) -> str:
    """Return "9:30 am", "noon" or "midnight"."""
    if moment.minute == 0 and moment.hour in {0, 12}:
        words = _words()
        return words.noon if moment.hour else words.midnight
    return clock_text(moment)


def clock_text(moment: datetime) -> str:
    """Return "9:30 am"; "9:30 a. m." in Spanish, its parts kept on one line."""
    words = _words()
    half = words.morning if moment.hour < 12 else words.afternoon
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {half}"


def zone_text(zone: ZoneInfo, moment: datetime) -> str:
    """Return "Eastern time" ("hora del Este"), or the zone's short name where it has no common one."""
    there = local(moment, zone)
    return _words().zones.get(zone.key) or (there.tzname() if there else None) or zone.key


def _words() -> _Words:
    return _WORDS[language_now()]


def _partial(date: PartialDate | None, zone: ZoneInfo, *, is_short: bool) -> str:
    words = _words()
    if date is None or not is_real_year(date.year):
        return words.no_date
    year, month, day = date.year, date.month, date.day
    if date.instant is not None:
        there = local(date.start(zone), zone)
        if there is None:
            return words.no_date
        year, month, day = there.year, there.month, there.day
    if month is None:
        return str(year)
    if is_short:
        name, whole, part = words.short_months, words.short_whole, words.short_year_and_month
    else:
        name, whole, part = words.months, words.whole, words.year_and_month
    form = part if day is None else whole
    return form.format(month=name[month - 1], day=day, year=year)
