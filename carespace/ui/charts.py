"""Charts as frozen drawings that a template turns into SVG: a trend over time, and one number beside its range.

Promises (ui.md section 3, A11Y-13): no medicine and no markup here, only numbers, words and places. Each drawing is made
twice, wide and narrow, so that its words are never scaled below 14 px; time is true to scale; what is outside its band
has a shape of its own; a line joins only points of one series and one stretch; words never stand on each other; a drawing
of very many points keeps the lowest and the highest of each stretch of time and says that it is thinned.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from carespace.ui.time_axis import Tick, day_ticks

Side = Literal["", "high", "low", "outside"]
Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]
FONT = 17.0
LETTER = 0.68  # wider than a letter of a bold system font is on average, in ems: room is never underestimated
LABEL_ALL = 8
HALF_MARK = 7.0
_GAP = 4.0
_OVER = 0.6  # how much of its side a band and the axis reach over the outermost values
_ANCHORS: tuple[Anchor, ...] = ("middle", "start", "end")


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing's size in its own units, which are pixels where it is not scaled; ``most`` marks at most."""

    width: float
    height: float
    side: float
    most: int


WIDE = Size(640, 280, 40, 160)
NARROW = Size(320, 250, 30, 80)


@dataclass(frozen=True, slots=True)
class Point:
    """One value: ``at`` in days (a date's ordinal and the part of the day), its words, and the band it was judged by.

    ``stretch``: points of different stretches are not joined. ``word`` is said beside a value that is outside.
    """

    at: float
    value: float
    label: str
    side: Side = ""
    word: str = ""
    low: float | None = None
    high: float | None = None
    stretch: int = 0
    series: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """Words in a drawing: where their baseline is, and on which side of it they stand."""

    x: float
    y: float
    text: str
    anchor: Anchor = "middle"

    @property
    def left(self) -> str:
        return _number(self.x)

    @property
    def top(self) -> str:
        return _number(self.y)

    @property
    def box(self) -> "Box":
        wide = len(self.text) * LETTER * FONT
        begins = {"start": self.x, "middle": self.x - wide / 2, "end": self.x - wide}[self.anchor]
        return Box(begins, self.y - FONT * 0.85, begins + wide, self.y + FONT * 0.25)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: "Box") -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """One value's shape; ``path`` draws it around its place."""

    x: float
    y: float
    side: Side
    series: int

    @property
    def path(self) -> str:
        return f"M{_number(self.x)} {_number(self.y)}{_SHAPES[self.side or str(self.series)]}"

    @property
    def box(self) -> Box:
        half = HALF_MARK
        return Box(self.x - half, self.y - half, self.x + half, self.y + half)


@dataclass(frozen=True, slots=True)
class Band:
    """A usual range over a stretch of time; its dashed ``edges`` are where the range really ends."""

    path: str
    edges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The line through the points of one series and stretch."""

    path: str
    series: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart at one size."""

    size: Size
    axis: str
    bands: tuple[Band, ...]
    band_label: Text | None
    traces: tuple[Trace, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Text, ...]
    ticks: tuple[Text, ...]
    tick_lines: str
    thinned: bool

    @property
    def view_box(self) -> str:
        return f"0 0 {self.size.width:.0f} {self.size.height:.0f}"


_SHAPES = {
    "0": "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    "1": "m-5.5 -5.5h11v11h-11z",
    "high": "m0 -8l8 14h-16z",
    "low": "m0 8l8 -14h-16z",
    "outside": "m0 -8l8 8l-8 8l-8 -8z",
}


@dataclass(frozen=True, slots=True)
class _Scale:
    """From days and values to places."""

    size: Size
    first: float
    last: float
    bottom: float
    top: float

    @property
    def frame(self) -> Box:
        """Where values stand: room for a label above the highest and below the lowest, and for the axis."""
        size = self.size
        return Box(size.side, FONT * 2.4, size.width - size.side, size.height - FONT * 3.4)

    @property
    def floor(self) -> float:
        return self.size.height - FONT * 1.6

    def x(self, at: float) -> float:
        frame, span = self.frame, self.last - self.first
        share = (at - self.first) / span if span else 0.5
        return frame.left + share * (frame.right - frame.left)

    def y(self, value: float) -> float:
        frame, span = self.frame, self.top - self.bottom
        share = (value - self.bottom) / span if span else 0.5
        return frame.bottom - share * (frame.bottom - frame.top)


def trend(points: Sequence[Point], size: Size, *, band_label: str = "") -> Drawing:
    """Draw ``points`` (at least one) at ``size``; ``band_label`` names the band where there is one."""
    ordered = sorted(points, key=lambda each: each.at)
    kept = _thinned(ordered, size.most)
    scale = _scale(ordered, size)
    marks = tuple(_mark(each, scale) for each in kept)
    bands = tuple(_bands(kept, scale))
    label = _band_label(kept, scale, marks, band_label) if bands else None
    taken = [each.box for each in marks] + ([label.box] if label else [])
    ticks = _ticks(scale)
    floor, edge = _number(scale.floor), size.side * _OVER
    return Drawing(
        size=size,
        axis=f"M{_number(scale.frame.left - edge)} {floor}H{_number(scale.frame.right + edge)}",
        bands=bands,
        band_label=label,
        traces=tuple(_traces(kept, scale)),
        marks=marks,
        labels=tuple(_labels(kept, scale, taken)),
        ticks=tuple(text for _, text in ticks),
        tick_lines="".join(f"M{_number(x)} {floor}v5" for x, _ in ticks),
        thinned=len(kept) < len(ordered),
    )


