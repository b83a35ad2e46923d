"""Labs: what is outside its range is found at once, and numbers are compared within one unit only."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from carespace.records.models import Look
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


def test_only_what_is_outside_its_range_can_be_shown(cast: Cast, ruths: Ask) -> None:
    page = "labs"
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
        "3 results in g/dL since December 2024. The latest is 12.5. Before: 13.1 on Jan 5, 2025. "
        "Lowest 10.1 (Dec 24, 2024), highest 13.1 (Jan 5, 2025). The latest is in the usual range."
    ) in page.text
    table = page.text[page.text.index("Results of Test A, newest first") :]
    places = [table.index(each) for each in ("12.5 g/dL", "121 g/L", "13.1 g/dL", "10.1 g/dL")]
    assert places == sorted(places), "one table by date, each with its unit"
    table = Outline(ruths("portal:labs")).text
    assert "121 g/LDifferent unit" in table
    assert table.count("Different unit") == 1


def test_one_unit_needs_no_heading_of_its_own(cast: Cast, ruths: Ask) -> None:
    measured(cast, "A", 12, "2026-08-08")
    text = Outline(ruths("portal:lab", measured(cast, "A", 12, "2026-09-08"))).text
    assert "Measured in" not in text
    assert "2 results since August 2026. Each was 12." in text


def test_the_overview_shows_what_is_outside_and_what_is_newest(cast: Cast, ruths: Ask) -> None:
    for number in range(30):
        day = f"2026-0{1 + number % 9}-01"
        measured(cast, f"{number:02}", 11 if number == 9 else 13, day)
    page = ruths("portal:health")
    html, text = page.content.decode(), Outline(page).text
    assert html.count('<tr class="result"') == 7
    assert "Test 09" in text, "from January, but below its range"
    assert "All tests (30)" in text
    address = reverse("portal:labs", args=[cast.ruths_record.pk])
    assert address in Outline(page).links
    assert "The newest results, and those outside the usual range" in text
    for number in range(30, 40):
        measured(cast, f"{number}", 11, "2026-02-01")
    outline = Outline(ruths("portal:health"))
    assert "Outside usual range (11)" in outline.text
    assert f"{address}?show=outside" in outline.links


def test_the_same_words_as_the_usual_range_are_in_range(cast: Cast, ruths: Ask) -> None:
    one = lab("5196-1", "Not detected", "2026-09-08", referenceRange=[{"text": "Not detected"}])
    text = Outline(ruths("portal:lab", put(cast.practice, cast.ruths_record, one))).text
    assert "In range" in text
    assert "no usual range to compare with" not in text


def test_our_name_says_only_what_the_labs_does_not(cast: Cast, ruths: Ask) -> None:
    named(cast, "1920-8", "AST")
    html = ruths("portal:labs").content.decode()
    assert '<div class="soft">Liver enzyme</div>' in html


def test_a_unit_is_said_in_words_and_no_empty_column_is_shown(cast: Cast, ruths: Ask) -> None:
    key = measured(cast, "A", 5, "2026-09-08", "K/uL")
    text = Outline(ruths("portal:lab", key)).text
    assert "K/µL means thousand in a microliter." in " ".join(text.split())
    assert "Comments" not in text


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


def named(cast: Cast, code: str, name: str, **more: object) -> UUID:
    one = lab(code, {"value": 13, "unit": "g/dL"}, "2026-09-08")
    one["code"]["text"] = name
    return put(cast.practice, cast.ruths_record, one, **more)


def test_tests_stand_in_the_groups_in_which_people_look(cast: Cast, ruths: Ask) -> None:
    named(cast, "2160-0", "CREATININE SERPL")
    named(cast, "718-7", "HGB BLD")
    named(cast, "99999-9", "House test")
    page = ruths("portal:labs").content.decode()
    places = [
        page.index(each)
        for each in ("Blood counts", "HGB BLD", "Kidneys", "CREATININE", "Other tests", "House")
    ]
    assert places == sorted(places)
    assert page.count('scope="rowgroup"') == 3
    assert '<div class="soft">Hemoglobin</div>' in page


def test_the_newest_first_is_a_choice(cast: Cast, ruths: Ask) -> None:
    measured(cast, "718-7", 13, "2026-01-01")
    measured(cast, "99999-9", 13, "2026-09-09")
    by_kind, by_day = (
        Outline(ruths("portal:labs", **query)) for query in ({}, {"order": "newest"})
    )
    assert by_kind.text.index("Test 718-7") < by_kind.text.index("Test 99999-9")
    assert by_day.text.index("Test 99999-9") < by_day.text.index("Test 718-7")
    assert "Blood counts" not in by_day.text
    address = reverse("portal:labs", args=[cast.ruths_record.pk])
    assert f"{address}?order=newest" in by_kind.links
    assert address in by_day.links


@pytest.mark.parametrize("words", ["hemoglobin", "HEMOGLOBINA", "hgb", "bld hgb", "hemoglobína"])
def test_a_test_is_found_by_any_of_its_names(cast: Cast, ruths: Ask, words: str) -> None:
    named(cast, "718-7", "HGB BLD")
    named(cast, "2160-0", "CREATININE SERPL")
    text = Outline(ruths("portal:labs", find=words)).text
    assert "HGB BLD" in text
    assert "CREATININE" not in text
    assert f"1 of 2 tests matches “{words}”." in " ".join(text.split())


def test_what_is_not_found_is_said_and_all_can_be_shown(cast: Cast, ruths: Ask) -> None:
    named(cast, "718-7", "HGB BLD")
    page = Outline(ruths("portal:labs", find="<script>"))
    assert "No test here is called “<script>”" in page.text
    assert "script" not in {each for each in page.tags if each == "script>"}
    assert "Show all tests" in page.text


def test_what_came_or_changed_since_the_last_visit_is_new(cast: Cast, ruths: Ask) -> None:
    named(cast, "718-7", "Old test", received_at=timezone.now() - timedelta(days=2))
    assert '"tag new"' not in ruths("portal:labs").content.decode()
    Look.objects.filter(user=cast.ruth).update(seen_at=timezone.now() - timedelta(days=1))
    named(cast, "2160-0", "New test", received_at=timezone.now() - timedelta(hours=2))
    page = ruths("portal:labs")
    assert "New since your last visit (1)" in Outline(page).text
    assert page.content.decode().count('"tag new"') == 1
    # The Health page is the same look, and turning the page keeps what is new.
    assert ruths("portal:health").content.decode().count('"tag new"') == 1
    chosen = Outline(ruths("portal:labs", show="new")).text
    assert "New test" in chosen
    assert "Old test" not in chosen


def test_three_earlier_values_are_at_hand_and_the_rest_one_step_away(
    cast: Cast, ruths: Ask
) -> None:
    for month in range(1, 9):
        measured(cast, "A", month + 10, f"2026-0{month}-01")
    page = ruths("portal:labs").content.decode()
    history = page[page.index('<details class="more"') :].partition("</details>")[0]
    assert history.count("<b>") == 3
    assert "4 older, and the trend" in history
