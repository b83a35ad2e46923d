"""What is kept no longer than needed, removed as the worker's role, and what stays."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.contrib.django import app

from carespace.accounts import jobs
from carespace.accounts.models import Throttle
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM, record
from carespace.config.processes import database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_worker(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE carespace_worker")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def hours_from_now(hours: float) -> Any:
    return timezone.now() + timedelta(hours=hours)


def test_ended_sessions_and_old_throttles_go_and_the_rest_stays(as_worker: None) -> None:
    Session.objects.create(session_key="ended", session_data="", expire_date=hours_from_now(-1))
    Session.objects.create(session_key="running", session_data="", expire_date=hours_from_now(1))
    for key, window, blocked in (
        ("old", -25, None),
        ("old-wait", -25, -25),
        ("lately", -23, None),
        ("waits", -25, 1),
        ("counts", 1, None),
    ):
        Throttle.objects.create(
            key=key,
            window_ends_at=hours_from_now(window),
            blocked_until=None if blocked is None else hours_from_now(blocked),
        )
    record("practice.look", by=SYSTEM)
    jobs.remove_stale_rows(0)
    assert set(Session.objects.values_list("session_key", flat=True)) == {"running"}
    assert set(Throttle.objects.values_list("key", flat=True)) == {"lately", "waits", "counts"}
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert AuditEvent.objects.filter(action="practice.look").exists()


QUEUED = """
INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', %s, 'todo') RETURNING id
"""


def plant_job(name: str, status: str, days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, [name])
        (job,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s",
            [status, job],
        )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s",
            [days, job],
        )


@pytest.mark.django_db(transaction=True)
def test_jobs_that_ended_long_ago_go_and_the_rest_stays() -> None:
    plant_job("failed-long-ago", "failed", 31)
    plant_job("failed-lately", "failed", 29)
    plant_job("still-waiting", "todo", 31)

    async def run() -> None:
        worker = App(
            connector=PsycopgConnector(conninfo=database_url("worker", database="carespace_test"))
        )
        async with worker.open_async():
            context = cast("JobContext", SimpleNamespace(app=worker))
            await jobs.remove_finished_jobs(context, 0)

    asyncio.run(run())
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE queue_name = 'q'")
        assert {name for (name,) in cursor.fetchall()} == {"failed-lately", "still-waiting"}


def test_both_are_asked_for_each_day() -> None:
    tasks = {
        periodic.task.name: periodic.cron
        for periodic in app.periodic_registry.periodic_tasks.values()
    }
    assert tasks["carespace.accounts.jobs.remove_stale_rows"] == "40 3 * * *"
    assert tasks["carespace.accounts.jobs.remove_finished_jobs"] == "50 3 * * *"
