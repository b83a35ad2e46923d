"""Lab results as rows of the labs table and as one test's own page (S-33 to S-35)."""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from zoneinfo import ZoneInfo

from carespace.access.chart import Chart
from carespace.portal.addresses import item_pattern
from carespace.portal.presenters.dates import partial_long, partial_short, partial_with_time
from carespace.records.queries import LabHistory
from carespace.records.readings.labs import LabResult

LONGEST_IN_TABLE_CHARACTERS = 120
FLAG_WORDS: Mapping[str, tuple[str, str]] = {
    "in": ("ok", "In range"),
    "high": ("high", "High"),
    "low": ("low", "Low"),
    "outside": ("", "Outside the usual range"),
}
_SENTENCES: Mapping[str, str] = {
    "in": "This result is in the usual range.",
    "high": "This result is above the usual range.",
    "low": "This result is below the usual range.",
    "outside": "The lab says this result is outside the usual range.",
}
_STATUS_SENTENCES: Mapping[str, str] = {
    "registered": "The lab is still working on this test.",
    "preliminary": "This is an early result. It may still change.",
    "amended": "The lab has corrected this result since it first came.",
    "corrected": "The lab has corrected this result since it first came.",
    "cancelled": "This test was cancelled.",
    "entered-in-error": "This result was entered by mistake and was taken back. Do not go by it.",
}


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


class Row(TypedDict):
    """One test of the labs table; ``more`` counts the results that only its own page shows."""

    name: str
    url: str
    latest: Reading
    earlier: list[Brief]
    more: int


class LabPage(TypedDict):
    """The head of one test's own page."""

    name: str
    also: str
    latest: Reading
    when: str
    sentences: list[str]
    out_of_range: bool


def lab_rows(chart: Chart, tests: Sequence[LabHistory]) -> list[Row]:
    """Return the rows of the labs table."""
    zone = chart.practice.zone
    before, after = item_pattern("lab", chart.patient.pk)
    return [
        Row(
            name=each.latest.test,
            url=f"{before}{each.latest.id}{after}",
            latest=reading(each.latest, zone),
            earlier=[brief(one, zone) for one in each.earlier],
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


def past_readings(
    result: LabResult, past: Sequence[LabResult], zone: ZoneInfo, names: Mapping[str, str]
) -> list[Reading]:
    """Return all results of a test; a laboratory is named again only where it is another one than ``result``'s."""
    own = reading(result, zone, names)["by"]
    rows = [reading(each, zone, names, whole=True) for each in past]
    for row in rows:
        row["by"] = "" if row["by"] == own else row["by"]
    return rows


def lab_page(result: LabResult, zone: ZoneInfo, names: Mapping[str, str]) -> LabPage:
    """Return the head of a test's page: words first, then the number."""
    said = [_STATUS_SENTENCES.get(result.status, ""), _SENTENCES.get(result.flag or "", "")]
    if not result.usual and not result.is_withdrawn and result.value:
        said.append("The lab gave no usual range for this result.")
    return LabPage(
        name=result.test,
        also=result.also,
        latest=reading(result, zone, names, whole=True),
        when=partial_with_time(result.taken, zone),
        sentences=[sentence for sentence in said if sentence],
        out_of_range=result.flag in {"high", "low", "outside"},
    )


def day_summary(results: Sequence[LabResult], zone: ZoneInfo) -> tuple[str, str]:
    """Return what came on the latest day: "4 lab results from September 8, 2026", "1 outside the usual range"."""
    count = len(results)
    noun = "lab result" if count == 1 else "lab results"
    outside = sum(1 for each in results if each.flag in {"high", "low", "outside"})
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
