"""How long and how often a mail is tried: an outage of a night loses nothing, its end is soon seen."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from carespace.outbox import templates
from carespace.outbox.actions import queue_mail
from carespace.outbox.jobs import SALT, NotHandedOver, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail
from carespace.outbox.troubles import AT_ONCE, PATIENCE, PATIENCE_WITH_POLICIES, trouble, wait_after


def refused(code: int, words: bytes) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"a@example.org": (code, words)})


@pytest.mark.parametrize(
    ("error", "told", "patience"),
    [
        (refused(550, b"5.1.1 No such user"), "refused: 550 5.1.1", AT_ONCE),
        (refused(550, b"No such user"), "refused: 550", AT_ONCE),
        (refused(554, b"5.7.1 Relay denied"), "refused: 554 5.7.1", PATIENCE_WITH_POLICIES),
        (refused(550, b"5.7.26 SPF"), "refused: 550 5.7.26", PATIENCE_WITH_POLICIES),
        (refused(550, b"15.7.1 is no status"), "refused: 550", AT_ONCE),
        (refused(451, b"4.7.1 Later"), "put off: 451 4.7.1", PATIENCE),
        (smtplib.SMTPDataError(554, b"5.6.0 No"), "refused: 554 5.6.0", AT_ONCE),
        (smtplib.SMTPDataError(421, b"Bye"), "put off: 421", PATIENCE),
        (smtplib.SMTPSenderRefused(550, b"5.7.1", "a@b.c"), "put off: 550 5.7.1", PATIENCE),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8"), "put off: 535 5.7.8", PATIENCE),
        (smtplib.SMTPConnectError(554, "No service"), "put off: 554", PATIENCE),
        (ConnectionRefusedError(), "ConnectionRefusedError", PATIENCE),
        (TimeoutError(), "TimeoutError", PATIENCE),
        (smtplib.SMTPServerDisconnected(), "SMTPServerDisconnected", PATIENCE),
    ],
)
def test_what_an_error_means(error: Any, told: str, patience: timedelta) -> None:
    found = trouble(error)
    assert (found.told, found.patience) == (told, patience)
    assert found.is_refusal == told.startswith("refused")


def test_a_mail_waits_no_longer_than_half_an_hour_for_its_next_try() -> None:
    waits = [wait_after(attempts) for attempts in range(300)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=10)
    assert waits[-1] == timedelta(minutes=30)
    assert sum(waits[:5], timedelta()) < timedelta(minutes=10), "a short outage is a short delay"


def test_after_a_night_without_a_mail_server_a_mail_is_still_tried() -> None:
    assert timedelta(days=3) < PATIENCE, "RFC 5321, 4.5.4.1: four to five days"


def test_the_job_is_tried_again_for_as_long_as_its_row_waits() -> None:
    job = Job(
        id=1, queue="mail", lock=None, queueing_lock=None, task_name=deliver.name, attempts=500
    )
    again = deliver.get_retry_exception(NotHandedOver(), job)
    assert again is not None
    assert again.retry_decision.retry_at is not None
    assert again.retry_decision.retry_at <= timezone.now() + timedelta(minutes=30)
    assert deliver.get_retry_exception(ZeroDivisionError(), job) is None


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the room whose mail "test" is has been told; it stumbles where told a ZeroDivisionError."""
    heard: list[Any] = []

    def write(_context: object) -> Mail:
        raise smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"5.1.1")})

    def undelivered(context: Any, state: str) -> None:
        OutboxMessage.objects.update(dedupe_key="changed while told")
        heard.append((dict(context), state))
        if context.get("stumbles"):
            raise ZeroDivisionError

    monkeypatch.setitem(templates._WRITERS, "test", write)
    monkeypatch.setitem(templates._SETTLED, "test", undelivered)
    return heard


def deliver_one(context: dict[str, Any]) -> OutboxMessage:
    queue_mail(to_address="ada@example.org", template="test", context=context, dedupe_key="1")
    message = OutboxMessage.objects.get()
    deliver(signing.dumps(str(message.pk), salt=SALT))
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_whose_mail_it_is_hears_of_a_refusal_once(told: list[Any]) -> None:
    message = deliver_one({"id": "7"})
    deliver(signing.dumps(str(message.pk), salt=SALT))
    assert told == [({"id": "7", "to_address": "ada@example.org"}, "refused")]
    assert message.dedupe_key == "changed while told"


@pytest.mark.django_db
def test_a_room_that_stumbles_over_a_refusal_keeps_no_mail_waiting(told: list[Any]) -> None:
    message = deliver_one({"stumbles": True})
    assert len(told) == 1
    assert (message.state, message.last_error) == ("refused", "refused: 550 5.1.1")
    assert message.dedupe_key == "1", "nothing of what it began is kept"


@pytest.mark.django_db
def test_mail_gives_way_to_other_work() -> None:
    queue_mail(to_address="ada@example.org", template="test", context={}, dedupe_key="1")
    assert ProcrastinateJob.objects.get().priority < 0
