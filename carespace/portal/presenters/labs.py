"""Lab results as rows of the labs table (S-33 to S-35): grouped as a person looks for them, or the newest first."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypedDict
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carespace.access.chart import Chart
from carespace.portal.addresses import chart_url, item_pattern
from carespace.portal.presenters.whose import whose
from carespace.records.lab_queries import LabHistory
from carespace.records.readings.flags import Flag
from carespace.records.readings.labs import LabResult
from carespace.ui.dates import partial_short

LONGEST_IN_TABLE_CHARACTERS = 120
LONGEST_SEARCH_CHARACTERS = 80
SHOW_OUTSIDE = "?show=outside"
# How much of the labs stands on the page that gives an overview; the whole table is one step away.
OVERVIEW_OUTSIDE, OVERVIEW_NEWEST = 8, 6
FLAG_WORDS: Mapping[str, tuple[str, Promise]] = {
    "in": ("ok", gettext_lazy("In range")),
    "high": ("high", gettext_lazy("High")),
    "low": ("low", gettext_lazy("Low")),
    "outside": ("", gettext_lazy("Outside the usual range")),
}
OUTSIDE = frozenset({"high", "low", "outside"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked of the table: a word of a test's name, which tests ("", "outside", "new"), in which order."""

    find: str = ""
    show: str = ""
    order: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """Read an address's question; what it does not know counts as not asked."""
        show, order = query.get("show", ""), query.get("order", "")
        return cls(
            find=" ".join(query.get("find", "")[:LONGEST_SEARCH_CHARACTERS].split()),
            show=show if show in {"outside", "new"} else "",
            order=order if order == "newest" else "",
        )

    def address(self, url: str, **changed: str) -> str:
        """Return the address that asks the same, but for what is ``changed``."""
        asked = {"find": self.find, "show": self.show, "order": self.order} | changed
        question = urlencode({name: value for name, value in asked.items() if value})
        return f"{url}?{question}" if question else url


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
    """One result as a table prints it; ``was`` tells what it said before it was changed."""

    usual: str
    by: str
    comments: tuple[str, ...]
    was: list[str]


class Past(TypedDict):
    """One earlier result; ``other`` says that its unit is another one than the latest result's, and its range.

    ``rare``: whether it has a status to say, or is new; a page of hundreds asks once, not twice.
    """

    date: str
    value: str
    more: str
    kind: str
    word: str
    status: str
    new: bool
    rare: bool
    other: str


class Row(TypedDict):
    """One test of the labs table; ``onward`` leads to its own page, where the rest stands."""

    name: str
    plain: str
    url: str
    latest: Reading
    new: bool
    earlier: list[Past]
    onward: str


class Group(TypedDict):
    """Tests that a person looks for together; no title where the newest come first."""

    title: str
    rows: list[Row]


class Choice(TypedDict):
    """One of the ways to narrow the table down."""

    text: str
    url: str
    current: bool


class Labs(TypedDict):
    """The labs table and the choices above it; ``total`` counts all tests, ``shown`` those in the table."""

    groups: list[Group]
    total: int
    shown: int
    choices: list[Choice]
    asked: Asked
    url: str
    grouped: bool
    other_order: str
    found: str
    nothing: str
    caption: str


def labs_table(
    chart: Chart,
    tests: Sequence[LabHistory],
    *,
    page: str,
    asked: Asked,
    since: datetime | None,
) -> Labs:
    """Return the labs table of ``page``; what came after ``since`` is new to the reader."""
    url = chart_url(page, chart.patient.pk)
    shown = [each for each in tests if _is_asked(each, asked, since)]
    grouped = not asked.order
    return Labs(
        groups=_groups(chart, shown, since, grouped=grouped),
        total=len(tests),
        shown=len(shown),
        choices=_choices(tests, asked, since, url),
        asked=asked,
        url=url,
        grouped=grouped,
        other_order=asked.address(url, order="newest" if grouped else ""),
        found=_found(asked, len(shown), len(tests)),
        nothing=_nothing(asked),
        caption=_caption(chart, asked),
    )


class Overview(TypedDict):
    """A few of the labs: what is outside its range and what is newest; ``outside_text`` where more is outside."""

    groups: list[Group]
    total: int
    caption: str
    all_text: str
    all_url: str
    outside_text: str
    outside_url: str


