"""What waits for a practice's front desk: the questions about appointments, the longest waiting first (S-49).

Promises: through an open desk that may answer only; each list and each look at one is written to the trail, with whom it
showed; a question of another practice, and of another category, is not there; what is asked about one's own record, or
one that is seen as family, is a colleague's to read.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from carespace.access.chart import NotFound
from carespace.access.desk import Desk, own_records, refuse_own_record
from carespace.access.permissions import Permission
from carespace.audit.recording import About, record, record_aside
from carespace.messaging.actions import CATEGORY, about
from carespace.messaging.models import Communication, Thread
from carespace.messaging.states import Category, ThreadState

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Request:
    """One question with its words, the first message first."""

    thread: Thread
    messages: tuple[Communication, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page of questions that wait for an answer, the oldest first; ``own`` are those a colleague must answer."""

    threads: tuple[Thread, ...]
    own: frozenset[UUID]
    page: int
    has_more: bool


def waiting_count(desk: Desk) -> int:
    """Return how many questions wait."""
    return _open(desk).count()


def waiting(desk: Desk, page: int) -> Waiting:
    """Return page ``page`` (from 1) of what waits; writes whom it shows."""
    start = (page - 1) * PAGE_ROWS
    found = list(_with_patients(_open(desk))[start : start + PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    patients = sorted({str(thread.patient_id) for thread in shown})
    listed = About(desk.practice.pk, category=CATEGORY, entity="Thread")
    record("request.list", by=desk.actor, about=listed, detail={"page": page, "patients": patients})
    allowed = own_records(desk, [thread.patient for thread in shown])
    own = frozenset(each.pk for each in shown if not allowed[each.patient_id].allowed)
    return Waiting(tuple(shown), own, page, len(found) > PAGE_ROWS)


def one_request(desk: Desk, thread_id: UUID) -> Request:
    """Return one question, open or answered, and note the look; NotFound, noted aside, for anybody else's.

    Raises ActRefused, noted aside, for what is asked about one's own record.
    """
    thread = _with_patients(_ours(desk)).filter(pk=thread_id).first()
    if thread is None:
        refused = About(desk.practice.pk, entity="Thread", entity_id=str(thread_id))
        record_aside("request.refuse", by=desk.actor, about=refused)
        raise NotFound
    refuse_own_record(desk, thread.patient)
    record("request.open", by=desk.actor, about=about(thread))
    return Request(thread, tuple(thread.communications.order_by("sent_at", "pk")))


def _ours(desk: Desk) -> QuerySet[Thread]:
    if Permission.MESSAGE_ANSWER not in desk.permissions:
        raise NotFound
    return Thread.objects.filter(practice=desk.practice, category=Category.APPOINTMENT)


def _open(desk: Desk) -> QuerySet[Thread]:
    return _ours(desk).filter(state=ThreadState.OPEN)


def _with_patients(found: QuerySet[Thread]) -> QuerySet[Thread]:
    known = found.select_related("patient").prefetch_related("patient__identifiers")
    return known.order_by("opened_at", "pk")
