"""Nothing of a record is out of sight, long parts have pages, and hostile texts stay texts (VDT-1, performance.md)."""

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carespace.interop.fhir.elements import (
    EITHER_TYPES,
    SHARED_TYPES,
    SUBJECT_ELEMENTS,
    THROUGH_OTHERS,
)
from carespace.portal.record.contents import BY_SLUG, PARTS
from carespace.portal.record.parts.other import HAS_A_PAGE, NOT_SHOWN
from carespace.portal.users.deed_words import PAGES
from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.record_more.conftest import PATIENT, Ask, Give
from tests.record_more.people import ANA, CANCER, CLINIC, NIECE, WARD, everybody
from tests.records.shelf import RECEIVED, put

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8
HOSTILE = "<script>alert(1)</script>\u202e{{ 7 }}"


def test_every_type_of_a_record_has_a_part_a_page_or_a_reason() -> None:
    taken = {each for part in PARTS for each in (*part.kind.types, *part.kind.beside)}
    known = {*SUBJECT_ELEMENTS, *EITHER_TYPES, *THROUGH_OTHERS}
    assert known - taken - HAS_A_PAGE - NOT_SHOWN.keys() == set()
    assert taken & NOT_SHOWN.keys() == set()
    assert all(NOT_SHOWN.values())
    assert not taken & SHARED_TYPES


def test_who_looked_at_which_part_can_be_said() -> None:
    assert {f"record {slug}"[:40] for slug in BY_SLUG} <= PAGES.keys()


def test_what_no_part_takes_is_among_the_other_entries(give: Give, part: Ask) -> None:
    give(
        {
            "resourceType": "Consent",
            "status": "active",
            "scope": {"text": "Treatment"},
            "category": [{"text": "Consent to treatment"}],
            "patient": PATIENT,
            "dateTime": "2026-01-05",
        },
        {
            "resourceType": "Communication",
            "status": "completed",
            "subject": PATIENT,
            "sent": "2026-01-06",
            "note": [{"text": "Told about the scan."}],
        },
        {
            "resourceType": "NutritionOrder",
            "status": "on-hold",
            "intent": "order",
            "patient": PATIENT,
            "dateTime": "2026-01-07",
            "text": {
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml">Soft food <a href="javascript:x">only</a></div>',
            },
        },
    )
    page = part("other")
    for words in (
        "What you agreed to", "Consent to treatment", "January 5, 2026", "Message on file",
        "Told about the scan.", "January 6, 2026", "Food plan On hold", "Soft food only",
    ):  # fmt: skip
        assert words in page, (words, page)