def _scale(points: Sequence[Point], size: Size) -> _Scale:
    heights = [each.value for each in points]
    heights += [edge for each in points for edge in (each.low, each.high) if edge is not None]
    return _Scale(size, points[0].at, points[-1].at, min(heights), max(heights))


def _thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Return ``points``, or of each stretch of time the first, lowest, highest and last, where there are more than ``most``."""
    if len(points) <= most:
        return list(points)
    first, span = points[0].at, points[-1].at - points[0].at
    parts = max(1, most // 4)
    kept: list[Point] = []

    def place(each: Point) -> tuple[int, int]:
        part = int((each.at - first) / span * parts) if span else 0
        return each.series, min(part, parts - 1)

    for _, some in groupby(sorted(points, key=place), key=place):
        bucket = list(some)
        wanted = (
            0,
            min(range(len(bucket)), key=lambda n: bucket[n].value),
            max(range(len(bucket)), key=lambda n: bucket[n].value),
            len(bucket) - 1,
        )
        kept += [bucket[n] for n in sorted(set(wanted))]
    return sorted(kept, key=lambda each: each.at)


def _mark(point: Point, scale: _Scale) -> Mark:
    return Mark(
        round(scale.x(point.at), 1), round(scale.y(point.value), 1), point.side, point.series
    )


def _traces(points: Sequence[Point], scale: _Scale) -> Iterable[Trace]:
    for series in sorted({each.series for each in points}):
        for places in _joined([each for each in points if each.series == series], scale):
            yield Trace("M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in places), series)


def _joined(points: Sequence[Point], scale: _Scale) -> Iterable[list[Place]]:
    """Join neighbours of one series as long as they are of one stretch."""
    for series in sorted({each.series for each in points}):
        own = [each for each in points if each.series == series]
        for _, stretch in groupby(own, key=lambda each: each.stretch):
            places = [(scale.x(each.at), scale.y(each.value)) for each in stretch]
            if len(places) > 1:
                yield places


def _bands(points: Sequence[Point], scale: _Scale) -> Iterable[Band]:
    """Draw each range from halfway to the point before it to halfway to the point after it."""
    own = [each for each in points if each.series == 0]
    runs = [list(run) for _, run in groupby(own, key=lambda each: (each.low, each.high))]
    ends = [(one[-1].at + other[0].at) / 2 for one, other in pairwise(runs)]
    edge = scale.size.side * _OVER
    for place, run in enumerate(runs):
        left = scale.x(ends[place - 1]) if place else scale.frame.left - edge
        right = scale.x(ends[place]) if place < len(ends) else scale.frame.right + edge
        if run[0].low is not None or run[0].high is not None:
            yield _band(run[0], scale, left, right)


def _band(point: Point, scale: _Scale, left: float, right: float) -> Band:
    top = scale.y(point.high) if point.high is not None else FONT * 0.9
    bottom = scale.y(point.low) if point.low is not None else scale.floor
    lines = [y for y, bound in ((top, point.high), (bottom, point.low)) if bound is not None]
    begin, end = _number(left), _number(right)
    return Band(
        f"M{begin} {_number(top)}H{end}V{_number(bottom)}H{begin}z",
        tuple(f"M{begin} {_number(y)}H{end}" for y in lines),
    )


def _band_label(
    points: Sequence[Point], scale: _Scale, marks: Sequence[Mark], words: str
) -> Text | None:
    """Write the band's name inside one of its edges, else outside, where it covers the fewest marks."""
    bound = next((p for p in reversed(points) if p.low is not None or p.high is not None), None)
    if bound is None or not words:
        return None
    top = scale.y(bound.high) if bound.high is not None else FONT * 0.9
    bottom = scale.y(bound.low) if bound.low is not None else scale.floor
    begin = scale.frame.left - scale.size.side * _OVER + _GAP
    end = scale.frame.right + scale.size.side * _OVER - _GAP
    heights = [top + FONT * 1.1, bottom - FONT * 0.45, top - FONT * 0.45, bottom + FONT * 1.1]
    sides: tuple[tuple[float, Anchor], ...] = ((begin, "start"), (end, "end"))
    places = [Text(round(x, 1), round(y, 1), words, anchor) for y in heights for x, anchor in sides]
    fitting = [each for each in places if each.box.inside(_page(scale))]
    return min(fitting, key=lambda each: _hidden(each, marks), default=None)


def _hidden(text: Text, marks: Sequence[Mark]) -> int:
    return sum(text.box.meets(each.box) for each in marks)


