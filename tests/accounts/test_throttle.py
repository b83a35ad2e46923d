"""How often something may be tried (AUTH-7, T5)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from carespace.accounts import throttle
from carespace.accounts.actions import unlock
from carespace.accounts.models import Throttle
from carespace.accounts.throttle import (
    SIGN_IN_BY_DEVICE,
    SIGN_IN_BY_EMAIL,
    Limit,
    TooManyTries,
    network_of,
)
from carespace.accounts.tries import begin
from carespace.audit import recording
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM, Actor
from tests.people import make_person

LIMIT = Limit("test", 3, timedelta(hours=1))
WHO = (LIMIT, "maria@example.com")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


def waits(subject: tuple[Limit, str] = WHO) -> float:
    """How many seconds the subject must wait now; 0 when the try was let through (and counted)."""
    try:
        throttle.take(subject)
    except TooManyTries as wait:
        return (wait.until - timezone.now()).total_seconds()
    return 0


@pytest.mark.django_db
def test_the_wait_doubles_from_half_a_minute_to_an_hour(clock: Clock) -> None:
    assert [waits(), waits(), waits()] == [0, 0, 0]
    seen = []
    for _ in range(9):
        wait = waits()
        seen.append(wait)
        clock.move(seconds=wait)
        assert waits() == 0
    assert seen == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


@pytest.mark.django_db
def test_trying_while_waiting_does_not_make_the_wait_longer(clock: Clock) -> None:
    for _ in range(3):
        waits()
    clock.move(seconds=10)
    assert [waits(), waits()] == [20, 20]


@pytest.mark.django_db
def test_after_a_quiet_window_the_tries_are_free_again(clock: Clock) -> None:
    for _ in range(3):
        waits()
    clock.move(hours=1, seconds=31)
    assert [waits(), waits()] == [0, 0]


@pytest.mark.django_db
def test_the_window_starts_when_the_wait_is_over(clock: Clock) -> None:
    """A wait as long as the window ends in one try, not in the free ones again."""
    limit = Limit("long", 2, timedelta(minutes=1), timedelta(hours=1))
    subject = (limit, "maria@example.com")
    assert [waits(subject), waits(subject)] == [0, 0]
    for _ in range(3):
        clock.move(hours=1)
        assert [waits(subject), waits(subject)] == [0, 3600]
    clock.move(hours=1, seconds=61)
    assert [waits(subject), waits(subject), waits(subject)] == [0, 0, 3600]


@pytest.mark.django_db
def test_a_fixed_limit_lets_a_number_through_in_each_window(clock: Clock) -> None:
    subject = (Limit("fixed", 3, timedelta(minutes=10), fixed=True), "")
    assert [waits(subject), waits(subject)] == [0, 0]
    clock.move(minutes=4)
    assert [waits(subject), waits(subject)] == [0, 360]
    clock.move(minutes=6)
    assert [waits(subject) for _ in range(4)] == [0, 0, 0, 600]


@pytest.mark.django_db
def test_what_one_subject_refuses_counts_for_none(clock: Clock) -> None:
    other = (Limit("other", 9, LIMIT.window), "192.0.2.0/24")
    for _ in range(3):
        throttle.take(other, WHO)
    with pytest.raises(TooManyTries):
        throttle.take(other, WHO)
    assert throttle.take(other) == (4,)


@pytest.mark.django_db
def test_the_front_desk_sees_how_long_an_address_waits_and_lifts_it(clock: Clock) -> None:
    person = make_person("Maria Reyes")
    email = throttle.SIGN_IN_BY_EMAIL, person.email
    assert throttle.locked_until(person.email) is None
    for _ in range(6):
        with suppress(TooManyTries):
            throttle.take(email)
    assert throttle.locked_until(" Maria@Example.com ") == clock.now + timedelta(seconds=30)
    fay = Actor(user_id=uuid4(), name="Fay Desk", kind="staff")
    unlock(email=person.email, by=fay)
    assert throttle.locked_until(person.email) is None
    assert waits(email) == 0
    event = AuditEvent.objects.get(action="user.unlock")
    assert (event.actor_id, event.entity_id) == (fay.user_id, str(person.pk))
    assert person.email not in str(event.__dict__)


@pytest.mark.django_db
def test_an_address_held_for_a_day_is_unlocked_too_and_so_is_one_that_nobody_has(
    clock: Clock,
) -> None:
    row = throttle.SIGN_IN_IN_A_ROW, "nobody@example.com"
    for _ in range(100):
        throttle.take(row)
    assert throttle.locked_until("nobody@example.com") == clock.now + timedelta(days=1)
    unlock(email="nobody@example.com", by=SYSTEM)
    assert throttle.locked_until("nobody@example.com") is None


@pytest.mark.django_db
def test_an_unlocking_that_is_not_written_down_unlocks_nothing(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        throttle.take((throttle.SIGN_IN_BY_EMAIL, "maria@example.com"))

    def refuse(*_given: object, **_named: object) -> None:
        raise DatabaseError("the trail is closed")

    monkeypatch.setattr(recording, "_write", refuse)
    with pytest.raises(DatabaseError):
        unlock(email="maria@example.com", by=SYSTEM)
    assert throttle.locked_until("maria@example.com") is not None


@pytest.mark.django_db
def test_subjects_and_limits_are_counted_apart(clock: Clock) -> None:
    for _ in range(3):
        waits()
    assert waits((LIMIT, "luis@example.com")) == 0
    assert waits((Limit("other", 3, LIMIT.window), WHO[1])) == 0
    assert waits((LIMIT, " Maria@Example.com ")) == 30


@pytest.mark.django_db
def test_forgetting_and_giving_back(clock: Clock) -> None:
    for _ in range(3):
        waits()
    throttle.forget(WHO)
    assert [waits(), waits()] == [0, 0]
    throttle.give_back(WHO)
    assert [waits(), waits()] == [0, 0]
    assert waits() > 0


@pytest.mark.django_db
def test_looking_counts_nothing(clock: Clock) -> None:
    for _ in range(10):
        throttle.check(WHO)
    assert not Throttle.objects.exists()
    for _ in range(3):
        waits()
    with pytest.raises(TooManyTries):
        throttle.check(WHO)


@pytest.mark.django_db
def test_the_table_names_nobody(clock: Clock) -> None:
    waits()
    assert "maria" not in Throttle.objects.get().key


@pytest.fixture
def _closed_threads() -> Iterator[None]:
    yield
    Throttle.objects.using("aside").all().delete()


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.usefixtures("_closed_threads")
@pytest.mark.parametrize("limit", [LIMIT, Limit("fixed", 3, LIMIT.window, fixed=True)])
def test_of_many_tries_at_once_only_the_free_ones_get_through(limit: Limit) -> None:
    def one(_: int) -> bool:
        try:
            throttle.take((limit, WHO[1]))
        except TooManyTries:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        through = list(pool.map(one, range(40)))
    assert sum(through) == limit.tries


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.usefixtures("_closed_threads")
@pytest.mark.parametrize(
    ("device", "free"), [("", SIGN_IN_BY_EMAIL.tries), ("a" * 32, SIGN_IN_BY_DEVICE.tries + 5)]
)
def test_of_many_sign_ins_at_once_only_the_free_ones_get_through(device: str, free: int) -> None:
    """From a known browser its own ten, and then what is free for a stranger."""

    def one(_: int) -> bool:
        try:
            begin(email="maria@example.com", network="192.0.2.0/24", device=device)
        except TooManyTries:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(60))) == free


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::9", "2001:db8:1:200::/56"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_an_address_counts_with_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
