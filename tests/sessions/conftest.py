"""A clock moved by hand, and a page of Ruth's whose form keeps what is typed: whom she invites."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from tests.conftest import WebClient
from tests.people import Cast, make_cast, sign_in

MINUTE = 60
HOUR = 60 * MINUTE
TYPED = {
    "email": "dana@example.com",
    "birth_date_month": "4",
    "birth_date_day": "2",
    "birth_date_year": "1971",
}


class Clock:
    """The clock by which sessions end."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000

    def time(self) -> float:
        return self.seconds


@dataclass
class Ruth:
    """Ruth, signed in, and the address of her page "Manage Users"."""

    cast: Cast
    client: WebClient
    place: str

    def shows(self) -> str:
        """Her page as it is now."""
        answer = self.client.get(self.place)
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("carespace.accounts.session_ends.time", clock)
    return clock


@pytest.fixture
def ruth(db: None, client: WebClient) -> Ruth:
    cast = make_cast()
    sign_in(client, cast.ruth)
    return Ruth(cast, client, reverse("portal:users", args=[cast.ruths_record.pk]))
