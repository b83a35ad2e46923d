"""Connections that logged in as the web role, for the tests of row security."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from carespace.access import signing
from carespace.config.processes import database_url
from tests.people import Cast, make_cast


@pytest.fixture
def open_setting() -> Any:
    """Return a function that sets a signed setting on a raw connection, as the server's code would."""

    def set_it(connection: Any, name: str, *parts: object, life_seconds: int = 900) -> None:
        value = signing.sign(name, *parts, life_seconds=life_seconds)
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])

    return set_it


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The cast, committed, so that other connections meet it."""
    return make_cast()


@pytest.fixture
def as_web(transactional_db: None, committed_cast: Cast) -> Iterator[Any]:
    """Let Django itself log in as the web role, as the server does; made after the cast was written."""
    login = dict(connections["default"].settings_dict)
    kept = {name: connections[name] for name in ("default", "aside")}
    opened = {}
    for name in kept:
        url = database_url("web", database="carespace_test")
        user, _, password = url.partition("://")[2].partition("@")[0].partition(":")
        opened[name] = type(kept[name])({**login, "USER": user, "PASSWORD": password}, name)
        connections[name] = opened[name]
    yield connections["default"]
    for name, connection in kept.items():
        opened[name].close()
        connections[name] = connection
