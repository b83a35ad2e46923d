"""Charts: every value inside its frame and in its order, time true to scale, no words on other words (ui.md section 3)."""

import math
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from carespace.ui.charts import NARROW, WIDE, Box, Point, Size, trend
from carespace.ui.number_line import HEIGHT, number_line

SIZES = st.sampled_from([WIDE, NARROW])
START = date(2026, 2, 3).toordinal()
HEMOGLOBIN = [13.1, 12.2, 10.3, 9.6, 11.0, 9.9, 11.4, 12.4]


@st.composite
def points(draw: st.DrawFn, least: int = 1, most: int = 40) -> list[Point]:
    amount = st.floats(-1e6, 1e6, allow_nan=False)
    bound = st.none() | amount
    made = []
    for _ in range(draw(st.integers(least, most))):
        value = draw(amount)
        made.append(
            Point(
                at=draw(st.floats(date(1900, 1, 1).toordinal(), date(2200, 1, 1).toordinal())),
                value=value,
                label=f"{value:.3g}",
                side=draw(st.sampled_from(["", "high", "low", "outside"])),
                word=draw(st.sampled_from(["", "High", "Low"])),
                low=draw(bound),
                high=draw(bound),
                stretch=draw(st.integers(0, 2)),
                series=draw(st.integers(0, 1)),
            )
        )
    return made


def monthly(values: list[float], **more: object) -> list[Point]:
    return [
        Point(START + 30 * n, value, str(value), low=12, high=16, **more)  # type: ignore[arg-type]
        for n, value in enumerate(values)
    ]


@settings(deadline=None)  # a busy machine is slow, not wrong
@given(points(), SIZES)
def test_every_shape_and_word_is_inside_the_drawing(some: list[Point], size: Size) -> None:
    drawing = trend(some, size, band_label="Usual range 12.0–16.0")
    page = Box(0, 0, size.width, size.height)
    boxes = [*(each.box for each in drawing.marks), *(each.box for each in drawing.labels)]
    assert all(box.inside(page) for box in boxes)
    assert drawing.band_label is None or drawing.band_label.box.inside(page)
    assert all(each.box.left >= 0 and each.box.right <= size.width for each in drawing.ticks)


@settings(deadline=None)  # a busy machine is slow, not wrong
@given(points(), SIZES)
def test_no_words_stand_on_other_words_or_on_a_value(some: list[Point], size: Size) -> None:
    drawing = trend(some, size, band_label="Usual range 12.0–16.0")
    boxes = [each.box for each in drawing.labels]
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    assert not any(box.meets(mark.box) for box in boxes for mark in drawing.marks)
    if drawing.band_label:
        assert not any(drawing.band_label.box.meets(box) for box in boxes)
    ticks = [each.box for each in drawing.ticks]
    assert all(one.right <= other.left for one, other in pairwise(ticks))


@settings(deadline=None)  # a busy machine is slow, not wrong
@given(points(least=2), SIZES)
def test_later_is_to_the_right_and_more_is_higher(some: list[Point], size: Size) -> None:
    ordered = sorted(some, key=lambda each: each.at)
    marks = trend(some, size).marks
    assert len(marks) == len(ordered)
    for (one, first), (other, second) in combinations(zip(ordered, marks, strict=True), 2):
        assert first.x <= second.x
        assert one.at <= other.at
        if one.value > other.value:
            assert first.y <= second.y


def test_time_is_true_to_scale() -> None:
    days = [0, 10, 100, 400]
    marks = trend([Point(START + day, 1.0, "1") for day in days], WIDE).marks
    steps = [(marks[n].x - marks[0].x) / (marks[-1].x - marks[0].x) for n in range(4)]
    assert steps == pytest.approx([day / 400 for day in days], abs=0.001)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_up_to_eight_values_are_all_written(size: Size) -> None:
    labels = [each.text for each in trend(monthly(HEMOGLOBIN), size).labels]
    assert sorted(labels) == sorted(str(value) for value in HEMOGLOBIN)


def test_of_many_values_the_ends_and_the_extremes_are_written() -> None:
    values = [10.0, 11.0, 12.0, 9.5, 11.0, 12.0, 14.5, 12.0, 11.0, 11.5, 10.5]
    labels = {each.text for each in trend(monthly(values), WIDE).labels}
    assert labels == {"10.0", "9.5", "14.5", "10.5"}


def test_what_is_outside_has_a_shape_of_its_own_and_a_word() -> None:
    some = monthly([13.0, 17.0, 9.0])
    some = [some[0], replace(some[1], side="high", word="High"), replace(some[2], side="low")]
    drawing = trend(some, WIDE)
    shapes = [each.path.partition("m")[2] for each in drawing.marks]
    assert len(set(shapes)) == 3
    assert "17.0 High" in {each.text for each in drawing.labels}


