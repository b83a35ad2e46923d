"""One report's own page: whose it is, who made it, what it says, its results (VDT-4, VDT-7; 42 CFR 493.1291(c)).

Promises: words first, then numbers, then files; a report that was taken back shows none of them; whatever a source
wrote stays as it came, but for markup, of which only harmless structure is left.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.access.chart import Chart
from carespace.portal.addresses import item_pattern
from carespace.portal.presenters.clean_html import CleanHtml
from carespace.portal.presenters.document_body import Body, body_of
from carespace.portal.presenters.labs import FLAG_WORDS, OUTSIDE
from carespace.portal.reports.narrative import told
from carespace.portal.reports.rows import KIND_WORDS
from carespace.records.readings.labs import LabResult
from carespace.records.readings.reports import Report, Sample, file_id
from carespace.records.report_queries import Form, Maker, Member, Opened, Parts
from carespace.ui.dates import date_long, day_short, partial_long, partial_with_time
from carespace.values import local

LONGEST_IN_TABLE_CHARACTERS = 120
SAMPLED = frozenset({"lab", "pathology", "genetics"})
_SENTENCES: Mapping[str, Promise] = {
    "registered": gettext_lazy("This report is not ready yet. It shows here as soon as it is."),
    "partial": gettext_lazy("Some parts of this report are still missing."),
    "preliminary": gettext_lazy("This is an early report. It may still change."),
    "cancelled": gettext_lazy("This test was cancelled."),
    "entered-in-error": gettext_lazy(
        "This report was entered by mistake and was taken back. Do not go by it."
    ),
}


class Line(TypedDict):
    """One line of what is known about the report."""

    term: str
    values: list[str]


class ResultRow(TypedDict):
    """One result in the report's table; ``parts`` are (name, value, unit)."""

    name: str
    url: str
    value: str
    unit: str
    parts: tuple[tuple[str, str, str], ...]
    usual: str
    kind: str
    word: str
    status: str
    comments: tuple[str, ...]


class ResultGroup(TypedDict):
    """The results of one panel; ``title`` is empty for those that are in none."""

    title: str
    caption: str
    rows: list[ResultRow]
    has_usual: bool
    has_words: bool


class Passage(TypedDict):
    """A piece of text under its heading, such as "Impression"."""

    title: str
    text: str


class FileView(TypedDict):
    """One file of the report: ``html`` where it is told in the page, else as documents are shown."""

    title: str
    html: CleanHtml | str
    body: Body
    content_url: str
    download_url: str


class ReportPage(TypedDict):
    """Everything on the page of one report; ``summed_up`` says in words how its results stand."""

    title: str
    word: str
    summed_up: str
    sentence: str
    is_corrected: bool
    is_withdrawn: bool
    lines: list[Line]
    conclusion: str
    conclusion_words: tuple[str, ...]
    passages: list[Passage]
    groups: list[ResultGroup]
    comments: tuple[str, ...]
    files: list[FileView]
    narrative: CleanHtml | str
    is_empty: bool


def report_page(chart: Chart, opened: Opened, parts: Parts, forms: Sequence[Form]) -> ReportPage:
    """Return the page of one report."""
    report = opened.report
    passages, members = _passages(parts.results)
    groups = _groups(chart, members)
    files = [_file(chart, report, form) for form in forms]
    says = [report.conclusion, report.conclusion_words, passages, groups, files]
    narrative = "" if any(says) else told(report.narrative)
    return ReportPage(
        title=report.title,
        word="" if report.status == "final" else report.status_word,
        summed_up=_not_all(parts) or _summed_up(members),
        sentence=_sentence(report, chart.practice.zone),
        is_corrected=report.is_corrected,
        is_withdrawn=report.is_withdrawn,
        lines=_lines(chart, opened, parts),
        conclusion=report.conclusion,
        conclusion_words=report.conclusion_words,
        passages=passages,
        groups=groups,
        comments=report.comments,
        files=files,
        narrative=narrative,
        is_empty=not (any(says) or narrative or report.says_nothing),
    )


def _sentence(report: Report, zone: ZoneInfo) -> str:
    if not report.is_corrected:
        return str(_SENTENCES.get(report.status, ""))
    when = partial_long(report.issued, zone) if report.issued else _day(report.received_at, zone)
    if report.status == "appended":
        return _("Something was added to this report on %(date)s.") % {"date": when}
    return _("This report was corrected on %(date)s. You see the corrected report.") % {
        "date": when
    }


