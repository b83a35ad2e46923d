"""One test's own page: words first, then the number, then its history (S-33 to S-35).

Promises: nothing here judges a value or says what will come; numbers are compared with those of the same unit only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict
from zoneinfo import ZoneInfo

from carespace.portal.presenters.labs import OUTSIDE, Reading, reading
from carespace.portal.presenters.whose import Whose
from carespace.records.readings.labs import LabResult
from carespace.ui.dates import MONTHS, partial_short, partial_with_time
from carespace.values import local

# A result in its range says so in its tag and in what it may mean.
_SENTENCES: Mapping[str, str] = {
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
_NO_NUMBERS = {"cancelled", "entered-in-error"}


class LabPage(TypedDict):
    """The head of one test's own page."""

    name: str
    also: str
    latest: Reading
    when: str
    sentences: list[str]
    history: str


class PastGroup(TypedDict):
    """Results of one unit; ``unit`` is set where it stands as a heading above them."""

    unit: str
    caption: str
    rows: list[Reading]


class _Number(TypedDict):
    value: Decimal
    printed: str
    day: str
    taken: datetime


def lab_page(
    result: LabResult, past: Sequence[LabResult], zone: ZoneInfo, names: Mapping[str, str]
) -> LabPage:
    """Return the head of a test's page; ``past`` are all results of the test, empty where there are too many."""
    said = [_STATUS_SENTENCES.get(result.status, ""), _SENTENCES.get(result.flag or "", "")]
    if not result.usual and not result.is_withdrawn and result.value:
        said.append("The lab gave no usual range for this result.")
    return LabPage(
        name=result.test,
        also=result.also,
        latest=reading(result, zone, names, whole=True),
        when=partial_with_time(result.taken, zone),
        sentences=[sentence for sentence in said if sentence],
        history=history_sentence(result, past, zone),
    )


def past_groups(
    result: LabResult, past: Sequence[LabResult], zone: ZoneInfo, names: Mapping[str, str]
) -> list[PastGroup]:
    """Return results of a test, those in another unit than ``result``'s apart from the others.

    A laboratory is named again only where it is another one than ``result``'s.
    """
    own = reading(result, zone, names)["by"]
    by_unit: dict[str, list[Reading]] = {result.unit: []}
    for each in past:
        row = reading(each, zone, names, whole=True)
        row["by"] = "" if row["by"] == own else row["by"]
        # What has no unit (words, a test that was cancelled) stands with the page's own results.
        by_unit.setdefault(row["unit"] or result.unit, []).append(row)
    groups = {unit: rows for unit, rows in by_unit.items() if rows}
    several = len(groups) > 1
    return [
        PastGroup(
            unit=unit if several else "",
            caption=f"Results of {result.test}{f' in {unit}' if several else ''}, newest first",
            rows=rows,
        )
        for unit, rows in groups.items()
    ]


def history_sentence(result: LabResult, past: Sequence[LabResult], zone: ZoneInfo) -> str:
    """Return "20 results since December 2024. Lowest 10.1 (Dec 24, 2024), highest 13.1 (…), now 12.1."

    Only numbers in ``result``'s unit count; "<5" is no number to compare. Empty where there are fewer than two.
    """
    numbers = [number for each in past if (number := _number(each, result.unit, zone))]
    if len(numbers) < 2:
        return ""
    lowest = min(numbers, key=lambda each: each["value"])
    highest = max(numbers, key=lambda each: each["value"])
    latest = max(numbers, key=lambda each: each["taken"])
    since = min(each["taken"] for each in numbers)
    unit = f" in {result.unit}" if any(each.unit not in {"", result.unit} for each in past) else ""
    counted = f"{len(numbers)} results{unit} since {MONTHS[since.month - 1]} {since.year}."
    if lowest["value"] == highest["value"]:
        return f"{counted} Each was {latest['printed']}."
    return (
        f"{counted} Lowest {lowest['printed']} ({lowest['day']}), "
        f"highest {highest['printed']} ({highest['day']}), latest {latest['printed']}."
    )


def meaning(result: LabResult, words: Whose) -> list[str]:
    """Return what one result may mean, without judging it; empty where there is nothing to read."""
    if result.is_withdrawn or not (result.value or result.parts):
        return []
    ask = f"{words['team']} can tell you what it means together with {words['other_results']}."
    if result.flag == "in":
        return [f"This result is in the usual range for this lab. {ask}"]
    if result.flag in OUTSIDE:
        return [
            "A result outside the usual range is common during treatment.",
            f"One number alone seldom tells the whole story. {ask}",
        ]
    return [f"Some results have no usual range to compare with. {ask}"]


def meaning_of_all(words: Whose) -> list[str]:
    """Return what stands below a table of many results."""
    return [
        "A result outside the usual range is common during treatment.",
        f"One number alone seldom tells the whole story. {words['team']} can tell you what they mean together.",
    ]


def _number(result: LabResult, unit: str, zone: ZoneInfo) -> _Number | None:
    found = result.found.value_quantity
    if result.status in _NO_NUMBERS or found is None or found.value is None or found.comparator:
        return None
    taken = local(result.taken.start(zone), zone) if result.taken else None
    if taken is None or result.unit != unit:
        return None
    return _Number(
        value=Decimal(found.value),
        printed=result.value,
        day=partial_short(result.taken, zone),
        taken=taken,
    )
