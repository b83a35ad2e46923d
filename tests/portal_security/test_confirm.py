"""Confirm it is you (ASVS 7.5.1, ASVS 7.2.4, AUTH-7, T10, T15)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from carespace.accounts import proof
from carespace.accounts.actions import EVENT_MAIL, TRIES_MAIL
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import PASSWORD, enter, let_see, make_patient, make_person, make_practice, sign_in
from tests.portal_security.conftest import CONFIRM, App, CodeClock, half_in, is_in

pytestmark = pytest.mark.django_db
NO_MATCH = "That did not match. Check your password."
NO_MATCH_OF_TWO = "That did not match. Check your password and your code."


@pytest.fixture
def maria() -> User:
    maria = make_person("Maria Reyes")
    let_see(maria, make_patient(make_practice(), mrn="M-1", born="1961-04-27"), "self")
    return maria


def stale_session(client: WebClient, user: User) -> None:
    """A session that is not fresh, as a thief finds it in an open browser."""
    enter(client, user)
    assert not proof.is_fresh(client.session)


def confirm(client: WebClient, **given: str) -> Any:
    return client.post(CONFIRM, {"next": "/settings/devices/", **given})


def test_the_password_makes_the_session_fresh_under_a_new_key(
    client: WebClient, maria: User
) -> None:
    stale_session(client, maria)
    before = client.session.session_key
    page = client.get(CONFIRM, {"next": "/settings/devices/"}).content.decode()
    assert "Confirm it is you" in page
    assert 'value="/settings/devices/"' in page
    assert confirm(client, password=PASSWORD)["Location"] == "/settings/devices/"
    assert proof.is_fresh(client.session)
    assert client.session.session_key != before
    assert is_in(client)
    old = WebClient()
    old.cookies["carespace"] = str(before)
    assert old.get("/people/").status_code == 302


def test_a_wrong_password_changes_nothing(client: WebClient, maria: User) -> None:
    stale_session(client, maria)
    assert NO_MATCH in confirm(client, password="Wrong-1-word!").content.decode()
    assert not proof.is_fresh(client.session)


def test_who_has_a_factor_needs_both(client: WebClient, maria: User, code_clock: CodeClock) -> None:
    app = App(maria, code_clock)
    stale_session(client, maria)
    assert "6-digit code" in client.get(CONFIRM).content.decode()
    mistakes = [
        {"password": PASSWORD, "answer": app.wrong()},
        {"password": "Wrong-1-word!", "answer": app.code()},
        {"password": "Wrong-1-word!", "answer": app.wrong()},
    ]
    for given in mistakes:
        assert confirm(client, **given).content.decode().count(NO_MATCH_OF_TWO) == 1
        assert not proof.is_fresh(client.session)
    assert confirm(client, password=PASSWORD).status_code == 200
    assert not proof.is_fresh(client.session)
    # The wrong password has used up no code.
    assert confirm(client, password=PASSWORD, answer=app.code()).status_code == 302
    assert proof.is_fresh(client.session)
    assert proof.second_factor_of(client.session) == "totp"


def test_a_recovery_code_serves_and_is_used(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    app = App(maria, code_clock)
    stale_session(client, maria)
    assert "Recovery code" in client.get(CONFIRM, {"way": "recovery-code"}).content.decode()
    given = {"way": "recovery-code", "password": PASSWORD, "answer": app.recovery_codes[0]}
    assert confirm(client, **given).status_code == 302
    other = WebClient()
    stale_session(other, maria)
    assert NO_MATCH_OF_TWO in confirm(other, **given).content.decode()


def test_guessing_here_counts_as_guessing_at_sign_in(client: WebClient, maria: User) -> None:
    enter(client, maria)
    answers = [confirm(client, password=f"Wrong-{n}-word!").status_code for n in range(5)]
    assert answers == [200] * 5
    assert confirm(client, password=PASSWORD).status_code == 429
    assert not proof.is_fresh(client.session)
    elsewhere = WebClient()
    assert half_in(elsewhere, maria).status_code == 429


def test_guessing_codes_here_counts_as_guessing_them_at_sign_in(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    app = App(maria, code_clock)
    stale_session(client, maria)
    for _ in range(5):
        confirm(client, password=PASSWORD, answer=app.wrong())
    assert confirm(client, password=PASSWORD, answer=app.code()).status_code == 429
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    assert elsewhere.post("/sign-in/second-factor/", {"answer": app.code()}).status_code == 429


def test_confirming_often_is_no_guessing(client: WebClient, maria: User) -> None:
    enter(client, maria)
    assert {confirm(client, password=PASSWORD).status_code for _ in range(12)} == {302}


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example", "/\\evil", "javascript:x"]
)
def test_it_leads_to_no_other_host(client: WebClient, maria: User, path: str) -> None:
    enter(client, maria)
    assert client.post(CONFIRM, {"password": PASSWORD, "next": path})["Location"] == "/settings/"


def test_staff_come_to_their_desk_by_it(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    fay = make_person("Fay Desk")
    add_staff(user=fay, practice=maria.grants.get().practice, role="front-desk", by=SYSTEM)
    app = App(fay, code_clock)
    enter(client, fay)
    assert client.get("/staff/").status_code == 302
    given = {"password": PASSWORD, "answer": app.code(), "next": "/staff/"}
    assert client.post(CONFIRM, given)["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_signed_out_it_asks_to_sign_in(client: WebClient) -> None:
    assert client.get(CONFIRM)["Location"].startswith("/sign-in/?next=")


def many(kind: str) -> Any:
    return OutboxMessage.objects.filter(template=kind)


def test_many_wrong_passwords_here_are_told_of_once_a_day_as_at_sign_in(
    client: WebClient, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twelve hours of one day, whatever the hour now: on the next day they are told of again.
    morning = timezone.now().replace(hour=1, minute=0) + timedelta(days=1)
    moved = timedelta()
    monkeypatch.setattr(timezone, "now", lambda: morning + moved)
    for number in range(12):
        sign_in(client, maria)
        wrong = f"Wrong-{number}-word!"
        given = {"current_password": wrong, "password": "Quiet-Harbor-9!"}
        page = (
            client.post("/settings/password/", given)
            if number % 2
            else confirm(client, password=wrong)
        )
        assert page.status_code == 200
        assert many(TRIES_MAIL).count() == (number >= 9), number
        moved += timedelta(minutes=61)


def test_many_wrong_codes_are_told_of_once_a_day(
    client: WebClient, maria: User, code_clock: CodeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tries codes knows the password: the person is told to change it."""
    app = App(maria, code_clock)
    OutboxMessage.objects.all().delete()
    start = timezone.now().replace(hour=1)
    moved = timedelta()
    monkeypatch.setattr(timezone, "now", lambda: start + moved)
    for number in range(12):
        sign_in(client, maria)
        assert many(EVENT_MAIL).count() == (number >= 10), number
        wrong = confirm(client, password=PASSWORD, answer=app.wrong())
        assert wrong.status_code == 200
        moved += timedelta(minutes=61)
    told = many(EVENT_MAIL).get()
    assert (told.context["event"], told.to_address) == ("many-wrong-codes", maria.email)
