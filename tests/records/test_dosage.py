"""How to take a medicine: the prescriber's words, else a sentence from the parts, and never a guess."""

from typing import Any

import pytest
from django.utils.translation import override

from carespace.records.readings.dosage import Dosage
from carespace.records.readings.elements import read_as
from carespace.records.readings.routes import ROUTES, route_words
from carespace.records.readings.schedules import DAYS, EVENTS, USUAL
from carespace.records.readings.timing import dosage_text, dosages_text
from carespace.values import CodeableConcept, Coding, dump_json, parse_json

ORAL = {"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}]}
TABLET = [{"doseQuantity": {"value": 1, "unit": "TAB"}}]


def dosage(json: dict[str, Any]) -> Dosage:
    found = read_as(Dosage, dump_json(json).decode())
    assert found is not None
    return found


def repeat(**more: Any) -> dict[str, Any]:
    return {"timing": {"repeat": more}}


@pytest.mark.parametrize(
    ("json", "text"),
    [
        ({"text": "One tablet daily", "asNeededBoolean": True, "route": ORAL}, "One tablet daily"),
        (
            {"text": "One tablet daily", "patientInstruction": "Drink water with it."},
            "One tablet daily. Drink water with it.",
        ),
        ({"text": "Twice daily", "patientInstruction": "Twice daily"}, "Twice daily"),
        ({"patientInstruction": "Take it in the morning"}, "Take it in the morning"),
        (
            {
                "doseAndRate": TABLET,
                "route": ORAL,
                "asNeededCodeableConcept": {"text": "Nausea (finding)"},
            }
            | repeat(frequency=1, period=12, periodUnit="h", boundsDuration={"value": 14, "code": "d"}),
            "Take 1 tablet by mouth every 12 hours for 14 days, as needed for nausea",
        ),
        ({"doseAndRate": TABLET}, "Take 1 tablet"),
        ({"doseAndRate": [{"doseQuantity": {"value": parse_json("2.0"), "code": "{capsule}"}}]}, "Take 2 capsules"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1}}]} | repeat(frequency=1, period=1, periodUnit="d"),
         "1 each time once a day"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "tablets"}}}]},
         "Take 1 to 2 tablets"),
        ({"doseAndRate": [{"doseQuantity": {"value": 75, "unit": "mg/m2"},
                           "rateQuantity": {"value": 100, "unit": "mL/h"}}], "route": {"text": "Intravenous"}},
         "75 mg/m² into a vein at 100 mL/h"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "L"},
                           "rateRatio": {"numerator": {"value": 100, "unit": "mL"},
                                         "denominator": {"value": 1, "unit": "h"}}}]},
         "1 L at 100 mL in 1 hour"),
        ({"doseAndRate": [{"doseQuantity": {"value": 10, "unit": "mg"}}], "route": {"text": "Intralesional"}},
         "10 mg (Intralesional)"),
        ({"asNeededBoolean": True}, "As needed"),
        ({"asNeededBoolean": False}, ""),
        ({"asNeededCodeableConcept": {"coding": [{"code": "12345678"}]}}, "As needed"),
        ({"method": {"text": "Inject"}, "doseAndRate": [{"doseQuantity": {"value": 10, "unit": "[iU]"}}]},
         "Inject 10 units"),
        (
            {"doseAndRate": TABLET, "maxDosePerPeriod": {"numerator": {"value": 8, "unit": "tablets"},
                                                         "denominator": {"value": 24, "unit": "h"}}},
            "Take 1 tablet. No more than 8 tablets in 24 hours.",
        ),
        ({"doseAndRate": TABLET, "site": {"text": "Left arm"}, "additionalInstruction": [{"text": "With food"}]},
         "Take 1 tablet. With food. Where on the body: Left arm."),
        ({}, ""),
    ],
)  # fmt: skip
def test_a_dosage_is_said_in_words(json: dict[str, Any], text: str) -> None:
    assert dosage_text(dosage(json)) == text


