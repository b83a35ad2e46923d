"""One number on a line beside its usual range: the first picture of a result (ui.md section 1, Zikmund-Fisher 2017).

Promises: no medicine; the range is always seen whole or open at the end that has no bound; the number's mark is a shape
that says on which side it stands; made twice, wide and narrow, as charts are.
"""

from dataclasses import dataclass
from typing import Literal

from carespace.ui.charts import FONT, HALF_MARK, Box, Mark, Side, Text

Width = Literal[640, 320]
_EDGE = 24.0
_MIDDLE = 44.0
_HALF_BAND = 13.0
HEIGHT = 88


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One number line at one width."""

    width: int
    axis: str
    band: str
    edges: str
    mark: Mark
    labels: tuple[Text, ...]

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {HEIGHT}"


def number_line(
    value: float,
    low: tuple[float, str] | None,
    high: tuple[float, str] | None,
    *,
    words: str,
    side: Side,
    width: Width,
) -> NumberLine:
    """Draw ``value`` (written as ``words``); ``low`` and ``high`` are the range's bounds with theirs, one at least."""
    first, last = _ends(value, low and low[0], high and high[0])

    def x(number: float) -> float:
        return round(_EDGE + (number - first) / (last - first) * (width - 2 * _EDGE), 1)

    begin = x(low[0]) if low else _EDGE
    end = x(high[0]) if high else width - _EDGE
    top, bottom = _MIDDLE - _HALF_BAND, _MIDDLE + _HALF_BAND
    edges = [place for place, bound in ((begin, low), (end, high)) if bound]
    return NumberLine(
        width=width,
        axis=f"M{_EDGE} {_MIDDLE}H{width - _EDGE}",
        band=f"M{begin} {top}H{end}V{bottom}H{begin}z",
        edges="".join(f"M{place} {top}V{bottom}" for place in edges),
        mark=Mark(x(value), _MIDDLE, side, 0),
        labels=(_above(x(value), words, width), *_below(begin, end, low, high, width)),
    )


def _ends(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    """Return which numbers the line's ends stand for: the range takes a good part, and the value is never at an end."""
    bounds = [each for each in (low, high) if each is not None]
    span = (high - low) if low is not None and high is not None else max(map(abs, bounds)) or 1.0
    room = (span or abs(bounds[0]) or 1.0) * 0.6
    first, last = min(bounds) - room, max(bounds) + room
    beyond = max(first - value, value - last, 0.0) * 0.08
    first, last = min(first, value - beyond - room * 0.2), max(last, value + beyond + room * 0.2)
    # Amounts are seldom below nothing: a line that begins there says so.
    return (max(first, 0.0) if value > 0 and min(bounds) >= 0 else first), last


def _above(x: float, words: str, width: int) -> Text:
    return _held(Text(x, _MIDDLE - _HALF_BAND - HALF_MARK, words), width)


def _below(
    begin: float,
    end: float,
    low: tuple[float, str] | None,
    high: tuple[float, str] | None,
    width: int,
) -> list[Text]:
    height = round(_MIDDLE + _HALF_BAND + FONT * 1.1, 1)
    bounds = [
        _held(Text(x, height, bound[1]), width)
        for x, bound in ((begin, low), (end, high))
        if bound is not None
    ]
    if len(bounds) == 2 and bounds[0].box.meets(bounds[1].box) and low and high:
        return [_held(Text((begin + end) / 2, height, f"{low[1]}–{high[1]}"), width)]
    return bounds


def _held(text: Text, width: int) -> Text:
    """Move words inwards where they would leave the drawing."""
    box, page = text.box, Box(1, 0, width - 1, HEIGHT)
    if box.left < page.left:
        return Text(1.0, text.y, text.text, "start")
    return Text(width - 1.0, text.y, text.text, "end") if box.right > page.right else text
