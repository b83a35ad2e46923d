"""Connections that logged in as the web role, for the tests of row security."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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
def as_web(transactional_db: None) -> Callable[[], AbstractContextManager[Any]]:
    """Return a block within which Django itself is logged in as the web role, as the server is."""

    @contextmanager
    def block() -> Iterator[Any]:
        login = connections["default"].settings_dict
        url = database_url("web", database="carespace_test")
        user, _, password = url.partition("://")[2].partition("@")[0].partition(":")
        kept = {name: connections[name] for name in ("default", "aside")}
        opened = {
            name: type(each)({**login, "USER": user, "PASSWORD": password}, name)
            for name, each in kept.items()
        }
        for name, each in opened.items():
            connections[name] = each
        try:
            yield connections["default"]
        finally:
            for name, each in kept.items():
                opened[name].close()
                connections[name] = each

    return block
