"""Known and unknown addresses get the same answer for the same work: hashes, queries, text, status, length (T6, AUTH-14).

Also with a cookie of another person's browser, while an address must wait, and where the person is told of it by mail.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carespace.accounts import throttle
from carespace.accounts.known_devices import remember
from carespace.accounts.models import User
from carespace.accounts.tries import WARNED_AFTER
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from tests.attack.conftest import (
    HELD,
    MARIA,
    SIGN_IN,
    WRONG,
    Clock,
    Hashes,
    cookie_name,
    nth_address,
    try_once,
)
from tests.conftest import Answer, WebClient
from tests.people import PASSWORD, let_see, make_patient, make_person, make_practice
from tests.portal_account.conftest import mailed_link, typed

pytestmark = pytest.mark.django_db

# Whose address, and the password that is tried: none of them may get in.
KINDS = {
    "known": (MARIA, WRONG),
    "unknown": ("nobody@example.com", PASSWORD),
    "inactive": ("gone@example.com", PASSWORD),
    "without a password": ("unset@example.com", PASSWORD),
}

EMAILS = tuple(email for email, _ in KINDS.values())


@pytest.fixture
def people(maria: User, hashes: Hashes) -> None:
    make_person("Unset", email="unset@example.com", password=None)
    gone = make_person("Gone", email="gone@example.com")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    hashes.clear()


def plain(answer: Answer, given: str) -> tuple[int, str, list[tuple[str, str]]]:
    """What the answer says, but for the form's own secret and what was given: an address, or a link's token."""
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', "", answer.content.decode())
    headers = [
        (name, value.replace(given, "…"))
        for name, value in answer.items()
        if name != "Content-Length"
    ]
    return answer.status_code, text.replace(given, "…"), sorted(headers)


def work(hashes: Hashes, ask: Callable[[], Answer]) -> tuple[Answer, tuple[int, tuple[str, ...]]]:
    """The answer, the number of hashes, and the queries with their values left out."""
    hashes.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    shapes = tuple(re.sub(r"'[^']*'|\d+|\bNULL\b", "?", each["sql"]) for each in queries)
    return answer, (len(hashes), shapes)


def compare(
    hashes: Hashes, ask: Callable[[str, str, int], Answer], given: Sequence[str] = EMAILS
) -> Any:
    """Ask for each kind of address; return the one answer and cost that all of them must have."""
    answers, costs = [], []
    for number, (email, password) in enumerate(KINDS.values()):
        answer, cost = work(hashes, partial(ask, email, password, number))
        answers.append(plain(answer, given[number]))
        costs.append(cost)
    assert answers == [answers[0]] * len(KINDS)
    assert costs == [costs[0]] * len(KINDS)
    return answers[0], costs[0]


@pytest.mark.parametrize("cookie", ["none", "somebody else's", "forged"])
def test_a_wrong_try(people: None, hashes: Hashes, clock: Clock, cookie: str) -> None:
    kept = {"none": "", "forged": "x" * 72, "somebody else's": remember(make_person("Luis Reyes"))}

    def ask(email: str, password: str, _number: int) -> Answer:
        browser = WebClient()
        browser.cookies[cookie_name()] = kept[cookie]
        return try_once(browser, email, password)

    (status, page, _), (hashed, queries) = compare(hashes, ask)
    assert (status, hashed) == (200, 1)
    assert "We could not sign you in." in page
    assert len(queries) > 4


def test_a_wrong_try_where_the_birth_date_is_asked(
    people: None, hashes: Hashes, clock: Clock
) -> None:
    make_patient_of_classic()

    def ask(email: str, password: str, number: int) -> Answer:
        given = {"email": email, "password": password, **typed("1961-04-28")}
        return WebClient().post(SIGN_IN, given, headers={"host": "testserver"})

    (status, page, _), (hashed, _queries) = compare(hashes, ask)
    assert (status, hashed) == (200, 1)
    assert "password and birth date" in page


def make_patient_of_classic() -> None:
    classic = make_practice("classic", "classic", hosts=("testserver",))
    record = make_patient(classic, mrn="C-1", born="1961-04-27")
    let_see(make_person("Cora Reyes", date(1961, 4, 27)), record, "self")


@pytest.mark.parametrize(("before", "words"), [(5, "Wait until"), (100, "You cannot sign in")])
def test_a_try_that_must_wait(
    people: None, hashes: Hashes, clock: Clock, before: int, words: str
) -> None:
    for email, _ in KINDS.values():
        limit = throttle.SIGN_IN_BY_EMAIL if before == 5 else throttle.SIGN_IN_IN_A_ROW
        for _ in range(before):
            throttle.take((limit, email))
    (status, page, _), (hashed, _queries) = compare(
        hashes, lambda email, password, _: try_once(WebClient(), email, password)
    )
    assert (status, hashed) == (HELD, 0)
    assert words in page


def test_the_try_of_which_the_person_is_told(
    people: None, hashes: Hashes, clock: Clock, settings: Any
) -> None:
    """The tenth wrong one in a row queues a mail to the address; who has it is asked when it is sent."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock.move(hours=24 - timezone.now().hour)  # all of it is of one day, whatever the hour now
    wrong_in_a_row(WARNED_AFTER - 1, clock)
    assert not OutboxMessage.objects.exists()
    (status, _, _), (hashed, queries) = compare(hashes, guess)
    assert (status, hashed) == (200, 1)
    assert any("outbox_outboxmessage" in each for each in queries)
    clock.move(hours=1)
    compare(hashes, guess)
    told = [message.to_address for message in OutboxMessage.objects.all()]
    assert sorted(told) == sorted(email for email, _ in KINDS.values())  # once a day, not each time
    for message in OutboxMessage.objects.all():
        _deliver(str(message.pk))
    states = dict(OutboxMessage.objects.values_list("to_address", "state"))
    sent = {MARIA, "unset@example.com"}
    assert states == {e: "sent" if e in sent else "dropped" for e, _ in KINDS.values()}
    assert {tuple(message.to) for message in mail.outbox} == {(address,) for address in sent}
    assert {m.subject for m in mail.outbox} == {
        "Wrong passwords were tried at your CareSpace sign-in"
    }
    clock.move(hours=24)
    guess(MARIA, WRONG, 0)
    assert OutboxMessage.objects.filter(to_address=MARIA).count() == 2


