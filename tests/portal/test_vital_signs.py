"""Vital signs: in plain words, both numbers of a blood pressure as one, each unit on its own."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Answer
from tests.people import Cast
from tests.portal.conftest import Outline
from tests.portal.test_pages import asked_of_the_tables
from tests.records.shelf import lab, put

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


def sign(cast: Cast, code: str, value: object, when: str, unit: str = "lb", **more: Any) -> UUID:
    category = more.pop("category", "vital-signs")
    found = {"value": value, "unit": unit}
    one = lab(code, found, when, category=[{"coding": [{"code": category}]}], **more)
    return put(cast.practice, cast.ruths_record, one)


def half(code: str, value: int) -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": code}]
    return {"code": {"coding": coding}, "valueQuantity": {"value": value, "unit": "mmHg"}}


def pressure(cast: Cast, upper: int, lower: int, when: str, code: str = "85354-9") -> UUID:
    halves = [half("8480-6", upper), half("8462-4", lower)]
    one = lab(code, {}, when, category=[{"coding": [{"code": "vital-signs"}]}], component=halves)
    del one["valueQuantity"]
    return put(cast.practice, cast.ruths_record, one)


def words_of(response: Answer) -> str:
    return " ".join(Outline(response).text.split())


def test_the_list_says_each_in_plain_words_in_the_order_people_know(cast: Cast, ruths: Ask) -> None:
    sign(cast, "29463-7", 150, "2026-09-08")
    sign(cast, "8867-4", 71, "2026-09-08", "/min", category="vital-sign")
    pressure(cast, 128, 77, "2026-09-08")
    sign(cast, "99999-9", 5, "2026-09-08")
    text = words_of(ruths("portal:vital-signs"))
    places = [
        text.index(each)
        for each in ("Blood pressure", "128/77 mmHg", "Weight", "150 lb", "Pulse", "Test 99999-9")
    ]
    assert places == sorted(places)


def test_the_pages_say_whom_to_call_and_a_temperature_what_is_urgent(
    cast: Cast, ruths: Ask
) -> None:
    warm = sign(cast, "8310-5", 99.1, "2026-09-08", "°F")
    weight = sign(cast, "29463-7", 150, "2026-09-08")
    for page in (ruths("portal:vital-signs"), ruths("portal:vital-sign", weight)):
        assert "Have a question about a result? Call us:" in words_of(page)
    urgent = cast.practice.settings.emergency_line
    assert words_of(ruths("portal:vital-sign", warm)).count(urgent) == 2
    assert words_of(ruths("portal:vital-sign", weight)).count(urgent) == 1


def test_an_empty_record_says_so(ruths: Ask) -> None:
    assert "No vital signs yet" in words_of(ruths("portal:vital-signs"))


def test_blood_pressure_is_one_drawing_with_two_lines_told_apart_by_shape(
    cast: Cast, ruths: Ask
) -> None:
    pressure(cast, 120, 70, "2026-07-08")
    pressure(cast, 124, 72, "2026-08-08", code="55284-4")
    last = pressure(cast, 128, 77, "2026-09-08")
    page = ruths("portal:vital-sign", last)
    (chart,) = re.findall(r'<svg class="plot wide".*?</svg>', page.content.decode(), re.DOTALL)
    assert chart.count('class="trace"') == chart.count('class="trace second"') == 1
    assert len(set(re.findall(r'class="pt " d="M[\d. ]+m(-?[\d.]+)', chart))) == 2
    text = words_of(page)
    assert "Upper number (systolic): 3 results since July 2026. Rose from 120 to 128." in text
    assert "Lower number (diastolic): 3 results since July 2026. Rose from 70 to 77." in text


def test_halves_that_came_apart_are_one_blood_pressure(cast: Cast, ruths: Ask) -> None:
    sign(cast, "8480-6", 131, "2026-09-08T09:30:00-04:00", "mmHg")
    sign(cast, "8462-4", 83, "2026-09-08T09:30:00-04:00", "mmHg")
    sign(cast, "8462-4", 79, "2026-08-08T09:30:00-04:00", "mmHg")
    text = words_of(ruths("portal:vital-signs"))
    assert "131/83 mmHg" in text
    assert "–/79" in text


def test_pounds_and_kilograms_are_drawn_apart(cast: Cast, ruths: Ask) -> None:
    for day in (1, 2):
        sign(cast, "29463-7", 150 + day, f"2026-09-0{day}")
        last = sign(cast, "3141-9", 70 + day, f"2026-09-1{day}", "kg")
    page = ruths("portal:vital-sign", last).content.decode()
    charts = re.findall(r'<svg class="plot wide".*?</svg>', page, re.DOTALL)
    assert len(charts) == 2
    assert all(("72" in re.sub("<[^>]*>", " ", c)) != ("152" in c) for c in charts)


def test_withdrawn_ones_are_not_the_latest_and_labs_are_not_here(cast: Cast, ruths: Ask) -> None:
    sign(cast, "29463-7", 150, "2026-09-01")
    gone = sign(cast, "29463-7", 999, "2026-09-08", status="entered-in-error")
    result = put(cast.practice, cast.ruths_record, lab("718-7", "12.4"))
    text = words_of(ruths("portal:vital-signs"))
    assert "150 lb" in text
    assert "999" not in text
    assert "Test 718-7" not in text
    assert "999" not in words_of(ruths("portal:vital-sign", gone))
    assert ruths("portal:vital-sign", result).status_code == 404


def test_the_pages_ask_as_little_for_200_as_for_20(cast: Cast, ruths: Ask) -> None:
    last = sign(cast, "29463-7", 150, "2026-09-08")
    ruths("portal:home")

    def counted() -> list[int]:
        return [
            asked_of_the_tables(lambda: ruths("portal:vital-signs")),
            asked_of_the_tables(lambda: ruths("portal:vital-sign", last)),
        ]

    few = counted()
    for number in range(200):
        sign(cast, f"{number % 40}-1", number, f"2026-{number % 12 + 1:02}-01")
        sign(cast, "29463-7", number, f"2025-{number % 12 + 1:02}-01")
    assert counted() == few
    assert max(few) <= 8
