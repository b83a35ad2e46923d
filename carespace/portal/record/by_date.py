"""What the page "by date" shows: each kind of entry under its own heading, in a line each (VDT-14, VDT-15).

Promises: an entry stands under one heading, the first it belongs to; a line says what its own page says, in brief; a
report is named here and never opened, for it may hold news.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carespace.access.chart import Chart
from carespace.portal.addresses import chart_url, item_pattern
from carespace.portal.presenters.labs import FLAG_WORDS, OUTSIDE
from carespace.portal.record.contents import PARTS
from carespace.portal.record.rows import Around, EntryRow, Part, Tag, Words, whose_words
from carespace.portal.record.times import when_words
from carespace.records.days import Dated
from carespace.records.entries import Kind, resources_for
from carespace.records.lab_queries import LAB_CATEGORIES, VITAL_CATEGORIES
from carespace.records.names import names_in
from carespace.records.readings.appointments import visit
from carespace.records.readings.documents import document
from carespace.records.readings.labs import LabResult, lab_result
from carespace.records.readings.names import name_of
from carespace.records.readings.words import status_word
from carespace.ui.dates import time_text

LONGEST_WORDS = 200
FEWEST_FOLDED = 4
LABS = "labs"
_ORDER = ("appointments", "visits", "reports", "documents", LABS, "vital-signs")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in brief."""

    date: str
    title: str
    words: str = ""
    tags: tuple[Tag, ...] = ()
    url: str = ""


class Day(NamedTuple):
    """The entries of one day, or of one month, year or stretch where no more is known; folded where ``brief`` sums them up."""

    date: str
    lines: tuple[Line, ...]
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """The entries of one kind by day, and the page on which they stand in full; ``count`` is how many they are."""

    slug: str
    title: str
    url: str
    count: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """How many entries of one kind have no date, and where they are."""

    title: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class _Desk:
    """One heading: ``lines`` makes the lines of its entries; None for a part of the record, which has rows of its own."""

    slug: str
    title: Words
    kind: Kind
    lines: Callable[[Iterable[Dated], Chart], Iterable[Line]] | None = None
    title_of_other: Words = ""

    def titled(self, chart: Chart) -> str:
        """Return its title for the one who reads."""
        return whose_words(chart, self.title, self.title_of_other or self.title)


def chapters(chart: Chart, found: Iterable[Dated]) -> tuple[Chapter, ...]:
    """Return the chapters that hold something, in the order of the record; one query for the names of all of them."""
    desks = _desks(chart)
    sorted_out: dict[str, list[Dated]] = {desk.slug: [] for desk in desks}
    for each in found:
        if (home := next((desk for desk in desks if each.is_of(desk.kind)), None)) is not None:
            sorted_out[home.slug].append(each)
    of_parts = _lines_of_parts(chart, sorted_out)
    made = (
        Chapter(desk.slug, desk.titled(chart), _url(chart, desk), len(lines), _by_day(desk, lines))
        for desk in sorted(desks, key=_place)
        if (
            lines := tuple(desk.lines(sorted_out[desk.slug], chart))
            if desk.lines
            else of_parts[desk.slug]
        )
    )
    return tuple(made)


def _place(desk: _Desk) -> int:
    """Return where a heading stands: what was done and said first, then what was measured, then the rest."""
    return _ORDER.index(desk.slug) if desk.slug in _ORDER else len(_ORDER)


def _by_day(desk: _Desk, lines: Iterable[Line]) -> tuple[Day, ...]:
    days = ((date, tuple(some)) for date, some in groupby(lines, key=lambda each: each.date))
    if desk.slug != LABS:
        return tuple(Day(date, some) for date, some in days)
    return tuple(_lab_day(date, some) for date, some in days)


def _lab_day(date: str, lines: tuple[Line, ...]) -> Day:
    """Return the results of one day as the labs page has them: those outside the usual range first, then by name."""
    ordered = tuple(sorted(lines, key=lambda each: (not _is_outside(each), each.title.lower())))
    if len(lines) < FEWEST_FOLDED:
        return Day(date, ordered)
    outside = sum(_is_outside(each) for each in lines)
    count = ngettext("%(count)s result", "%(count)s results", len(lines)) % {"count": len(lines)}
    both = {"results": count, "count": outside}
    brief = _("%(results)s, %(count)s outside the usual range") % both if outside else count
    return Day(date, ordered, brief)


def _is_outside(line: Line) -> bool:
    return any(tag.word in {str(FLAG_WORDS[flag][1]) for flag in OUTSIDE} for tag in line.tags)


def kinds(chart: Chart) -> dict[str, Kind]:
    """Return each heading's kind of entry, by its slug, in the order in which an entry looks for its heading."""
    return {desk.slug: desk.kind for desk in _desks(chart)}


def missing(chart: Chart, counts: Mapping[str, int]) -> tuple[Missing, ...]:
    """Return which pages hold entries without a date."""
    return tuple(
        Missing(desk.titled(chart), _url(chart, desk), counts[desk.slug])
        for desk in _desks(chart)
        if counts.get(desk.slug)
    )


