"""Where a time axis has its marks, and what they say: days, months or years, never more than can be read.

Promises: marks stand on whole days, months or years, true to scale; the words are those of ``ui/dates.py``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from zoneinfo import ZoneInfo

from carespace.ui.dates import partial_short
from carespace.values import PartialDate

MOST = 7
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_LONGEST_MONTH_DAYS = 31
_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis: ``at`` in days as ``date.toordinal`` counts them."""

    at: float
    text: str


def day_ticks(first: float, last: float) -> Iterator[Sequence[Tick]]:
    """Yield sets of marks from ``first`` to ``last``, the finest first, until one mark or none is left."""
    for step in _MONTH_STEPS:
        if last - first > (MOST + 2) * step * _LONGEST_MONTH_DAYS:
            continue
        found = [each for each in _months(first, last, step) if first <= each.at <= last]
        if 2 <= len(found) <= MOST:
            yield found
    yield from _ends(first, last)


def _months(first: float, last: float, step: int) -> Iterable[Tick]:
    begin, end = date.fromordinal(int(first)), date.fromordinal(int(last))
    count = begin.year * 12 + begin.month - 1
    for month in range(count - count % step, end.year * 12 + end.month, step):
        year, place = divmod(month, 12)
        if 0 < year < MAXYEAR:
            text = f"{year:04}" if step % 12 == 0 else f"{year:04}-{place + 1:02}"
            yield Tick(float(date(year, place + 1, 1).toordinal()), _said(text))


def _ends(first: float, last: float) -> Iterator[Sequence[Tick]]:
    """Yield the two ends by their days, else the middle by its day: a few weeks hold no two firsts of a month."""
    days = [date.fromordinal(int(each)) for each in (first, last)]
    ticks = [Tick(at, _said(day.isoformat())) for at, day in zip((first, last), days, strict=True)]
    if days[0] != days[1]:
        yield ticks
    yield [Tick((first + last) / 2, _between(days))]


def _between(days: Sequence[date]) -> str:
    one, other = days
    if one == other:
        return _said(one.isoformat())
    return f"{_said(one.isoformat())} – {_said(other.isoformat())}"


def _said(text: str) -> str:
    return partial_short(PartialDate.parse(text), _ZONE)
