"""What feeds send that is not as it should be: wrong shapes, huge texts, markup; and how much a page asks for."""

from typing import Any

import pytest
from django.urls import reverse

from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.portal.test_pages import MOST_QUERIES, asked_of_the_tables
from tests.record_more.conftest import words_of
from tests.records.shelf import put

pytestmark = pytest.mark.django_db
SLUGS = ("medicines", "allergies", "health-issues", "cancer", "procedures", "vaccines")
TYPES = {
    "medicines": "MedicationRequest",
    "allergies": "AllergyIntolerance",
    "health-issues": "Condition",
    "procedures": "Procedure",
    "vaccines": "Immunization",
}
SCRIPT = "<script>alert('x')</script>"


def page_of(client: WebClient, cast: Cast, slug: str, **query: Any) -> str:
    answer = client.get(reverse("portal:section", args=[cast.ruths_record.pk, slug]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def named(slug: str, what: str, **more: Any) -> dict[str, Any]:
    """Return an entry of the part ``slug`` called ``what``."""
    name = {"medicines": "medicationCodeableConcept", "vaccines": "vaccineCode"}.get(slug, "code")
    return {"resourceType": TYPES[slug], "status": "completed", name: {"text": what}, **more}


@pytest.mark.parametrize("slug", TYPES)
def test_a_wrong_shape_is_counted_and_breaks_nothing(
    cast: Cast, client: WebClient, slug: str
) -> None:
    sign_in(client, cast.ruth)
    put(cast.practice, cast.ruths_record, {"resourceType": TYPES[slug], "note": 7, "reaction": "x"})
    put(cast.practice, cast.ruths_record, named(slug, "A good one"))
    words = words_of(page_of(client, cast, slug))
    assert "A good one" in words
    assert "1 entry came in a form that we cannot show" in words


@pytest.mark.parametrize("slug", TYPES)
def test_markup_is_text_and_a_huge_text_is_only_long(
    cast: Cast, client: WebClient, slug: str
) -> None:
    sign_in(client, cast.ruth)
    put(cast.practice, cast.ruths_record, named(slug, SCRIPT, note=[{"text": SCRIPT + "A" * 300_000}]))  # fmt: skip
    page = page_of(client, cast, slug)
    assert SCRIPT not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("slug", TYPES)
def test_an_entry_with_nothing_in_it_has_words(cast: Cast, client: WebClient, slug: str) -> None:
    sign_in(client, cast.ruth)
    put(cast.practice, cast.ruths_record, {"resourceType": TYPES[slug]})
    assert "without a name" in words_of(page_of(client, cast, slug))


@pytest.mark.parametrize("slug", TYPES)
def test_codes_that_nobody_can_name_are_not_shown(cast: Cast, client: WebClient, slug: str) -> None:
    sign_in(client, cast.ruth)
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "999480451000087102"}]}
    name = {"medicines": "medicationCodeableConcept", "vaccines": "vaccineCode"}.get(slug, "code")
    entry = {"resourceType": TYPES[slug], "status": "completed", name: code, "reasonCode": [code]}
    put(cast.practice, cast.ruths_record, entry)
    assert "999480451000087102" not in page_of(client, cast, slug)


@pytest.mark.parametrize("slug", TYPES)
def test_fifty_stand_on_a_page_and_no_query_more_is_asked(
    cast: Cast, client: WebClient, slug: str
) -> None:
    sign_in(client, cast.ruth)
    practice, ruth = cast.practice, cast.ruths_record
    who = {"display": "", "reference": f"Practitioner/{put(practice, None, {'resourceType': 'Practitioner', 'name': [{'family': 'Ruiz'}]})}"}  # fmt: skip
    by: dict[str, Any] = {"requester": who, "recorder": who, "asserter": who}
    by |= {"performer": [{"actor": who}]} if slug in {"procedures", "vaccines"} else {}
    words = "Cancer of something" if slug == "health-issues" else "Entry"

    def fill(start: int, end: int) -> None:
        for number in range(start, end):
            day = f"2026-{1 + number // 28:02}-{1 + number % 28:02}"
            when = {"authoredOn": day, "recordedDate": day, "performedDateTime": day, "occurrenceDateTime": day}  # fmt: skip
            put(practice, ruth, named(slug, f"{words} {number:03}.", **when, **by))

    def counted() -> int:
        return asked_of_the_tables(
            lambda: client.get(reverse("portal:section", args=[ruth.pk, slug]))
        )

    fill(0, 10)
    counted()
    with_few = counted()
    fill(10, 60)
    assert counted() == with_few
    first, second = page_of(client, cast, slug), page_of(client, cast, slug, page=2)
    assert [f" {number:03}." in first for number in (59, 10, 9, 0)] == [True, True, False, False]
    assert [f" {number:03}." in second for number in (59, 10, 9, 0)] == [False, False, True, True]
    assert with_few <= MOST_QUERIES


def test_the_list_of_parts_counts_each(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    for slug in TYPES:
        put(cast.practice, cast.ruths_record, named(slug, "One"))
    page = client.get(reverse("portal:record", args=[cast.ruths_record.pk])).content.decode()
    words = words_of(page)
    for name in ("Medicines", "Allergies", "Health issues", "Procedures", "Vaccines"):
        assert f"{name} (1)" in words
    assert "See what happened between two dates" in words