def _desks(chart: Chart) -> tuple[_Desk, ...]:
    booking = chart.practice.settings.feature_appointments
    own = [each for each in _OWN if booking or each.slug != "appointments"]
    return (
        *own,
        *(
            _Desk(part.slug, part.title, part.kind, title_of_other=part.title_of_other)
            for part in PARTS
        ),
    )


def _url(chart: Chart, desk: _Desk) -> str:
    if desk.lines:
        return chart_url(desk.slug, chart.patient.pk)
    return f"{chart_url('record', chart.patient.pk)}{desk.slug}/"


def _lines_of_parts(
    chart: Chart, found: Mapping[str, Iterable[Dated]]
) -> dict[str, tuple[Line, ...]]:
    """Return slug -> the lines that the rows of each part of the record make."""
    read: list[tuple[Part, Dated, Any]] = [
        (part, each, reading)
        for part in PARTS
        for each in found[part.slug]
        if (reading := part.read(each.stored)) is not None
    ]
    others = resources_for(chart, (one for part, _, each in read for one in part.refers(each)))
    around = Around(chart=chart, names=names_in(others), others=others)
    lines: dict[str, list[Line]] = {part.slug: [] for part in PARTS}
    for part, each, reading in read:
        lines[part.slug].append(_line(each, part.row(reading, around), chart))
    return {slug: tuple(some) for slug, some in lines.items()}


def _line(dated: Dated, row: EntryRow, chart: Chart) -> Line:
    return Line(
        _day(dated, chart),
        row.title,
        _cut(row.summary),
        tuple(tag for tag in row.tags if tag.kind != "new"),
        row.url,
    )


def _day(dated: Dated, chart: Chart) -> str:
    return when_words(dated.when, chart.practice.zone)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS].rstrip()}…"


def _results(found: Iterable[Dated], chart: Chart) -> Iterable[Line]:
    before, after = item_pattern("lab", chart.patient.pk)
    return _measured(found, chart, lambda result: f"{before}{result.id}{after}")


def _vitals(found: Iterable[Dated], chart: Chart) -> Iterable[Line]:
    before, after = item_pattern("vital-sign", chart.patient.pk)
    return _measured(found, chart, lambda result: f"{before}{result.id}{after}")


def _measured(
    found: Iterable[Dated], chart: Chart, url: Callable[[LabResult], str]
) -> Iterable[Line]:
    for each in found:
        result = lab_result(each.id, each.topic, each.stored.content)
        if result is None or not (result.value or result.parts):
            continue  # a panel only groups others
        yield Line(
            _day(each, chart), result.test, _cut(_value(result)), _result_tags(result), url(result)
        )


def _value(result: LabResult) -> str:
    parts = [f"{each.name} {each.value} {each.unit}".strip() for each in result.parts]
    return ", ".join(text for text in (f"{result.value} {result.unit}".strip(), *parts) if text)


def _result_tags(result: LabResult) -> tuple[Tag, ...]:
    kind, word = FLAG_WORDS[result.flag] if result.flag else ("", "")
    flag = [Tag(kind, str(word))] if word else []
    return (*flag, *([Tag("", result.status_word)] if result.status_word else []))


def _reports(found: Iterable[Dated], chart: Chart) -> Iterable[Line]:
    before, after = item_pattern("report", chart.patient.pk)
    for each in found:
        kind = each.stored.resource_type
        is_report = kind == "DiagnosticReport"
        title = name_of(each.stored.content) or (_("Report") if is_report else _("Pictures"))
        state = "" if each.status == "final" else status_word(kind, "status", each.status)
        url = f"{before}{each.id}{after}" if is_report else ""
        yield Line(_day(each, chart), title, "", (Tag("", state),) if state else (), url)


def _papers(found: Iterable[Dated], chart: Chart) -> Iterable[Line]:
    before, after = item_pattern("document", chart.patient.pk)
    for each in found:
        paper = document(each.id, each.stored.content)
        if paper is not None and each.status == "current" and paper.stage != "entered-in-error":
            url = f"{before}{each.id}{after}"
            yield Line(_day(each, chart), paper.title, paper.kind, (), url)


def _visits(found: Iterable[Dated], chart: Chart) -> Iterable[Line]:
    page = chart_url("appointments", chart.patient.pk)
    for each in found:
        booked = visit(each.id, each.stored.content, chart.practice.zone)
        if booked is not None:
            clock = time_text(booked.starts) if booked.starts else ""
            words = ", ".join(text for text in (clock, _cut(booked.about)) if text)
            state = (Tag("", booked.status_word),) if booked.status_word else ()
            yield Line(_day(each, chart), booked.what, words, state, f"{page}#visit-{each.id}")


_OWN = (
    _Desk(LABS, gettext_lazy("Labs"), Kind(("Observation",), LAB_CATEGORIES), _results),
    _Desk("reports", gettext_lazy("Reports"), Kind(("DiagnosticReport", "ImagingStudy")), _reports),
    _Desk("documents", gettext_lazy("Documents"), Kind(("DocumentReference",)), _papers),
    _Desk("appointments", gettext_lazy("Appointments"), Kind(("Appointment",)), _visits),
    _Desk(
        "vital-signs",
        gettext_lazy("Vital signs"),
        Kind(("Observation",), VITAL_CATEGORIES),
        _vitals,
    ),
)
