"""The people at the desks of the tests: each role of the practice, and how they sit down."""

from collections.abc import Callable

import pytest

from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, make_cast, make_person, sign_in

Sit = Callable[[User], WebClient]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def manager(cast: Cast) -> User:
    mina = make_person("Mina Manager")
    add_staff(user=mina, practice=cast.practice, role="manager", by=SYSTEM)
    return mina


@pytest.fixture
def nurse(cast: Cast) -> User:
    nia = make_person("Nia Nurse")
    add_staff(user=nia, practice=cast.practice, role="care-team", by=SYSTEM)
    return nia


@pytest.fixture
def sit(client: WebClient) -> Sit:
    """Sign somebody in, whoever sat there before."""

    def down(person: User) -> WebClient:
        client.logout()
        sign_in(client, person)
        return client

    return down


@pytest.fixture
def desk(cast: Cast, sit: Sit) -> WebClient:
    return sit(cast.fay)
