"""What was measured, ordered and compared: no pressure that nobody measured, no range that is for others, no lost reason."""

from typing import Any

import pytest
from django.urls import reverse

from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.record.conftest import LOINC, SUBJECT, TERMS
from tests.record.test_negated import in_order, order
from tests.record_more.conftest import Ask, Give, id_of, words_of

pytestmark = pytest.mark.django_db
SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"


@pytest.fixture
def page(cast: Cast, client: WebClient) -> Ask:
    """Ask for a page of Ruth's record as Ruth; the answer is the words of its main part."""
    sign_in(client, cast.ruth)

    def ask(name: str, *more: Any) -> str:
        response = client.get(reverse(name, args=[cast.ruths_record.pk, *more]))
        assert response.status_code == 200
        return words_of(response.content.decode())

    return ask


def observed(code: str, when: str, category: str = "laboratory", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": f"{TERMS}/observation-category", "code": category}]}],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": when,
        **SUBJECT,
        **more,
    }


def half(code: str, value: int, when: str, **more: Any) -> dict[str, Any]:
    return observed(
        code, when, "vital-signs", valueQuantity={"value": value, "unit": "mmHg"}, **more
    )


def test_two_readings_on_one_date_are_never_mixed(give: Give, page: Ask) -> None:
    give(
        half(SYSTOLIC, 120, "2026-09-08"),
        half(DIASTOLIC, 70, "2026-09-08"),
        half(SYSTOLIC, 150, "2026-09-08"),
        half(DIASTOLIC, 95, "2026-09-08"),
        half(SYSTOLIC, 131, "2026-08-08"),
        half(DIASTOLIC, 83, "2026-08-08"),
        half(DIASTOLIC, 79, "2026-07-08", id="last"),
    )
    for words in (
        page("portal:vital-signs"),
        page("portal:vital-sign", id_of("Observation", "last")),
    ):
        assert not any(each in words for each in ("120/70", "120/95", "150/70", "150/95"))
        assert "120/–" in words
        assert "–/95" in words
    assert "131/83" in page("portal:vital-sign", id_of("Observation", "last"))


def test_a_number_that_was_entered_again_does_not_lose_the_other(give: Give, page: Ask) -> None:
    give(
        half(SYSTOLIC, 310, "2026-09-08", status="entered-in-error"),
        half(SYSTOLIC, 130, "2026-09-08"),
        half(DIASTOLIC, 83, "2026-09-08"),
    )
    words = page("portal:vital-signs")
    assert "130/83" in words
    assert "310" not in words


def test_the_oldest_reading_shown_is_not_paired_by_what_is_out_of_sight(
    give: Give, page: Ask
) -> None:
    later = [f"2026-09-0{day}" for day in (2, 3, 4)]
    give(
        *(half(SYSTOLIC, 140 + n, day) for n, day in enumerate(later)),
        *(half(DIASTOLIC, 90 + n, day) for n, day in enumerate(later)),
        *(half(code, value, "2026-09-01") for code, value in ((SYSTOLIC, 120), (DIASTOLIC, 70), (SYSTOLIC, 155), (DIASTOLIC, 99))),
    )  # fmt: skip
    words = page("portal:vital-signs")
    assert "142/92" in words
    assert not any(each in words for each in ("120/70", "120/99", "155/70", "155/99"))


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ({"low": {"value": 1, "unit": "years"}, "high": {"value": 12, "unit": "years"}}, "at the age of 1 to 12 years: 30–40"),
        ({"low": {"value": 0, "unit": "a"}, "high": {"value": 18, "unit": "a"}}, "up to the age of 18 years: 30–40"),
        ({"low": {"value": 6, "unit": "mo"}, "high": {"value": 2, "unit": "a"}}, "at the age of 6 months to 2 years: 30–40"),
        ({"low": {"value": 65, "code": "a"}}, "from the age of 65 years: 30–40"),
    ],
)  # fmt: skip
def test_a_range_for_other_ages_is_said_and_not_compared(
    give: Give, page: Ask, age: dict[str, Any], words: str
) -> None:
    usual = {"low": {"value": 30}, "high": {"value": 40}, "age": age}
    give(observed("718-7", "2026-09-08", id="x", valueQuantity={"value": 50}, referenceRange=[usual]))  # fmt: skip
    shown = page("portal:lab", id_of("Observation", "x"))
    assert words in shown
    assert not any(each in shown for each in ("High", "Above", "above"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"valueQuantity": {"unit": "g/dL"}, "dataAbsentReason": {"text": "Sample clotted"}}, "No result: Sample clotted"),
        ({"valueDateTime": "2026-09-05"}, "September 5, 2026"),
        ({"valueDateTime": "2026-09-05T09:30:00-04:00"}, "September 5, 2026, 9:30 am"),
        ({"valueDateTime": "2026-09-05T09:30:00Z"}, "September 5, 2026, 9:30 am UTC"),
        ({"valuePeriod": {"start": "2026-09-05", "end": "2026-09-07"}}, "September 5, 2026 to September 7, 2026"),
        ({"valuePeriod": {"start": "2026-09"}}, "Since September 2026"),
        ({"valueTime": "14:30:00"}, "2:30 pm"),
    ],
)  # fmt: skip
def test_dates_and_reasons_in_a_value_are_in_words(
    give: Give, page: Ask, value: dict[str, Any], words: str
) -> None:
    give(observed("718-7", "2026-09-08", id="x", **value))
    assert words in page("portal:lab", id_of("Observation", "x"))


def test_what_was_ordered_counts_before_what_was_worked_out(give: Give, part: Ask) -> None:
    def amount(code: str, value: int) -> dict[str, Any]:
        kind = {"coding": [{"system": f"{TERMS}/dose-rate-type", "code": code}]}
        return {"type": kind, "doseQuantity": {"value": value, "unit": "mg"}}

    give(order("active", "Carboplatin", dosageInstruction=[{"doseAndRate": [amount("calculated", 563), amount("ordered", 450)]}]))  # fmt: skip
    words = part("medicines")
    assert "450 mg" in words
    assert "563" not in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Days 1 and 8 of each cycle", "Every 3 weeks (Days 1 and 8 of each cycle)"),
        ("every 3 weeks", "Every 3 weeks"),
    ],
)
def test_what_was_written_beside_a_rule_is_said_where_it_is_something_else(
    give: Give, part: Ask, text: str, words: str
) -> None:
    timing = {"code": {"text": text}, "repeat": {"frequency": 1, "period": 3, "periodUnit": "wk"}}
    give(order("active", "Docetaxel", dosageInstruction=[{"timing": timing}]))
    shown = part("medicines")
    in_order(shown, words)
    assert shown.lower().count("every 3 weeks") == 1
