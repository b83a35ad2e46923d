"""The stylesheet and the script keep ui.md section 2: contrast of each pair, bytes, type floor."""

import gzip
import re
from pathlib import Path

import pytest

import carespace

ROOMS = Path(carespace.__file__).parent
CSS = (ROOMS / "ui/static/ui/carespace.css").read_text()
CSS_MAX_BYTES_GZIPPED = 12_000
JS_MAX_BYTES_GZIPPED = 6_000
TEXT_RATIO = 4.5
SHAPE_RATIO = 3.0
FLOOR_REM = 0.9375  # 15 px at the browser's usual 16 px

TEXT_PAIRS = [
    *(("ink", ground) for ground in ("paper", "surface", "sunken", "pine-wash")),
    *(("ink", ground) for ground in ("amber-wash", "berry-wash", "leaf-wash")),
    *(("ink-soft", ground) for ground in ("paper", "surface", "sunken", "pine-wash")),
    *(("ink-soft", ground) for ground in ("leaf-wash", "amber-wash")),
    *(("pine", ground) for ground in ("paper", "surface", "sunken", "pine-wash")),
    *(("pine-deep", ground) for ground in ("paper", "surface", "pine-wash", "sunken")),
    *(("on-pine", ground) for ground in ("pine", "pine-deep")),
    ("amber", "amber-wash"),
    *(("berry", ground) for ground in ("berry-wash", "paper", "surface")),
    *(("leaf", ground) for ground in ("leaf-wash", "paper", "surface")),
]
SHAPE_PAIRS = [
    *(("line-strong", ground) for ground in ("paper", "surface", "sunken")),
    *(("focus", ground) for ground in ("paper", "surface", "sunken", "pine-wash")),
    *(("focus", ground) for ground in ("amber-wash", "berry-wash", "leaf-wash")),
    *(("amber", ground) for ground in ("paper", "surface")),
]
DECORATION = {"line"}  # hairlines between things that are told apart by words and space


def blocks(selector: str) -> list[dict[str, str]]:
    """Return the colour tokens of each rule with exactly this selector."""
    found = re.findall(re.escape(selector) + r" \{([^}]*)\}", CSS)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", body)) for body in found]


LIGHT = blocks(":root")[0]
DARK_BY_SYSTEM = blocks(':root:not([data-theme="light"])')[0]
DARK_BY_CHOICE = blocks(':root[data-theme="dark"]')[0]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * d for d in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_ratio_that_wcag_prints():
    assert ratio("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK_BY_SYSTEM], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_words_stand_out_from_what_is_behind_them(theme, front, back):
    assert ratio(theme[front], theme[back]) >= TEXT_RATIO


@pytest.mark.parametrize("theme", [LIGHT, DARK_BY_SYSTEM], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), SHAPE_PAIRS)
def test_borders_of_boxes_and_the_focus_ring_stand_out(theme, front, back):
    assert ratio(theme[front], theme[back]) >= SHAPE_RATIO


def test_every_colour_is_in_a_computed_pair():
    paired = {name for pair in TEXT_PAIRS + SHAPE_PAIRS for name in pair}
    assert set(LIGHT) == paired | DECORATION


def test_dark_by_choice_is_dark_by_system():
    assert DARK_BY_CHOICE == DARK_BY_SYSTEM
    assert DARK_BY_CHOICE.keys() == LIGHT.keys()


def test_colours_are_written_only_as_tokens():
    screen = CSS.split("@media print")[0].split("@page")[0]
    rules = re.sub(r"--[a-z-]+: #[0-9a-f]+;", "", screen)
    assert re.findall(r"#[0-9a-f]{3,6}\b|rgba?\(|hsla?\(", rules) == []


@pytest.mark.parametrize(
    ("kind", "most"), [("css", CSS_MAX_BYTES_GZIPPED), ("js", JS_MAX_BYTES_GZIPPED)]
)
def test_all_stylesheets_together_and_all_scripts_together_are_small(kind, most):
    files = [
        file for room in ("ui", "portal") for file in (ROOMS / room / "static").rglob(f"*.{kind}")
    ]
    assert {"ui", "portal"} == {file.parent.name for file in files}
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= most


def test_no_type_is_set_below_the_floor():
    screen = CSS.split("@media print")[0]
    sizes = [float(n) for n in re.findall(r"(?:font-size|--small|font): [^;]*?([\d.]+)rem", screen)]
    assert sizes
    assert min(sizes) >= FLOOR_REM


def test_nothing_moves_glows_or_fades():
    assert not re.search(r"box-shadow|text-shadow|gradient\(|@keyframes|@import|url\(", CSS)
    assert re.findall(r"(?:animation|transition): (?!none)", CSS) == []