def test_a_line_ends_where_ranges_units_or_laboratories_change() -> None:
    some = monthly([13.0, 12.0, 11.0, 10.0])
    some = [replace(each, stretch=n // 2, high=16 + n // 2) for n, each in enumerate(some)]
    drawing = trend(some, WIDE)
    assert len(drawing.traces) == 2
    assert len(drawing.bands) == 2


def test_a_value_without_a_range_stands_on_no_band() -> None:
    bare = [Point(START + n, 5.0 + n, "5") for n in range(3)]
    assert trend(bare, WIDE).bands == ()
    open_end = [replace(each, low=4.0) for each in bare]
    assert [len(band.edges) for band in trend(open_end, WIDE).bands] == [1]


def test_thousands_of_values_keep_the_extremes_and_say_they_are_thinned() -> None:
    some = [Point(START + n, float(n % 97), str(n % 97)) for n in range(5000)]
    some[1234] = replace(some[1234], value=500.0, label="500")
    drawing = trend(some, NARROW)
    assert drawing.thinned
    assert len(drawing.marks) <= NARROW.most
    assert "500" in {each.text for each in drawing.labels}
    assert not trend(some[:50], NARROW).thinned


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 2, 3), date(2026, 9, 8), ["Mar 2026", "May 2026", "Jul 2026", "Sep 2026"]),
        (date(2011, 5, 1), date(2026, 5, 1), ["2015", "2020", "2025"]),
        (date(2026, 9, 3), date(2026, 9, 8), ["Sep 3, 2026", "Sep 8, 2026"]),
        (date(2026, 9, 3), date(2026, 9, 3), ["Sep 3, 2026"]),
    ],
)
def test_the_axis_says_days_months_or_years(first: date, last: date, said: list[str]) -> None:
    ends = [Point(each.toordinal(), 1.0, "1") for each in (first, last)]
    assert [each.text for each in trend(ends, WIDE).ticks] == said


@settings(deadline=None)
@given(
    st.floats(-1e6, 1e6),
    st.none() | st.floats(-1e6, 1e6),
    st.none() | st.floats(0, 1e6),
    st.sampled_from([640, 320]),
)
def test_a_number_line_shows_the_number_and_its_range(
    value: float, low: float | None, room: float | None, width: int
) -> None:
    high = None if room is None else (low or 0.0) + room
    if low is None and high is None:
        low = 0.0
    line = number_line(
        value,
        None if low is None else (low, f"{low:.3g}"),
        None if high is None else (high, f"{high:.3g}"),
        words=f"{value:.3g}",
        side="",
        width=width,  # type: ignore[arg-type]
    )
    page = Box(0, 0, width, HEIGHT)
    assert line.mark.box.inside(page)
    assert all(each.box.inside(page) for each in line.labels)
    assert not any(one.box.meets(other.box) for one, other in combinations(line.labels, 2))


def test_a_number_below_its_range_stands_left_of_it() -> None:
    def drawn(value: float) -> tuple[float, float, float]:
        line = number_line(value, (12, "12"), (16, "16"), words="x", side="", width=640)
        begin, _, rest = line.band.removeprefix("M").partition(" ")
        return line.mark.x, float(begin), float(rest.partition("H")[2].partition("V")[0])

    for value, place in ((9.0, "left"), (14.0, "inside"), (300.0, "right")):
        x, begin, end = drawn(value)
        assert {"left": x < begin, "inside": begin < x < end, "right": x > end}[place]


def test_both_drawings_have_a_title_a_text_and_ids_of_their_own() -> None:
    some = monthly(HEMOGLOBIN)
    chart = {
        "id": "one",
        "title": "Hemoglobin & more",
        "text": "Eight results.",
        "wide": trend(some, WIDE),
        "narrow": trend(some, NARROW),
        "legend": [],
    }
    page = render_to_string("ui/components/chart.html", {"chart": chart})
    assert page.count('role="img"') == 2
    assert page.count("<title id=") == page.count("<desc id=") == 2
    assert "Hemoglobin &amp; more" in page
    assert page.count('id="one-wide-title"') == page.count('id="one-narrow-title"') == 1
    assert "style=" not in page


@settings(deadline=None)  # a busy machine is slow, not wrong
@given(points(), SIZES)
def test_a_value_is_written_nearest_to_its_own_mark(some: list[Point], size: Size) -> None:
    drawing = trend([replace(each, word="", label=f"{n}") for n, each in enumerate(some)], size)
    ordered = sorted(range(len(some)), key=lambda n: some[n].at)
    marks = {str(n): mark for n, mark in zip(ordered, drawing.marks, strict=True)}
    for text in drawing.labels:
        own = apart(text.box, marks[text.text].box)
        assert all(apart(text.box, each.box) >= own for each in drawing.marks)


def apart(one: Box, other: Box) -> float:
    across = max(one.left - other.right, other.left - one.right, 0.0)
    return math.hypot(across, max(one.top - other.bottom, other.top - one.bottom, 0.0))


def test_a_value_stands_clear_of_the_line_where_it_can() -> None:
    (last,) = [
        each for each in trend(monthly([10.0, 14.0, 10.1]), WIDE).labels if each.text == "14.0"
    ]
    marks = trend(monthly([10.0, 14.0, 10.1]), WIDE).marks
    assert last.y < marks[1].y
