"""Reports as rows of a list: what kind, what, when, from whom, how far; never what they say (S-36).

Promises: a title, a date and words of ours only; no conclusion stands on a list, so that nobody reads news by the way
(ui.md section 6 page 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.access.chart import Chart
from carespace.portal.addresses import chart_url, item_pattern
from carespace.records.policies import KINDS, ReportKind
from carespace.records.readings.people import name_in
from carespace.records.readings.reports import Pictures, Report
from carespace.records.report_queries import Entry
from carespace.ui.dates import partial_short
from carespace.values import Reference

# One report, and the choice of all of a kind.
KIND_WORDS: Mapping[ReportKind, tuple[Promise, Promise]] = {
    "lab": (gettext_lazy("Lab report"), gettext_lazy("Lab reports")),
    "scan": (gettext_lazy("Scan"), gettext_lazy("Scans")),
    "pathology": (gettext_lazy("Pathology"), gettext_lazy("Pathology reports")),
    "genetics": (gettext_lazy("Genes"), gettext_lazy("Gene reports")),
    "heart": (gettext_lazy("Heart test"), gettext_lazy("Heart tests")),
    "other": (gettext_lazy("Other report"), gettext_lazy("Other reports")),
}


class ReportRow(TypedDict):
    """One line of the list; ``url`` is empty for pictures, which have no page of their own."""

    id: UUID
    is_lab: bool
    outside: str
    title: str
    kind: str
    url: str
    date: str
    by: str
    word: str
    waits: str
    is_new: bool


class ReportGroup(TypedDict):
    """Lines of the list under one caption; ``is_titled``: whether the caption is shown."""

    caption: str
    is_titled: bool
    rows: list[ReportRow]


class KindChip(TypedDict):
    """One choice above the list."""

    label: str
    url: str
    current: bool


def report_rows(
    chart: Chart,
    entries: Sequence[Entry],
    names: Mapping[str, str],
    since: datetime | None,
    waiting: frozenset[str] = frozenset(),
) -> list[ReportRow]:
    """Return the rows of a list; what came after ``since`` is new, nothing is where it is None.

    Those whose id is in ``waiting`` are left for the care team.
    """
    before, after = item_pattern("report", chart.patient.pk)
    zone = chart.practice.zone
    rows = []
    for each in entries:
        is_report = isinstance(each, Report)
        rows.append(
            ReportRow(
                id=each.id,
                is_lab=isinstance(each, Report) and each.kind == "lab",
                outside="",
                title=each.title,
                kind=_kind(each),
                url=f"{before}{each.id}{after}" if is_report else "",
                date=partial_short(each.date if isinstance(each, Report) else each.when, zone),
                by=_by(each, names),
                word=_word(each),
                waits=_("Waiting for your team") if str(each.id) in waiting else "",
                is_new=since is not None and each.received_at > since,
            )
        )
    return rows


def report_groups(rows: Sequence[ReportRow], outside: Mapping[UUID, int]) -> list[ReportGroup]:
    """Return ``rows`` as they stand: what is read in words, then lab reports with how much of each is outside."""
    for row in rows:
        if count := outside.get(row["id"]):
            row["outside"] = _("%(count)s outside the usual range") % {"count": count}
    groups = [(lab, [row for row in rows if row["is_lab"] == lab]) for lab in (False, True)]
    found = [(lab, some) for lab, some in groups if some]
    titles = {False: _("Scans, tissue tests and other reports"), True: str(KIND_WORDS["lab"][1])}
    return [
        ReportGroup(
            caption=titles[lab] if len(found) > 1 else _("Reports, newest first"),
            is_titled=len(found) > 1,
            rows=some,
        )
        for lab, some in found
    ]


def kind_chips(
    chart: Chart, counts: Mapping[ReportKind, int], chosen: ReportKind | None
) -> list[KindChip]:
    """Return the choices above the list; none where there is one kind only."""
    if len(counts) < 2:
        return []
    url = chart_url("reports", chart.patient.pk)
    everything = _("All (%(count)s)") % {"count": sum(counts.values())}
    chips = [KindChip(label=everything, url=url, current=chosen is None)]
    order: tuple[ReportKind, ...] = ("lab", "scan", "pathology", "genetics", "heart", "other")
    for kind in order:
        if kind in counts:
            label = f"{KIND_WORDS[kind][1]} ({counts[kind]})"
            chips.append(KindChip(label=label, url=f"{url}?kind={kind}", current=kind == chosen))
    return chips


def kind_in(asked: str) -> ReportKind | None:
    """Return the kind that ``?kind=`` asks for; None (all) for anything else."""
    return next((kind for kind in KINDS if kind == asked), None)


def references_in(entries: Iterable[Entry]) -> list[Reference]:
    """Return whom the rows name by address only."""
    found: list[Reference] = []
    for each in entries:
        found += each.found.performer if isinstance(each, Report) else [each.place or Reference()]
    return [each for each in found if not each.display]


def kind_words(report: Report) -> str:
    """Return what kind of report it is; empty where its title says it."""
    word = str(KIND_WORDS[report.kind][0])
    return "" if word.lower() in report.title.lower() else word


def _kind(entry: Entry) -> str:
    return _("Pictures taken") if isinstance(entry, Pictures) else kind_words(entry)


def _by(entry: Entry, names: Mapping[str, str]) -> str:
    if isinstance(entry, Pictures):
        where = name_in(entry.place, names)
        return ", ".join(part for part in (entry.part, where) if part)
    found = (name_in(each, names) or entry.name_inside(each) for each in entry.found.performer)
    return ", ".join(dict.fromkeys(name for name in found if name))


def _word(entry: Entry) -> str:
    if isinstance(entry, Pictures):
        return _("Cancelled") if entry.is_cancelled else ""
    return "" if entry.status == "final" else entry.status_word
