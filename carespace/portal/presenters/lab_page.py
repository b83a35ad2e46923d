"""One test's own page: words first, then the number, its picture, and its history (S-33 to S-35; LIT-3).

Promises: nothing here judges a value or says what will come; numbers are compared with those of the same unit only; a
corrected result says what it said before (VDT-6); the laboratory has its address, the sample its source (VDT-4).
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.presenters.labs import OUTSIDE, Reading, plain_name, reading
from carespace.portal.presenters.trend import (
    Chart,
    Line,
    Number,
    chart_of,
    line_of,
    number_of,
    trend_words,
    units_of,
)
from carespace.portal.presenters.whose import Whose
from carespace.records.lab_queries import Earlier
from carespace.records.readings.labs import LabResult
from carespace.records.readings.names import name_of
from carespace.records.readings.reports import (
    Laboratory,
    Linked,
    Sample,
    contained_in,
    laboratory_of,
    sample_of,
)
from carespace.records.readings.units import unit_in_words
from carespace.ui.dates import day_short, partial_with_time
from carespace.values import Reference

# A result in its range says so in its tag and in what it may mean.
_SENTENCES: Mapping[str, Promise] = {
    "high": gettext_lazy("This result is above the usual range."),
    "low": gettext_lazy("This result is below the usual range."),
    "outside": gettext_lazy("The lab says this result is outside the usual range."),
}
_STATUS_SENTENCES: Mapping[str, Promise] = {
    "registered": gettext_lazy("The lab is still working on this test."),
    "preliminary": gettext_lazy("This is an early result. It may still change."),
    "amended": gettext_lazy("The lab has corrected this result since it first came."),
    "corrected": gettext_lazy("The lab has corrected this result since it first came."),
    "cancelled": gettext_lazy("This test was cancelled."),
    "entered-in-error": gettext_lazy(
        "This result was entered by mistake and was taken back. Do not go by it."
    ),
}
_NEXT = gettext_lazy(
    "The care team gets the same results. They can be talked over at the next visit, or sooner by phone."
)


class SampleWords(TypedDict):
    """What was examined, in words; each part may be empty."""

    name: str
    taken: str
    remarks: list[str]


class LabPage(TypedDict):
    """The head of one test's own page; ``was`` are the lines of what it said before, the latest change first."""

    name: str
    also: list[str]
    about: str
    latest: Reading
    unit_words: str
    when: str
    sentences: list[str]
    line: Line | None
    lab: Laboratory | None
    sample: SampleWords | None
    history: str
    charts: list[Chart]


class PastRows(TypedDict):
    """All results of a test, newest first; ``has_comments``: whether any has more to say than its number."""

    caption: str
    rows: list[Reading]
    has_comments: bool


class Beside(TypedDict):
    """What was asked for beside the results: what their references point at, and what they said before."""

    linked: Mapping[str, Linked]
    earlier: Mapping[UUID, Sequence[Earlier]]


def references_of(results: Sequence[LabResult]) -> list[str]:
    """Return what a page about ``results`` must look up: laboratories and samples."""
    found = [each.performer_reference for each in results]
    found += [each.specimen.reference or "" for each in results]
    return [each for each in dict.fromkeys(found) if each]


def names_in(linked: Mapping[str, Linked]) -> dict[str, str]:
    """Return what each linked resource is called."""
    return {
        reference: name for reference, each in linked.items() if (name := name_of(each.content))
    }


def lab_page(
    result: LabResult, past: Sequence[LabResult], zone: ZoneInfo, beside: Beside
) -> LabPage:
    """Return the head of a test's page; ``past`` are all results of the test, empty where there are too many."""
    linked = {**beside["linked"], **contained_in(result.found.contained)}
    head = reading(result, zone, names_in(linked), whole=True)
    head["was"] = was_lines(result, beside["earlier"].get(result.id, ()), zone)
    also = [name for name in (plain_name(result), result.also) if name]
    return LabPage(
        name=result.test,
        also=list(dict.fromkeys(also)),
        about=result.plain.sentence if result.plain else "",
        latest=head,
        unit_words=unit_in_words(head["unit"]),
        when=partial_with_time(result.taken, zone),
        sentences=_sentences(result),
        line=line_of(result),
        lab=_laboratory(result, linked),
        sample=_sample(result.specimen, linked, zone),
        history=history_sentence(result, past, zone),
        charts=charts_of(result.test, past, zone),
    )


def _sentences(result: LabResult) -> list[str]:
    said = [_STATUS_SENTENCES.get(result.status, ""), _SENTENCES.get(result.flag or "", "")]
    if not result.usual and not result.has_no_number and result.value:
        said.append(_("The lab gave no usual range for this result."))
    return [str(sentence) for sentence in said if sentence]


