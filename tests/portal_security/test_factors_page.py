"""Set up, see and remove second factors (AUTH-8, AUTH-13, ASVS-49, ASVS-51, T10)."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from carespace.accounts import proof
from carespace.accounts.actions import add_factor
from carespace.accounts.factors import PASSKEY, code_at, digest_of, opened
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import PASSWORD, enter, let_see, make_patient, make_person, make_practice, sign_in
from tests.portal_security.conftest import (
    APP_PAGE,
    CODES,
    CONFIRM,
    FACTORS,
    SECOND,
    App,
    CodeClock,
    confirmed_in,
    half_in,
    is_in,
    rows,
)

pytestmark = pytest.mark.django_db
CODE = re.compile(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>")
KEY_DATA = {"name": "My phone", "key": "", "counter": 0}
PASSKEY_PAGE = "/settings/second-factor/passkey/"
PAGES = (APP_PAGE, PASSKEY_PAGE, CODES)


@pytest.fixture
def maria() -> User:
    maria = make_person("Maria Reyes")
    let_see(maria, make_patient(make_practice(), mrn="M-1", born="1961-04-27"), "self")
    return maria


@pytest.fixture
def fay(maria: User) -> User:
    fay = make_person("Fay Desk")
    practice = maria.grants.get().practice
    add_staff(user=fay, practice=practice, role="front-desk", by=SYSTEM)
    return fay


def with_factor(client: WebClient, user: User) -> None:
    """Sign ``user`` in as having shown their second factor."""
    sign_in(client, user)
    session = client.session
    proof.note_proof(session, second_factor="totp", again=True)
    session.save()


def stale(client: WebClient) -> None:
    session = client.session
    session["proved_at"] -= 15 * 60 + 1
    session["proved_again_at"] = session["proved_at"]
    session.save()


def set_up(client: WebClient, clock: CodeClock, **more: Any) -> Any:
    client.post(APP_PAGE, {"begin": "1", **more})
    secret = opened(client.session["new_app"])
    return client.post(APP_PAGE, {"answer": code_at(secret, clock.step), **more})


def path_to_remove(user: User, kind: str = "totp") -> str:
    return f"{FACTORS}{rows(user).get(type=kind).pk}/remove/"


def test_an_app_counts_once_its_code_was_right(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    confirmed_in(client, maria)
    before = client.session.session_key
    assert "Set up an authenticator app" in client.get(FACTORS).content.decode()
    assert client.get(APP_PAGE).status_code == 200
    assert client.post(APP_PAGE, {"begin": "1"})["Location"] == APP_PAGE
    page = client.get(APP_PAGE).content.decode()
    secret = opened(client.session["new_app"])
    typed = " ".join(re.findall("....", secret))
    assert typed in page
    assert re.search(r'<svg [^>]*role="img"', page)
    assert "style=" not in page
    assert not rows(maria).exists()

    wrong = client.post(APP_PAGE, {"answer": "000000"}).content.decode()
    assert "This code is not right" in wrong
    assert typed in wrong
    assert not rows(maria).exists()

    shown = client.post(APP_PAGE, {"answer": code_at(secret, code_clock.step)})
    assert shown["Location"] == CODES
    assert rows(maria).filter(type="totp").count() == 1
    assert client.session["second_factor"] == "totp"
    assert client.session.session_key != before
    for path in (FACTORS, APP_PAGE, CODES):
        later = client.get(path).content.decode()
        assert typed not in later
        assert secret not in later
    assert "new_app" not in client.session


def test_the_code_that_showed_it_works_is_used(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    confirmed_in(client, maria)
    client.post(APP_PAGE, {"begin": "1"})
    secret = opened(client.session["new_app"])
    code = code_at(secret, code_clock.step)
    client.post(APP_PAGE, {"answer": code})
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    elsewhere.post("/sign-in/second-factor/", {"answer": code})
    assert not is_in(elsewhere)
    code_clock.step += 1
    elsewhere.post("/sign-in/second-factor/", {"answer": code_at(secret, code_clock.step)})
    assert is_in(elsewhere)


def test_the_first_factor_brings_ten_recovery_codes_shown_once(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    confirmed_in(client, maria)
    set_up(client, code_clock)
    codes = CODE.findall(client.get(CODES).content.decode())
    assert len(codes) == 10
    kept = rows(maria).get(type="recovery_codes").data["digests"]
    assert kept == [digest_of(code) for code in codes]
    again = client.get(CODES).content.decode()
    assert CODE.findall(again) == []
    assert "You have 10 left" in again
    events = [each.context["event"] for each in OutboxMessage.objects.all()]
    assert events == ["factor-added"]
    added = AuditEvent.objects.get(action="factor.add")
    assert (added.actor_id, added.detail) == (maria.pk, {"kind": "totp"})


def test_the_first_factor_ends_every_other_session_and_the_second_none(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    assert elsewhere.get(FACTORS).status_code == 200
    confirmed_in(client, maria)
    set_up(client, code_clock)
    assert elsewhere.get(FACTORS)["Location"].startswith("/sign-in/")
    assert client.get(FACTORS).status_code == 200


def test_new_recovery_codes_end_the_old_ones(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    app = App(maria, code_clock)
    with_factor(client, maria)
    OutboxMessage.objects.all().delete()
    assert client.post(CODES, {})["Location"] == CODES
    fresh = CODE.findall(client.get(CODES).content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(app.recovery_codes)
    assert OutboxMessage.objects.get().context["event"] == "recovery-codes-made"
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    way = "/sign-in/second-factor/?way=recovery-code"
    elsewhere.post(way, {"answer": app.recovery_codes[0]})
    assert not is_in(elsewhere)
    elsewhere.post(way, {"answer": fresh[0]})
    assert is_in(elsewhere)


def test_without_a_factor_there_are_no_recovery_codes(client: WebClient, maria: User) -> None:
    confirmed_in(client, maria)
    assert client.get(CODES)["Location"] == FACTORS
    assert client.post(CODES, {})["Location"] == FACTORS
    assert not rows(maria).exists()


def test_removing_the_last_factor_takes_the_recovery_codes_along(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    App(maria, code_clock)
    with_factor(client, maria)
    OutboxMessage.objects.all().delete()
    path = path_to_remove(maria)
    assert "It is your only one." in client.get(path).content.decode()
    assert rows(maria).count() == 2
    before = client.session.session_key
    assert client.post(path, {})["Location"] == FACTORS
    assert not rows(maria).exists()
    assert client.session.session_key != before
    assert "Authenticator app is removed." in client.get(FACTORS).content.decode()
    assert OutboxMessage.objects.get().context["event"] == "factor-removed"
    assert AuditEvent.objects.get(action="factor.remove").actor_id == maria.pk


def test_with_the_last_factor_go_the_other_sessions_and_what_this_one_has_shown(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    App(maria, code_clock)
    with_factor(client, maria)
    elsewhere = WebClient()
    enter(elsewhere, maria)
    assert is_in(elsewhere)
    assert proof.second_factor_of(client.session)
    client.post(path_to_remove(maria), {})
    assert is_in(client)
    assert not is_in(elsewhere)
    assert not proof.second_factor_of(client.session)


@pytest.mark.parametrize("path", PAGES)
def test_every_change_asks_for_a_fresh_proof(client: WebClient, maria: User, path: str) -> None:
    sign_in(client, maria)
    stale(client)
    for asked in (client.get(path), client.post(path, {"begin": "1", "name": "x"})):
        assert asked["Location"] == f"/settings/confirm/?next={path.replace('/', '%2F')}"
    assert not rows(maria).exists()


@pytest.mark.parametrize("path", PAGES)
def test_a_session_stolen_right_after_the_sign_in_adds_no_factor(
    client: WebClient, maria: User, path: str
) -> None:
    """The sign-in's own proof is in the stolen session too: the password is asked for once more."""
    half_in(client, maria)
    for asked in (client.get(path), client.post(path, {"begin": "1", "name": "x"})):
        assert asked["Location"] == f"/settings/confirm/?next={path.replace('/', '%2F')}"
    assert "new_app" not in client.session
    wrong = client.post(CONFIRM, {"password": "Wrong-1-word!", "next": path})
    assert wrong.status_code == 200
    assert client.get(path).status_code == 302
    assert not rows(maria).exists()


