"""Numbers over time as charts and in words (ui.md section 3, A11Y-13): for lab results and vital signs alike.

Promises: numbers of different units are never in one chart, and never joined across a change of range or laboratory;
the words never judge; what is no exact number with a day (``<5``, "not detected") is said to stand in the table only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carespace.portal.presenters.labs import FLAG_WORDS
from carespace.records.readings.amounts import quantity_text
from carespace.records.readings.flags import Flag
from carespace.records.readings.labs import LabResult
from carespace.ui.charts import NARROW, WIDE, Drawing, Mark, Point, Side, trend
from carespace.ui.dates import partial_long, partial_short
from carespace.ui.number_line import NumberLine, number_line
from carespace.values import PartialDate, Quantity, local

LEAST_POINTS = 2
# What is drawn: the last half year, or the last ten results where these go back further. The table has all.
DRAWN_DAYS, DRAWN_AT_LEAST = 183, 10
_MOST_STEPS = 0.75
_SECONDS_OF_DAY = 86_400
_PRECISE = frozenset({"day", "time"})
_SIDES: Mapping[Flag, Side] = {"high": "high", "low": "low", "outside": "outside", "in": ""}
_LATEST: Mapping[Flag, Promise] = {
    "in": gettext_lazy("The latest is in the usual range."),
    "high": gettext_lazy("The latest is above the usual range."),
    "low": gettext_lazy("The latest is below the usual range."),
    "outside": gettext_lazy("The latest is outside the usual range."),
}
_LEGEND: Mapping[Side, Promise] = {
    "": gettext_lazy("In the usual range"),
    "high": gettext_lazy("Above the usual range"),
    "low": gettext_lazy("Below the usual range"),
    "outside": gettext_lazy("Outside the usual range"),
}
_NOT_JUDGED = gettext_lazy("In the usual range, or no range given")


@dataclass(frozen=True, slots=True)
class Number:
    """One number that can be drawn, with all that was printed of it."""

    value: Decimal
    printed: str
    taken: PartialDate
    there: datetime
    flag: Flag | None
    low: Decimal | None = None
    high: Decimal | None = None
    usual: str = ""
    source: str = ""
    series: int = 0


class Shape(TypedDict):
    """One line of a chart's legend."""

    kind: str
    path: str
    words: str


class Chart(TypedDict):
    """What ``ui/components/chart.html`` draws; ``unit`` is set where a page has several."""

    id: str
    title: str
    unit: str
    text: str
    wide: Drawing
    narrow: Drawing
    legend: list[Shape]
    note: str


class Line(TypedDict):
    """What ``ui/components/number_line.html`` draws."""

    id: str
    title: str
    text: str
    wide: NumberLine
    narrow: NumberLine


def units_of(results: Sequence[LabResult]) -> list[str]:
    """Return for each result what stands for its unit: the UCUM code, else the one code with its printed unit, else that."""
    codes: dict[str, set[str]] = {}
    for each in results:
        if each.unit_code:
            codes.setdefault(each.unit, set()).add(each.unit_code)

    def key(result: LabResult) -> str:
        known = codes.get(result.unit, set())
        if result.unit_code or len(known) == 1:
            return result.unit_code or next(iter(known))
        return result.unit

    return [key(each) for each in results]


def number_of(result: LabResult, zone: ZoneInfo) -> Number | None:
    """Return the number of a result as it can be drawn; None where it is none, or has no day."""
    there = moment_of(result.taken, zone)
    if result.number is None or result.taken is None or there is None:
        return None
    low, high = result.bounds
    return Number(
        value=result.number,
        printed=result.value,
        taken=result.taken,
        there=there,
        flag=result.flag,
        low=low.value if low else None,
        high=high.value if high else None,
        usual=result.usual if low or high else "",
        source=result.performer_reference or result.performer,
    )


def moment_of(taken: PartialDate | None, zone: ZoneInfo) -> datetime | None:
    """Return when it was where that is known to the day at least."""
    if taken is None or taken.precision not in _PRECISE:
        return None
    return local(taken.start(zone), zone)


