"""A dump restored on another server: the chain goes on and is whole (pg_dump and pg_restore of the embedded server)."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from carespace.config import embedded_postgres
from carespace.config.postgres_home import Layout
from carespace.config.postgres_programs import Account, find_programs

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
EVENT = (
    "INSERT INTO audit_auditevent (id, recorded_at, action, category, outcome, actor_name, actor_kind,"
    " entity, entity_id, reason, detail)"
    " VALUES (gen_random_uuid(), now(), 'test.event', '', 'success', '', 'system', '', '', '', '{}')"
)


@pytest.fixture
def homes() -> Iterator[tuple[Path, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-restore-"))
    folder.chmod(0o711)
    pair = folder / "first", folder / "second"
    for each in pair:
        each.mkdir(mode=0o711)
    yield pair
    for each in pair:
        embedded_postgres.stop(each, patience_seconds=1)
    shutil.rmtree(folder, ignore_errors=True)


def carespace(home: Path, *arguments: str) -> str:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARESPACE_")}
    line = [sys.executable, "-P", "-m", "carespace.config.command", *arguments]
    environment = {**kept, "CARESPACE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        line, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    return done.stdout + done.stderr


def program(home: Path, name: str, *arguments: str) -> None:
    account = Account.for_data_of(Layout(home).data)
    found = find_programs().reachable_by(account, Layout(home).postgres)
    done = subprocess.run(
        [found.program(name), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def add_events(home: Path, count: int) -> None:
    url = embedded_postgres.superuser_url(home, "carespace")
    with psycopg.connect(url, autocommit=True) as database:
        for _ in range(count):
            database.execute(EVENT)


def highest_number(home: Path) -> int:
    url = embedded_postgres.superuser_url(home, "carespace")
    with psycopg.connect(url) as database:
        row = database.execute("SELECT pg_current_xact_id()::text").fetchone()
    assert row
    return int(row[0])


def use_up_numbers(home: Path, until: int) -> None:
    url = embedded_postgres.superuser_url(home, "carespace")
    spend = f"WHILE pg_current_xact_id()::text::bigint < {until} LOOP COMMIT; END LOOP;"
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"DO $$ BEGIN {spend} END $$")


def restore(first: Path, second: Path) -> None:
    """Bring the first home's dump, keys and heads to a new home with a server of its own."""
    dump = first / "dump"
    program(
        first,
        "pg_dump",
        "-Fc",
        "-f",
        str(dump),
        embedded_postgres.superuser_url(first, "carespace"),
    )
    for each in first.iterdir():
        if each.name not in {"postgres", "dump"}:
            copy = shutil.copytree if each.is_dir() else shutil.copy2
            copy(each, second / each.name)
    roles = {f"carespace_{each}": "x" for each in ("owner", "web", "worker")}
    embedded_postgres.ensure_running(second, roles=roles)
    embedded_postgres.create_database(second, owner="carespace_owner", name="carespace")
    program(
        second,
        "pg_restore",
        *("-d", embedded_postgres.superuser_url(second, "carespace"), str(dump)),
    )


def test_after_a_restore_on_a_new_server_the_chain_goes_on(homes: tuple[Path, Path]) -> None:
    first, second = homes
    carespace(first, "migrate", "--quiet")
    use_up_numbers(first, 20_000)
    add_events(first, 5)
    assert "Sealed 5 events." in carespace(first, "audit", "seal")
    add_events(first, 2)  # in the dump, not sealed

    restore(first, second)
    assert highest_number(second) < 20_000, "the new server counts from its own start"
    add_events(second, 1)  # before anybody thought of migrating
    assert "slipped in" in carespace(second, "audit", "verify")

    assert carespace(second, "migrate", "--quiet") == ""
    add_events(second, 1)
    assert "Sealed 5 events." in carespace(second, "audit", "seal")  # with the one that says so
    assert "whole: 10 sealed, 0 not yet" in carespace(second, "audit", "verify")
    assert carespace(second, "migrate", "--quiet") == ""
    assert "Sealed 0 events." in carespace(second, "audit", "seal")
