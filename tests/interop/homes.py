"""A CareSpace home of its own for tests that need real processes, or harm their database."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from carespace.config import embedded_postgres
from tests.early import ROOT

PATIENCE_SECONDS = 120


class Home:
    """A CareSpace home with its own database, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("CARESPACE_", "DATABASE_"))
        }
        self.environment = {**kept, "CARESPACE_HOME": str(folder), "CARESPACE_MODE": "test"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "carespace.config.command", *arguments]
        return subprocess.Popen(
            line,
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        out, problem = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, problem
        return out

    def add_practice(self, slug: str) -> str:
        about = ["--name", slug, "--preset", "echo", "--phone", "(555) 010-0142"]
        self.run("practice", "add", "--slug", slug, *about, "--time-zone", "America/New_York")
        return slug

    def rows(self, query: str, practice: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(embedded_postgres.superuser_url(self.folder, "carespace")) as opened:
            key = opened.execute("SELECT id FROM practices_practice WHERE slug = %s", [practice])
            found = opened.execute(query, {"practice": key.fetchall()[0][0]})
            return found.fetchall()

    def stored(self, practice: str) -> int:
        query = "SELECT count(*) FROM records_resource WHERE practice_id = %(practice)s"
        return self.rows(query, practice)[0][0]

    def wait_until_stored(self, practice: str, many: int, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.poll() is None and self.stored(practice) < many:
            assert time.monotonic() < deadline, "the import does not get on"
            time.sleep(0.005)


@contextmanager
def running_home() -> Iterator[Home]:
    """Yield a migrated home; its server is stopped and its folder removed afterwards."""
    # Not below pytest's own folders: those are closed to the account that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="carespace-test-home-"))
    folder.chmod(0o711)
    try:
        home = Home(folder)
        home.run("migrate")
        yield home
    finally:
        embedded_postgres.stop(folder, patience_seconds=1)
        shutil.rmtree(folder, ignore_errors=True)