def chart_of(
    numbers: Sequence[Number],
    *,
    identity: str,
    name: str,
    unit: str = "",
    left_out: int = 0,
    series: Sequence[str] = (),
) -> Chart | None:
    """Return the chart of numbers of one unit; None where there are fewer than two to join.

    ``left_out`` counts the results that only the table holds; ``series`` names the lines where there are two.
    """
    ordered = sorted(numbers, key=lambda each: each.there)
    if len([each for each in ordered if not each.series]) < LEAST_POINTS:
        return None
    drawn = _recent(ordered)
    points = _points(drawn)
    band = _band_words(drawn)
    wide, narrow = (trend(points, size, band_label=band) for size in (WIDE, NARROW))
    title = _("%(test)s over time, in %(unit)s") if unit else _("%(test)s over time")
    notes = [
        _since(drawn[0]) if len(drawn) < len(ordered) else "",
        _thinned(len(drawn)) if wide.thinned else "",
        _table_only(left_out),
    ]
    return Chart(
        id=identity,
        title=title % {"test": name, "unit": unit},
        unit=unit,
        text=" ".join(trend_words([each for each in ordered if not each.series])),
        wide=wide,
        narrow=narrow,
        legend=_legend(drawn, series),
        note=" ".join(note for note in notes if note),
    )


def _recent(ordered: Sequence[Number]) -> list[Number]:
    """Return what is drawn: the last half year, or the last ten of the first series, whichever is more."""
    own = [each.there for each in ordered if not each.series]
    begin = min(own[-1] - timedelta(days=DRAWN_DAYS), own[-DRAWN_AT_LEAST:][0])
    return [each for each in ordered if each.there >= begin]


def trend_words(numbers: Sequence[Number], unit: str = "") -> list[str]:
    """Return what the numbers of one unit did, in sentences that do not judge; none where there are fewer than two."""
    ordered = sorted(numbers, key=lambda each: each.there)
    if len(ordered) < LEAST_POINTS:
        return []
    last = ordered[-1]
    found = [_counted(ordered, unit)]
    if len({each.value for each in ordered}) == 1:
        found.append(_("Each was %(value)s.") % {"value": last.printed})
    else:
        found += [*_moved(ordered), _extremes(ordered)]
    if len({_judged_by(each) for each in ordered}) > 1:
        found.append(
            _("The lab or its usual range changed in this time, so compare the numbers with care.")
        )
    if last.flag:
        found.append(str(_LATEST[last.flag]))
    return found


def line_of(result: LabResult) -> Line | None:
    """Return one result's number beside its usual range; None where they cannot be compared."""
    low, high = result.bounds
    number = result.number
    if number is None or (low is None and high is None):
        return None
    words = f"{result.value} {result.unit}".strip()
    side: Side = _SIDES[result.flag] if result.flag else ""

    def drawn(width: int) -> NumberLine:
        return number_line(
            float(number or 0),
            _bound(low),
            _bound(high),
            words=words,
            side=side,
            width=640 if width == WIDE.width else 320,
        )

    return Line(
        id="number-line",
        title=_("%(value)s beside the usual range %(range)s")
        % {"value": words, "range": result.usual},
        text=str(_LEGEND[side]) if result.flag else "",
        wide=drawn(640),
        narrow=drawn(320),
    )


def _bound(bound: Quantity | None) -> tuple[float, str] | None:
    if bound is None or bound.value is None:
        return None
    return float(bound.value), quantity_text(bound)


def _points(ordered: Sequence[Number]) -> list[Point]:
    """Return the points; a new stretch begins where the range or the laboratory is another one."""
    stretch = [0]
    for before, after in pairwise(ordered):
        stretch.append(stretch[-1] + (_judged_by(before) != _judged_by(after)))
    return [
        Point(
            at=_days(each.there),
            value=float(each.value),
            label=each.printed,
            side=_SIDES[each.flag] if each.flag else "",
            word=str(FLAG_WORDS[each.flag][1]) if each.flag in {"high", "low"} else "",
            low=None if each.low is None else float(each.low),
            high=None if each.high is None else float(each.high),
            stretch=part,
            series=each.series,
        )
        for each, part in zip(ordered, stretch, strict=True)
    ]


