"""A session ends on the server, whatever its cookie says (AUTH-9, AUTH-16, T10)."""

from typing import Any

import pytest

from carespace.accounts.models import SignIn, User
from carespace.accounts.sessions import SessionStore
from carespace.audit.models import AuditEvent
from tests.conftest import WebClient
from tests.people import make_person, make_practice, sign_in

pytestmark = pytest.mark.django_db
MINUTE = 60
HOUR = 60 * MINUTE


class Clock:
    """The clock of the middleware, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("carespace.accounts.session_ends.time", clock)
    return clock


@pytest.fixture
def maria(client: WebClient) -> User:
    make_practice()
    maria = make_person("Maria Reyes")
    sign_in(client, maria)
    return maria


def still_in(client: WebClient) -> bool:
    client.get("/terms/")
    return "_auth_user_id" in client.session


def as_staff(client: WebClient) -> None:
    session = client.session
    session["is_staff"] = True
    session.save()


@pytest.mark.parametrize(("staff", "minutes"), [(False, 20), (True, 15)])
def test_it_ends_after_idle_minutes(
    client: WebClient, maria: User, clock: Clock, staff: bool, minutes: int
) -> None:
    if staff:
        as_staff(client)
    assert still_in(client)
    clock.seconds += minutes * MINUTE
    assert still_in(client)
    clock.seconds += minutes * MINUTE + 1
    assert not still_in(client)


def test_each_page_keeps_it_going_for_12_hours_and_no_longer(
    client: WebClient, maria: User, clock: Clock
) -> None:
    still_in(client)
    for _ in range(12 * 4):
        clock.seconds += 15 * MINUTE
        assert still_in(client)
    clock.seconds += 1
    assert not still_in(client)


def test_who_was_signed_out_is_told_and_comes_back_to_the_page(
    client: WebClient, maria: User, clock: Clock
) -> None:
    still_in(client)
    clock.seconds += HOUR
    response = client.get("/staff/")
    assert response["Location"] == "/sign-in/?next=/staff/"
    page = client.get(response["Location"]).content.decode()
    assert "You were signed out to keep the record safe." in page


def test_the_old_session_is_gone_from_the_server(
    client: WebClient, maria: User, clock: Clock
) -> None:
    still_in(client)
    old = client.session.session_key
    assert SessionStore().exists(old)
    clock.seconds += HOUR
    client.get("/terms/")
    assert not SessionStore().exists(old)
    client.cookies["carespace"] = str(old)
    assert client.get("/staff/").status_code == 302


def test_the_next_session_starts_its_own_12_hours(
    client: WebClient, maria: User, clock: Clock
) -> None:
    still_in(client)
    clock.seconds += 13 * HOUR
    assert not still_in(client)
    sign_in(client, maria)
    assert still_in(client)
    clock.seconds += 15 * MINUTE
    assert still_in(client)


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: WebClient, maria: User) -> None:
    given = {"email": "maria@example.com", "password": "Orchard-7-lane!", "next": "/terms/"}
    fresh = WebClient()
    cookie: Any = fresh.post("/sign-in/", given).cookies["carespace"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""
    assert cookie["path"] == "/"


@pytest.mark.parametrize(("quarters", "why"), [(1, "idle"), (12 * 4, "12-hours")])
def test_why_it_ended_is_written_down(
    client: WebClient, maria: User, clock: Clock, quarters: int, why: str
) -> None:
    still_in(client)
    for _ in range(quarters - 1):
        clock.seconds += 15 * MINUTE
        still_in(client)
    clock.seconds += (15 if why == "12-hours" else 20) * MINUTE + 1
    assert not still_in(client)
    event = AuditEvent.objects.get(action="session.end")
    assert (event.detail["why"], event.entity_id) == (why, str(maria.pk))
    assert not SignIn.objects.exists()