@pytest.mark.parametrize(
    ("timing", "text"),
    [
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, "Once a day"),
        ({"frequency": 2, "period": parse_json("1.0"), "periodUnit": "d"}, "Twice a day"),
        ({"frequency": 3, "period": 1, "periodUnit": "d"}, "3 times a day"),
        ({"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}, "1 to 2 times a day"),
        ({"period": 6, "periodUnit": "h"}, "Every 6 hours"),
        ({"frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h"}, "Every 4 to 6 hours"),
        ({"frequency": 1, "period": 3, "periodUnit": "wk"}, "Every 3 weeks"),
        ({"frequency": 2, "period": 3, "periodUnit": "wk"}, "2 times every 3 weeks"),
        ({"period": 1, "periodUnit": "h"}, "Every hour"),
        ({"period": 1, "periodUnit": "fortnight"}, ""),
        ({"frequency": 4}, "4 times"),
        (
            {"period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu", "xyz"]},
            "Once a week on Mondays and Thursdays",
        ),
        ({"dayOfWeek": ["mon", "tue", "wed"]}, "On Mondays, Tuesdays and Wednesdays"),
        ({"timeOfDay": ["12:00:00", "25:00:00"]}, "At noon"),
        ({"when": ["AC", "HS"]}, "Before meals and at bedtime"),
        ({"when": ["ACM"], "offset": 30}, "30 minutes before breakfast"),
        ({"when": ["HS"], "offset": 30}, "At bedtime"),
        ({"when": ["UNHEARD"]}, ""),
        ({"count": 6}, "6 times in all"),
        ({"count": 1}, "1 time in all"),
        ({"duration": 30, "durationUnit": "min"}, "Over 30 minutes"),
        ({"boundsDuration": {"value": 14, "unit": "days"}}, "For 14 days"),
        ({"boundsDuration": {"value": 14}}, ""),
        (
            {"boundsRange": {"low": {"value": 7}, "high": {"value": 10, "code": "d"}}},
            "For 7 to 10 days",
        ),
        (
            {"boundsPeriod": {"start": "2026-03-02", "end": "2026-03-16T23:00:00-05:00"}},
            "From March 2, 2026 to March 16, 2026",
        ),
        ({"boundsPeriod": {"start": "2026-03"}}, "Starting March 2026"),
        ({"boundsPeriod": {"end": "2026-03-16"}}, "Until March 16, 2026"),
        ({"boundsPeriod": {"end": "2026-02-31"}}, ""),
    ],
)
def test_a_schedule_is_said_in_words(timing: dict[str, Any], text: str) -> None:
    assert dosage_text(dosage(repeat(**timing))) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ({"coding": [{"code": "BID"}]}, "Twice a day"),
        ({"text": "QID"}, "4 times a day"),
        ({"coding": [{"code": "Q6H", "display": "every 6 hours"}]}, "Every 6 hours"),
        ({"text": "In the week after treatment"}, "In the week after treatment"),
        ({"coding": [{"code": "229797004"}]}, ""),
    ],
)
def test_the_code_of_a_usual_schedule_is_said_in_words(code: dict[str, Any], text: str) -> None:
    assert dosage_text(dosage({"timing": {"code": code}})) == text


def test_the_rule_of_a_schedule_counts_before_its_code() -> None:
    timing = {"code": {"coding": [{"code": "BID"}]}, "repeat": {"period": 8, "periodUnit": "h"}}
    assert dosage_text(dosage({"timing": timing})) == "Every 8 hours"


def test_single_dates_are_named() -> None:
    timing = {"event": ["2026-03-02", "2026-03-16T09:00:00Z", "soon"]}
    assert dosage_text(dosage({"timing": timing})) == "On March 2, 2026 and March 16, 2026"


def test_several_instructions_follow_each_other_in_order() -> None:
    steps = [{"sequence": 2, "text": "Then 1 a day"}, {"sequence": 1, "text": "First 2 a day"}, {}]
    assert dosages_text(dosage(each) for each in steps) == "First 2 a day. Then 1 a day."


def test_nothing_is_said_of_nothing() -> None:
    assert dosage_text(None) == ""
    assert dosages_text([]) == ""


def test_a_number_without_sense_is_left_out() -> None:
    for value in ("0", "-1", "1E+900", "1E-900"):
        json = {"doseAndRate": [{"doseQuantity": {"value": parse_json(value), "unit": "mg"}}]}
        timing = repeat(period=parse_json(value), periodUnit="d", count=parse_json(value))
        assert dosage_text(dosage(json | timing)) == ""


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\u202e<script>", "12345678"])
def test_hostile_text_never_raises(text: str) -> None:
    concept = {"text": text, "coding": [{"system": text, "code": text, "display": text}]}
    json = {
        "route": concept, "method": concept, "site": concept, "asNeededCodeableConcept": concept,
        "additionalInstruction": [concept] * 3,
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": text, "comparator": text}}],
        "timing": {"code": concept, "event": [text] * 50,
                   "repeat": {"when": [text], "dayOfWeek": [text], "timeOfDay": [text] * 50,
                              "periodUnit": text, "period": 1, "durationUnit": text, "duration": 1,
                              "boundsPeriod": {"start": text, "end": text}}},
    }  # fmt: skip
    assert isinstance(dosage_text(dosage(json)), str)


@pytest.mark.parametrize(
    "json",
    ['{"timing": 3}', '{"doseAndRate": {}}', '{"timing": {"repeat": {"period": "x"}}}', "[]"],
)
def test_what_is_not_shaped_like_a_dosage_reads_as_none(json: str) -> None:
    assert read_as(Dosage, json) is None


def test_every_table_has_words_for_what_it_names() -> None:
    for table in (DAYS, EVENTS, USUAL, ROUTES):
        assert all(str(words).strip() for words in table.values())


@pytest.mark.parametrize(
    ("concept", "words"),
    [
        (CodeableConcept(text="Oral"), "by mouth"),
        (
            CodeableConcept(coding=(Coding(system="http://snomed.info/sct", code="34206005"),)),
            "under the skin",
        ),
        (
            CodeableConcept(
                coding=(Coding(system="https://local.example", code="IT", display="Italy"),)
            ),
            "(Italy)",
        ),
        (None, ""),
    ],
)
def test_a_route_is_said_as_in_a_sentence(concept: CodeableConcept | None, words: str) -> None:
    assert route_words(concept) == words


def test_a_language_without_translations_still_says_everything() -> None:
    with override("es"):
        assert dosage_text(dosage({"doseAndRate": TABLET, "route": ORAL}))
