"""Visits as rows of the appointments page and of the first page (S-49)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from carespace.access.chart import Chart
from carespace.portal.addresses import chart_url
from carespace.records.readings.appointments import Visit
from carespace.records.readings.people import name_in, unnamed
from carespace.ui.dates import (
    DAYS,
    MONTHS,
    day_and_time,
    time_text,
    weekday_and_day,
    zone_text,
)
from carespace.values import Reference

_TIED = re.compile(r"(?<=\d) (?=[ap]m\b)|(?<=\bSuite) |(?<=\bRoom) |(?<=\bFloor) |(?<=\bUnit) ")
NOT_SET = "Day and time not set yet"


class VisitRow(TypedDict):
    """One visit; ``month``, ``day`` and ``weekday`` stand in the little calendar leaf."""

    anchor: str
    url: str
    what: str
    month: str
    day: str
    weekday: str
    date: str
    when: str
    time: str
    who: str
    where: str
    instructions: str
    word: str
    reason: str
    cancelled: bool


def visit_rows(chart: Chart, visits: Sequence[Visit], names: Mapping[str, str]) -> list[VisitRow]:
    """Return ``visits`` for the screen, in their order."""
    page = chart_url("appointments", chart.patient.pk)
    return [_row(chart, each, names, page) for each in visits]


def references_of(visits: Sequence[Visit]) -> list[str]:
    """Return whom and what the visits name by address only."""
    return unnamed(actor for each in visits for actor in (*each.people, *each.places))


def midnight(moment: datetime) -> datetime:
    """Return the start of the day of ``moment`` in its own zone."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _row(chart: Chart, visit: Visit, names: Mapping[str, str], page: str) -> VisitRow:
    starts = visit.starts
    anchor = f"visit-{visit.id}"
    return VisitRow(
        anchor=anchor,
        url=f"{page}#{anchor}",
        what=visit.what,
        month=MONTHS[starts.month - 1][:3] if starts else "",
        day=str(starts.day) if starts else "",
        weekday=DAYS[starts.weekday()][:3] if starts else "",
        date=weekday_and_day(starts) if starts else "",
        when=_tied(_when(chart, visit)),
        time=_tied(time_text(starts)) if starts else NOT_SET,
        who=_listed(visit.people, names),
        where=_tied(_listed(visit.places, names)),
        instructions=visit.instructions,
        word=visit.status_word,
        reason=visit.reason if visit.is_cancelled else "",
        cancelled=visit.is_cancelled,
    )


def _when(chart: Chart, visit: Visit) -> str:
    """Return "Tuesday, November 24, 9:30 am to 10:15 am, Eastern time", with the year where it is another one."""
    if visit.starts is None:
        return NOT_SET
    zone = chart.practice.zone
    text = day_and_time(visit.starts)
    if visit.starts.year != datetime.now(zone).year:
        text = f"{weekday_and_day(visit.starts)}, {visit.starts.year}, {time_text(visit.starts)}"
    if visit.ends and visit.ends.date() == visit.starts.date() and visit.ends > visit.starts:
        text = f"{text} to {time_text(visit.ends)}"
    return f"{text}, {zone_text(zone, visit.starts)}"


def _tied(text: str) -> str:
    """Return ``text`` so that no line ends inside "8:00 am" or "Suite 304"."""
    return _TIED.sub("\N{NO-BREAK SPACE}", text)


def _listed(references: Sequence[Reference], names: Mapping[str, str]) -> str:
    return ", ".join(name for each in references if (name := name_in(each, names)))
