"""How any entry of the record stands on a page: a title, words of its state, facts, notes, and where it came from.

Promises: every string is ready for the screen, in the reader's language as far as it is ours; what is not known is left
out, never filled in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from carespace.access.chart import Chart
from carespace.portal.presenters.clean_html import CleanHtml
from carespace.portal.presenters.whose import given_name
from carespace.records.contacts import Contact
from carespace.records.entries import Kind, Stored
from carespace.records.provenance import Sent
from carespace.values import Reference

Words = str | Promise
LONG_CHARACTERS = 40


class Tag(NamedTuple):
    """A word for a state; ``kind`` is a class of ``tag``: "", "ok", "high", "low", "new"."""

    kind: str
    word: str


class Fact(NamedTuple):
    """One thing known: what it is, and its words; ``url`` is made by us only: ``tel:``, ``mailto:`` or a page."""

    term: str
    words: str
    url: str = ""

    @property
    def is_long(self) -> bool:
        """Whether its words need the whole width of a phone, below their term."""
        return len(self.words) > LONG_CHARACTERS


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry inside another: one activity of a plan, one member of a team, one group of questions.

    ``more`` are facts that stand folded, until the reader asks for them or prints the page.
    """

    title: str
    tags: tuple[Tag, ...] = ()
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    more: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry on the screen; ``pieces`` are entries inside it, ``narrative`` is what somebody wrote, cleaned.

    ``more`` are facts that stand folded together with ``source``, until the reader asks for them or prints the page.
    """

    anchor: str
    title: str
    tags: tuple[Tag, ...] = ()
    summary: str = ""
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    more: tuple[Fact, ...] = ()
    source: str = ""
    url: str = ""
    pieces_title: str = ""
    pieces: tuple[Piece, ...] = ()
    narrative: CleanHtml | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together under a heading; no heading where there is one group only."""

    title: str
    rows: tuple[EntryRow, ...]

    @property
    def level(self) -> int:
        """The level of its rows' headings: below its own heading, or below the page's where it has none."""
        return 3 if self.title else 2


@dataclass(frozen=True, slots=True)
class Around:
    """What a row needs to know of the page it stands on: ``names`` of what its entries refer to, ``since`` when things are new.

    ``others`` are the resources behind those names (JSON text), ``contacts`` people and offices with how to reach them,
    ``sent`` who wrote and who sent each entry, by its id; ``also`` is what the part has asked for besides. Built by
    ``gathered()``.
    """

    chart: Chart
    names: Mapping[str, str]
    since: datetime | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    sent: Mapping[UUID, Sent] = field(default_factory=dict)
    also: tuple[Stored, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return self.chart.practice.zone

    @property
    def given(self) -> str:
        """The patient's given name; empty where the patient reads."""
        return given_name(self.chart)

    def whose(self, own: Words, other: Words) -> str:
        """Return ``own`` to the patient, and ``other`` with the patient's name to everybody else."""
        return whose_words(self.chart, own, other)

    def is_new(self, stored: Stored) -> bool:
        """Whether it came after the reader's last visit to this page."""
        return self.since is not None and stored.received_at > self.since


@dataclass(frozen=True)
class Part:
    """One part of the record: ``slug`` is its address, ``read`` one stored resource, ``row`` puts it on the screen.

    ``refers`` gives the addresses whose names the row needs; ``group`` the heading it stands under, headings in the order
    of ``groups``. ``about`` says in one sentence what stands here. ``contacts`` gives the people and offices whose
    numbers the row needs; ``arrange`` may leave out or put together what stands on one page, with what is of the kind
    ``also`` in the whole record at hand. What ends in ``_of_other`` is read by others than the patient, whose given name
    it has as %(name)s. ``counted`` is false where several entries become one row: their number would not be what is seen.
    """

    slug: str
    title: Words
    about: Words
    icon: str
    kind: Kind
    read: Callable[[Stored], Any]
    row: Callable[[Any, Around], EntryRow]
    refers: Callable[[Any], Iterable[str | None]] = lambda _: ()
    group: Callable[[Any], str] = lambda _: ""
    groups: tuple[tuple[str, Words], ...] = ()
    contacts: Callable[[Any], Iterable[Reference | None]] = lambda _: ()
    arrange: Callable[[Sequence[Any], Around], Sequence[Any]] = lambda readings, _: readings
    also: Kind | None = None
    title_of_other: Words = ""
    about_of_other: Words = ""
    groups_of_other: tuple[tuple[str, Words], ...] = ()
    counted: bool = True

    def titled(self, chart: Chart) -> str:
        """Return its title for the one who reads: ``title_of_other`` has the patient's name in it."""
        return whose_words(chart, self.title, self.title_of_other or self.title)

    def described(self, chart: Chart) -> str:
        """Return what stands here, for the one who reads."""
        return whose_words(chart, self.about, self.about_of_other or self.about)


def whose_words(chart: Chart, own: Words, other: Words) -> str:
    """Return ``own`` to the patient, and ``other`` with the patient's given name for %(name)s to everybody else."""
    return str(own) if chart.is_own else str(other) % {"name": given_name(chart)}


def facts(*pairs: tuple[Words, str]) -> tuple[Fact, ...]:
    """Return those of ``pairs`` (term, words) that say something."""
    return tuple(Fact(str(term), words) for term, words in pairs if words)


def grouped(part: Part, readings: Iterable[Any], around: Around) -> tuple[Group, ...]:
    """Return ``readings`` as rows under the headings of ``part``, in their order; empty headings are left out."""
    found: dict[str, list[EntryRow]] = {key: [] for key, _ in part.groups}
    for each in part.arrange(tuple(readings), around):
        found.setdefault(part.group(each), []).append(part.row(each, around))
    titles = {
        key: whose_words(around.chart, title, dict(part.groups_of_other).get(key, title))
        for key, title in part.groups
    }
    return tuple(Group(titles.get(key, ""), tuple(rows)) for key, rows in found.items() if rows)
