"""Fixtures: mail goes out by SMTP to a server of the test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from carespace.config.mail import mail_settings
from tests.mail.post import Office, running

UseServer = Callable[[str], None]


@pytest.fixture
def use_server(settings: Any) -> UseServer:
    """Let mail go to the server of an EMAIL_URL, as a process that was started with it would."""

    def use(url: str) -> None:
        for name, value in mail_settings(url).items():
            setattr(settings, name, value)

    return use


@pytest.fixture
def office(use_server: UseServer) -> Iterator[Office]:
    """A mail server that takes everything until it is told otherwise."""
    made = Office()
    with running(made) as port:
        use_server(f"smtp://127.0.0.1:{port}?starttls=off")
        yield made
