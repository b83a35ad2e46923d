"""The job that hands one mail over.

Promises: a job takes a signed id only; it locks its row, so that two workers send one mail once; the Message-ID comes
from the row's id, so that a mail the server kept although we saw an error can be told to be the same (F11). No row
waits for ever: a mail without a job gets one, an error that no later try would mend settles the row.
"""

import smtplib
from datetime import timedelta
from email.utils import formataddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from carespace.audit.recording import SYSTEM, About, record
from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail, write

SALT = "outbox"
MOST_ATTEMPTS = 12
FORGOTTEN_AFTER = timedelta(minutes=5)
NO_DATABASE = (OperationalError, InterfaceError)


class NotHandedOver(RuntimeError):
    """The mail server did not take the mail now; the job is tried again."""


@app.task(
    queue="mail",
    retry=RetryStrategy(
        max_attempts=MOST_ATTEMPTS,
        exponential_wait=3,
        retry_exceptions={NotHandedOver, *NO_DATABASE},
    ),
)
def deliver(signed_id: str) -> None:
    """Send the mail of ``signed_id`` unless it was sent, dropped or refused already."""
    message_id = signing.loads(signed_id, salt=SALT)
    error = _deliver(message_id)
    if error:
        raise NotHandedOver(error)


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", queueing_lock="outbox.sweep", pass_context=False)
def sweep(timestamp: int) -> None:  # noqa: ARG001  procrastinate says for which minute
    """Give a job to every mail that has waited for minutes without one."""
    before = timezone.now() - FORGOTTEN_AFTER
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED, queued_at__lt=before)
    ids = [str(each) for each in waiting.values_list("pk", flat=True)]
    for message_id in sorted(set(ids) - _with_a_job()) if ids else ():
        deliver.defer(signed_id=signing.dumps(message_id, salt=SALT))


def _with_a_job() -> set[str]:
    jobs = ProcrastinateJob.objects.filter(task_name=deliver.name, status__in=("todo", "doing"))
    found = set()
    for arguments in jobs.values_list("args", flat=True):
        try:
            found.add(str(signing.loads(arguments["signed_id"], salt=SALT)))
        except signing.BadSignature:
            continue  # signed with another key: this job will not send it
    return found


@transaction.atomic
def _deliver(message_id: str) -> str:
    found = OutboxMessage.objects.select_for_update(skip_locked=True).filter(
        pk=message_id, state=OutboxMessage.State.QUEUED
    )
    message = found.first()
    if message is None:
        return ""
    message.attempts += 1
    try:
        if not _hand_over(message):
            return _settle(message, OutboxMessage.State.DROPPED)
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            return _settle(message, OutboxMessage.State.REFUSED, f"refused: {codes}")
        return _note(message, f"put off: {codes}")
    except (OSError, smtplib.SMTPException) as error:
        return _note(message, type(error).__name__)
    except NO_DATABASE:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the row must not wait for ever
        return _settle(message, OutboxMessage.State.GIVEN_UP, type(error).__name__)
    message.sent_at = timezone.now()
    return _settle(message, OutboxMessage.State.SENT)


@transaction.atomic
def _hand_over(message: OutboxMessage) -> bool:
    """Write the mail and give it to the server; False when it is no longer wanted.

    A block of its own: what writing it changed (a link's clock) does not stay when the server takes nothing.
    """
    mail = write(message.template, {**message.context, "to_address": message.to_address})
    if mail is not None:
        _compose(message, mail).send()
    return mail is not None


def _compose(message: OutboxMessage, mail: Mail) -> EmailMultiAlternatives:
    sender = formataddr((mail.sender_name, settings.CARESPACE_SENDER))
    domain = settings.CARESPACE_SENDER.rpartition("@")[2]
    composed = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()),
        body=mail.text,
        from_email=sender,
        to=[message.to_address],
        headers={"Message-ID": f"<{message.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    composed.attach_alternative(mail.html, "text/html")
    return composed


def _note(message: OutboxMessage, error: str) -> str:
    if message.attempts >= MOST_ATTEMPTS:
        return _settle(message, OutboxMessage.State.GIVEN_UP, error)
    message.last_error = error
    message.save(update_fields=["attempts", "last_error"])
    return error


def _settle(message: OutboxMessage, state: str, error: str = "") -> str:
    message.state, message.last_error = state, error
    message.save(update_fields=["attempts", "last_error", "state", "sent_at"])
    about = About(
        practice_id=message.practice_id, entity="OutboxMessage", entity_id=str(message.pk)
    )
    record(f"mail.{state}", by=SYSTEM, about=about, detail={"template": message.template})
    return ""
