"""What the tests of second factors share: quick hashes, a clock for codes, an app, a half-done sign-in."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from carespace.accounts import factors
from carespace.accounts.actions import add_factor
from carespace.accounts.factors import APP, app_data, code_at, new_secret
from carespace.accounts.models import User
from tests.conftest import WebClient
from tests.people import PASSWORD

STEP_SECONDS = 30
CODES, SECOND, SIGN_IN, CONFIRM = (
    "/settings/second-factor/codes/",
    "/sign-in/second-factor/",
    "/sign-in/",
    "/settings/confirm/",
)
FACTORS, APP_PAGE = "/settings/second-factor/", "/settings/second-factor/app/"
REFUSED = "That did not work. Check it and try again, or use another way."


class CodeClock:
    """The clock that codes are made by, moved by hand; it stands at the start of a time step."""

    def __init__(self) -> None:
        self.step = 60_000_000

    def time(self) -> float:
        return self.step * STEP_SECONDS


@pytest.fixture(autouse=True)
def code_clock(monkeypatch: pytest.MonkeyPatch) -> CodeClock:
    clock = CodeClock()
    monkeypatch.setattr(factors, "time", clock)
    return clock


class App:
    """An authenticator app that was set up long ago."""

    def __init__(self, user: User, clock: CodeClock) -> None:
        self.clock, self.secret = clock, new_secret()
        data = app_data(self.secret, clock.step - 100)
        self.recovery_codes = add_factor(user=user, kind=APP, data=data)

    def code(self, steps: int = 0) -> str:
        """What it shows now, or so many steps from now."""
        return code_at(self.secret, self.clock.step + steps)

    def wrong(self) -> str:
        """Six digits that it shows at no time near now."""
        near = {self.code(steps) for steps in range(-2, 3)}
        return next(
            each
            for each in ("000000", "111111", "222222", "333333", "444444", "555555")
            if each not in near
        )


def half_in(client: WebClient, user: User, **more: Any) -> Any:
    """Give the password of ``user``, and nothing else."""
    return client.post(
        SIGN_IN, {"email": user.email, "password": more.pop("password", PASSWORD), **more}
    )


def confirmed_in(client: WebClient, user: User, **more: Any) -> None:
    """Sign ``user``, who has no factor, in by their password, and confirm that it is they."""
    half_in(client, user, **more)
    assert client.post(CONFIRM, {"password": PASSWORD}).status_code == 302


def rows(user: User) -> Any:
    """What the table keeps of the factors of ``user``."""
    return Authenticator.objects.filter(user_id=user.pk)


def is_in(client: WebClient) -> bool:
    return "_auth_user_id" in client.session