def _lines(chart: Chart, opened: Opened, parts: Parts) -> list[Line]:
    report, zone, patient = opened.report, chart.practice.zone, chart.patient
    born = _("born %(date)s") % {"date": date_long(patient.birth_date_text)}
    dated = partial_with_time(report.taken, zone) if report.taken else ""
    found = (
        (_("Patient"), [patient.display_name, born]),
        (_("Record number"), [opened.number]),
        (_("Kind of report"), [str(KIND_WORDS[report.kind][0])]),
        (_("Test"), ["" if _says(report.title, report.tests) else report.tests]),
        (
            _("Date of the report"),
            [partial_with_time(report.issued, zone)] if report.issued else [],
        ),
        (_("Sample taken") if report.kind in SAMPLED else _("Done on"), [dated]),
        (_("Sample"), [line for each in parts.samples for line in _sample(each, zone, dated)]),
        (_("From"), [line for each in parts.makers for line in _maker(each)]),
        (_("Read by"), list(parts.read_by)),
        (_("Ordered by"), list(parts.ordered_by)),
        (_("Status"), [report.status_word]),
    )
    lines = (Line(term=term, values=[each for each in values if each]) for term, values in found)
    return [each for each in lines if each["values"]]


def _maker(maker: Maker) -> list[str]:
    return [part for part in (maker.name, maker.place.address, maker.place.phone) if part]


def _says(title: str, name: str) -> bool:
    """Say whether a title in plain words says what a code's name says: they share a word that tells something."""
    words = [set(re.findall(r"\w{4,}", text.casefold())) for text in (title, name)]
    return bool(words[0] & words[1])


def _sample(sample: Sample, zone: ZoneInfo, dated: str) -> list[str]:
    source = ", ".join(part for part in (sample.name, sample.site) if part)
    taken = partial_with_time(sample.taken, zone) if sample.taken else ""
    when = _("taken %(date)s") % {"date": taken} if taken and taken != dated else ""
    return [source, when, *sample.remarks]


def _passages(members: Sequence[Member]) -> tuple[list[Passage], list[Member]]:
    """Return results that are texts (findings, an impression) as texts, and the others."""
    texts = [each for each in members if _is_text(each.result)]
    passages = [Passage(title=each.result.test, text=each.result.value) for each in texts]
    return passages, [each for each in members if not _is_text(each.result)]


def _is_text(result: LabResult) -> bool:
    return len(result.value) > LONGEST_IN_TABLE_CHARACTERS or "\n" in result.value


def _not_all(parts: Parts) -> str:
    """Say that a report has more results than its page shows; how they stand is then not summed up."""
    return _("This report has more results than this page can show.") if parts.has_more else ""


def _summed_up(members: Sequence[Member]) -> str:
    """Say how many results are outside their usual range; empty where nothing can be compared."""
    judged = [each.result.flag for each in members if each.result.flag]
    outside = sum(flag in OUTSIDE for flag in judged)
    if not judged:
        return ""
    if not outside:
        return _("All in the usual range") if len(judged) == len(members) else ""
    return _("%(outside)s of %(total)s outside the usual range") % {
        "outside": outside,
        "total": len(members),
    }


def _groups(chart: Chart, members: Sequence[Member]) -> list[ResultGroup]:
    before, after = item_pattern("lab", chart.patient.pk)
    groups = []
    for panel, inside in groupby(members, key=lambda each: each.panel):
        # What is outside its usual range stands first; the others keep the laboratory's order.
        ordered = sorted(inside, key=lambda each: each.result.flag not in OUTSIDE)
        rows = [
            _row(each.result, f"{before}{each.result.id}{after}" if each.has_page else "")
            for each in ordered
        ]
        caption = _("Results of %(panel)s") % {"panel": panel} if panel else _("Results")
        groups.append(
            ResultGroup(
                title=panel,
                caption=caption,
                rows=rows,
                has_usual=any(row["usual"] for row in rows),
                has_words=any(row["word"] or row["status"] for row in rows),
            )
        )
    return groups


def _row(result: LabResult, url: str) -> ResultRow:
    kind, word = FLAG_WORDS[result.flag] if result.flag else ("", "")
    return ResultRow(
        name=result.test,
        url=url,
        value=result.value,
        unit=result.unit,
        parts=tuple((part.name, part.value, part.unit) for part in result.parts),
        usual=result.usual,
        kind=kind,
        word=str(word),
        status=str(result.status_word),
        comments=result.comments,
    )


def _file(chart: Chart, report: Report, form: Form) -> FileView:
    file, identity = form.file, file_id(form.attachment)
    html = told(file.text) if file and file.kind == "html" else ""
    body = body_of(None if html else file, chart.practice.zone)
    address = [chart.patient.pk, report.id, identity]
    return FileView(
        title=(form.attachment.title or "").strip() or _("The report as it came"),
        html=html,
        body=body,
        content_url=reverse("portal:report-file", args=address) if body["in_frame"] else "",
        download_url=reverse("portal:report-file-download", args=address) if file else "",
    )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    there = local(moment, zone)
    return day_short(there) if there else ""