def guess(email: str, password: str, number: int) -> Answer:
    return try_once(WebClient(), email, password, address=nth_address(number))


def wrong_in_a_row(tries: int, clock: Clock) -> None:
    for _ in range(tries):
        for number, (email, password) in enumerate(KINDS.values()):
            assert guess(email, password, number).status_code == 200
        clock.move(hours=1)


def test_asking_for_a_new_password(people: None, hashes: Hashes, clock: Clock) -> None:
    def ask(email: str, _password: str, number: int) -> Answer:
        return WebClient().post("/forgot-password/", {"email": email})

    (status, _, headers), (hashed, _queries) = compare(hashes, ask)
    assert (status, hashed) == (302, 0)
    assert ("Location", "/forgot-password/sent/") in headers
    for _ in range(2):
        compare(hashes, ask)
    (status, page, _), _ = compare(hashes, ask)
    assert status == HELD
    assert "Wait until" in page
    assert "If we know this email, the newest link that we sent works for 30 minutes." in page


def test_asking_for_a_new_invitation(
    people: None, maria: User, hashes: Hashes, clock: Clock
) -> None:
    """An ended link tells its holder nothing of a sign-in at the address it was for; nor does a link nobody sent."""
    practice = maria.grants.get().practice
    tokens = []
    for number, (email, _) in enumerate(KINDS.values()):
        record = make_patient(practice, mrn=f"A-{number}", born="1961-04-27")
        tokens.append(mailed_link(record, email))
    clock.move(hours=97)

    def ask(_email: str, _password: str, number: int) -> Answer:
        return WebClient().post(f"/register/{tokens[number]}/ask-again/")

    answer, (hashed, _queries) = compare(hashes, ask, tokens)
    assert (answer[0], hashed) == (302, 0)
    made_up = secrets.token_urlsafe(32)
    assert plain(WebClient().post(f"/register/{made_up}/ask-again/"), made_up) == answer
    seen = []
    for token in (*tokens, made_up):
        page = WebClient().get(f"/register/{token}/")
        seen.append(plain(page, token))
    assert seen == [seen[0]] * len(seen)
    assert seen[0][0] == 410


def test_whoever_may_not_ask_for_a_link_has_one_that_works(
    people: None, clock: Clock, settings: Any
) -> None:
    """An attacker who asks as often as they may cannot keep the person without a link (30 minutes)."""
    asked: list[float] = []
    started = clock.now
    for _ in range(120):
        answer = WebClient().post("/forgot-password/", {"email": MARIA})
        minutes = (clock.now - started).total_seconds() / 60
        if answer.status_code == 302:
            asked.append(minutes)
        else:
            assert minutes - asked[-1] < settings.PASSWORD_RESET_TIMEOUT / 60
        clock.move(minutes=1)
    assert len(asked) < 20
