"""Change the password while signed in (S-30, AUTH-14, T10, ASVS 7.4.3)."""

from itertools import pairwise
from typing import Any

import pytest

from carespace.accounts.actions import add_factor
from carespace.accounts.factors import APP, app_data, new_secret
from carespace.accounts.models import SignIn, User
from carespace.accounts.sessions import SessionStore, row_key
from carespace.audit.models import AuditEvent
from tests.conftest import WebClient
from tests.people import PASSWORD, enter
from tests.portal_security_address.conftest import (
    EVERY_PRESET,
    NEW_PASSWORD,
    OLD,
    is_in,
    send_all,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db
PAGE = "/settings/password/"


def change(client: WebClient, new: str = NEW_PASSWORD, current: str = PASSWORD) -> Any:
    return client.post(PAGE, {"current_password": current, "password": new})


def test_settings_lead_to_one_page_with_two_tabs(home: WebClient) -> None:
    assert 'href="/settings/email/">Change email address or password</a>' in (
        home.get("/settings/").content.decode()
    )
    for path, other in (("/settings/email/", PAGE), (PAGE, "/settings/email/")):
        page = home.get(path).content.decode()
        assert "<h1>Change email address or password</h1>" in page
        assert f'href="{path}" aria-current="page"' in page
        assert f'href="{other}"' in page


@EVERY_PRESET
def test_the_password_changes_here_and_every_other_session_ends(
    home: WebClient, maria: User
) -> None:
    phone = signed_in(WebClient())
    old_key = home.session.session_key
    assert is_in(phone)
    answer = change(home)
    assert answer["Location"] == "/settings/"
    assert "Your new password is set." in text_of(home.get("/settings/"))
    assert is_in(home)
    assert not is_in(phone)
    maria.refresh_from_db()
    assert maria.check_password(NEW_PASSWORD)
    assert AuditEvent.objects.filter(action="password.change", actor_id=maria.pk).count() == 1
    assert home.session.session_key != old_key
    assert not SessionStore().exists(old_key)


def test_the_session_that_stays_is_still_on_the_list(home: WebClient, maria: User) -> None:
    signed_in(WebClient())
    change(home)
    (left,) = SignIn.objects.filter(user=maria)
    assert left.session_row == row_key(str(home.session.session_key))
    assert "This device" in text_of(home.get("/settings/devices/"))


def test_word_of_it_comes_by_mail_and_names_the_practice(home: WebClient) -> None:
    change(home)
    (message,) = send_all()
    assert message.subject == "Your CareSpace password was changed"
    assert message.to == [OLD]
    for text in (str(message.body), str(message.alternatives[0][0])):
        assert "Lakeside Cancer Associates" in text
        assert "(555) 010-0142" in text
        assert "Maria" not in text


def test_the_new_password_is_what_signs_in_from_now_on(home: WebClient) -> None:
    change(home)
    given = {"email": OLD, "password": PASSWORD}
    assert WebClient().post("/sign-in/", given).status_code == 200
    assert signed_in(WebClient(), password=NEW_PASSWORD)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (PASSWORD, "This is your password now. Choose a different one."),
        ("short", "Your password still needs"),
        ("Maria-1!", "This password is too easy to guess. Try three words"),
        ("", "Enter a new password"),
    ],
)
def test_a_new_password_is_another_one_and_meets_the_rules(
    home: WebClient, maria: User, new: str, words: str
) -> None:
    assert words in text_of(change(home, new))
    maria.refresh_from_db()
    assert maria.check_password(PASSWORD)
    assert send_all() == []


def test_a_wrong_password_changes_nothing_and_is_counted(home: WebClient, maria: User) -> None:
    statuses = [change(home, current="Wrong-1-word!").status_code for _ in range(40)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert change(home).status_code == 429, "the right one must wait as well"
    maria.refresh_from_db()
    assert maria.check_password(PASSWORD)
    assert is_in(home)


def test_a_wrong_password_is_said_at_its_box(home: WebClient) -> None:
    assert "This is not your password. Try again." in text_of(change(home, current="Wrong-1-word!"))


def test_a_password_alone_is_no_proof_of_who_has_a_second_factor(
    home: WebClient, maria: User
) -> None:
    add_factor(user=maria, kind=APP, data=app_data(new_secret(), 0))
    session = home.session
    session["proved_at"] = 0
    session.save()
    for answer in (home.get(PAGE), change(home)):
        assert answer["Location"] == "/settings/confirm/?next=%2Fsettings%2Fpassword%2F"
    maria.refresh_from_db()
    assert maria.check_password(PASSWORD)


def test_a_new_password_makes_no_old_proof_fresh(home: WebClient) -> None:
    session = home.session
    session["proved_at"] = 0
    session.save()
    assert change(home).status_code == 302
    assert home.post("/settings/devices/")["Location"].startswith("/settings/confirm/")


def test_right_passwords_are_not_counted(home: WebClient) -> None:
    passwords = [PASSWORD, *(f"Quiet-Harbor-{number}!" for number in range(10, 25))]
    for current, new in pairwise(passwords):
        assert change(home, new, current).status_code == 302


def test_the_page_needs_a_sign_in_and_a_token(maria: User) -> None:
    assert WebClient().get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
    strict = WebClient(enforce_csrf_checks=True)
    enter(strict, maria)
    assert change(strict).status_code == 403


def test_a_paste_of_ten_megabytes_is_refused_before_it_is_read(home: WebClient) -> None:
    for path in (PAGE, "/settings/email/", "/settings/devices/"):
        assert home.post(path, {"password": "x" * 10_000_000}).status_code in {400, 413}
    assert is_in(home)


def test_a_very_long_password_is_refused_and_not_hashed(home: WebClient) -> None:
    assert "at most 128 characters" in text_of(change(home, "Aa1!" * 100))
