"""The first page: the next visits, what is new since the last visit, whom to call, what to do (ui.md page 4)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from carespace.practices.models import Practice
from carespace.records.models import Look, Resource
from tests.conftest import Answer, WebClient
from tests.people import Cast, sign_in
from tests.portal.conftest import Outline
from tests.portal.test_pages import MOST_QUERIES, asked_of_the_tables, fill
from tests.records.shelf import lab, paper, put, visit
from tests.reports.conftest import words_of

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
USUAL = [{"low": {"value": 12}, "high": {"value": 16}}]
NOW = {"received_at": datetime.now(UTC)}


def scan(title: str = "CT of the chest", **more: object) -> dict[str, object]:
    return {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "category": [{"coding": [{"code": "RAD"}]}],
        "code": {"text": title},
        "effectiveDateTime": "2026-09-02",
        "conclusion": "A new spot",
        **more,
    }


def come_back(days: int = 3) -> None:
    """Let all looks so far be some days ago."""
    then = timezone.now() - timedelta(days=days)
    Look.objects.update(seen_at=then, since=None)


def text(answer: Answer) -> str:
    assert answer.status_code == 200
    return words_of(answer)


def test_the_first_visit_is_welcomed_and_nothing_is_called_new(cast: Cast, ruths: Ask) -> None:
    put(cast.practice, cast.ruths_record, lab("718-7"))
    said = text(ruths("portal:home"))
    assert "Hello, Ruth" in said
    assert "Welcome to CareSpace" in said
    assert "The latest" in said
    assert "1 lab result from September 8, 2026" in said
    assert " New " not in said
    assert "Nothing new" not in said


def test_what_came_since_the_last_visit_is_new(cast: Cast, ruths: Ask) -> None:
    ruths("portal:home")
    come_back()
    for value in (11, 13):
        result = lab(f"{value}", {"value": value}, referenceRange=USUAL)
        put(cast.practice, cast.ruths_record, result, **NOW)
    put(cast.practice, cast.ruths_record, scan(), **NOW)
    for title in ("Visit note", "Letter"):
        paper_of(cast, title)
    put(cast.practice, cast.ruths_record, visit("2099-01-05T09:30:00-05:00"), **NOW)
    said = text(ruths("portal:home"))
    assert "Welcome" not in said
    assert "What is new" in said
    assert "2 new lab results 1 outside the usual range New" in said
    assert "CT of the chest Scan · Sep 2, 2026 New" in said
    assert "2 new documents" in said
    assert "Letter" in said
    assert "1 appointment is new or changed Infusion New" in said
    assert "A new spot" not in said, "what a report says is never read by the way"


def paper_of(cast: Cast, title: str) -> None:
    identity = paper(cast.practice, cast.ruths_record, None, title=title)
    Resource.objects.filter(pk=identity).update(**NOW)


def test_nothing_new_is_said_calmly_with_the_latest(cast: Cast, ruths: Ask) -> None:
    put(cast.practice, cast.ruths_record, lab("718-7"))
    put(cast.practice, cast.ruths_record, scan())
    ruths("portal:home")
    then = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
    Look.objects.update(seen_at=then)
    said = text(ruths("portal:home"))
    assert "Nothing new since November 3, 2026. This is the latest:" in said
    assert "1 lab result from September 8, 2026" in said
    assert "CT of the chest" in said
    assert " New " not in said


def test_what_was_looked_at_on_its_own_page_is_no_longer_new(cast: Cast, ruths: Ask) -> None:
    ruths("portal:home")
    come_back()
    put(cast.practice, cast.ruths_record, scan(), received_at=timezone.now())
    assert "Scan · Sep 2, 2026 New" in text(ruths("portal:home"))
    ruths("portal:reports")
    assert "Sep 2, 2026 New" not in text(ruths("portal:home"))


def test_what_was_taken_back_is_no_news(cast: Cast, ruths: Ask) -> None:
    ruths("portal:home")
    come_back()
    put(cast.practice, cast.ruths_record, scan(status="entered-in-error"), **NOW)
    put(cast.practice, cast.ruths_record, lab("1-1", status="entered-in-error"), **NOW)
    said = text(ruths("portal:home"))
    assert "Nothing new since" in said
    assert "CT of the chest" not in said


def test_family_read_whose_news_it_is(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.luis)
    page = reverse("portal:home", args=[cast.ruths_record.pk])
    assert "Here you can read Ruth’s test results" in text(client.get(page))
    come_back()
    said = text(client.get(page))
    assert "Hello, Luis" in said
    assert "New for Ruth" in said
    assert "Ruth’s care team can help" in said


def test_looks_of_one_person_change_nothing_for_another(
    cast: Cast, ruths: Ask, client: WebClient
) -> None:
    ruths("portal:home")
    sign_in(client, cast.luis)
    page = reverse("portal:home", args=[cast.ruths_record.pk])
    assert "Welcome to CareSpace" in text(client.get(page))


def test_only_what_there_is_can_be_done(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    own = Outline(client.get(reverse("portal:home", args=[cast.ruths_record.pk])))
    for link in own.links:
        if link.startswith("/"):
            assert client.get(link, follow=True).status_code == 200, link
    assert "Share access with family" in own.text
    assert "Send my record" not in own.text
    sign_in(client, cast.luis)
    theirs = Outline(client.get(reverse("portal:home", args=[cast.ruths_record.pk])))
    assert "Share access with family" not in theirs.text


def test_the_next_visits_come_first_and_who_to_call_is_there(cast: Cast, ruths: Ask) -> None:
    put(cast.practice, cast.ruths_record, visit("2099-01-05T09:30:00-05:00"))
    put(cast.practice, cast.ruths_record, visit("2020-01-05T09:30:00-05:00"))
    said = text(ruths("portal:home"))
    assert said.index("Coming up") < said.index("Infusion") < said.index("The latest")
    assert "Monday, January 5" in said
    assert said.count("Infusion") == 1
    assert "Questions? Call us" in said
    assert "(555) 010-0142" in said


def test_a_practice_without_appointments_shows_none(cast: Cast, ruths: Ask) -> None:
    Practice.objects.filter(pk=cast.practice.pk).update(overrides={"feature_appointments": False})
    put(cast.practice, cast.ruths_record, visit("2099-01-05T09:30:00-05:00"))
    said = text(ruths("portal:home"))
    assert "Coming up" not in said
    assert "Infusion" not in said


def test_the_first_page_asks_as_little_for_200_rows_as_for_20(cast: Cast, ruths: Ask) -> None:
    def counted() -> int:
        come_back(400)
        return asked_of_the_tables(lambda: ruths("portal:home"))

    fill(cast, 20)
    ruths("portal:home")
    few = counted()
    fill(cast, 180)
    assert counted() == few <= MOST_QUERIES
