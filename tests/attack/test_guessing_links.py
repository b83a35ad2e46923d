"""Guessing the keys of mailed links: from one network so many, whatever kind of link, and nobody else waits for it (T8)."""

import secrets

import pytest

from carespace.accounts.models import User
from carespace.accounts.resets import key_for
from tests.attack.conftest import HELD, Clock, Hashes, gets_in
from tests.conftest import WebClient
from tests.people import make_patient
from tests.portal_account.conftest import mailed_link

pytestmark = pytest.mark.django_db
GUESSER = "198.51.100.7"
EVERY_SECONDS = 20


def guess(number: int, maria: User) -> int:
    """Guess at a link: an invitation's, Maria's own reset link, anybody's."""
    token = secrets.token_urlsafe(32)
    paths = (
        f"/register/{token}/",
        f"/new-password/{maria.pk.hex}-{number:06}-{token[:32]}/",
        f"/new-password/{secrets.token_hex(16)}-1-2/",
    )
    return WebClient().get(paths[number % 3], REMOTE_ADDR=GUESSER).status_code


# 120 free ones and 5 until the wait is 15 minutes (t = 3,320 s), then one each 15 minutes: up to 5,980 or 199,980 s.
@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        pytest.param(300, 127, id="small"),
        pytest.param(10_000, 343, id="full", marks=pytest.mark.slow),
    ],
)
def test_from_one_network(
    maria: User, hashes: Hashes, clock: Clock, tries: int, expected: int
) -> None:
    through = 0
    for number in range(tries):
        answer = guess(number, maria)
        assert answer in {410, HELD}
        through += answer == 410
        clock.move(seconds=EVERY_SECONDS)
    assert through == expected
    assert hashes == []


def test_a_person_elsewhere_uses_their_link_meanwhile(
    maria: User, hashes: Hashes, clock: Clock
) -> None:
    for number in range(121):
        last = guess(number, maria)
    assert last == HELD
    invited = mailed_link(make_patient(maria.grants.get().practice, mrn="M-2", born="1961-04-27"))
    reset = f"/new-password/{key_for(maria)}/"
    for path in (f"/register/{invited}/", reset):
        assert WebClient().get(path, REMOTE_ADDR=GUESSER).status_code == HELD
        assert WebClient().get(path, REMOTE_ADDR="203.0.113.50").status_code == 200
    browser = WebClient(REMOTE_ADDR="203.0.113.50")
    assert browser.post(reset, {"password": "Quiet-Harbor-9!"}).status_code == 302
    assert gets_in(browser, "Quiet-Harbor-9!")
    clock.move(minutes=15)
    assert WebClient().get(f"/register/{invited}/", REMOTE_ADDR=GUESSER).status_code == 200


def test_a_neighbor_waits_a_quarter_of_an_hour_at_most(
    maria: User, hashes: Hashes, clock: Clock
) -> None:
    for number in range(400):
        guess(number, maria)
        clock.move(minutes=1)
    clock.move(minutes=15)
    path = f"/new-password/{key_for(maria)}/"
    assert WebClient().get(path, REMOTE_ADDR=GUESSER).status_code == 200
