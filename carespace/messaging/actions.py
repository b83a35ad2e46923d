"""Writes about messages: ask about an appointment, and answer what was asked.

Promises: the same form sent twice asks once, and of one appointment one question at most is open; only who holds
``MESSAGE_WRITE`` asks and only a desk with ``MESSAGE_ANSWER`` answers, nobody about their own record or one they see as
family; what was answered stays answered, by the first who did.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone

from carespace.access.chart import Chart, NotFound
from carespace.access.desk import Desk, refuse_own_record
from carespace.access.permissions import Permission
from carespace.audit.recording import About, Actor, record
from carespace.messaging.models import Communication, Thread
from carespace.messaging.states import Category, ThreadState, Wish, check_transition

CATEGORY = "requests"


class AskedAlready(RuntimeError):
    """Somebody has asked about this appointment, and the practice has not answered yet."""


class AnsweredAlready(RuntimeError):
    """A colleague was quicker."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one appointment: ``subject`` is the appointment in words, ``starts`` when it is.

    ``phone`` is where the practice may call back. ``form_id`` is that of the form: it makes one question of two clicks.
    Sent for another appointment the same form is another question: a browser may fill in again what it kept.
    """

    about_id: UUID
    subject: str
    starts: datetime | None
    wish: Wish
    words: str
    phone: str
    form_id: UUID

    @property
    def key(self) -> UUID:
        """What is the same for the same form about the same appointment, and for nothing else."""
        return uuid5(self.form_id, str(self.about_id))


@transaction.atomic
def ask_about_appointment(*, chart: Chart, question: Question, by: Actor) -> Thread:
    """Ask the front desk to change or cancel an appointment; return the thread, the first one's for a second click.

    Raises NotFound for who may not write, AskedAlready while another question about the appointment is open.
    """
    if Permission.MESSAGE_WRITE not in chart.permissions or by.user_id is None:
        raise NotFound
    thread = _thread(chart, question, by)
    # Of two at once the second waits here for the first, and then adds nothing.
    Thread.objects.bulk_create([thread], ignore_conflicts=True)
    mine = Thread.objects.visible_in(chart).filter(opened_by_id=by.user_id)
    kept = mine.filter(form_id=question.key).first()
    if kept is None:
        raise AskedAlready
    if kept.pk != thread.pk:
        return kept
    Communication(
        practice=chart.practice,
        patient=chart.patient,
        thread=kept,
        sent_at=kept.opened_at,
        sender_id=by.user_id,
        sender_name=by.name,
        on_behalf_of="" if chart.is_own else chart.patient.display_name,
        body=question.words,
    ).save(force_insert=True)
    record("appointment.ask", by=by, about=about(kept), detail={"wish": kept.wish})
    return kept


@transaction.atomic
def close(*, desk: Desk, thread_id: UUID, outcome: str, by: Actor) -> Thread:
    """Answer what was asked with ``outcome``, in words that the patient reads.

    Raises NotFound for what is not this desk's, ActRefused for one's own record, AnsweredAlready where a colleague was
    quicker.
    """
    if Permission.MESSAGE_ANSWER not in desk.permissions:
        raise NotFound
    ours = Thread.objects.filter(practice=desk.practice, category=Category.APPOINTMENT)
    thread = ours.filter(pk=thread_id).select_related("patient").first()
    if thread is None:
        raise NotFound
    refuse_own_record(desk, thread.patient)
    if thread.state != ThreadState.OPEN:
        raise AnsweredAlready
    check_transition(thread.state, ThreadState.CLOSED)
    closed = {
        "state": ThreadState.CLOSED,
        "closed_at": timezone.now(),
        "closed_by": by.user_id,
        "closed_by_name": by.name,
        "outcome": outcome,
    }
    # Of two answers at once the second finds no open thread any more.
    if not ours.filter(pk=thread_id, state=ThreadState.OPEN).update(**closed):
        raise AnsweredAlready
    record("request.close", by=by, about=about(thread))
    return thread


def about(thread: Thread) -> About:
    """Return what an audit event about ``thread`` says of it."""
    return About(thread.practice_id, thread.patient_id, CATEGORY, "Thread", str(thread.pk))


def _thread(chart: Chart, question: Question, by: Actor) -> Thread:
    return Thread(
        id=uuid4(),
        practice=chart.practice,
        patient=chart.patient,
        category=Category.APPOINTMENT,
        subject=question.subject,
        about_id=question.about_id,
        about_at=question.starts,
        wish=question.wish,
        phone=question.phone,
        form_id=question.key,
        opened_by_id=by.user_id,
        opened_by_name=by.name,
    )
