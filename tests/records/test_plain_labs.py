"""What we say of laboratory tests: in two languages, plainly, without judging; and where each test stands."""

import re
import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
from django.utils.translation import override

from carespace.records.readings.plain_labs import LabGroup, about_lab, group_of
from tests.guard.test_reading_level import script as reading_level

TABLE: dict[str, Any] = tomllib.loads(
    files("carespace.records").joinpath("plain_labs.toml").read_text(encoding="utf-8")
)
LABS = TABLE["lab"]
MOST_WORDS = 20
BANNED = re.compile(
    r"\b(diagnos\w*|abnormal\w*|normal\w*|cancer|growing|danger\w*|deadly|bad news|cure[sd]?|serious\w*|should|must"
    r"|an[oó]rmal\w*|diagn[oó]stic\w*|c[aá]ncer|peligr\w*|grave\w*|debe\w*)\b",
    re.IGNORECASE,
)


def has_right_check_digit(code: str) -> bool:
    """Whether the last digit is the one that LOINC's mod 10 rule gives (LOINC Users' Guide, appendix C)."""
    digits, _, check = code.partition("-")
    doubled = "".join(digits[::-1][::2])[::-1]
    rest = digits[::-1][1::2]
    total = sum(int(each) for each in str(int(doubled) * 2) + rest)
    return (10 - total % 10) % 10 == int(check)


def test_there_are_words_for_at_least_120_tests() -> None:
    assert len(LABS) >= 120


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab["codes"][0])
def test_each_test_has_one_short_plain_sentence_in_both_languages(lab: dict[str, Any]) -> None:
    assert set(lab) == {"group", "codes", "name", "en", "es"}
    assert lab["codes"]
    assert len(lab["name"]) == 2
    assert all(lab["name"])
    for sentence in (lab["en"], lab["es"]):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert sentence.count(".") == 1 or "." in lab["name"][0]
        assert len(sentence.split()) <= MOST_WORDS
        assert not BANNED.search(sentence)
    assert lab["en"] != lab["es"]


def test_spanish_says_you_as_to_a_stranger() -> None:
    informal = re.compile(r"\b(tu|tus|te|tú|tienes|puedes|vos)\b", re.IGNORECASE)
    assert [lab["es"] for lab in LABS if informal.search(lab["es"])] == []


def test_the_sentences_read_at_grade_six() -> None:
    excused = reading_level.excused_names()
    assert (
        reading_level.average([lab["en"] for lab in LABS], excused) <= reading_level.HIGHEST_AVERAGE
    )


def test_every_code_is_a_loinc_code_and_stands_once() -> None:
    codes = [code for lab in LABS for code in lab["codes"]]
    codes += [code for group in TABLE["panels"].values() for code in group]
    assert [code for code in codes if not has_right_check_digit(code)] == []
    assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_the_check_digit_test_finds_a_slip() -> None:
    assert has_right_check_digit("718-7")
    assert has_right_check_digit("33914-3")
    assert not has_right_check_digit("718-8")
    assert not has_right_check_digit("178-7")


def test_a_test_is_explained_in_the_language_of_the_page() -> None:
    lab = about_lab(["not-known", "20509-6"])
    assert lab is not None
    assert (lab.name, lab.group) == ("Hemoglobin", LabGroup.COUNTS)
    assert lab.sentence == "The part of red blood cells that carries oxygen through the body."
    with override("es"):
        assert lab.name == "Hemoglobina"
        assert lab.sentence == "La parte de los glóbulos rojos que lleva el oxígeno por el cuerpo."


def test_an_unknown_test_is_not_explained() -> None:
    assert about_lab([]) is None
    assert about_lab(["", "99999-9", "x" * 100_000]) is None


def test_every_group_is_in_order_and_has_words_and_a_test() -> None:
    assert [group.position for group in LabGroup] == list(range(len(LabGroup)))
    assert len({group.words for group in LabGroup}) == len(LabGroup)
    assert {lab["group"] for lab in LABS} == {group.value for group in LabGroup}


@pytest.mark.parametrize(
    ("codes", "name", "group"),
    [
        (["6690-2"], "Anything", LabGroup.COUNTS),
        (["57021-8"], "CBC W Auto Differential panel", LabGroup.COUNTS),
        ([], "KRAS gene mutation analysis", LabGroup.GENES),
        ([], "Hepatitis A IgM antibody", LabGroup.INFECTION),
        ([], "Glucose, urine", LabGroup.URINE),
        ([], "Creatinine, random urine", LabGroup.URINE),
        ([], "GLUCOSE", LabGroup.SUGAR),
        ([], "Hemoglobin A1c", LabGroup.SUGAR),
        ([], "Leukocytes [#/volume] in Blood", LabGroup.COUNTS),
        ([], "Prostate specific Ag [Mass/volume]", LabGroup.MARKERS),
        ([], "Alanine aminotransferase", LabGroup.LIVER),
        ([], "Immunoglobulin heavy chains", LabGroup.IMMUNE),
        ([], "Cancer Ag 125 [Presence] in Serum or Plasma", LabGroup.MARKERS),
        ([], "5-Hydroxyindoleacetate [Moles/volume] in Serum", LabGroup.MARKERS),
        ([], "Leukocyte morphology finding", LabGroup.COUNTS),
        ([], "Salt of the earth", LabGroup.OTHER),
        ([], "Lastalgia", LabGroup.OTHER),
        ([], "", LabGroup.OTHER),
        (["99999-9"], "Ferritin", LabGroup.VITAMINS),
    ],
)
def test_a_test_stands_in_the_group_of_its_code_or_its_name(
    codes: list[str], name: str, group: LabGroup
) -> None:
    assert group_of(codes, name) is group


@pytest.mark.parametrize("name", ["a" * 1_000_000, "\x00\ud800", "urine " * 100_000, "(" * 5000])
def test_a_hostile_name_is_placed_somewhere(name: str) -> None:
    assert group_of([name], name) in LabGroup
