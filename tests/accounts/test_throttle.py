"""How often something may be tried (AUTH-7, T5)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from carespace.accounts import throttle
from carespace.accounts.models import Throttle
from carespace.accounts.throttle import Limit, TooManyTries, network_of

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
    clock.move(hours=1, seconds=1)
    assert [waits(), waits()] == [0, 0]


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
def test_of_many_tries_at_once_only_the_free_ones_get_through() -> None:
    def one(_: int) -> bool:
        try:
            throttle.take(WHO)
        except TooManyTries:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        through = list(pool.map(one, range(40)))
    assert sum(through) == LIMIT.tries


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
