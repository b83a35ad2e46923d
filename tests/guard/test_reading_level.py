"""Our texts read at grade 6, and the check that says so bites (LIT-1)."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.guard.tree import ROOT


def load() -> ModuleType:
    """The script of the checkout."""
    spec = importlib.util.spec_from_file_location(
        "reading_level", ROOT / "scripts" / "reading_level.py"
    )
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules["reading_level"] = made
    spec.loader.exec_module(made)
    return made


script = load()
EASY = "Your care team will call you when the lab has your result."
HARD = "Notwithstanding antecedent authorization, institutional administrators systematically disseminate documentation."
SYLLABLES = {
    "the": 1, "care": 1, "here": 1, "whole": 1, "changed": 1, "placed": 1, "times": 1, "cells": 1, "view": 1,
    "table": 2, "people": 2, "needed": 2, "messages": 3, "pages": 2, "question": 2, "patient": 2, "client": 2,
    "every": 2, "million": 2, "create": 2, "appointment": 3, "medicine": 3, "calcium": 3, "serious": 3, "biopsy": 3,
    "procedure": 3, "hemoglobin": 4, "february": 4, "radiation": 4, "identity": 4, "immunization": 5,
    "automatically": 6, "1,024": 1, "it's": 1,
}  # fmt: skip


def test_what_we_say_reads_at_grade_six() -> None:
    texts = list(script.texts())
    assert len(texts) > 300
    assert script.problems(texts, script.excused_names()) == []


@pytest.mark.parametrize(("word", "count"), SYLLABLES.items())
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    assert script.syllables(word) == count


def test_hard_texts_are_found() -> None:
    assert script.problems([EASY]) == []
    assert script.problems([HARD]) == [
        f"Our texts average grade {script.grade(HARD):.1f}; the most is 6.9."
    ]
    assert script.graded([EASY, HARD])[0][1] == HARD


@pytest.mark.parametrize(
    "word", ["abnormal", "Invalid", "failed", "please be advised", "e-mail", "providers"]
)
def test_a_word_we_do_not_use_is_found_even_in_a_label(word: str) -> None:
    assert script.problems([f"So {word} it is"]) == [f"says {word!r}: So {word} it is"]


def test_more_sentences_are_easier_than_one_long_one() -> None:
    assert script.grade("We saw it. You may read it now.") < script.grade(
        "We saw it and you may read it now."
    )


def test_a_label_has_no_grade() -> None:
    assert script.graded(["Immunizations", "Immunization recommendations"]) == []


def test_names_are_excused_only_with_a_reason(tmp_path: Path) -> None:
    listing = tmp_path / "names.toml"
    listing.write_text('[excused]\nhemoglobin = "the name of a test"\n')
    names = script.excused_names(listing)
    text = "The hemoglobin test shows how the hemoglobin is now."
    assert script.grade(text, names) < script.grade(text)
    listing.write_text('[excused]\nhemoglobin = " "\n')
    with pytest.raises(ValueError, match="hemoglobin"):
        script.excused_names(listing)


def test_every_excused_name_is_one_that_we_say() -> None:
    said = " ".join(script.texts()).lower()
    names = script.tomllib.loads(script.EXCUSED.read_text())["excused"]
    assert [name for name in names if name.lower() not in said] == []


def test_markup_and_placeholders_are_not_read() -> None:
    assert (
        script.plain_text('<p>%(name)s has\n <a href="x">%(count)s</a> new</p>') == "it has it new."
    )