def was_lines(result: LabResult, earlier: Sequence[Earlier], zone: ZoneInfo) -> list[str]:
    """Return what a result said before it was changed: "Was 11.2 g/dL until September 9, 2026."; only what differs."""
    lines = []
    shown = (result.value, result.unit, result.status_word)
    for each in earlier:
        was = each.result
        said = (was.value, was.unit, was.status_word)
        if said != shown and was.value:
            words = {
                "value": f"{was.value} {was.unit}".strip(),
                "status": was.status_word,
                "day": day_short(each.until.astimezone(zone)),
            }
            text = _("Was %(value)s (%(status)s) until %(day)s.") if was.status_word else ""
            lines.append((text or _("Was %(value)s until %(day)s.")) % words)
        shown = said
    return lines


def past_rows(
    result: LabResult, past: Sequence[LabResult], zone: ZoneInfo, beside: Beside
) -> PastRows:
    """Return results of a test by date, each with its unit.

    A laboratory is named again only where it is another one than ``result``'s.
    """
    names = names_in(beside["linked"])
    own = reading(result, zone, names)["by"]
    rows = []
    for each in past:
        row = reading(each, zone, names, whole=True)
        row["by"] = "" if row["by"] == own else row["by"]
        row["was"] = was_lines(each, beside["earlier"].get(each.id, ()), zone)
        rows.append(row)
    return PastRows(
        caption=_("Results of %(test)s, newest first") % {"test": result.test},
        rows=rows,
        has_comments=any(row["was"] or row["by"] or row["comments"] for row in rows),
    )


def history_sentence(result: LabResult, past: Sequence[LabResult], zone: ZoneInfo) -> str:
    """Return "20 results since December 2024. Rose from 10.1 to 12.1. Lowest 10.1 (Dec 24, 2024), …".

    Only numbers in ``result``'s unit count; "<5" is no number to compare. Empty where there are fewer than two.
    """
    own, *units = units_of([result, *past])
    several = len({unit for unit in units if unit}) > 1
    numbers = [
        number
        for each, unit in zip(past, units, strict=True)
        if unit == own and (number := number_of(each, zone))
    ]
    return " ".join(trend_words(numbers, result.unit if several else ""))


def charts_of(name: str, past: Sequence[LabResult], zone: ZoneInfo) -> list[Chart]:
    """Return one chart for each unit in which a test has at least two numbers."""
    by_unit: dict[str, tuple[str, list[Number]]] = {}
    for each, key in zip(past, units_of(past), strict=True):
        if number := number_of(each, zone):
            by_unit.setdefault(key, (each.unit, []))[1].append(number)
    drawn = sum(len(numbers) for _unit, numbers in by_unit.values())
    charts = [
        chart_of(
            numbers,
            identity=f"trend-{place}",
            name=name,
            unit=unit,
            left_out=len(past) - drawn if place == 0 else 0,
        )
        for place, (unit, numbers) in enumerate(by_unit.values())
    ]
    return [each for each in charts if each]


def _laboratory(result: LabResult, linked: Mapping[str, Linked]) -> Laboratory | None:
    found = linked.get(result.performer_reference)
    place = laboratory_of(found) if found else None
    return place if place and (place.address or place.phone) else None


def _sample(
    reference: Reference, linked: Mapping[str, Linked], zone: ZoneInfo
) -> SampleWords | None:
    found = linked.get(reference.reference or "")
    sample = sample_of(found) if found else None
    if sample is None:
        return (
            SampleWords(name=reference.display, taken="", remarks=[]) if reference.display else None
        )
    return SampleWords(
        name=_source(sample) or reference.display or "",
        taken=partial_with_time(sample.taken, zone) if sample.taken else "",
        remarks=list(sample.remarks),
    )


def _source(sample: Sample) -> str:
    return ", ".join(part for part in (sample.name, sample.site) if part)


def meaning(result: LabResult, words: Whose) -> list[str]:
    """Return what one result may mean, without judging it; empty where there is nothing to read."""
    if result.has_no_number or not (result.value or result.parts):
        return []
    ask = _ask(words)
    if result.flag == "in":
        return [_("This result is in the usual range for this lab."), ask, str(_NEXT)]
    if result.flag in OUTSIDE:
        return [
            _("A result outside the usual range is common during treatment."),
            _("One number alone seldom tells the whole story."),
            ask,
            str(_NEXT),
        ]
    if result.usual:
        return [ask, str(_NEXT)]
    return [_("Some results have no usual range to compare with."), ask, str(_NEXT)]


def _ask(words: Whose) -> str:
    if not words["given"]:
        return _("Your care team can tell you what it means together with your other results.")
    return _(
        "%(name)s’s care team can tell you what it means together with %(name)s’s other results."
    ) % {"name": words["given"]}


def meaning_of_vitals(words: Whose) -> list[str]:
    """Return what stands below measurements such as weight and temperature."""
    return meaning_of_all(words)[1:]


def meaning_of_all(words: Whose) -> list[str]:
    """Return what stands below a table of many results."""
    team = (
        _("%(name)s’s care team can tell you what they mean together.") % {"name": words["given"]}
        if words["given"]
        else _("Your care team can tell you what they mean together.")
    )
    return [
        _("A result outside the usual range is common during treatment."),
        _("One number alone seldom tells the whole story."),
        team,
    ]
