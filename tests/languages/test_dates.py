"""Dates by language: the same functions, the words of the language in force."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from carespace.ui import dates
from carespace.ui.languages import speaking
from carespace.values import PartialDate

ZONE = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 24, 9, 30, tzinfo=ZONE)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
MIDNIGHT = datetime(2026, 11, 24, 0, 0, tzinfo=ZONE)
TABLE = [
    ("partial_short", (PartialDate.parse("2026-11-24"), ZONE), "Nov 24, 2026", "24 nov 2026"),
    ("partial_short", (PartialDate.parse("2026-11"), ZONE), "Nov 2026", "nov 2026"),
    ("partial_long", (PartialDate.parse("2026"), ZONE), "2026", "2026"),
    (
        "partial_long",
        (PartialDate.parse("2026-11"), ZONE),
        "November 2026",
        "noviembre de 2026",
    ),
    (
        "partial_with_time",
        (PartialDate.parse("2026-11-24T09:30:00-05:00"), ZONE),
        "November 24, 2026, 9:30 am",
        "24 de noviembre de 2026, 9:30 a. m.",
    ),
    ("partial_long", (None, ZONE), "Date not given", "Sin fecha"),
    ("partial_with_time", (None, ZONE), "Date not given", "Sin fecha"),
    ("date_long", ("1961-04-27",), "April 27, 1961", "27 de abril de 1961"),
    ("date_long", ("",), "date not known", "fecha desconocida"),
    ("day_short", (MORNING,), "Nov 24, 2026", "24 nov 2026"),
    ("day_and_time", (MORNING,), "Tuesday, November 24, 9:30 am", "martes, 24 de noviembre, 9:30 a. m."),
    ("day_and_clock", (NOON,), "Tuesday, November 24, 12:00 pm EST", "martes, 24 de noviembre, 12:00 p. m. EST"),
    (
        "weekday_and_day_long",
        (MORNING,),
        "Tuesday, November 24, 2026",
        "martes, 24 de noviembre de 2026",
    ),
    ("month_short", (MORNING,), "Nov", "nov"),
    ("weekday_short", (MORNING,), "Tue", "mar"),
    ("time_text", (NOON,), "noon", "mediodía"),
    ("time_text", (MIDNIGHT,), "midnight", "medianoche"),
    ("zone_text", (ZONE, MORNING), "Eastern time", "hora del Este"),
    ("day_long_or_today", (MORNING, MORNING), "today", "hoy"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "english", "spanish"), TABLE)
def test_a_date_is_written_in_the_language_in_force(
    name: str, given: tuple[object, ...], english: str, spanish: str
) -> None:
    write = getattr(dates, name)
    with speaking("en"):
        assert write(*given) == english
    with speaking("es"):
        assert write(*given).replace("\N{NO-BREAK SPACE}", " ") == spanish


@pytest.mark.parametrize("code", ["en-us", "fr", ""])
def test_a_language_without_tables_is_english(code: str) -> None:
    with translation.override(code or None):
        assert dates.day_short(MORNING) == "Nov 24, 2026"


def test_a_number_keeps_its_point() -> None:
    with speaking("es"):
        assert Template("{{ value }}").render(Context({"value": 12.5})) == "12.5"


def test_a_text_of_the_record_is_marked_on_a_page_in_spanish_only() -> None:
    written = Template("{% load ui %}<p{% in_record_language %}>CBC</p>")
    assert written.render(Context()) == "<p>CBC</p>"
    with speaking("es"):
        assert written.render(Context()) == '<p lang="en">CBC</p>'
