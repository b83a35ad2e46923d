"""Labs: what is outside its range is found at once, and numbers are compared within one unit only."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.urls import reverse

from tests.conftest import Answer, WebClient
from tests.people import Cast, sign_in
from tests.portal.conftest import Outline
from tests.records.shelf import lab, put

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
USUAL = [{"low": {"value": 12}, "high": {"value": 16}}]


def measured(cast: Cast, code: str, value: object, taken: str, unit: str = "g/dL") -> UUID:
    found = {"value": value, "unit": unit}
    one = lab(code, found, taken, referenceRange=USUAL if unit == "g/dL" else [])
    one["code"]["text"] = f"Test {code}"
    return put(cast.practice, cast.ruths_record, one)


def names(response: Answer) -> list[str]:
    rows = Outline(response).text.split("Usual range")[-1]
    return [name for name in ("Test A", "Test B", "Test C") if name in rows]


@pytest.mark.parametrize("page", ["labs", "health"])
def test_only_what_is_outside_its_range_can_be_shown(cast: Cast, ruths: Ask, page: str) -> None:
    for code, value in (("A", 13), ("B", 11), ("C", 14)):
        measured(cast, code, value, "2026-09-08")
    whole = ruths(f"portal:{page}")
    text = Outline(whole).text
    assert "All tests (3)" in text
    assert "Outside usual range (1)" in text
    assert text.index("Test B") < text.index("Test A") < text.index("Test C")
    chosen = ruths(f"portal:{page}", show="outside")
    assert names(chosen) == ["Test B"]
    assert "Latest results outside the usual range" in Outline(chosen).text
    outside = reverse(f"portal:{page}", args=[cast.ruths_record.pk]) + "?show=outside"
    assert outside in Outline(whole).links


def test_a_newer_day_stands_before_what_is_outside_its_range(cast: Cast, ruths: Ask) -> None:
    measured(cast, "A", 11, "2026-09-08")
    measured(cast, "B", 13, "2026-09-09")
    text = Outline(ruths("portal:labs")).text
    assert text.index("Test B") < text.index("Test A")


def test_where_nothing_is_outside_there_is_nothing_to_choose(cast: Cast, ruths: Ask) -> None:
    measured(cast, "A", 13, "2026-09-08")
    assert "All tests" not in Outline(ruths("portal:labs")).text
    chosen = Outline(ruths("portal:labs", show="outside"))
    assert "No latest result is outside its usual range" in chosen.text
    assert "Show all tests" in chosen.text


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (13, "g/dL", "This result is in the usual range for this lab."),
        (11, "g/dL", "A result outside the usual range is common during treatment."),
        (13, "g/L", "Some results have no usual range to compare with."),
    ],
)
def test_what_a_result_may_mean_fits_the_result(
    cast: Cast, ruths: Ask, value: int, unit: str, said: str
) -> None:
    text = Outline(ruths("portal:lab", measured(cast, "A", value, "2026-09-08", unit))).text
    assert text.count(said) == 1
    others = ("usual range for this lab", "common during treatment", "range to compare with")
    assert sum(text.count(each) for each in others) == 1


def test_a_history_is_summed_up_in_one_unit(cast: Cast, ruths: Ask) -> None:
    for value, taken in ((10.1, "2024-12-24"), (13.1, "2025-01-05"), (12.5, "2026-09-08")):
        last = measured(cast, "A", value, taken)
    measured(cast, "A", 121, "2025-06-01", "g/L")
    page = Outline(ruths("portal:lab", last))
    assert (
        "3 results in g/dL since December 2024. Rose from 10.1 to 12.5. Lowest 10.1 (Dec 24, 2024), "
        "highest 13.1 (Jan 5, 2025). The latest is in the usual range."
    ) in page.text
    assert page.text.index("Measured in g/dL") < page.text.index("Measured in g/L")
    assert page.text.index("Measured in g/L") < page.text.rindex("121")
    table = Outline(ruths("portal:labs")).text
    assert "121 g/LDifferent unit" in table
    assert table.count("Different unit") == 1


def test_one_unit_needs_no_heading_of_its_own(cast: Cast, ruths: Ask) -> None:
    measured(cast, "A", 12, "2026-08-08")
    text = Outline(ruths("portal:lab", measured(cast, "A", 12, "2026-09-08"))).text
    assert "Measured in" not in text
    assert "2 results since August 2026. Each was 12." in text


def test_family_read_of_the_patients_own_care_team(cast: Cast, client: WebClient) -> None:
    key = measured(cast, "A", 11, "2026-09-08")
    sign_in(client, cast.luis)
    record = cast.ruths_record.pk
    table = Outline(client.get(reverse("portal:labs", args=[record]))).text
    page = Outline(client.get(reverse("portal:lab", args=[record, key]))).text
    assert "Ruth’s results: the latest of each test" in table
    assert "Ruth’s care team can tell you" in table
    assert "Ruth’s care team can tell you" in page
    assert "Your care team" not in table + page
