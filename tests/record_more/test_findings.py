"""Habits, answers, daily life, other findings, family and assessments: values of every type in words (US Core 6.1.0)."""

from typing import Any

import pytest

from tests.record_more.conftest import FHIR_LOINC, PATIENT, TERMS, Ask, Give
from tests.record_more.people import ANA, CANCER, everybody

pytestmark = pytest.mark.django_db


def observation(category: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": category}]}],
        "code": {"text": text},
        "subject": PATIENT,
        **more,
    }


VALUES = [
    ({"valueCodeableConcept": {"text": "Never smoked"}}, "Never smoked"),
    ({"valueQuantity": {"value": 2.50, "unit": "packs"}}, "2.5 packs"),
    ({"valueString": "Two glasses"}, "Two glasses"),
    ({"valueBoolean": False}, "No"),
    ({"valueInteger": 7}, "7"),
    ({"valueRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "cups"}}}, "1–2 cups"),
    ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 8}}}, "1:8"),
    ({"valueTime": "08:30:00"}, "8:30 am"),
    ({"valueDateTime": "2026-04-05"}, "April 5, 2026"),
    ({"valuePeriod": {"start": "2020", "end": "2021-03"}}, "From 2020 to March 2021"),
    (
        {"valueSampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "1 2"}},
        "A recording",
    ),
    ({"dataAbsentReason": {"text": "Chose not to say"}}, "No result: Chose not to say"),
]


@pytest.mark.parametrize(("value", "words"), VALUES)
def test_a_value_of_every_type_is_in_words(
    give: Give, part: Ask, value: dict[str, Any], words: str
) -> None:
    give(observation("social-history", "A habit", **value))
    assert f"A habit {words}" in part("habits")


PLACES = [
    ("social-history", "habits"),
    ("functional-status", "function"),
    ("disability-status", "function"),
    ("cognitive-status", "function"),
    ("survey", "surveys"),
    ("sdoh", "surveys"),
    ("exam", "other-observations"),
    ("imaging", "other-observations"),
    ("procedure", "other-observations"),
    ("activity", "other-observations"),
    ("clinical-test", "other-observations"),
]


@pytest.mark.parametrize(("category", "slug"), PLACES)
def test_each_kind_of_finding_has_one_place(
    give: Give, part: Ask, category: str, slug: str
) -> None:
    give(observation(category, "A finding", valueString="seen"))
    slugs = {"habits", "function", "surveys", "other-observations"}
    assert {each for each in slugs if "A finding seen" in part(each)} == {slug}


def test_occupation_says_its_parts_and_its_time(give: Give, part: Ask) -> None:
    give(
        *everybody(),
        observation(
            "social-history",
            "Job",
            valueCodeableConcept={"text": "Baker"},
            effectivePeriod={"start": "2001", "end": "2019"},
            component=[{"code": {"text": "Industry"}, "valueCodeableConcept": {"text": "Food"}}],
            performer=[ANA],
            note=[{"text": "Night work."}],
        ),
    )
    page = part("habits")
    for words in ("Job Baker When From 2001 to 2019 Industry Food", "Dr. Ana Ruiz", "Night work."):
        assert words in page, (words, page)


def test_a_panel_shows_its_members_once(give: Give, part: Ask) -> None:
    score = {"coding": [{"system": FHIR_LOINC, "code": "LA6568-5", "display": "Not at all"}]}
    give(
        observation("survey", "Little interest", id="one", valueCodeableConcept=score),
        observation("survey", "Feeling down", id="two", valueString="Some days"),
        observation(
            "survey",
            "Mood questions",
            id="all",
            valueInteger=4,
            hasMember=[{"reference": "Observation/one"}, {"reference": "Observation/two"}],
            derivedFrom=[{"reference": "QuestionnaireResponse/form"}],
        ),
        {
            "resourceType": "QuestionnaireResponse",
            "id": "form",
            "status": "completed",
            "subject": PATIENT,
        },
    )
    page = part("surveys")
    assert "Mood questions 4 Little interest Not at all Feeling down Some days" in page
    assert "Based on Your answers to questions" in page
    assert page.count("Little interest") == 1


