"""A database server that restarts under running pages costs no visitor an error once it answers again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from carespace.config import embedded_postgres
from carespace.demo.web import free_port
from tests.config.test_web_workers import ROOT, ask, wait_until_it_answers

PATIENCE_SECONDS = 30


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-restart-"))
    folder.chmod(0o711)
    yield folder
    embedded_postgres.stop(folder, patience_seconds=1)
    shutil.rmtree(folder, ignore_errors=True)


def test_the_first_request_after_a_restart_of_the_database_is_answered(home: Path) -> None:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARESPACE_")}
    environment = {**kept, "CARESPACE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-P", "-m", "carespace.config.command"]
    subprocess.run([*line, "migrate", "--quiet"], env=environment, check=True)
    port = free_port(0)
    one = ("--workers", "1", "--threads", "1")
    server = subprocess.Popen([*line, "serve", "--port", str(port), *one], env=environment)
    try:
        wait_until_it_answers(port)
        embedded_postgres.stop(home)
        embedded_postgres.ensure_running(home, roles={})
        with psycopg.connect(embedded_postgres.superuser_url(home, "carespace")) as looking:
            query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'carespace_web'"
            assert looking.execute(query).fetchone() == (0,), "the old connections are dead"
        assert [ask(port) for _ in range(3)] == [200] * 3
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)
