"""Plain words for cancers, stages and daily activity: by table, the code beside them, and silence where the code says less."""

import pytest

from carespace.records.extract import when_printed
from carespace.records.readings.plain_cancers import plain_cancer
from carespace.records.readings.stage_words import (
    activity_words,
    group_words,
    letter_words,
    letters_in,
)
from carespace.records.readings.words import listed, said
from carespace.values import CodeableConcept

QUADRANT = "Malignant neoplasm of upper-outer quadrant of right female breast"


@pytest.mark.parametrize(
    ("official", "plain"),
    [
        (QUADRANT, "Breast cancer, right side"),
        ("Malignant neoplasm of overlapping sites of left female breast", "Breast cancer, left side"),
        ("Malignant neoplasm of upper lobe, left bronchus or lung", "Lung cancer, left side"),
        ("Malignant neoplasm of middle lobe, bronchus or lung", "Lung cancer"),
        ("Malignant neoplasm of sigmoid colon", "Colon cancer"),
        ("Malignant neoplasm of appendix", "Cancer of the appendix"),
        ("Malignant neoplasm of prostate", "Prostate cancer"),
        ("Secondary malignant neoplasm of bone", "Cancer that has spread to the bones"),
        ("Malignant neoplasm of heart", ""),
        ("Malignant neoplasm of my own wording of the breast", ""),
        ("Invasive ductal carcinoma of the right breast", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_only_the_official_wording_of_a_code_gets_a_plain_name(official: str, plain: str) -> None:
    assert plain_cancer(official) == plain


def test_a_reason_is_plain_and_the_entry_itself_keeps_its_wording() -> None:
    concept = CodeableConcept(text=QUADRANT)
    assert said(concept) == QUADRANT
    assert listed([concept]) == "Breast cancer, right side"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("cM0", "No sign of spread to other organs, on exams and scans (cM0)"),
        ("M1b", "Spread to other parts of the body (M1b)"),
        ("pN1a", "Cancer in nearby lymph nodes, in surgery or a sample (pN1a)"),
        ("pN0", "No cancer found in nearby lymph nodes, in surgery or a sample (pN0)"),
        ("ypT2", "Tumor size and reach: T2, after treatment, in surgery or a sample (ypT2)"),
        ("pN1c", ""),  # for some cancers no lymph node at all
        ("pN0(i+)", ""),
        ("cM9", ""),
        ("2B", ""),
        ("", ""),
    ],
)
def test_letters_of_a_stage_say_what_their_code_says_and_no_more(code: str, words: str) -> None:
    assert letter_words(code) == words


def test_a_line_of_letters_is_told_letter_by_letter() -> None:
    assert [each.rpartition(" ")[2] for each in letters_in("pT2 pN1a cM0")] == [
        "(pT2)",
        "(pN1a)",
        "(cM0)",
    ]
    assert letters_in("Ann Arbor IIB") == ()


def test_a_stage_as_a_whole_says_how_it_was_found() -> None:
    assert group_words("3C") == "Stage 3C"
    assert group_words("Stage IIB") == "Stage IIB"
    assert group_words("p2B") == "Stage 2B, in surgery or a sample"
    assert group_words("pX9") == ""


def test_daily_activity_has_words_from_0_to_4() -> None:
    assert all(activity_words(str(score)) for score in range(5))
    assert activity_words("5") == activity_words("80") == ""


@pytest.mark.parametrize(
    ("resource", "printed"),
    [
        ({"resourceType": "ClinicalImpression", "effectiveDateTime": "2026-09-08", "date": "2026-10-01"}, ("2026-09-08", "")),
        ({"resourceType": "ClinicalImpression", "effectivePeriod": {"start": "2026-09-08", "end": "2026-09-09"}}, ("2026-09-08", "2026-09-09")),
        ({"resourceType": "Consent", "dateTime": "2026-09-08"}, ("2026-09-08", "")),
    ],
)  # fmt: skip
def test_an_assessment_and_a_consent_have_their_own_dates(
    resource: dict[str, object], printed: tuple[str, str]
) -> None:
    assert when_printed(resource) == printed
