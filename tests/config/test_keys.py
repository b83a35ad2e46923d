"""The master key: made once, never replaced, and no database is used with another one."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from carespace.config import embedded_postgres, installation
from carespace.config.keys import (
    KeyProblem,
    derive,
    existing_key,
    fingerprint,
    is_new,
    key_file,
    master_key,
)
from carespace.config.processes import HomeProblem, default_home
from tests.interop.homes import Home, running_home

COMMANDS = (
    ("migrate",),
    ("serve",),
    ("worker", "--once"),
    ("import", "--practice", "lakeside", __file__),
    ("practice", "list"),
    ("audit", "verify"),
    ("doctor",),
)


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARESPACE_MASTER_KEY", raising=False)


def test_a_new_home_gets_a_key_of_its_own_that_stays(tmp_path: Path) -> None:
    assert is_new(tmp_path)
    made = master_key(tmp_path)
    assert master_key(tmp_path) == existing_key(tmp_path) == made
    assert key_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert not is_new(tmp_path)
    assert master_key(tmp_path / "another") != made


@pytest.mark.parametrize("kept", ["postgres/data", "files"])
def test_a_home_with_records_and_no_key_gets_none(tmp_path: Path, kept: str) -> None:
    (tmp_path / kept).mkdir(parents=True)
    with pytest.raises(KeyProblem, match=r"restore .*master\.key from your backup"):
        master_key(tmp_path)
    assert not key_file(tmp_path).exists()
    assert not is_new(tmp_path)


def test_a_key_that_is_only_looked_for_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem):
        existing_key(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "é" * 64])
def test_a_damaged_key_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    key_file(tmp_path).parent.mkdir()
    key_file(tmp_path).write_text(text)
    with pytest.raises(KeyProblem, match="64 hex digits"):
        master_key(tmp_path)
    assert key_file(tmp_path).read_text() == text


def test_a_fingerprint_tells_keys_apart_and_is_no_key_in_use() -> None:
    one, other = secrets.token_bytes(32), secrets.token_bytes(32)
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
    uses = ("django", "chart", "files", "tokens", "throttle", "sessions", "database-role:owner")
    assert fingerprint(one) not in {one.hex(), *(derive(one, use).hex() for use in uses)}


def test_an_installed_package_has_no_home_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(HomeProblem, match="Set CARESPACE_HOME"):
        default_home(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert default_home(tmp_path) == tmp_path / ".carespace"


@pytest.mark.django_db
def test_the_database_notes_the_fingerprint_once(settings: Any) -> None:
    noted = settings.CARESPACE_KEY_FINGERPRINT
    installation.keep_installation()
    settings.CARESPACE_KEY_FINGERPRINT = "another"
    with pytest.raises(KeyProblem, match="not the one"):
        installation.keep_installation()
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.key_fingerprint()")
        assert cursor.fetchone() == (noted,)


@pytest.mark.django_db
def test_a_database_from_before_fingerprints_is_known_by_its_signing_key(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE carespace.installation SET key_fingerprint = NULL")
    settings.CARESPACE_CHART_KEY = bytes(32)
    with pytest.raises(KeyProblem, match="not the one"):
        installation.keep_installation()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["carespace_web", "carespace_worker"])
def test_the_roles_of_processes_ask_for_the_fingerprint_and_cannot_change_it(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege(%s, 'carespace.key_fingerprint()', 'EXECUTE'),"
            " has_table_privilege(%s, 'carespace.installation', 'SELECT, INSERT, UPDATE, DELETE')",
            [role, role],
        )
        assert cursor.fetchone() == (True, False)


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with running_home() as made:
        made.add_practice("lakeside")
        yield made


def refusal(home: Home, *arguments: str, **environment: str) -> str:
    """Run one command that must be refused, and return what it said."""
    kept = home.environment
    home.environment = {**kept, **environment}
    try:
        process = home.start(*arguments)
        out, problem = process.communicate(timeout=60)
    finally:
        home.environment = kept
    assert process.returncode == 1, (out, problem)
    assert "Traceback" not in problem
    return out + problem


def passwords(home: Home) -> list[tuple[Any, ...]]:
    with psycopg.connect(embedded_postgres.superuser_url(home.folder)) as looking:
        return looking.execute("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1").fetchall()


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda given: given[0])
def test_a_lost_key_stops_every_command_and_none_makes_another(
    home: Home, arguments: tuple[str, ...]
) -> None:
    key, before = key_file(home.folder), passwords(home)
    aside = key.rename(home.folder / "aside")
    try:
        told = refusal(home, *arguments)
        assert re.search(r"restore \S+master\.key from your backup", told)
        assert not key.exists()
    finally:
        aside.rename(key)
    assert passwords(home) == before


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda given: given[0])
def test_another_key_stops_every_command_before_anything_changes(
    home: Home, arguments: tuple[str, ...]
) -> None:
    before = passwords(home)
    told = refusal(home, *arguments, CARESPACE_MASTER_KEY="ab" * 32)
    assert "not the one this database was set up with" in told
    assert passwords(home) == before
    assert "lakeside" in home.run("practice", "list")
