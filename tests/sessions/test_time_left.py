"""How long a session still lasts: said to the page, extended by one click, and not by asking (A11Y-7, T10)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from carespace.accounts.models import SignIn
from tests.conftest import WebClient
from tests.people import sign_in
from tests.sessions.conftest import HOUR, MINUTE, TYPED, Clock, Ruth

pytestmark = pytest.mark.django_db
ASK, STAY, KEEP = "/session/time-left/", "/session/stay/", "/session/draft/"


def left(client: WebClient) -> tuple[int, bool]:
    said = client.get(ASK).json()
    return said["left"], said["fixed"]


def still_in(client: WebClient) -> bool:
    return "_auth_user_id" in client.session


def on_page(html: str) -> int:
    found = re.search(r'data-left="(\d+)"', html)
    assert found
    return int(found[1])


@pytest.mark.parametrize(("person", "minutes"), [("ruth", 20), ("fay", 15)])
def test_asking_says_how_long_is_left_and_extends_nothing(
    ruth: Ruth, clock: Clock, person: str, minutes: int
) -> None:
    client = WebClient()
    sign_in(client, getattr(ruth.cast, person))
    if person == "fay":
        session = client.session
        session["is_staff"] = True
        session.save()
    client.get("/terms/")
    for minute in range(minutes):
        assert left(client) == ((minutes - minute) * MINUTE + 1, False)
        clock.seconds += MINUTE
    assert left(client) == (1, False)
    clock.seconds += 1
    assert left(client) == (0, False)
    assert not still_in(client)


def test_nobody_is_told_that_nothing_is_left(client: WebClient) -> None:
    answer = client.get(ASK)
    assert answer.json() == {"left": 0, "fixed": False}
    assert answer["Cache-Control"] == "no-store"


def test_one_click_extends_it_and_leads_back_to_the_page(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    for _ in range(12):
        clock.seconds += 19 * MINUTE
        assert left(ruth.client) == (MINUTE + 1, False)
        answer = ruth.client.post(STAY, {"next": ruth.place})
        assert answer["Location"] == ruth.place
        assert left(ruth.client) == (20 * MINUTE + 1, False)


def test_the_click_leads_nowhere_else(ruth: Ruth) -> None:
    assert ruth.client.post(STAY, {"next": "https://evil.example/"})["Location"] == "/"
    assert ruth.client.post(STAY)["Location"] == "/"
    assert ruth.client.get(STAY).status_code == 405


def test_the_click_of_somebody_else_needs_our_own_form(ruth: Ruth, clock: Clock) -> None:
    strict = WebClient(enforce_csrf_checks=True)
    sign_in(strict, ruth.cast.ruth)
    strict.get("/terms/")
    clock.seconds += 19 * MINUTE
    for path in (STAY, KEEP):
        assert strict.post(path, {"place": ruth.place, **TYPED}).status_code == 403
    assert left(strict) == (MINUTE + 1, False)
    assert ruth.shows().count(TYPED["email"]) == 0


def test_twelve_hours_are_not_extended(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    for _ in range(12 * 4 - 1):
        clock.seconds += 15 * MINUTE
        ruth.client.post(STAY)
    assert left(ruth.client) == (15 * MINUTE + 1, True)
    clock.seconds += 14 * MINUTE
    ruth.client.post(STAY)
    assert left(ruth.client) == (MINUTE + 1, True)
    clock.seconds += MINUTE + 1
    assert left(ruth.client) == (0, False)


def test_another_tab_counts(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    clock.seconds += 18 * MINUTE
    ruth.shows()
    assert left(ruth.client) == (20 * MINUTE + 1, False)


def test_typing_is_activity(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    clock.seconds += 18 * MINUTE
    assert ruth.client.post(KEEP, {"place": ruth.place, **TYPED}).status_code == 204
    assert left(ruth.client) == (20 * MINUTE + 1, False)


def test_pages_carry_the_time_and_the_words(ruth: Ruth, clock: Clock) -> None:
    home = ruth.client.get("/", follow=True).content.decode()
    assert on_page(home) == 20 * MINUTE + 1
    assert "Are you still there?" in home
    assert "Nothing you typed is lost." not in home
    clock.seconds += 10
    page = ruth.shows()
    assert on_page(page) == 20 * MINUTE + 1 - 10
    assert "Nothing you typed is lost." in page
    session = ruth.client.session
    session["started_at"] = clock.seconds - 12 * HOUR + MINUTE
    session.save()
    assert on_page(ruth.shows()) == MINUTE + 1


def test_pages_for_everybody_and_for_nobody_carry_none(ruth: Ruth) -> None:
    missing = ruth.client.get("/p/").content.decode()
    out = WebClient().get("/sign-in/").content.decode()
    assert "data-left" not in missing + out


def test_the_list_of_devices_learns_of_activity_and_of_the_end(ruth: Ruth, clock: Clock) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    SignIn.objects.update(last_seen_at=long_ago)
    left(ruth.client)
    assert SignIn.objects.get().last_seen_at == long_ago, "asking how long is left is no activity"
    ruth.shows()
    assert SignIn.objects.get().last_seen_at > long_ago
    clock.seconds += HOUR
    left(ruth.client)
    assert not SignIn.objects.exists()