ANSWERED = [
    ({"valueBoolean": True}, "Yes"),
    ({"valueDecimal": 1.5}, "1.5"),
    ({"valueInteger": 0}, "0"),
    ({"valueDate": "2026-01-02"}, "January 2, 2026"),
    ({"valueDateTime": "2026-01"}, "January 2026"),
    ({"valueTime": "10:00:00"}, "10:00:00"),
    ({"valueString": "Fine"}, "Fine"),
    ({"valueCoding": {"system": "urn:x", "code": "77777-1", "display": "Often"}}, "Often"),
    ({"valueQuantity": {"value": 3, "unit": "days"}}, "3 days"),
    ({"valueReference": {"display": "Dr. Bo"}}, "Dr. Bo"),
    ({"valueAttachment": {"title": "My drawing"}}, "My drawing"),
    ({"valueUri": "https://forms.example/x"}, "https://forms.example/x"),
]


@pytest.mark.parametrize(("answer", "words"), ANSWERED)
def test_an_answer_of_every_type_is_in_words(
    give: Give, part: Ask, answer: dict[str, Any], words: str
) -> None:
    item = [{"linkId": "1", "text": "How is it?", "answer": [answer]}]
    form = {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": PATIENT}
    give({**form, "item": item})
    assert f"How is it? {words}" in part("surveys")


def test_a_form_keeps_its_order_its_groups_and_its_open_questions(give: Give, part: Ask) -> None:
    give(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": "http://example.org/Questionnaire/hunger-vital-sign|2",
            "status": "in-progress",
            "subject": PATIENT,
            "authored": "2026-06-01T10:00:00-04:00",
            "author": PATIENT,
            "source": PATIENT,
            "item": [
                {"linkId": "1", "text": "First?", "answer": [{"valueString": "one"}]},
                {
                    "linkId": "2",
                    "text": "Home",
                    "item": [
                        {
                            "linkId": "2.1",
                            "text": "Second?",
                            "answer": [
                                {
                                    "valueString": "two",
                                    "item": [
                                        {
                                            "linkId": "2.1.1",
                                            "text": "Why?",
                                            "answer": [{"valueString": "so"}],
                                        }
                                    ],
                                }
                            ],
                        },
                        {"linkId": "2.2", "text": "Third?"},
                    ],
                },
                {"linkId": "3", "text": "Last?", "answer": [{"valueString": "end"}]},
            ],
        }
    )
    page = part("surveys")
    assert "Hunger vital sign" in page
    assert "Told by you on June 1, 2026." in page
    assert "Answered by You First? one Home Second? two Why? so Third? No answer Last? end" in page


def test_the_family_and_what_a_clinician_makes_of_it(give: Give, part: Ask) -> None:
    give(
        *everybody(),
        {
            "resourceType": "FamilyMemberHistory",
            "status": "completed",
            "patient": PATIENT,
            "date": "2026-02-01",
            "name": "Ida",
            "relationship": {
                "coding": [{"system": f"{TERMS}/v3-RoleCode", "code": "MTH", "display": "mother"}]
            },
            "sex": {"text": "Female"},
            "bornString": "about 1930",
            "deceasedAge": {"value": 81, "unit": "years"},
            "note": [{"text": "Never smoked."}],
            "condition": [
                {
                    "code": {"text": "Ovarian cancer"},
                    "onsetAge": {"value": 60, "unit": "years"},
                    "outcome": {"text": "Died of it"},
                    "contributedToDeath": True,
                }
            ],
        },
        {
            "resourceType": "ClinicalImpression",
            "status": "completed",
            "subject": PATIENT,
            "description": "Visit after cycle 2",
            "effectiveDateTime": "2026-03-03",
            "assessor": ANA,
            "problem": [CANCER],
            "summary": "The tumor is shrinking.",
            "finding": [{"itemCodeableConcept": {"text": "Smaller lump"}, "basis": "by touch"}],
            "prognosisCodeableConcept": [{"text": "Good"}],
        },
    )
    page = part("family-history")
    for words in (
        "Mother", "Ida", "Female", "about 1930", "At the age of 81 years", "Never smoked.", "Ovarian cancer",
        "Age when it began 60 years", "Died of it", "Was a cause of death Yes", "February 1, 2026",
    ):  # fmt: skip
        assert words in page, (words, page)
    page = part("assessments")
    for words in (
        "Assessment", "The tumor is shrinking.", "Visit after cycle 2", "March 3, 2026", "By Dr. Ana Ruiz",
        "Breast cancer", "Smaller lump, by touch", "Good",
    ):  # fmt: skip
        assert words in page, (words, page)
