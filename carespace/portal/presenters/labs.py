"""Lab results as rows of the labs table (S-33 to S-35)."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TypedDict
from zoneinfo import ZoneInfo

from carespace.access.chart import Chart
from carespace.portal.addresses import chart_url, item_pattern
from carespace.records.queries import LabHistory
from carespace.records.readings.labs import LabResult
from carespace.ui.dates import partial_long, partial_short

LONGEST_IN_TABLE_CHARACTERS = 120
SHOW_OUTSIDE = "?show=outside"
FLAG_WORDS: Mapping[str, tuple[str, str]] = {
    "in": ("ok", "In range"),
    "high": ("high", "High"),
    "low": ("low", "Low"),
    "outside": ("", "Outside the usual range"),
}
OUTSIDE = frozenset({"high", "low", "outside"})


class Brief(TypedDict):
    """One result in few words; ``parts`` are (name, value, unit)."""

    value: str
    unit: str
    parts: tuple[tuple[str, str, str], ...]
    date: str
    kind: str
    word: str
    status: str


class Reading(Brief):
    """One result as a table prints it."""

    usual: str
    by: str
    comments: tuple[str, ...]


class Past(Brief):
    """One earlier result; ``other`` says that its unit is another one than the latest result's, and its range."""

    other: str


class Row(TypedDict):
    """One test of the labs table; ``more`` counts the results that only its own page shows."""

    name: str
    url: str
    latest: Reading
    earlier: list[Past]
    more: int


class Labs(TypedDict):
    """The labs table and the choice above it; ``total`` and ``outside`` count tests by their latest result."""

    rows: list[Row]
    total: int
    outside: int
    only_outside: bool
    url: str
    outside_url: str
    caption: str


def labs_table(
    chart: Chart, tests: Sequence[LabHistory], *, page: str, only_outside: bool, caption: str
) -> Labs:
    """Return the labs table of ``page``; of one day's results, those outside their range come first."""
    outside = [each for each in tests if each.latest.flag in OUTSIDE]
    url = chart_url(page, chart.patient.pk)
    return Labs(
        rows=_worst_first_each_day(lab_rows(chart, outside if only_outside else tests)),
        total=len(tests),
        outside=len(outside),
        only_outside=only_outside,
        url=url,
        outside_url=url + SHOW_OUTSIDE,
        caption=caption,
    )


def lab_rows(chart: Chart, tests: Sequence[LabHistory]) -> list[Row]:
    """Return the rows of the labs table."""
    zone = chart.practice.zone
    before, after = item_pattern("lab", chart.patient.pk)
    return [
        Row(
            name=each.latest.test,
            url=f"{before}{each.latest.id}{after}",
            latest=reading(each.latest, zone),
            earlier=[_earlier(one, each.latest.unit, zone) for one in each.earlier],
            more=each.total - 1 - len(each.earlier),
        )
        for each in tests
    ]


def brief(result: LabResult, zone: ZoneInfo, *, whole: bool = False) -> Brief:
    """Return one result in few words; a long value is cut unless ``whole``."""
    kind, word = FLAG_WORDS[result.flag] if result.flag else ("", "")
    return Brief(
        value=result.value if whole else _cut(result.value),
        unit=result.unit,
        parts=tuple([(part.name, part.value, part.unit) for part in result.parts]),
        date=partial_short(result.taken, zone),
        kind=kind,
        word=word,
        status=result.status_word,
    )


def reading(
    result: LabResult,
    zone: ZoneInfo,
    names: Mapping[str, str] | None = None,
    *,
    whole: bool = False,
) -> Reading:
    """Return one result for a table; long texts are cut unless ``whole``."""
    return Reading(
        **brief(result, zone, whole=whole),
        usual=result.usual if whole else _cut(result.usual),
        by=result.performer or (names or {}).get(result.performer_reference, ""),
        comments=result.comments,
    )


def _earlier(result: LabResult, unit: str, zone: ZoneInfo) -> Past:
    said = brief(result, zone)
    if not unit or not said["unit"] or said["unit"] == unit:
        return Past(**said, other="")
    about = f"usual range {_cut(result.usual)}" if result.usual else result.performer
    return Past(**said, other=f"Different unit, {about}" if about else "Different unit")


def _worst_first_each_day(rows: Sequence[Row]) -> list[Row]:
    """Return ``rows``, which are sorted by day, with those outside their range first in each day."""
    days = groupby(rows, key=lambda row: row["latest"]["date"])
    return [row for _, day in days for row in sorted(day, key=_is_within)]


def _is_within(row: Row) -> bool:
    return row["latest"]["kind"] == "ok" or not row["latest"]["word"]


def day_summary(results: Sequence[LabResult], zone: ZoneInfo) -> tuple[str, str]:
    """Return what came on the latest day: "4 lab results from September 8, 2026", "1 outside the usual range"."""
    count = len(results)
    noun = "lab result" if count == 1 else "lab results"
    outside = sum(1 for each in results if each.flag in OUTSIDE)
    judged = any(each.flag for each in results)
    about = (
        f"{outside} outside the usual range"
        if outside
        else ("All in the usual range" if judged and all(each.flag for each in results) else "")
    )
    return f"{count} {noun} from {partial_long(results[0].taken, zone)}", about


def _cut(text: str) -> str:
    if len(text) <= LONGEST_IN_TABLE_CHARACTERS:
        return text
    return f"{text[:LONGEST_IN_TABLE_CHARACTERS].rstrip()}…"
