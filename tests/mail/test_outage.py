"""A mail server that goes away in the middle, and workers killed meanwhile: nothing lost, nothing sent twice (F10 to F12).

Real processes, a real ``kill -9``, a real mail server. Between a mail server's "250 OK" and our noting it no program can
know what happened when it is killed: the slow form allows a mail twice there, under one Message-ID, and nowhere else.
"""

import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from carespace.config import embedded_postgres
from tests.mail.post import HOST, Office, free_port, running
from tests.outbox.post_office import PostOffice
from tests.outbox.processes import PATIENCE_SECONDS, run, started

REPORT = Path(__file__).parent / "reports" / "postfix-unknown-user.eml"
INVITE = """
from carespace.access.actions import invite
from carespace.audit.recording import SYSTEM
from carespace.patients.actions import register_patient
from carespace.patients.matching import Identity
from carespace.practices.models import Practice
practice = Practice.objects.get()
who = Identity(identifiers=(), family_name="Okafor", given_names="Ada", display_name="Ada Okafor",
    birth_date_text="1961-02-03", gender="female", deceased=False)
patient = register_patient(practice=practice, identity=who, known=None, by=SYSTEM)
for number in range({count}):
    invite(patient=patient, email=f"reader-{{number}}@example.org", kind="family", by=SYSTEM)
"""
SEAL = "carespace.audit.jobs.seal_audit_trail"
SWEEP = "carespace.outbox.jobs.sweep"
DEFER = """INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)
    VALUES (%s, %s, %s, '{"timestamp": 0}') ON CONFLICT DO NOTHING"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-outage-"))
    folder.chmod(0o711)
    yield folder
    embedded_postgres.stop(folder, patience_seconds=1)
    shutil.rmtree(folder, ignore_errors=True)


def queue(home: Path, count: int) -> None:
    """A practice that has invited ``count`` people, whose mails wait."""
    run(home, "migrate", "--quiet")
    practice = ("--slug", "lakeside", "--name", "Lakeside", "--preset", "echo")
    where = ("--phone", "(555) 010-0142", "--time-zone", "America/New_York")
    run(home, "practice", "add", *practice, *where)
    run(home, "manage", "shell", "-v", "0", "-c", INVITE.format(count=count))


def let_time_pass(database: psycopg.Connection) -> None:
    """The dead give no sign of life, and what waits for its next try is due."""
    database.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1h'")
    database.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def states(database: psycopg.Connection) -> dict[str, int]:
    found = database.execute("SELECT state, count(*) FROM outbox_outboxmessage GROUP BY state")
    return dict(found.fetchall())


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def arrived(office: Office) -> Counter[str]:
    return Counter(taken.recipient for taken in office.taken)


def test_a_server_that_takes_half_and_goes_away_gets_the_rest_when_it_is_back(home: Path) -> None:
    count, slots = 8, 2
    queue(home, count)
    port, office = free_port(), Office()
    url = f"smtp://{HOST}:{port}?starttls=off"
    everybody = {f"reader-{number}@example.org": 1 for number in range(count)}
    with psycopg.connect(
        embedded_postgres.superuser_url(home, "carespace"), autocommit=True
    ) as database:
        office.hold_after = count // 2
        with running(office, port):
            worker = started(home, "worker", "--concurrency", str(slots), mail=url)
            try:
                until(lambda: office.held >= slots)
            finally:
                kill(worker)
        assert states(database) == {"sent": count // 2, "queued": count // 2}

        let_time_pass(database)
        run(home, "worker", "--once", mail=url)  # nobody is there
        assert states(database) == {"sent": count // 2, "queued": count // 2}

        office.hold_after = None
        with running(office, port):
            let_time_pass(database)
            run(home, "worker", "--once", mail=url)
            assert arrived(office) == everybody
            assert states(database) == {"sent": count}
        first = office.taken[0]
        identity = first.message_id.strip("<>").partition("@")[0].encode()
        run(home, "mail", "returned", stdin=REPORT.read_bytes().replace(b"%ID%", identity))
        assert states(database) == {"sent": count - 1, "refused": 1}
        ended = database.execute(
            "SELECT state FROM access_invitation WHERE email = %s", [first.recipient]
        ).fetchone()
        assert ended == ("bounced",)


def test_other_work_goes_on_while_every_mail_hangs(home: Path) -> None:
    """Sealing and upkeep, and a second worker started meanwhile; then SIGTERM, and both mails are sent once."""
    slots = 2
    queue(home, slots)
    with (
        psycopg.connect(
            embedded_postgres.superuser_url(home, "carespace"), autocommit=True
        ) as database,
        PostOffice(is_silent=True) as silent,
    ):
        worker = started(home, "worker", "--concurrency", str(slots), mail=silent.url)
        try:
            until(lambda: len(silent.taken) == slots)
            database.execute(DEFER, ("upkeep", SWEEP, "outbox.sweep"))
            until(lambda: SWEEP not in jobs(database))
            until(lambda: is_sealed(database))
            until(lambda: open_transactions(database) == [])
            worker.send_signal(signal.SIGTERM)
            silent.opened.set()
            assert worker.wait(PATIENCE_SECONDS) == 0
        finally:
            kill(worker)
        assert states(database) == {"sent": slots}
        assert len(silent.taken) == slots


@pytest.mark.slow
def test_hundreds_of_mails_through_outages_and_kills(home: Path) -> None:
    count, kills, slots, chance = 300, 8, 4, random.Random(7)  # noqa: S311  a fixed order of events
    queue(home, count)
    port, office = free_port(), Office()
    url = f"smtp://{HOST}:{port}?starttls=off"
    with psycopg.connect(
        embedded_postgres.superuser_url(home, "carespace"), autocommit=True
    ) as database:
        for _ in range(kills):
            let_time_pass(database)
            enough = len(office.taken) + chance.randint(5, 30)
            with running(office, port):
                worker = started(home, "worker", "--concurrency", str(slots), mail=url)
                until(lambda: len(office.taken) >= enough)  # noqa: B023  asked before the next round
                if chance.random() < 0.5:
                    kill(worker)
            until(lambda: worker.poll() is not None or "todo" in due(database))  # noqa: B023
            kill(worker)
        let_time_pass(database)
        with running(office, port):
            run(home, "worker", "--once", mail=url, seconds=600)
        assert states(database) == {"sent": count}
    found = arrived(office)
    assert found.keys() == {f"reader-{number}@example.org" for number in range(count)}
    assert found.total() - count <= kills * slots, (
        "twice only what was under way when the worker died"
    )
    names = {(taken.recipient, taken.message_id) for taken in office.taken}
    assert len(names) == count, "and then under the same Message-ID"


def jobs(database: psycopg.Connection) -> set[str]:
    """What is queued or being done."""
    found = database.execute(
        "SELECT DISTINCT task_name FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    )
    return {name for (name,) in found.fetchall()}


def is_sealed(database: psycopg.Connection) -> bool:
    """Whether every event is; if not, the worker is asked to seal."""
    row = database.execute(
        "SELECT count(*) FROM audit_auditevent e"
        " WHERE NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.event_id = e.id)"
    ).fetchone()
    if row == (0,):
        return True
    database.execute(DEFER, ("audit", SEAL, "audit.seal"))
    return False


def open_transactions(database: psycopg.Connection) -> list[str]:
    """What the worker's sessions did last that wait in the middle of a transaction."""
    found = database.execute(
        "SELECT query FROM pg_stat_activity WHERE usename = 'carespace_worker'"
        " AND state = 'idle in transaction'"
    )
    return [query for (query,) in found.fetchall()]


def due(database: psycopg.Connection) -> set[str]:
    """What state the jobs are in that wait for a later try."""
    found = database.execute(
        "SELECT DISTINCT status::text FROM procrastinate_jobs WHERE scheduled_at > now()"
    )
    return {status for (status,) in found.fetchall()}
