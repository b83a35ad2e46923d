"""A worker that is killed in the middle of a mail loses nothing: real processes, a real ``kill -9``, a real mail server."""

import json
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from carespace.config import embedded_postgres
from tests.outbox.post_office import PostOffice
from tests.outbox.processes import PATIENCE_SECONDS, run, started

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": "urn:lakeside:mrn", "value": "LCA-1"}],
    "name": [{"family": "Okafor", "given": ["Ada"]}],
    "birthDate": "1961-02-03",
}
SEAL = "carespace.audit.jobs.seal_audit_trail"
MAIL = "carespace.outbox.jobs.deliver"


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-killed-"))
    folder.chmod(0o711)
    yield folder
    embedded_postgres.stop(folder, patience_seconds=1)
    shutil.rmtree(folder, ignore_errors=True)


def invite_a_patient(home: Path) -> None:
    run(home, "migrate", "--quiet")
    practice = ("--slug", "lakeside", "--name", "Lakeside", "--preset", "highlands")
    where = ("--phone", "(555) 010-0142", "--time-zone", "America/New_York")
    run(home, "practice", "add", *practice, *where)
    patient = home / "patient.json"
    patient.write_text(json.dumps(PATIENT))
    run(home, "import", "--practice", "lakeside", str(patient))
    link = ("--patient", "LCA-1", "--email", "ada@example.org")
    run(home, "invite", "--practice", "lakeside", *link)


def doing(database: psycopg.Connection) -> set[str]:
    found = database.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'doing'")
    return {each[0] for each in found}


def state(database: psycopg.Connection) -> tuple[str, int]:
    row = database.execute("SELECT state, attempts FROM outbox_outboxmessage").fetchone()
    assert row
    return row[0], row[1]


def test_what_a_killed_worker_was_doing_is_done_by_the_next(home: Path) -> None:
    invite_a_patient(home)
    url = embedded_postgres.superuser_url(home, "carespace")
    with (
        psycopg.connect(url, autocommit=True) as database,
        PostOffice(is_silent=True) as silent,
        PostOffice() as good,
    ):
        database.execute("SELECT pg_advisory_lock(hashtext('carespace.seal_audit'))")
        worker = started(home, "worker", "--concurrency", "6", mail=silent.url)
        try:
            assert silent.has_one.wait(PATIENCE_SECONDS)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not doing(database) >= {SEAL, MAIL}:
                assert time.monotonic() < deadline, doing(database)
                time.sleep(0.1)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        database.execute("SELECT pg_advisory_unlock(hashtext('carespace.seal_audit'))")
        assert doing(database) >= {SEAL, MAIL}, "the dead worker's jobs stay where they were"
        assert state(database) == ("queued", 0)
        # Time passes: the dead give no sign of life, and the next minute's sealing is queued.
        database.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1h'")
        database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
            " VALUES ('audit', %s, 'audit.seal', '{\"timestamp\": 0}')",
            [SEAL],
        )

        run(home, "worker", "--once", mail=good.url)

        assert doing(database) == set()
        assert state(database) == ("sent", 1)
        assert len(good.taken) == 1
        names = [re.findall(r"(?im)^message-id: (.*?)\r?$", each) for each in silent.taken]
        assert names[0], silent.taken
        assert names == [re.findall(r"(?im)^message-id: (.*?)\r?$", each) for each in good.taken]
        sealed = database.execute("SELECT count(*) FROM audit_auditseal").fetchone()
        assert sealed
        assert sealed[0] > 0, "sealing goes on"
