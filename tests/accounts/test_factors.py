"""Second factors below the pages: codes, digests, passkeys, and two who come at once (AUTH-8, AUTH-11, AUTH-13)."""

import base64
import json
import math
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections, transaction

from carespace.accounts import factors, passkeys
from carespace.accounts.actions import (
    add_factor,
    remove_factor,
    use_app_code,
    use_passkey,
    use_recovery_code,
)
from carespace.accounts.factors import (
    APP,
    CODE_LENGTH,
    CODE_LETTERS,
    MOST_PASSKEYS,
    PASSKEY,
    FactorRefused,
    app_data,
    code_at,
    digest_of,
    factors_of,
    new_codes,
    new_secret,
    step_of,
)
from carespace.accounts.models import User
from carespace.accounts.passkeys import (
    PasskeyRefused,
    added,
    new_challenge,
    options_to_add,
    options_to_show,
)
from tests.accounts.soft_key import SoftKey
from tests.people import make_person

pytestmark = pytest.mark.django_db
SECRET = base64.b32encode(b"12345678901234567890").decode()
SITE = urlsplit(settings.CARESPACE_ORIGIN).hostname or ""
AT_ONCE = 4
NOW = 60_000_000


class Clock:
    """A clock that stands at the start of a time step."""

    def __init__(self, step: int = NOW) -> None:
        self.step = step

    def time(self) -> float:
        return self.step * 30


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(factors, "time", clock)
    return clock


# RFC 6238, appendix B, the last six of its eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // 30) == code


def test_a_code_is_one_of_three_steps_and_later_than_the_last_used(clock: Clock) -> None:
    found = [step_of(SECRET, code_at(SECRET, NOW + away)) for away in range(-2, 3)]
    assert found == [None, NOW - 1, NOW, NOW + 1, None]
    after = [step_of(SECRET, code_at(SECRET, NOW + away), after=NOW) for away in range(-1, 2)]
    assert after == [None, None, NOW + 1]


@pytest.mark.parametrize(
    "text",
    ["", " ", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "é", "0" * 60],
)
def test_what_is_no_code_is_refused(clock: Clock, text: str) -> None:
    assert step_of(SECRET, text) is None


def test_a_secret_has_160_bits() -> None:
    assert len(base64.b32decode(new_secret())) == 20
    assert new_secret() != new_secret()


def test_a_recovery_code_has_64_random_bits_or_more_and_is_read_however_it_is_typed() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    assert CODE_LENGTH * math.log2(len(set(CODE_LETTERS))) >= 64
    assert {len(code.replace("-", "")) for code in codes} == {CODE_LENGTH}
    code = codes[0]
    spellings = {code, code.upper(), code.replace("-", ""), f" {code.replace('-', ' ')} "}
    assert {digest_of(each) for each in spellings} == {digest_of(code)}
    assert digest_of(codes[1]) != digest_of(code)


@pytest.fixture
def maria() -> User:
    return make_person("Maria Reyes")


def with_app(user: User) -> list[str]:
    return add_factor(user=user, kind=APP, data=app_data(SECRET, NOW - 100))


def test_recovery_codes_alone_are_no_factor(maria: User) -> None:
    with_app(maria)
    had = factors_of(maria)
    assert had.ways == ("totp", "recovery-code")
    assert had.app
    had.app.delete()
    left = factors_of(maria)
    assert (bool(left), left.count, left.ways, left.codes_left) == (False, 0, (), 10)


def test_what_is_refused_and_why(maria: User) -> None:
    with_app(maria)
    with pytest.raises(FactorRefused, match="there-already"):
        with_app(maria)
    had = factors_of(maria)
    assert had.app
    with pytest.raises(FactorRefused, match="last"):
        remove_factor(user=maria, factor_id=had.app.pk, keep_one=True)
    with pytest.raises(FactorRefused, match="not-there"):
        remove_factor(user=make_person("Stan Moran"), factor_id=had.app.pk, keep_one=False)
    for number in range(MOST_PASSKEYS):
        add_factor(user=maria, kind=PASSKEY, data={"name": str(number), "key": "", "counter": 0})
    with pytest.raises(FactorRefused, match="too-many"):
        add_factor(user=maria, kind=PASSKEY, data={"name": "x", "key": "", "counter": 0})


def a_key(**more: str) -> SoftKey:
    return SoftKey(more.get("origin", settings.CARESPACE_ORIGIN), more.get("site", SITE))


def with_passkey(user: User, key: SoftKey) -> None:
    challenge = new_challenge()
    kept = added(challenge, key.make(options_to_add(user, challenge, [])))
    add_factor(user=user, kind=PASSKEY, data={"name": "Key", **kept})


def asked(user: User) -> tuple[str, str]:
    challenge = new_challenge()
    return challenge, options_to_show(challenge, factors_of(user).passkeys)


