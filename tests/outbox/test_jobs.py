"""No mail waits for ever: each ends sent, refused, dropped or given up, whatever happens to its job."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail, signing
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from carespace.audit.models import AuditEvent
from carespace.outbox import templates
from carespace.outbox.actions import queue_mail
from carespace.outbox.jobs import SALT, deliver, sweep
from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The mail "test", with an error of the test's choice under ``error`` and what follows under ``then``."""
    chosen: dict[str, Any] = {}

    def write(_context: object) -> Mail:
        if error := chosen.get("error"):
            raise error
        return Mail("Hello", "Hello", "<p>Hello</p>", "Lakeside", then=chosen.get("then"))

    monkeypatch.setitem(templates._WRITERS, "test", write)
    return chosen


def queue(*, minutes_ago: int = 0) -> OutboxMessage:
    queue_mail(to_address="ada@example.org", template="test", context={}, dedupe_key="1")
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    OutboxMessage.objects.update(queued_at=moment)
    return OutboxMessage.objects.get()


def signed(message: OutboxMessage) -> str:
    return signing.dumps(str(message.pk), salt=SALT)


def lose_jobs(status: str = "") -> None:
    """Take every job away, or let it have ended as ``status``."""
    with connection.cursor() as cursor:
        if status:
            cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
        else:
            cursor.execute("DELETE FROM procrastinate_jobs")


def waiting_jobs() -> list[str]:
    found = ProcrastinateJob.objects.filter(status__in=("todo", "doing"))
    return [signing.loads(each.args["signed_id"], salt=SALT) for each in found]


def test_an_error_nobody_foresaw_settles_the_row_by_its_type(writer: dict[str, Any]) -> None:
    message = queue()
    writer["error"] = ZeroDivisionError("secret")
    deliver(signed(message))
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("given-up", "ZeroDivisionError")
    assert AuditEvent.objects.filter(action="mail.given-up").count() == 1


def test_a_template_nobody_registered_settles_the_row() -> None:
    queue_mail(to_address="ada@example.org", template="nobody's", context={}, dedupe_key="1")
    message = OutboxMessage.objects.get()
    deliver(signed(message))
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("given-up", "UnknownTemplate")


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_leaves_the_mail_queued_and_the_job_is_tried_again(
    writer: dict[str, Any], kind: type[Exception]
) -> None:
    message = queue()
    writer["error"] = kind("gone")
    with pytest.raises(kind) as raised:
        deliver(signed(message))
    message.refresh_from_db()
    assert message.state == "queued"
    job = Job(id=1, queue="mail", lock=None, queueing_lock=None, task_name=deliver.name)
    assert deliver.get_retry_exception(raised.value, job) is not None
    assert deliver.get_retry_exception(ZeroDivisionError(), job) is None


def test_what_follows_from_a_sent_mail_is_done_once_and_with_its_row(
    writer: dict[str, Any],
) -> None:
    message = queue()
    seen: list[str] = []
    writer["then"] = lambda: seen.append(OutboxMessage.objects.get().state)
    deliver(signed(message))
    deliver(signed(message))
    assert seen == ["sent"]


def test_a_mail_whose_sending_could_not_be_noted_goes_out_again_under_the_same_name(
    writer: dict[str, Any],
) -> None:
    message = queue()
    steps: list[Exception] = [OperationalError("gone")]

    def then() -> None:
        if steps:
            raise steps.pop()

    writer["then"] = then
    with pytest.raises(OperationalError):
        deliver(signed(message))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)
    deliver(signed(message))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 1)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_a_mail_whose_consequence_fails_for_good_is_given_up_and_not_sent_for_ever(
    writer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue()
    told: list[str] = []
    monkeypatch.setitem(templates._SETTLED, "test", lambda _context, state: told.append(state))
    writer["then"] = lambda: 1 // 0
    deliver(signed(message))
    deliver(signed(message))
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("given-up", "ZeroDivisionError")
    assert (len(mail.outbox), told) == (1, ["given-up"])
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["mail.given-up"]


@pytest.mark.parametrize("status", ["", "failed", "succeeded", "cancelled"])
def test_a_mail_without_a_live_job_gets_one(writer: dict[str, Any], status: str) -> None:
    message = queue(minutes_ago=6)
    lose_jobs(status)
    sweep(0)
    sweep(60)
    assert waiting_jobs() == [str(message.pk)]
    deliver(ProcrastinateJob.objects.get(status="todo").args["signed_id"])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("status", ["todo", "doing"])
def test_a_mail_with_a_live_job_gets_no_other(writer: dict[str, Any], status: str) -> None:
    queue(minutes_ago=6)
    lose_jobs(status)
    sweep(0)
    assert len(waiting_jobs()) == 1


def test_a_young_mail_and_a_settled_one_get_no_job(writer: dict[str, Any]) -> None:
    message = queue(minutes_ago=4)
    lose_jobs()
    sweep(0)
    assert waiting_jobs() == []
    deliver(signed(message))
    OutboxMessage.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    sweep(60)
    assert waiting_jobs() == []


def test_a_job_of_another_key_counts_for_nothing(writer: dict[str, Any]) -> None:
    message = queue(minutes_ago=6)
    with connection.cursor() as cursor:
        cursor.execute("""UPDATE procrastinate_jobs SET args = '{"signed_id": "x:y:z"}'""")
    sweep(0)
    found = [each.args["signed_id"] for each in ProcrastinateJob.objects.order_by("id")]
    assert found[0] == "x:y:z"
    assert [signing.loads(each, salt=SALT) for each in found[1:]] == [str(message.pk)]


@pytest.mark.django_db(transaction=True)
def test_the_worker_role_may_do_what_the_sweeper_does(
    worker_connection: psycopg.Connection,
) -> None:
    for statement in (
        "SELECT id FROM outbox_outboxmessage WHERE state = 'queued'",
        "SELECT args FROM procrastinate_jobs",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('mail', 'x')",
        "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL",
    ):
        worker_connection.execute(statement)
    worker_connection.rollback()
