"""Stuffing and spraying: however the tries are spread, what reaches the hasher is the documented rate (T5, AUTH-7).

300 tries each, 10,000 in the full form, through the real page as the web role. The real hasher is counted, not
replaced; the clock is moved, nobody sleeps.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from carespace.accounts import throttle
from carespace.accounts.models import User
from carespace.accounts.tries import begin
from carespace.practices.models import Practice
from tests.attack.conftest import (
    AGENT,
    HELD,
    MARIA,
    Clock,
    Hashes,
    gets_in,
    nth_address,
    try_once,
    wear_out,
)
from tests.conftest import Answer, WebClient
from tests.people import make_person

pytestmark = pytest.mark.django_db
EVERY_SECONDS = 20
SMALL, FULL = 300, 10_000


def counts(of_small: int, of_full: int) -> list[object]:
    return [
        pytest.param(SMALL, of_small, id="small"),
        pytest.param(FULL, of_full, id="full", marks=pytest.mark.slow),
    ]


def send(clock: Clock, tries: int, guess: Callable[[int], int]) -> int:
    """Send ``tries`` guesses, one each 20 seconds; return how many got an answer about the password."""
    through = 0
    for number in range(tries):
        through += guess(number) != HELD
        clock.move(seconds=EVERY_SECONDS)
    return through


# 5 free ones and 7 until the wait is an hour (t = 3,900 s), then one each hour: up to 5,980 s, or 199,980 s.
@pytest.mark.parametrize(("tries", "expected"), counts(12, 12 + 54))
@pytest.mark.parametrize("rotating", ["address", "agent"])
def test_against_one_account(
    maria: User,
    phone: WebClient,
    hashes: Hashes,
    clock: Clock,
    rotating: str,
    tries: int,
    expected: int,
) -> None:
    def guess(number: int) -> int:
        address = nth_address(number) if rotating == "address" else "198.51.100.7"
        agent = f"{AGENT} {number}" if rotating == "agent" else AGENT
        return try_once(WebClient(), address=address, agent=agent).status_code

    assert send(clock, tries, guess) == expected
    assert len(hashes) == expected
    assert gets_in(phone)


# 60 free ones and 5 until the wait is 15 minutes (t = 2,120 s), then one each 15 minutes.
@pytest.mark.parametrize(("tries", "expected"), counts(69, 284))
def test_over_many_accounts_from_one_network(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock, tries: int, expected: int
) -> None:
    for number in range(0, 50, 10):
        make_person(f"P{number} Reyes")
    hashes.clear()

    def guess(number: int) -> int:
        email = MARIA if number == 7 else f"p{number}@example.com"
        return try_once(WebClient(), email, address=f"198.51.100.{number % 250}").status_code

    assert send(clock, tries, guess) == expected
    assert len(hashes) == expected
    assert gets_in(phone)
    assert gets_in(WebClient())  # a stranger's browser in another network, with one wrong try


def everywhere(number: int) -> int:
    """One of 10,000 guesses from 500 networks over 5,000 addresses."""
    agent = f"{AGENT} {number}"
    email = f"p{number % 5000}@example.com"
    return try_once(WebClient(), email, address=nth_address(number % 500), agent=agent).status_code


def test_everything_rotated_meets_the_limit_of_the_whole_installation(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock
) -> None:
    for _ in range(900):
        throttle.take((throttle.SIGN_IN_EVERYWHERE, ""))
    answers = [everywhere(number) for number in range(SMALL)]
    assert answers == [200] * 100 + [HELD] * 200
    assert len(hashes) == 100
    assert gets_in(phone)
    assert not gets_in(WebClient())
    clock.move(minutes=10)
    assert gets_in(WebClient())


@pytest.mark.slow
def test_everything_rotated_ten_in_a_second(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock
) -> None:
    through = 0
    for number in range(FULL):
        through += everywhere(number) != HELD
        clock.move(seconds=0.1)
    assert (
        through == len(hashes) == 2 * throttle.SIGN_IN_EVERYWHERE.tries
    )  # 1,000 s are two windows
    assert gets_in(phone)


def one_piece(bits: int, number: int) -> str:
    """The ``number``-th network of /56 in one IPv6 allocation of /48 or /32, as an address in it."""
    if bits == 48:
        return f"2001:db8:77:{number % 256:02x}00::1"
    return f"2001:db8:{number % 997:x}:{number % 251:02x}00::1"


@pytest.mark.parametrize(
    ("bits", "limit"), [(48, throttle.SIGN_IN_BY_SITE), (32, throttle.SIGN_IN_BY_PROVIDER)]
)
def test_one_allocation_does_not_use_up_what_is_left_to_everybody(
    maria: User, hashes: Hashes, clock: Clock, bits: int, limit: throttle.Limit
) -> None:
    """A /48 holds 256 networks: seventeen of them had reached the limit for everybody together."""
    through = 0
    for number in range(throttle.SIGN_IN_EVERYWHERE.tries + 100):
        network = throttle.network_of(one_piece(bits, number))
        with suppress(throttle.TooManyTries):
            begin(email=f"p{number}@example.com", network=network)
            through += 1
    assert through == limit.tries
    assert try_once(WebClient(), address=one_piece(bits, 7)).status_code == HELD
    assert gets_in(WebClient()), "a browser nobody knows, elsewhere"
    clock.move(minutes=10)
    assert try_once(WebClient(), address=one_piece(bits, 7)).status_code == 200


def test_right_passwords_do_not_use_up_what_is_left_to_everybody(
    maria: User, hashes: Hashes, clock: Clock
) -> None:
    for _ in range(998):
        throttle.take((throttle.SIGN_IN_EVERYWHERE, ""))
    for _ in range(5):
        assert gets_in(WebClient())
    assert [everywhere(number) for number in range(3)] == [200, 200, HELD]


def test_the_best_that_can_be_done_against_one_account(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock
) -> None:
    """Never refused but to learn when: 34 guesses on the first day, 24 on the next, 100 in a row, then one a day."""
    guess = partial(try_once, WebClient(), address="198.51.100.7")
    assert wear_out(clock, guess, days=1) == 34
    assert wear_out(clock, guess, days=1) == 24
    assert wear_out(clock, guess, days=3) == 42 + 1  # that makes a hundred, and then one a day
    assert wear_out(clock, guess, days=10) == 10
    assert len(hashes) == 34 + 24 + 42 + 1 + 10
    assert gets_in(phone)


def test_the_best_that_can_be_done_from_one_network(
    maria: User, phone: WebClient, hashes: Hashes, clock: Clock
) -> None:
    emails = (f"p{number}@example.com" for number in range(1000))

    def guess() -> Answer:
        return try_once(WebClient(), next(emails), address="203.0.113.50")

    assert wear_out(clock, guess, days=1) == len(hashes) == 159
    assert wear_out(clock, guess, days=1) == 96
    assert gets_in(phone)  # which sits in that very network


def test_resting_for_a_day_brings_eleven_guesses_and_a_hundred_in_all(
    maria: User, hashes: Hashes, clock: Clock
) -> None:
    guess = partial(try_once, WebClient(), address="198.51.100.7")
    for _ in range(12):
        assert wear_out(clock, guess, days=1 / 24) <= 11
        clock.move(hours=26)
    assert (
        len(hashes) == 9 * 11 + 1 + 2
    )  # the hundredth comes in the tenth round, and one in each later


@pytest.mark.parametrize(
    "spoken", ["Maria@Example.com", " maria@example.com ", "MARIA@EXAMPLE.COM"]
)
def test_another_spelling_is_the_same_address(
    maria: User, hashes: Hashes, clock: Clock, spoken: str
) -> None:
    for _ in range(5):
        try_once(WebClient())
    assert try_once(WebClient(), spoken).status_code == HELD
    assert len(hashes) == 5


def test_a_try_that_must_wait_counts_for_nobody_else(
    practice: Practice, maria: User, hashes: Hashes, clock: Clock
) -> None:
    """Who hammers one address from a clinic's network does not shut its other guests out."""
    for _ in range(200):
        try_once(WebClient(), address="203.0.113.50")
    assert len(hashes) == 5
    make_person("Luis Reyes")
    assert gets_in(WebClient(), email="luis@example.com")
