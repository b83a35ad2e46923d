"""A browser that a person has signed in from: it never waits for what others do, and its cookie buys only its own tries.

ASVS 6.3.1, AUTH-7; a cookie that is forged, copied, somebody else's, too old or older than the password buys nothing.
"""

import base64
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core import mail

from carespace.accounts import throttle
from carespace.accounts.actions import unlock
from carespace.accounts.known_devices import LIFE, device_of, remember
from carespace.accounts.models import User
from carespace.accounts.resets import key_for
from carespace.accounts.throttle import SIGN_IN_BY_DEVICE, SIGN_IN_EVERYWHERE
from carespace.audit.recording import SYSTEM
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from tests.attack.conftest import (
    HELD,
    MARIA,
    SIGN_IN,
    Clock,
    Hashes,
    cookie_name,
    gets_in,
    try_once,
    wear_out,
)
from tests.conftest import WebClient
from tests.people import PASSWORD, let_see, make_patient, make_person, make_practice
from tests.portal_account.conftest import mailed_link, typed

pytestmark = pytest.mark.django_db
NEW = "Quiet-Harbor-9!"


def cookie_of(browser: WebClient) -> str:
    return browser.cookies[cookie_name()].value


def browser_with(cookie: str) -> WebClient:
    browser = WebClient()
    browser.cookies[cookie_name()] = cookie
    return browser


def hold() -> None:
    """Let an attacker use up what is free for Maria's address."""
    for _ in range(6):
        answer = try_once(WebClient())
    assert answer.status_code == HELD


# The rightful person


def test_an_attack_does_not_keep_a_person_out_of_their_own_phone(
    maria: User, phone: WebClient, clock: Clock
) -> None:
    hold()
    assert not gets_in(WebClient())
    assert gets_in(phone)
    assert gets_in(phone)


def test_not_even_one_from_the_network_they_sit_in(
    maria: User, phone: WebClient, clock: Clock
) -> None:
    for number in range(61):
        answer = try_once(WebClient(), f"p{number}@example.com", address="203.0.113.9")
    assert answer.status_code == HELD
    assert not gets_in(WebClient())
    assert gets_in(phone)


def test_a_sign_in_on_the_phone_does_not_free_the_attacker(
    maria: User, phone: WebClient, clock: Clock
) -> None:
    hold()
    assert gets_in(phone)
    assert try_once(WebClient()).status_code == HELD