def labs_overview(chart: Chart, tests: Sequence[LabHistory], *, since: datetime | None) -> Overview:
    """Return the newest tests and those outside their range, in the order of the labs table by date."""
    url = chart_url("labs", chart.patient.pk)
    outside = [each for each in tests if each.latest.flag in OUTSIDE]
    wanted = {each.latest.id for each in (*tests[:OVERVIEW_NEWEST], *outside[:OVERVIEW_OUTSIDE])}
    shown = [each for each in tests if each.latest.id in wanted]
    some = _("The newest results, and those outside the usual range")
    hidden = len(outside) > sum(each.latest.flag in OUTSIDE for each in shown)
    return Overview(
        groups=_groups(chart, shown, since, grouped=False),
        total=len(tests),
        caption=some if len(shown) < len(tests) else whose(chart)["latest"],
        all_text=_("All tests (%(count)s)") % {"count": len(tests)},
        all_url=url,
        outside_text=_("Outside usual range (%(count)s)") % {"count": len(outside)}
        if hidden
        else "",
        outside_url=f"{url}{SHOW_OUTSIDE}",
    )


def _is_asked(test: LabHistory, asked: Asked, since: datetime | None) -> bool:
    if asked.show == "outside" and test.latest.flag not in OUTSIDE:
        return False
    if asked.show == "new" and not _has_new(test, since):
        return False
    return not asked.find or _is_called(test.latest, asked.find)


def _is_called(result: LabResult, words: str) -> bool:
    """Say whether all of ``words`` stand in the names of a test, ours in both languages among them."""
    names = [result.test, result.also, *(result.plain.names if result.plain else ())]
    text = _folded(" ".join(names))
    return all(word in text for word in _folded(words).split())


def _folded(text: str) -> str:
    """Return ``text`` without accents and without a difference between small and capital letters."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _has_new(test: LabHistory, since: datetime | None) -> bool:
    return any(is_new(each, since) for each in (test.latest, *test.earlier))


def is_new(result: LabResult, since: datetime | None) -> bool:
    """Say whether ``result`` came, or was changed, after ``since``."""
    return since is not None and result.received_at is not None and result.received_at > since


def _choices(
    tests: Sequence[LabHistory], asked: Asked, since: datetime | None, url: str
) -> list[Choice]:
    """Return the ways to narrow down, where there is more than one."""
    outside = sum(each.latest.flag in OUTSIDE for each in tests)
    new = sum(_has_new(each, since) for each in tests) if since else 0
    found = [("", _("All tests (%(count)s)") % {"count": len(tests)})]
    if new or asked.show == "new":
        found.append(("new", _("New since your last visit (%(count)s)") % {"count": new}))
    if outside or asked.show == "outside":
        found.append(("outside", _("Outside usual range (%(count)s)") % {"count": outside}))
    if len(found) == 1:
        return []
    return [
        Choice(text=text, url=asked.address(url, show=show), current=show == asked.show)
        for show, text in found
    ]


def _found(asked: Asked, shown: int, total: int) -> str:
    """Say what the search found; empty where nobody searched."""
    if not asked.find:
        return ""
    words = {"shown": shown, "total": total, "find": asked.find}
    return (
        ngettext(
            "%(shown)s of %(total)s tests matches “%(find)s”.",
            "%(shown)s of %(total)s tests match “%(find)s”.",
            shown,
        )
        % words
    )


def _nothing(asked: Asked) -> str:
    """Say that the choice holds no test."""
    if asked.find:
        return _("No test here is called “%(find)s”") % {"find": asked.find}
    if asked.show == "new":
        return _("Nothing new since your last visit")
    return _("No latest result is outside its usual range")


def _caption(chart: Chart, asked: Asked) -> str:
    """Say what the table holds: on paper the choices are gone, and it must say that it is not the whole."""
    words = whose(chart)
    if asked.show == "outside":
        return words["outside"]
    if asked.show == "new":
        return _("New since your last visit")
    return words["latest"]


def _groups(
    chart: Chart, tests: Sequence[LabHistory], since: datetime | None, *, grouped: bool
) -> list[Group]:
    """Return the tests in their groups; in each the newest day first, and of one day what is outside its range."""
    if not tests:
        return []
    if not grouped:
        return [Group(title="", rows=_worst_first_each_day(lab_rows(chart, tests, since)))]
    placed = sorted(((each.latest.group, each) for each in tests), key=lambda x: x[0].position)
    return [
        Group(
            title=group.words,
            rows=_worst_first_each_day(lab_rows(chart, [each for __, each in some], since)),
        )
        for group, some in groupby(placed, key=lambda x: x[0])
    ]


def lab_rows(
    chart: Chart, tests: Sequence[LabHistory], since: datetime | None = None, *, page: str = "lab"
) -> list[Row]:
    """Return the rows of the labs table, each leading to ``page``."""
    zone = chart.practice.zone
    before, after = item_pattern(page, chart.patient.pk)
    return [
        Row(
            name=each.latest.test,
            plain=added_name(each.latest),
            url=f"{before}{each.latest.id}{after}",
            latest=reading(each.latest, zone),
            new=is_new(each.latest, since),
            earlier=[_earlier(one, each.latest.unit, zone, since) for one in each.earlier],
            onward=_onward(each.total - 1 - len(each.earlier)),
        )
        for each in tests
    ]


def _onward(more: int) -> str:
    """Return what leads to the test's own page, where ``more`` results stand that the table does not show."""
    if more <= 0:
        return _("All about this test")
    return ngettext("%(count)s older, and the trend", "%(count)s older, and the trend", more) % {
        "count": more
    }


