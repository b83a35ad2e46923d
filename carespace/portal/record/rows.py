"""How any entry of the record stands on a page: a title, words of its state, facts, notes, and where it came from.

Promises: every string is ready for the screen, in the reader's language as far as it is ours; what is not known is left
out, never filled in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from carespace.access.chart import Chart
from carespace.records.entries import Kind, Stored

Words = str | Promise


class Tag(NamedTuple):
    """A word for a state; ``kind`` is a class of ``tag``: "", "ok", "high", "low", "new"."""

    kind: str
    word: str


class Fact(NamedTuple):
    """One thing known: what it is, and its words."""

    term: str
    words: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry on the screen; ``parts`` are entries inside it, such as the activities of a plan."""

    anchor: str
    title: str
    tags: tuple[Tag, ...] = ()
    summary: str = ""
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together under a heading; no heading where there is one group only."""

    title: str
    rows: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What a row needs to know of the page it stands on: ``names`` of what its entries refer to, ``since`` when things are new."""

    chart: Chart
    names: Mapping[str, str]
    since: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return self.chart.practice.zone

    def is_new(self, stored: Stored) -> bool:
        """Whether it came after the reader's last visit to this page."""
        return self.since is not None and stored.received_at > self.since


@dataclass(frozen=True)
class Part:
    """One part of the record: ``slug`` is its address, ``read`` one stored resource, ``row`` puts it on the screen.

    ``refers`` gives the addresses whose names the row needs; ``group`` the heading it stands under, headings in the order
    of ``groups``. ``about`` says in one sentence what stands here; ``empty`` what to do where nothing does.
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


def facts(*pairs: tuple[Words, str]) -> tuple[Fact, ...]:
    """Return those of ``pairs`` (term, words) that say something."""
    return tuple(Fact(str(term), words) for term, words in pairs if words)


def grouped(part: Part, readings: Iterable[Any], around: Around) -> tuple[Group, ...]:
    """Return ``readings`` as rows under the headings of ``part``, in their order; empty headings are left out."""
    found: dict[str, list[EntryRow]] = {key: [] for key, _ in part.groups}
    for each in readings:
        found.setdefault(part.group(each), []).append(part.row(each, around))
    titles = {key: str(title) for key, title in part.groups}
    return tuple(Group(titles.get(key, ""), tuple(rows)) for key, rows in found.items() if rows)