def test_an_address_held_by_a_hundred_wrong_tries_opens_in_all_three_ways(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    guess = partial(try_once, WebClient())
    wear_out(clock, guess, days=6)
    answer = try_once(WebClient(), password=PASSWORD)
    assert answer.status_code == HELD
    page = answer.content.decode()
    assert "You cannot sign in with a password here until" in page
    assert "To sign in sooner, use “Forgot Password”, or call (555) 010-0142." in page
    assert gets_in(phone)  # a known device: at once
    unlock(email=MARIA, by=SYSTEM)  # the front desk
    assert gets_in(WebClient())
    wear_out(clock, guess, days=6)
    assert not gets_in(WebClient())
    mailed = WebClient()
    mailed.post("/forgot-password/", {"email": MARIA})
    reset_by_mail(mailed)  # a link by mail
    assert gets_in(mailed, NEW)


def reset_by_mail(browser: WebClient) -> None:
    for message in OutboxMessage.objects.filter(state="queued", template="password-reset"):
        _deliver(str(message.pk))
    path = str(mail.outbox[-1].body).partition("http://localhost:8000")[2].split()[0]
    assert browser.post(path, {"password": NEW}).status_code == 302


def test_who_resets_by_mail_gets_in_while_the_attack_goes_on(
    maria: User, clock: Clock, settings: Any
) -> None:
    """The browser that used the link is known from then on: the attacker's next tries do not make it wait."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    hold()
    mailed = WebClient()
    mailed.post("/forgot-password/", {"email": MARIA})
    reset_by_mail(mailed)
    hold()
    assert gets_in(mailed, NEW)


def test_who_comes_by_a_mailed_link_gets_in_while_everybody_waits(
    maria: User, clock: Clock
) -> None:
    for _ in range(SIGN_IN_EVERYWHERE.tries):
        throttle.take((SIGN_IN_EVERYWHERE, ""))
    assert not gets_in(WebClient())
    browser = WebClient()
    assert browser.post(f"/new-password/{key_for(maria)}/", {"password": NEW}).status_code == 302
    assert gets_in(browser, NEW)
    invited = mailed_link(
        make_patient(maria.grants.get().practice, mrn="M-2", born="1949-11-02"), "stan@example.com"
    )
    browser = WebClient()
    given = {"password": PASSWORD, "terms": "on", **typed("1949-11-02")}
    assert browser.post(f"/register/{invited}/", given)["Location"] == SIGN_IN
    assert gets_in(browser, email="stan@example.com")


def test_a_new_password_ends_the_browsers_known_by_the_old_one(
    maria: User, phone: WebClient, clock: Clock
) -> None:
    elsewhere = WebClient()
    assert (
        elsewhere.post(f"/new-password/{key_for(fresh(maria))}/", {"password": NEW}).status_code
        == 302
    )
    hold()
    assert gets_in(elsewhere, NEW)
    assert not gets_in(phone, NEW)
    clock.move(days=2)
    assert gets_in(phone, NEW)  # as a stranger, and then the phone is known anew
    hold()
    assert gets_in(phone, NEW)


def test_a_couple_shares_a_tablet(maria: User, phone: WebClient, clock: Clock) -> None:
    make_person("Luis Reyes")
    assert gets_in(phone, email="luis@example.com")
    hold()
    for _ in range(6):
        try_once(WebClient(), "luis@example.com")
    assert gets_in(phone)
    assert gets_in(phone, email="luis@example.com")


# What the cookie is


def test_the_cookie_is_closed_to_scripts_and_to_other_hosts(
    maria: User, hashes: Hashes, clock: Clock, settings: Any
) -> None:
    browser = WebClient()
    try_once(browser, password=PASSWORD)
    kept = browser.cookies["carespace-device"]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    assert (kept["domain"], kept["secure"]) == ("", "")
    assert kept["max-age"] == LIFE.total_seconds() == 365 * 24 * 3600
    settings.SESSION_COOKIE_SECURE = True
    browser = WebClient()
    try_once(browser, password=PASSWORD)
    assert browser.cookies["__Host-carespace-device"]["secure"] is True
    assert "carespace-device" not in browser.cookies


def test_nothing_of_the_person_can_be_read_in_it(maria: User, phone: WebClient) -> None:
    cookie = cookie_of(phone)
    plain = base64.urlsafe_b64decode(cookie)
    for secret in (
        maria.pk.bytes,
        maria.pk.hex.encode(),
        b"maria",
        b"Reyes",
        maria.password.encode(),
    ):
        assert secret not in plain
        assert secret not in cookie.encode()


def test_it_is_new_at_each_sign_in(phone: WebClient) -> None:
    before = cookie_of(phone)
    assert gets_in(phone)
    assert cookie_of(phone) != before


@pytest.fixture
def asked_later(hashes: Hashes, clock: Clock) -> User:
    """Maria, whose practice asks her birth date; on the common host it is asked after the password."""
    make_practice("hillside")
    maria = make_person("Maria Reyes", date(1961, 4, 27))
    record = make_patient(make_practice(preset="classic"), mrn="M-1", born="1961-04-27")
    let_see(maria, record, "self")
    return maria


def test_it_comes_when_the_last_step_is_done_and_not_before(asked_later: User) -> None:
    maria, browser = asked_later, WebClient()
    answer = try_once(browser, password=PASSWORD)
    assert answer["Location"] == "/sign-in/birth-date/"
    assert cookie_name() not in browser.cookies
    browser.post("/sign-in/birth-date/", typed("1961-04-28"))
    assert cookie_name() not in browser.cookies
    browser.post("/sign-in/birth-date/", typed("1961-04-27"))
    assert device_of(maria, cookie_of(browser))


def test_birth_dates_share_the_tries_of_the_browser(asked_later: User) -> None:
    """T7: with the right password, and a stolen cookie too, a birth date is not guessed."""
    hold()
    thief = browser_with(remember(asked_later))
    assert try_once(thief, password=PASSWORD)["Location"] == "/sign-in/birth-date/"
    answers = [
        thief.post("/sign-in/birth-date/", typed(f"1961-04-{day:02}")).status_code
        for day in range(1, 28)
    ]
    assert answers == [200] * SIGN_IN_BY_DEVICE.tries + [HELD] * (27 - SIGN_IN_BY_DEVICE.tries)
    assert "_auth_user_id" not in thief.session


def test_signing_out_leaves_it_and_a_wrong_password_gives_none(
    maria: User, phone: WebClient
) -> None:
    assert device_of(maria, cookie_of(phone))
    stranger = WebClient()
    try_once(stranger)
    assert cookie_name() not in stranger.cookies


def test_one_browser_knows_the_last_five_people(maria: User) -> None:
    kept = remember(maria)
    others = [make_person(f"{name} Reyes") for name in ("Ana", "Ben", "Cleo", "Dan", "Eve")]
    for person in others[:4]:
        kept = remember(person, kept)
    assert all(device_of(person, kept) for person in [maria, *others[:4]])
    kept = remember(others[0], kept)
    assert len(kept.split(".")) == 5
    kept = remember(others[4], kept)
    assert not device_of(maria, kept)
    assert all(device_of(person, kept) for person in others)


# What it buys a thief


def test_a_copied_cookie_buys_the_tries_of_that_browser_and_no_more(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock
) -> None:
    hold()
    hashes.clear()
    thief = browser_with(cookie_of(phone))
    answers = [try_once(thief).status_code for _ in range(30)]
    assert answers == [200] * SIGN_IN_BY_DEVICE.tries + [HELD] * 20
    assert len(hashes) == SIGN_IN_BY_DEVICE.tries
    clock.move(days=2)
    for _ in range(10):
        try_once(thief)
    assert len(hashes) == SIGN_IN_BY_DEVICE.tries + 5  # like anybody who comes after a quiet day


def test_two_copies_share_the_tries(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock
) -> None:
    hold()
    hashes.clear()
    copies = [browser_with(cookie_of(phone)) for _ in range(4)]
    for number in range(40):
        try_once(copies[number % 4], address=f"10.0.{number}.1")
    assert len(hashes) == SIGN_IN_BY_DEVICE.tries


def test_a_person_who_uses_up_the_tries_of_their_phone_goes_on_as_a_stranger(
    maria: User, phone: WebClient, clock: Clock
) -> None:
    for _ in range(SIGN_IN_BY_DEVICE.tries):
        assert try_once(phone).status_code == 200
    assert gets_in(phone)
    hold()
    assert gets_in(phone)


def tampered(cookie: str) -> list[str]:
    """The cookie with each of its bytes changed in turn."""
    plain = base64.urlsafe_b64decode(cookie)
    changed = [
        plain[:place] + bytes([plain[place] ^ 1]) + plain[place + 1 :]
        for place in range(len(plain))
    ]
    return [base64.urlsafe_b64encode(each).decode() for each in changed]


def test_a_forged_cookie_is_nobodys(maria: User, phone: WebClient) -> None:
    cookie = cookie_of(phone)
    assert device_of(maria, cookie)
    for forged in tampered(cookie):
        assert device_of(maria, forged) == ""
    for text in ("", ".", "x" * 72, cookie[:-1], f"{cookie}A", f" {cookie}", "A" * 100_000, "….…"):
        assert device_of(maria, text) == ""
    assert device_of(None, cookie) == ""


@pytest.mark.parametrize(
    "kind", ["forged", "somebody else's", "expired", "older than the password"]
)
def test_a_cookie_that_does_not_count_buys_nothing(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock, kind: str
) -> None:
    cookie = cookie_of(phone)
    if kind == "forged":
        cookie = tampered(cookie)[0]
    elif kind == "somebody else's":
        cookie = remember(make_person("Luis Reyes"))
    elif kind == "expired":
        clock.move(days=366)
    else:
        maria.set_password(NEW)
        maria.save()
    hold()
    hashes.clear()
    thief = browser_with(cookie)
    for password in (PASSWORD, NEW):
        assert try_once(thief, password=password).status_code == HELD
    assert hashes == []


def test_it_lasts_a_year(maria: User, phone: WebClient, clock: Clock) -> None:
    clock.move(days=364)
    hold()
    assert gets_in(phone)


def test_a_cookie_signs_nobody_in(maria: User, phone: WebClient) -> None:
    thief = browser_with(cookie_of(phone))
    assert thief.get(SIGN_IN).status_code == 200
    assert thief.get("/").status_code == 302
    assert "_auth_user_id" not in thief.session


@pytest.mark.parametrize(
    "text", ["", "\xe9.\xe9", "' OR 1=1", "A" * 3000, '"\\000"', ".".join(["x" * 72] * 9)]
)
def test_any_text_may_come_as_the_cookie(maria: User, text: str) -> None:
    browser = WebClient(HTTP_COOKIE=f"{cookie_name()}={text}")
    assert try_once(browser).status_code == 200
    assert try_once(browser, password=PASSWORD).status_code == 302


def fresh(user: User) -> User:
    user.refresh_from_db()
    return user