def test_a_session_stolen_right_after_the_second_step_changes_no_factor(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    app = App(maria, code_clock)
    half_in(client, maria)
    client.post(SECOND, {"answer": app.code()})
    assert is_in(client)
    for path in (PASSKEY_PAGE, CODES, path_to_remove(maria)):
        for asked in (client.get(path), client.post(path, {"begin": "1", "name": "x"})):
            assert asked["Location"].startswith("/settings/confirm/?next="), path
    assert rows(maria).count() == 2
    code_clock.step += 1
    confirmed = client.post(CONFIRM, {"password": PASSWORD, "answer": app.code()})
    assert confirmed.status_code == 302
    assert client.post(path_to_remove(maria), {})["Location"] == FACTORS
    assert not rows(maria).exists()


def test_the_next_sign_in_begins_without_the_proof_of_the_one_before(
    client: WebClient, maria: User
) -> None:
    confirmed_in(client, maria)
    assert client.get(APP_PAGE).status_code == 200
    half_in(client, maria)
    client.post("/sign-out/")
    half_in(client, maria)
    assert client.get(APP_PAGE).status_code == 302


def test_removing_asks_for_a_fresh_proof(
    client: WebClient, maria: User, code_clock: CodeClock
) -> None:
    App(maria, code_clock)
    with_factor(client, maria)
    stale(client)
    path = path_to_remove(maria)
    for asked in (client.get(path), client.post(path, {})):
        assert asked["Location"].startswith("/settings/confirm/?next=")
    assert rows(maria).count() == 2


@pytest.mark.parametrize("path", PAGES)
def test_who_has_a_factor_changes_nothing_in_a_session_that_has_not_shown_it(
    client: WebClient, maria: User, code_clock: CodeClock, path: str
) -> None:
    App(maria, code_clock)
    enter(client, maria)
    session = client.session
    proof.note_proof(session, again=True)
    session.save()
    for asked in (client.get(path), client.post(path, {"begin": "1", "name": "x"})):
        assert asked["Location"].startswith("/settings/confirm/?next=")
    assert client.post(path_to_remove(maria), {})["Location"].startswith("/settings/confirm/")
    assert rows(maria).count() == 2


def test_a_factor_of_somebody_else_is_not_there(
    client: WebClient, maria: User, fay: User, code_clock: CodeClock
) -> None:
    App(maria, code_clock)
    App(fay, code_clock)
    with_factor(client, maria)
    for path in (path_to_remove(fay), f"{FACTORS}987654/remove/", f"{FACTORS}0/remove/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {}).status_code == 404
    codes = rows(maria).get(type="recovery_codes")
    assert client.post(f"{FACTORS}{codes.pk}/remove/", {}).status_code == 404
    assert rows(fay).count() == rows(maria).count() == 2


def test_staff_without_a_factor_are_led_here_and_on_to_where_they_wanted(
    client: WebClient, fay: User, code_clock: CodeClock
) -> None:
    half_in(client, fay)
    led = client.get("/staff/")["Location"]
    assert led == "/settings/second-factor/?next=%2Fstaff%2F"
    page = unescape(client.get(led).content.decode())
    assert "Staff sign in with a second step. Set it up once, it takes two minutes." in page
    assert f"{APP_PAGE}?next=%2Fstaff%2F" in page
    asked = client.get(f"{APP_PAGE}?next=%2Fstaff%2F")["Location"]
    page = client.get(asked).content.decode()
    assert "Please type your password once more." in page
    back = {"next": parse_qs(urlsplit(asked).query)["next"][0], "password": PASSWORD}
    assert client.post(CONFIRM, back)["Location"] == f"{APP_PAGE}?next=%2Fstaff%2F"
    shown = set_up(client, code_clock, next="/staff/")
    assert shown["Location"] == f"{CODES}?next=%2Fstaff%2F"
    assert 'href="/staff/"' in client.get(shown["Location"]).content.decode()
    assert client.get("/staff/").status_code == 200


def test_staff_whose_session_has_not_shown_their_factor_confirm_it(
    client: WebClient, fay: User, code_clock: CodeClock
) -> None:
    App(fay, code_clock)
    enter(client, fay)
    led = client.get("/staff/")["Location"]
    assert client.get(led)["Location"] == "/settings/confirm/?next=%2Fstaff%2F"
    with_factor(client, fay)
    assert client.get(led)["Location"] == "/staff/"


@pytest.mark.parametrize("next_path", ["//evil.example/", "https://evil.example/", "/\\evil"])
def test_it_leads_to_no_other_host(
    client: WebClient, maria: User, code_clock: CodeClock, next_path: str
) -> None:
    confirmed_in(client, maria)
    assert "evil" not in client.get(FACTORS, {"next": next_path}).content.decode()
    assert set_up(client, code_clock, next=next_path)["Location"] == CODES


def test_staff_keep_one_factor(client: WebClient, fay: User, code_clock: CodeClock) -> None:
    App(fay, code_clock)
    with_factor(client, fay)
    path = path_to_remove(fay)
    assert path not in client.get(FACTORS).content.decode()
    assert "Remove it" not in client.get(path).content.decode()
    client.post(path, {})
    assert rows(fay).filter(type="totp").exists()
    assert "Staff need a second step." in client.get(FACTORS).content.decode()
    add_factor(user=fay, kind=PASSKEY, data=KEY_DATA)
    client.post(path, {})
    assert not rows(fay).filter(type="totp").exists()
    assert rows(fay).filter(type="recovery_codes").exists()


def test_a_second_app_is_refused(client: WebClient, maria: User, code_clock: CodeClock) -> None:
    App(maria, code_clock)
    with_factor(client, maria)
    assert client.get(APP_PAGE)["Location"] == FACTORS
    assert client.post(APP_PAGE, {"begin": "1"})["Location"] == FACTORS
    assert "new_app" not in client.session


def test_a_passkey_that_the_browser_did_not_make_is_refused(client: WebClient, maria: User) -> None:
    confirmed_in(client, maria)
    assert client.post(PASSKEY_PAGE, {"begin": "1", "name": ""}).status_code == 200
    assert client.post(PASSKEY_PAGE, {"begin": "1", "name": "My phone"})["Location"] == PASSKEY_PAGE
    page = client.get(PASSKEY_PAGE).content.decode()
    asked = client.session["passkey_asked"]["challenge"]
    assert asked.rstrip("=") in page
    for text in ("{}", "[]", "no", '{"id": 1, "rawId": "AA", "response": {}}', "[" * 5000):
        refused = client.post(PASSKEY_PAGE, {"answer": text})
        assert "Your device did not make a passkey" in refused.content.decode()
        assert client.session["passkey_asked"]["challenge"] != asked
    assert not rows(maria).exists()