def test_a_passkey_is_added_and_shown(maria: User) -> None:
    key = a_key()
    with_passkey(maria, key)
    challenge, options = asked(maria)
    named = json.loads(options)["publicKey"]["allowCredentials"]
    assert [each["type"] for each in named] == ["public-key"]
    answer = key.show(options)
    assert use_passkey(user=maria, challenge=challenge, answer=answer)
    assert factors_of(maria).passkeys[0].data["counter"] == 2
    # The same answer again, and the answer to another challenge.
    assert not use_passkey(user=maria, challenge=challenge, answer=answer)
    assert not use_passkey(user=maria, challenge=new_challenge(), answer=key.show(options))


def test_a_key_whose_counter_goes_back_is_a_copy(maria: User) -> None:
    key = a_key()
    with_passkey(maria, key)
    for counter, right in [(7, True), (7, False), (3, False), (0, False), (8, True)]:
        challenge, options = asked(maria)
        key.counter = counter
        answer = key.show(options)
        assert use_passkey(user=maria, challenge=challenge, answer=answer) is right, counter


def test_a_key_that_counts_nothing_serves(maria: User) -> None:
    key = a_key()
    key.counter = 0
    with_passkey(maria, key)
    for _ in range(2):
        challenge, options = asked(maria)
        key.counter = 0
        assert use_passkey(user=maria, challenge=challenge, answer=key.show(options))


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://carespace.evil.example"},
        {"origin": f"https://sub.{SITE}"},
        {"origin": f"{settings.CARESPACE_ORIGIN}.evil.example"},
        {"site": "evil.example"},
    ],
)
def test_an_answer_for_another_site_is_refused(maria: User, lie: dict[str, str]) -> None:
    elsewhere = a_key(**lie)
    challenge = new_challenge()
    with pytest.raises(PasskeyRefused):
        added(challenge, elsewhere.make(options_to_add(maria, challenge, [])))
    key = a_key()
    with_passkey(maria, key)
    key.origin, key.site = elsewhere.origin, elsewhere.site
    challenge, options = asked(maria)
    assert not use_passkey(user=maria, challenge=challenge, answer=key.show(options))


def test_somebody_elses_passkey_is_refused(maria: User) -> None:
    with_passkey(maria, a_key())
    stans = a_key()
    with_passkey(make_person("Stan Moran"), stans)
    challenge, options = asked(maria)
    assert not use_passkey(user=maria, challenge=challenge, answer=stans.show(options))


def test_no_answer_breaks_the_reader(maria: User) -> None:
    """Answers cut short, changed at a letter, and of other shapes: each is refused or taken, and nothing else happens."""
    key, chance = a_key(), random.Random(7)  # noqa: S311  the same changes in each run
    with_passkey(maria, key)
    challenge, options = asked(maria)
    there = factors_of(maria).passkeys
    refused = 0
    for text in (key.make(options_to_add(maria, challenge, [])), key.show(options)):
        for _ in range(300):
            at, letter = chance.randrange(len(text)), chance.choice("0Aa{[]}:9")
            for broken in (text[:at], f"{text[:at]}{letter}{text[at + 1 :]}"):
                try:
                    added(challenge, broken)
                except PasskeyRefused:
                    refused += 1
                try:
                    passkeys.shown(challenge, broken, there)
                except PasskeyRefused:
                    refused += 1
    assert refused > 2 * 600
    for text in ("null", "1", '"x"', "[]", "{}", '{"response": []}', "[" * 9000, "x" * 30_000):
        with pytest.raises(PasskeyRefused):
            added(challenge, text)
        assert not use_passkey(user=maria, challenge=challenge, answer=text)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.parametrize("kind", ["app", "recovery", "passkey"])
def test_of_the_same_code_at_once_one_is_taken(clock: Clock, kind: str) -> None:
    maria = make_person("Maria Reyes")
    codes = with_app(maria)
    key = a_key()
    with_passkey(maria, key)
    challenge, options = asked(maria)
    answer = key.show(options)
    ways: dict[str, Callable[[], bool]] = {
        "app": lambda: use_app_code(user=maria, code=code_at(SECRET, NOW)),
        "recovery": lambda: use_recovery_code(user=maria, code=codes[0]),
        "passkey": lambda: use_passkey(user=maria, challenge=challenge, answer=answer),
    }
    assert at_once(ways[kind]) == [False] * (AT_ONCE - 1) + [True]


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_of_first_apps_at_once_one_is_added() -> None:
    maria = make_person("Maria Reyes")

    def add() -> bool:
        try:
            return bool(with_app(maria))
        except FactorRefused:
            return False

    assert at_once(add) == [False] * (AT_ONCE - 1) + [True]
    assert factors_of(maria).codes_left == 10


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_of_different_recovery_codes_at_once_none_is_lost() -> None:
    maria = make_person("Maria Reyes")
    codes = iter(with_app(maria))
    assert at_once(lambda: use_recovery_code(user=maria, code=next(codes))) == [True] * AT_ONCE
    assert factors_of(maria).codes_left == 10 - AT_ONCE


def at_once(act: Callable[[], bool]) -> list[bool]:
    """What ``act`` answers to several who come in the same moment, each in a transaction of their own."""
    together = Barrier(AT_ONCE)

    def come(_: int) -> bool:
        try:
            with transaction.atomic():
                User.objects.count()  # the connection stands, and the transaction has begun
                together.wait(timeout=20)
                return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(come, range(AT_ONCE)))
