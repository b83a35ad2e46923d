"""The job that hands one mail over.

Promises: a job takes a signed id only; it holds its mail (``outbox/holding.py``), so that two workers send one mail once;
the Message-ID comes from the row's id, so that a mail the server kept although we saw an error can be told to be the
same (F11). No row waits for ever: a mail without a job gets one, an error that no later try would mend settles the row,
and whose mail it is hears of it in the same transaction. A mail server that hangs holds up nothing else: while we speak
to it no transaction is open and no row is locked, and mail has slots of its own in a worker (``QUEUE``).
"""

import smtplib
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from carespace.audit.recording import SYSTEM, About, record
from carespace.outbox.composing import composed
from carespace.outbox.holding import NO_DATABASE, held
from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail, tell_undelivered, write
from carespace.outbox.troubles import Trouble, trouble, wait_after

SALT = "outbox"
FORGOTTEN_AFTER = timedelta(minutes=5)
QUEUE = "mail"
AFTER_OTHER_WORK = -1
_log = structlog.get_logger("carespace.outbox")


class NotHandedOver(RuntimeError):
    """The mail server did not take the mail now; the job is tried again."""


class Waits(BaseRetryStrategy):
    """Try again after ten seconds, then ever more slowly, each half hour at last; the row says when it is enough."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again; None for an error that is no trouble of the mail server or the database."""
        if not isinstance(exception, (NotHandedOver, *NO_DATABASE)):
            return None
        return RetryDecision(retry_in={"seconds": int(wait_after(job.attempts).total_seconds())})


@app.task(queue=QUEUE, priority=AFTER_OTHER_WORK, retry=Waits())
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


def _deliver(message_id: str) -> str:
    """Send the mail unless somebody else is at it; return what was wrong where it is to be tried again."""
    with held(message_id) as is_ours:
        message = _waiting(message_id) if is_ours else None
        return "" if message is None else _send(message)


def _waiting(message_id: str) -> OutboxMessage | None:
    return OutboxMessage.objects.filter(pk=message_id, state=OutboxMessage.State.QUEUED).first()


def _send(message: OutboxMessage) -> str:
    try:
        mail = _written(message)
        if mail is None:
            return _settle(message, OutboxMessage.State.DROPPED)
        composed(message, mail).send()  # perhaps for minutes: nothing of the database is held here
    except (OSError, smtplib.SMTPException) as error:
        return _put_off(message, trouble(error))
    except NO_DATABASE:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the row must not wait for ever
        return _settle(message, OutboxMessage.State.GIVEN_UP, type(error).__name__)
    return _settle_sent(message, mail)


@transaction.atomic(durable=True)
def _written(message: OutboxMessage) -> Mail | None:
    return write(message.template, _context(message))


def _put_off(message: OutboxMessage, found: Trouble) -> str:
    if timezone.now() - message.queued_at < found.patience:
        waiting = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.QUEUED)
        waiting.update(attempts=F("attempts") + 1, last_error=found.told)
        return found.told
    ended = OutboxMessage.State.REFUSED if found.is_refusal else OutboxMessage.State.GIVEN_UP
    return _settle(message, ended, found.told)


def _settle_sent(message: OutboxMessage, mail: Mail) -> str:
    """Note that the server took the mail, with what its room says follows from that, or neither."""
    try:
        return _settle(message, OutboxMessage.State.SENT, then=mail.then)
    except NO_DATABASE:
        raise  # it goes out again, under the same Message-ID
    except Exception as error:  # noqa: BLE001  or it would be sent for ever
        _log.exception("mail.then", template=message.template, error=type(error).__name__)
        return _settle(message, OutboxMessage.State.GIVEN_UP, type(error).__name__)


@transaction.atomic(durable=True)
def _settle(
    message: OutboxMessage, state: str, error: str = "", then: Callable[[], None] | None = None
) -> str:
    """Settle the row, unless it was while we spoke to the server: a mail can come back before its answer does."""
    waiting = OutboxMessage.objects.select_for_update()
    kept = waiting.filter(pk=message.pk, state=OutboxMessage.State.QUEUED).first()
    if kept is None:
        return ""
    kept.attempts, kept.state, kept.last_error = kept.attempts + 1, state, error
    if state == OutboxMessage.State.SENT:
        kept.sent_at = timezone.now()
    kept.save(update_fields=["attempts", "last_error", "state", "sent_at"])
    note_settled(kept)
    if then is not None:
        then()
    if state in {OutboxMessage.State.REFUSED, OutboxMessage.State.GIVEN_UP}:
        tell(kept, state)
    return ""


def note_settled(message: OutboxMessage, what: str = "") -> None:
    """Write what became of ``message`` (its state, or ``what``) and the codes of why."""
    about = About(
        practice_id=message.practice_id, entity="OutboxMessage", entity_id=str(message.pk)
    )
    detail = {"template": message.template, "error": message.last_error}
    record(f"mail.{what or message.state}", by=SYSTEM, about=about, detail=detail)


def tell(message: OutboxMessage, what: str) -> None:
    """Tell whose mail this is that it did not arrive: ``what`` is "refused", "given-up" or "bounced".

    The mail stays settled although they stumble over it: asking the server again would not help them.
    """
    try:
        with transaction.atomic():
            tell_undelivered(message.template, _context(message), what)
    except NO_DATABASE:
        raise
    except Exception as error:  # noqa: BLE001  the row must not wait for ever
        _log.exception("mail.tell", template=message.template, error=type(error).__name__)


def _context(message: OutboxMessage) -> dict[str, object]:
    return {**message.context, "to_address": message.to_address}