def _page(scale: _Scale) -> Box:
    return Box(0, 0, scale.size.width, scale.floor)


def _labels(points: Sequence[Point], scale: _Scale, taken: list[Box]) -> list[Text]:
    """Write the values, the most telling first, each where there is room; then say beside each what it is.

    A value stands clear of the lines where it can, and never nearer to another mark than to its own.
    """
    taken = list(taken)
    marks = [_mark(each, scale).box for each in points]
    lines = [piece for own in _joined(points, scale) for piece in pairwise(own)]
    placed: list[tuple[Point, Text]] = []
    for point in _telling(points):
        own = _mark(point, scale).box
        free = [
            text
            for text in _places(point, scale, point.label)
            if text.box.inside(_page(scale))
            and not any(text.box.meets(box) for box in taken)
            and not any(_gap(text.box, box) < _gap(text.box, own) for box in marks)
        ]
        clear = (text for text in free if not any(_crossed(text.box, each) for each in lines))
        if found := next(clear, free[0] if free else None):
            taken.append(found.box)
            placed.append((point, found))
    return [_with_word(point, text, scale, taken) for point, text in placed]


def _gap(one: Box, other: Box) -> float:
    """Return how far apart two boxes are, 0 where they meet."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    return math.hypot(across, down)


def _crossed(box: Box, piece: tuple[Place, Place]) -> bool:
    """Say whether a straight line runs through ``box`` (Liang and Barsky: the part of it inside all four sides)."""
    (x, y), (end_x, end_y) = piece
    begin, end = 0.0, 1.0
    for start, step, low, high in (
        (x, end_x - x, box.left, box.right),
        (y, end_y - y, box.top, box.bottom),
    ):
        if not step:
            if not low < start < high:
                return False
            continue
        enter, leave = sorted(((low - start) / step, (high - start) / step))
        begin, end = max(begin, enter), min(end, leave)
    return begin < end


def _with_word(point: Point, text: Text, scale: _Scale, taken: list[Box]) -> Text:
    """Say beside a value what it is, where there is room on either side of it."""
    if not point.word:
        return text
    words, box = f"{text.text} {point.word}", text.box
    others = [each for each in taken if each != box]
    choices = (
        replace(text, text=words),
        Text(round(box.left, 1), text.y, words, "start"),
        Text(round(box.right, 1), text.y, words, "end"),
    )
    for said in choices:
        if said.box.inside(_page(scale)) and not any(said.box.meets(each) for each in others):
            taken[taken.index(box)] = said.box
            return said
    return text


def _telling(points: Sequence[Point]) -> list[Point]:
    """Return which points get their value written: the last, the first, the extremes, and all where they are few."""
    wanted: list[Point] = []
    for series in sorted({each.series for each in points}):
        own = [each for each in points if each.series == series]
        lowest = min(own, key=lambda each: each.value)
        highest = max(own, key=lambda each: each.value)
        wanted += [own[-1], own[0], highest, lowest]
        wanted += own if len(own) <= LABEL_ALL else []
    return list(dict.fromkeys(wanted))


def _places(point: Point, scale: _Scale, words: str) -> Iterable[Text]:
    """Return where a value's words may stand: above, below, further away, beside."""
    x, y = round(scale.x(point.at), 1), round(scale.y(point.value), 1)
    above, below = y - HALF_MARK - _GAP - 2, y + HALF_MARK + FONT * 0.85 + _GAP
    first, second = (below, above) if point.side == "low" or point.series else (above, below)
    for height in (first, second):
        for anchor in _ANCHORS:
            yield Text(x, round(height, 1), words, anchor)
    yield Text(round(x + HALF_MARK + _GAP, 1), round(y + FONT * 0.3, 1), words, "start")
    yield Text(round(x - HALF_MARK - _GAP, 1), round(y + FONT * 0.3, 1), words, "end")
    for more in (FONT, 2 * FONT):
        yield Text(x, round(above - more, 1), words)
        yield Text(x, round(below + more, 1), words)


def _ticks(scale: _Scale) -> list[tuple[float, Text]]:
    """Write days, months or years below the axis, as fine as there is room for; each with the place it stands for."""
    for ticks in day_ticks(scale.first, scale.last):
        written = [(scale.x(each.at), _tick(scale, each)) for each in ticks]
        boxes = [text.box for _, text in written]
        pairs = pairwise(boxes)
        if all(one.right + FONT * 0.6 <= other.left for one, other in pairs):
            return written
    return []


def _tick(scale: _Scale, tick: Tick) -> Text:
    """Write one mark's words below it, moved inwards where they would leave the drawing."""
    height = round(scale.size.height - FONT * 0.3, 1)
    text = Text(round(scale.x(tick.at), 1), height, tick.text)
    if text.box.right > scale.size.width:
        return Text(scale.size.width - 1, height, tick.text, "end")
    return Text(1.0, height, tick.text, "start") if text.box.left < 0 else text


def _number(value: float) -> str:
    """Return a coordinate as SVG writes it, in every language."""
    return f"{value:.1f}".removesuffix(".0")