def _days(there: datetime) -> float:
    seconds = there.hour * 3600 + there.minute * 60 + there.second
    return there.toordinal() + seconds / _SECONDS_OF_DAY


def _judged_by(number: Number) -> tuple[object, ...]:
    return number.low, number.high, number.source


def _band_words(ordered: Sequence[Number]) -> str:
    ranges = dict.fromkeys(each.usual for each in ordered if each.usual)
    if len(ranges) == 1:
        return _("Usual range %(range)s") % {"range": next(iter(ranges))}
    return _("Usual range, as it was at the time") if ranges else ""


def _counted(ordered: Sequence[Number], unit: str) -> str:
    there = ordered[0].there
    words = {
        "count": len(ordered),
        "unit": unit,
        "when": partial_long(PartialDate.parse(f"{there.year:04}-{there.month:02}"), _zone(there)),
    }
    if unit:
        text = ngettext(
            "%(count)s result in %(unit)s since %(when)s.",
            "%(count)s results in %(unit)s since %(when)s.",
            len(ordered),
        )
        return text % words
    text = ngettext(
        "%(count)s result since %(when)s.", "%(count)s results since %(when)s.", len(ordered)
    )
    return text % words


def _moved(ordered: Sequence[Number]) -> list[str]:
    """Say the last step; that the numbers rose or fell only where most steps went that way, the last one too."""
    first, before, last = ordered[0], ordered[-2], ordered[-1]
    steps = [(b.value > a.value) - (b.value < a.value) for a, b in pairwise(ordered)]
    words = {"first": first.printed, "last": last.printed}
    found = []
    if steps.count(1) >= _MOST_STEPS * len(steps) and steps[-1] >= 0:
        found.append(_("Rose from %(first)s to %(last)s.") % words)
    elif steps.count(-1) >= _MOST_STEPS * len(steps) and steps[-1] <= 0:
        found.append(_("Fell from %(first)s to %(last)s.") % words)
    if len(ordered) > LEAST_POINTS or not found:
        step = {"last": last.printed, "before": before.printed, "day": _day(before)}
        found.append(_("The latest is %(last)s. Before: %(before)s on %(day)s.") % step)
    return found


def _extremes(ordered: Sequence[Number]) -> str:
    lowest = min(ordered, key=lambda each: each.value)
    highest = max(ordered, key=lambda each: each.value)
    return _("Lowest %(low)s (%(low_day)s), highest %(high)s (%(high_day)s).") % {
        "low": lowest.printed,
        "low_day": _day(lowest),
        "high": highest.printed,
        "high_day": _day(highest),
    }


def _day(number: Number) -> str:
    return partial_short(number.taken, _zone(number.there))


def _zone(there: datetime) -> ZoneInfo:
    return there.tzinfo if isinstance(there.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _legend(ordered: Sequence[Number], series: Sequence[str]) -> list[Shape]:
    """Say what each shape means, where there is more than one."""
    lines = [
        Shape(kind="", path=Mark(0, 0, "", place).path, words=words)
        for place, words in enumerate(series)
    ]
    sides = {_SIDES[each.flag] if each.flag else "" for each in ordered}
    wanted = [side for side in _LEGEND if side in sides and (side or not lines)]
    if not lines and sides == {""}:
        return []
    words = {**_LEGEND, "": _NOT_JUDGED} if any(not each.flag for each in ordered) else _LEGEND
    shapes = [
        Shape(kind=side, path=Mark(0, 0, side, 0).path, words=str(words[side])) for side in wanted
    ]
    return [*lines, *shapes]


def _since(first: Number) -> str:
    return _("The drawing begins on %(day)s. Older results are in the table.") % {
        "day": _day(first)
    }


def _thinned(count: int) -> str:
    return _(
        "The drawing leaves out some of the %(count)s results; the highest and lowest are kept. The table holds all."
    ) % {"count": count}


def _table_only(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s result is not a plain number with a day. It is in the table only.",
        "%(count)s results are not plain numbers with a day. They are in the table only.",
        count,
    ) % {"count": count}