def _entries(number: int) -> list[dict[str, Any]]:
    """Return one entry of each part, each naming others."""
    day = f"2026-0{number % 9 + 1}-11"
    subject = {"display": "Ruth"}
    text = {"text": f"Entry {number}"}
    return [
        {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": subject, "title": f"Plan {number}", "period": {"start": day}, "author": ANA, "activity": [{"reference": CANCER}]},
        {"resourceType": "Goal", "lifecycleStatus": "active", "subject": subject, "description": text, "startDate": day, "expressedBy": ANA},
        {"resourceType": "CareTeam", "name": f"Team {number}", "status": "active", "subject": subject, "participant": [{"member": ANA}, {"member": NIECE}, {"member": CLINIC}]},
        {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": subject, "type": [text], "location": [{"location": WARD}], "participant": [{"individual": ANA}], "period": {"start": day}},
        {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": subject, "code": text, "requester": ANA, "authoredOn": day},
        {"resourceType": "Device", "type": text, "patient": subject, "owner": CLINIC},
        {"resourceType": "Coverage", "status": "active", "beneficiary": subject, "payor": [CLINIC], "subscriberId": f"S{number}"},
        {"resourceType": "Claim", "status": "active", "created": day, "provider": CLINIC, "item": [{"sequence": 1, "productOrService": text}]},
        {"resourceType": "RelatedPerson", "name": [{"text": f"Person {number}"}], "patient": subject},
        {"resourceType": "Observation", "status": "final", "category": [{"coding": [{"code": "social-history"}]}], "code": text, "valueString": "x", "performer": [ANA], "effectiveDateTime": day},
        {"resourceType": "Observation", "status": "final", "category": [{"coding": [{"code": "survey"}]}], "code": text, "valueString": "x", "performer": [ANA], "effectiveDateTime": day},
        {"resourceType": "Observation", "status": "final", "category": [{"coding": [{"code": "functional-status"}]}], "code": text, "valueString": "x", "effectiveDateTime": day},
        {"resourceType": "Observation", "status": "final", "category": [{"coding": [{"code": "exam"}]}], "code": text, "valueString": "x", "effectiveDateTime": day},
        {"resourceType": "FamilyMemberHistory", "status": "completed", "patient": subject, "relationship": text},
        {"resourceType": "ClinicalImpression", "status": "completed", "subject": subject, "code": text, "assessor": ANA, "date": day},
        {"resourceType": "Consent", "status": "active", "patient": subject, "category": [text]},
    ]  # fmt: skip


MINE = (
    "care-plan", "goals", "care-team", "visits", "orders", "devices", "insurance", "bills", "about-you",
    "habits", "surveys", "function", "other-observations", "family-history", "assessments", "other",
)  # fmt: skip


def _asked(ask: Callable[[], object]) -> int:
    """Count the queries of a request, without those by which the test takes the web role and gives it back."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    own = re.compile(r"SET ROLE|RESET ROLE|set_config\('carespace\.\w+', ''|SAVEPOINT")
    return len([each for each in captured.captured_queries if not own.search(each["sql"])])


def test_a_page_asks_as_little_for_60_entries_as_for_6(
    cast: Cast, give: Give, client: WebClient
) -> None:
    give(*everybody())
    sign_in(client, cast.ruth)

    def fill(numbers: range) -> None:
        for number in numbers:
            for each in _entries(number):
                put(cast.practice, cast.ruths_record, each)

    def counted() -> dict[str, int]:
        addresses = {
            slug: reverse("portal:section", args=[cast.ruths_record.pk, slug]) for slug in MINE
        }
        for address in addresses.values():
            assert client.get(address).status_code == 200
        return {slug: _asked(partial(client.get, at)) for slug, at in addresses.items()}

    fill(range(6))
    few = counted()
    fill(range(6, 66))
    assert counted() == few
    assert max(few.values()) <= MOST_QUERIES, few


def test_a_long_part_has_pages_of_50(cast: Cast, part: Ask) -> None:
    for number in range(520):
        visit = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "type": [{"text": f"Visit {number:03}."}],
            "period": {"start": f"2020-01-01T00:{number // 60:02}:{number % 60:02}Z"},
        }
        put(cast.practice, cast.ruths_record, visit)
    seen: list[str] = []
    for number in range(1, 12):
        seen += re.findall(r"Visit \d{3}\.", part("visits", page=number))
    assert seen == [f"Visit {number:03}." for number in reversed(range(520))]


def _spoiled(value: Any) -> Any:
    """Return ``value`` with a hostile text in the place of every text that people write."""
    if isinstance(value, list):
        return [_spoiled(each) for each in value]
    if isinstance(value, dict):
        spoken = {"text", "display", "title", "description", "valueString", "name", "subscriberId"}
        return {
            key: HOSTILE if key in spoken and isinstance(each, str) else _spoiled(each)
            for key, each in value.items()
        }
    return value


@pytest.mark.parametrize("slug", MINE)
def test_hostile_texts_stay_texts(cast: Cast, client: WebClient, slug: str) -> None:
    for each in _entries(1):
        put(cast.practice, cast.ruths_record, _spoiled(each))
    sign_in(client, cast.ruth)
    address = reverse("portal:section", args=[cast.ruths_record.pk, slug])
    page = client.get(address).content.decode()
    assert "<script>alert(1)" not in page
    if slug != "bills":
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("slug", MINE)
def test_a_part_without_entries_says_so(part: Ask, slug: str) -> None:
    assert BY_SLUG[slug].slug == slug
    assert "Nothing here yet" in part(slug)


STRANGE_LINKS = [
    ({"system": "phone", "value": "javascript:alert(1)"}, False),
    ({"system": "email", "value": "a@b.com?subject=x&body=y"}, False),
    ({"system": "url", "value": "https://bad.example"}, False),
    ({"system": "phone", "value": "(555) 010-0166 ext. 9"}, True),
]


@pytest.mark.parametrize(("point", "is_link"), STRANGE_LINKS)
def test_only_what_can_be_dialed_is_a_link(
    cast: Cast, client: WebClient, point: dict[str, str], is_link: bool
) -> None:
    person = {"resourceType": "RelatedPerson", "name": [{"text": "Jo"}], "telecom": [point]}
    put(cast.practice, cast.ruths_record, person)
    sign_in(client, cast.ruth)
    page = client.get(reverse("portal:section", args=[cast.ruths_record.pk, "about-you"]))
    main = re.search(r'<ul class="entries">.*?</section>', page.content.decode(), re.DOTALL)
    assert main is not None
    assert ("href=" in main[0]) == is_link
    if is_link:
        assert 'href="tel:5550100166"' in main[0]


@pytest.mark.parametrize("slug", MINE)
def test_a_part_is_for_those_who_may_see_the_record(
    cast: Cast, client: WebClient, slug: str
) -> None:
    for each in _entries(7):
        put(cast.practice, cast.ruths_record, each)
    address = reverse("portal:section", args=[cast.ruths_record.pk, slug])
    for person, status in (
        (cast.ruth, 200),
        (cast.luis, 200),
        (cast.nora, 404),
        (cast.stan, 404),
        (cast.fay, 404),
        (cast.otto, 404),
    ):
        client.logout()
        sign_in(client, person)
        response = client.get(address)
        assert response.status_code == status, person.name
        # A bill whose parties are not in the record says when it was made, and nothing else of its own.
        own = r"August 11, 2026" if slug == "bills" else r"(Entry|Plan|Team|Person|S)\s?7"
        shown = re.search(own, response.content.decode())
        assert bool(shown) == (status == 200), person.name
    client.logout()
    assert client.get(address).status_code == 302


def test_what_was_held_or_taken_back_is_in_no_part(cast: Cast, part: Ask) -> None:
    for each in _entries(8):
        put(cast.practice, cast.ruths_record, each, held_at=RECEIVED, held_reason="doubt")
        put(cast.practice, cast.ruths_record, each, retracted_at=RECEIVED)
        put(cast.practice, cast.stans_record, each)
    for slug in MINE:
        page = part(slug)
        assert "Nothing here yet" in page
        assert "taken back" in page


def test_names_of_another_record_are_not_told(cast: Cast, part: Ask) -> None:
    theirs = put(
        cast.practice,
        cast.stans_record,
        {"resourceType": "Condition", "code": {"text": "Secret of Stan"}},
    )
    person = put(
        cast.practice,
        cast.stans_record,
        {"resourceType": "RelatedPerson", "name": [{"text": "Wife of Stan"}]},
    )
    put(
        cast.practice,
        cast.ruths_record,
        {
            "resourceType": "CarePlan",
            "status": "active",
            "title": "Plan",
            "addresses": [{"reference": f"Condition/{theirs}"}],
        },
    )
    put(
        cast.practice,
        cast.ruths_record,
        {
            "resourceType": "CareTeam",
            "status": "active",
            "participant": [{"member": {"reference": f"RelatedPerson/{person}"}}],
        },
    )
    assert "Secret" not in part("care-plan")
    assert "Wife" not in part("care-team")


@pytest.mark.parametrize("slug", MINE)
def test_no_level_of_headings_is_left_out(cast: Cast, client: WebClient, slug: str) -> None:
    for each in _entries(3):
        put(cast.practice, cast.ruths_record, each)
    sign_in(client, cast.ruth)
    address = reverse("portal:section", args=[cast.ruths_record.pk, slug])
    levels = [int(each) for each in re.findall(r"<h([1-6])", client.get(address).content.decode())]
    assert levels[0] == 1
    assert len(levels) > 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
