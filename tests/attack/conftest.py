"""What attackers have: as many addresses, browsers and guesses as they like, and a clock that only the test moves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from django.conf import settings as configured
from django.utils import timezone

from carespace.accounts.models import Throttle, User
from carespace.accounts.passwords import PracticeArgon2Hasher
from carespace.practices.models import Practice
from tests.conftest import Answer, WebClient
from tests.people import PASSWORD, let_see, make_patient, make_person, make_practice

SIGN_IN = "/sign-in/"
MARIA = "maria@example.com"
WRONG = "Wrong-1-word!"
HELD = 429
AGENT = "Mozilla/5.0 (X11; Linux x86_64)"
Hashes: TypeAlias = list[str]


class Clock:
    """A clock that stands still until it is moved; a little fast, for models keep the plain one for what begins now."""

    def __init__(self) -> None:
        self.now = datetime.now(tz=timezone.get_default_timezone()) + timedelta(minutes=5)

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Hashes:
    """Each time the real hasher hashed or compared."""
    counted: Hashes = []
    for name in ("encode", "verify"):
        plain = getattr(PracticeArgon2Hasher, name)

        def spy(self: Any, *args: Any, _plain: Any = plain, _name: str = name) -> Any:
            counted.append(_name)
            return _plain(self, *args)

        monkeypatch.setattr(PracticeArgon2Hasher, name, spy)
    return counted


@pytest.fixture
def practice(db: None, hashes: Hashes, clock: Clock) -> Practice:
    """The only practice of its server; it asks no birth date at sign-in."""
    return make_practice(preset="highlands")


@pytest.fixture
def maria(practice: Practice, hashes: Hashes) -> User:
    """A patient, who may see her record."""
    maria = make_person("Maria Reyes")
    let_see(maria, make_patient(practice, mrn="M-1", born="1961-04-27"), "self")
    hashes.clear()
    return maria


@pytest.fixture
def phone(maria: User, hashes: Hashes) -> WebClient:
    """Maria's own phone: she has signed in there before, and out again."""
    phone = WebClient()
    assert try_once(phone, password=PASSWORD).status_code == 302
    phone.post("/sign-out/")
    hashes.clear()
    return phone


def try_once(
    browser: WebClient,
    email: str = MARIA,
    password: str = WRONG,
    *,
    address: str = "198.51.100.7",
    agent: str = AGENT,
) -> Answer:
    """Send the sign-in form as it is sent."""
    given = {"email": email, "password": password}
    return browser.post(SIGN_IN, given, REMOTE_ADDR=address, headers={"User-Agent": agent})


def gets_in(browser: WebClient, password: str = PASSWORD, email: str = MARIA) -> bool:
    """Whether the right person with the right password is let in at once, and out again."""
    answer = try_once(browser, email, password, address="203.0.113.50")
    entered = answer.status_code == 302 and "_auth_user_id" in browser.session
    if entered:
        browser.post("/sign-out/")
    return entered


def wear_out(clock: Clock, guess: Callable[[], Answer], days: float) -> int:
    """Guess as soon as a guess is let through, for ``days``; return how many were. At the end one must wait."""
    through, end = 0, clock.now + timedelta(days=days)
    while True:
        while guess().status_code != HELD:
            through += 1
        if waits_until(clock) >= end:
            clock.now = end - timedelta(seconds=1)
            return through
        clock.now = waits_until(clock)


def waits_until(clock: Clock) -> datetime:
    """The first moment from now on at which some wait is over."""
    blocked = Throttle.objects.filter(blocked_until__gt=clock.now)
    return min(row.blocked_until for row in blocked if row.blocked_until)


def nth_address(number: int) -> str:
    """An address of the ``number``-th network: no two are in one /24, and few in one /16."""
    return f"10.{number % 256}.{number // 256 % 256}.{number % 250 + 1}"


def cookie_name() -> str:
    return "__Host-carespace-device" if configured.SESSION_COOKIE_SECURE else "carespace-device"
