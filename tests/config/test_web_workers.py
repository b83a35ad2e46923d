"""The web server's processes: each has database connections of its own.

A worker that shared its parent's socket would mix two requests' transactions, and so two people's charts.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from django.db.backends.postgresql.base import DatabaseWrapper

from carespace.config import embedded_postgres
from carespace.config.web_server import SharedConnection, refuse_shared_connections
from carespace.demo.web import free_port

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 3
CLIENTS = 12
REQUESTS = 120
PATIENCE_SECONDS = 30


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-workers-"))
    folder.chmod(0o711)
    yield folder
    embedded_postgres.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def command(home: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARESPACE_")}
    line = [sys.executable, "-P", "-m", "carespace.config.command", *arguments]
    return line, {**kept, "CARESPACE_HOME": str(home), "PYTHONPATH": str(ROOT)}


def ask(port: int) -> int:
    connection = HTTPConnection("localhost", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/sign-in/")
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            status = ask(port)
        except OSError:
            assert time.monotonic() < deadline, "the web server did not start"
            time.sleep(0.1)
        else:
            assert status == 200
            return


def test_parallel_requests_are_all_answered_by_workers_with_backends_of_their_own(
    home: Path,
) -> None:
    line, environment = command(home, "migrate", "--quiet")
    subprocess.run(line, env=environment, check=True)
    port = free_port(0)
    line, environment = command(home, "serve", "--port", str(port), "--workers", str(WORKERS))
    server = subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(port)
        with ThreadPoolExecutor(CLIENTS) as clients:
            statuses = list(clients.map(ask, [port] * REQUESTS))
        assert statuses == [200] * REQUESTS
        with psycopg.connect(embedded_postgres.superuser_url(home, "carespace")) as looking:
            found = looking.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'carespace_web'"
            ).fetchone()
        assert found
        assert found[0] >= WORKERS
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)


def test_a_worker_with_its_parents_pool_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {"default": object()})
    with pytest.raises(SharedConnection):
        refuse_shared_connections(None, None)