def plain_name(result: LabResult) -> str:
    """Return what we call the test, where the laboratory's own name does not say it."""
    name = result.plain.name if result.plain else ""
    return "" if _folded(name) in _folded(result.test) else name


def added_name(result: LabResult) -> str:
    """Return only what our name adds to the laboratory's: "Liver enzyme" below AST, of "AST (liver enzyme)"."""
    name = plain_name(result)
    short, bracket, rest = name.removesuffix(")").partition(" (")
    if bracket and _folded(short) in _folded(result.test):
        return "" if _folded(rest) in _folded(result.test) else rest[:1].upper() + rest[1:]
    return name


def _flag_words(flag: Flag | None) -> tuple[str, str]:
    """Return the kind of tag and the word of a flag, in the active language."""
    kind, word = FLAG_WORDS[flag] if flag else ("", "")
    return kind, str(word)


def brief(result: LabResult, zone: ZoneInfo, *, whole: bool = False) -> Brief:
    """Return one result in few words; a long value is cut unless ``whole``."""
    kind, word = _flag_words(result.flag)
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
        was=[],
    )


def _earlier(result: LabResult, unit: str, zone: ZoneInfo, since: datetime | None) -> Past:
    value, own = result.value, result.unit
    parts = [f"{part.name} {part.value} {part.unit}".strip() for part in result.parts]
    kind, word = _flag_words(result.flag)
    status, new = result.status_word, is_new(result, since)
    other = _other_unit(result) if unit and own and own != unit else ""
    return Past(
        date=partial_short(result.taken, zone),
        value=_cut(value),
        more=" · ".join(part for part in (own, *parts) if part),
        kind=kind,
        word=word,
        status=status,
        new=new,
        rare=bool(new or status or other),
        other=other,
    )


def _other_unit(result: LabResult) -> str:
    if result.usual:
        return _("Different unit, usual range %(range)s") % {"range": _cut(result.usual)}
    if result.performer:
        return _("Different unit, %(lab)s") % {"lab": result.performer}
    return _("Different unit")


def _worst_first_each_day(rows: Sequence[Row]) -> list[Row]:
    """Return ``rows``, which are sorted by day, with those outside their range first in each day."""
    days = groupby(rows, key=lambda row: row["latest"]["date"])
    return [row for __, day in days for row in sorted(day, key=_is_within)]


def _is_within(row: Row) -> bool:
    return row["latest"]["kind"] == "ok" or not row["latest"]["word"]


def _cut(text: str) -> str:
    if len(text) <= LONGEST_IN_TABLE_CHARACTERS:
        return text
    return f"{text[:LONGEST_IN_TABLE_CHARACTERS].rstrip()}…"
