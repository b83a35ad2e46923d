"""Fixtures of every test: the database with its roles, and a client that asks as the web role.

How the database is used: fixtures write as the owner, whose policies let it see everything; each request of
``client`` runs as ``carespace_web`` inside the test's own transaction, with the signed settings cleared afterwards
(``SET LOCAL`` outlives a savepoint). Tests of row security itself log in as the web role: see ``web_connection``.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from carespace.access.signing import forget_settings
from carespace.accounts.passwords import PracticeArgon2Hasher
from carespace.audit.sql import REFUSE_CHANGES
from carespace.config import embedded_postgres
from carespace.config.commands.migrate import migrate
from carespace.config.processes import database_url
from tests import early

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

# What a test client gives back; the name exists in the types of Django only, not when tests run.
Answer: TypeAlias = "_MonkeyPatchedWSGIResponse"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--pictures`` draws every page into docs/pictures/."""
    parser.addoption("--pictures", action="store_true", help="draw every page into docs/pictures/")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """Migrate the run's own database once, as the ``migrate`` command does."""
    with django_db_blocker.unblock():
        migrate(verbosity=0)
        with psycopg.connect(embedded_postgres.superuser_url(early.HOME)) as superuser:
            superuser.execute("GRANT carespace_web, carespace_worker TO carespace_owner")
        with connection.cursor() as cursor:
            # Transactional tests empty the tables; what the trigger refuses is tested where it stands.
            cursor.execute("DROP TRIGGER audit_events_stay ON audit_auditevent")
            cursor.execute("DROP TRIGGER audit_event_stays ON audit_auditevent")
            cursor.execute("DROP TRIGGER audit_seal_stays ON audit_auditseal")


@pytest.fixture
def audit_triggers(db: None) -> None:
    """Put the refusing triggers back for one test."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSE_CHANGES)


@pytest.fixture(autouse=True)
def _one_connection(request: pytest.FixtureRequest) -> Iterator[None]:
    """In a test that rolls back, what is written aside goes with it: one connection serves both names."""
    rolls_back = "db" in request.fixturenames and "transactional_db" not in request.fixturenames
    marker = request.node.get_closest_marker("django_db")
    rolls_back |= marker is not None and not marker.kwargs.get("transaction", False)
    if not rolls_back:
        yield
        return
    aside = connections["aside"]
    connections["aside"] = connections["default"]
    yield
    connections["aside"] = aside


@pytest.fixture(autouse=True)
def _no_jobs_left(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """The queue's tables are not Django's: what a committing test queued would wait there for the next one."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames
    if commits or (marker is not None and marker.kwargs.get("transaction", False)):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_events; DELETE FROM procrastinate_jobs")


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little memory: what a hash costs is tried where ``costly_hashes`` is marked, here are many."""
    if request.node.get_closest_marker("costly_hashes") is None:
        monkeypatch.setattr(PracticeArgon2Hasher, "memory_cost", 64)
        monkeypatch.setattr(PracticeArgon2Hasher, "time_cost", 1)


class WebClient(Client):
    """A test client whose requests run as the web role, like the server's."""

    def request(self, **request: Any) -> Answer:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {settings.CARESPACE_WEB_ROLE}")
        try:
            return super().request(**request)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            if connection.in_atomic_block:
                forget_settings()


@pytest.fixture
def client() -> WebClient:
    """A browser without scripts, signed out; ``tests.people.sign_in(client, person)`` signs it in."""
    return WebClient()


@pytest.fixture
def web_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection that logged in as the web role, as an attacker with SQL injection would have it."""
    with psycopg.connect(database_url("web", database="carespace_test")) as opened:
        yield opened


@pytest.fixture
def worker_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection that logged in as the worker role."""
    with psycopg.connect(database_url("worker", database="carespace_test")) as opened:
        yield opened
