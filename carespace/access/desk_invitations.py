"""The invitations of a practice as its front desk works through them: where each stands, and what it needs (S-13 to S-20).

Promises: the list that needs somebody holds only those from the desk or the server, for a patient's own are the
patient's affair (D-6); of these only the ones that five wrong birth dates locked are told, for somebody tried a link
that was not theirs (T9). On the patient's page, who may invite sees the patient's own as well and may withdraw one with
a reason, for they answer when a patient calls (S-70); a nurse or a clinician sees none of them, and nobody at a desk
sends one of them again. One that a newer link took the place of, or whose patient has a sign-in meanwhile, needs nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from carespace.access.actions import one_at_a_time, resend, withdraw
from carespace.access.chart import NotFound
from carespace.access.desk import (
    ActRefused,
    Desk,
    InvitationRefused,
    check_invitation,
    refuse,
    refuse_own_record,
)
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import Permission
from carespace.access.policies import right_has_ended
from carespace.access.states import LIVE, GrantKind, InvitationState, Origin
from carespace.accounts.others import Person
from carespace.audit.recording import About, record, record_aside
from carespace.practices.team import colleagues

PAGE_ROWS = 50
ATTENTION_FOR = timedelta(days=60)  # what nobody saw to in that time is listed by its state only
LATELY = timedelta(days=14)
OTHER_SENDER = "Somebody who worked here"
SENDERS = {Origin.PATIENT: "The patient or family", Origin.SERVER: "The office, at the server"}


class Heap(StrEnum):
    """What an invitation needs, as the desk sorts them."""

    ASKED = "asked"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    LOCKED = "locked"
    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"


NEEDING = (Heap.ASKED, Heap.BOUNCED, Heap.EXPIRED, Heap.LOCKED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One invitation in its heap, with who sent it."""

    invitation: Invitation
    heap: Heap
    sender: str


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of invitations, with how many each heap holds."""

    rows: tuple[Waiting, ...]
    counts: Mapping[Heap, int]
    page: int
    has_more: bool


def attention_count(desk: Desk) -> int:
    """Return how many invitations of the practice need somebody."""
    return _sorted_out(desk, timezone.now()).filter(heap__in=NEEDING).count()


def queue(desk: Desk, heap: Heap | None, page: int) -> Queue:
    """Return page ``page`` (from 1) of the invitations in ``heap``, the oldest first; None: all that need somebody.

    Accepted ones come newest first. Writes whom the page shows.
    """
    sorted_out = _sorted_out(desk, timezone.now())
    numbers = sorted_out.order_by().values_list("heap").annotate(number=Count("pk"))
    counts = {Heap(name): number for name, number in numbers}
    wanted = sorted_out.filter(heap__in=[heap] if heap else NEEDING)
    order = "-accepted_at" if heap is Heap.ACCEPTED else "created_at"
    found = wanted.select_related("patient", "practice").order_by(order, "pk")
    found = found.prefetch_related("patient__identifiers")
    start = (page - 1) * PAGE_ROWS
    listed = list(found[start : start + PAGE_ROWS + 1])
    rows = _with_senders(listed[:PAGE_ROWS])
    about = About(desk.practice.pk, category="demographics", entity="Invitation")
    shown = sorted({str(row.invitation.patient_id) for row in rows})
    record("invitation.list", by=desk.actor, about=about, detail={"page": page, "patients": shown})
    return Queue(tuple(rows), counts, page, len(listed) > PAGE_ROWS)


def of_patient(desk: Desk, patient_id: UUID) -> list[Waiting]:
    """Return the newest invitations to this patient's record, the newest first.

    Those that the patient or family sent are among them only where the desk may withdraw them.
    """
    every = _annotated(Invitation.objects.filter(practice=desk.practice), timezone.now())
    if Permission.PATIENT_INVITE not in desk.permissions:
        every = every.exclude(origin=Origin.PATIENT)
    mine = every.filter(patient_id=patient_id).select_related("patient", "practice")
    return _with_senders(list(mine.order_by("-created_at", "pk")[:PAGE_ROWS]))


def one_invitation(desk: Desk, invitation_id: UUID) -> Waiting:
    """Return an invitation of the practice; NotFound, noted aside, for anybody else's."""
    every = _annotated(Invitation.objects.filter(practice=desk.practice), timezone.now())
    known = every.filter(patient__merged_into__isnull=True)
    found = known.select_related("patient", "practice").filter(pk=invitation_id).first()
    if found is None:
        about = About(desk.practice.pk, entity="Invitation", entity_id=str(invitation_id))
        record_aside("invitation.refuse", by=desk.actor, about=about)
        raise NotFound
    return _with_senders([found])[0]


@transaction.atomic
def resend_from_desk(*, desk: Desk, invitation: Invitation, email: str = "") -> Invitation:
    """Send a new link for ``invitation``, at ``email`` where the address is corrected; the old one ends (S-18, D-6).

    Raises InvitationRefused with the reason's code: ``newer`` where a second click finds that it was done.
    """
    refuse_own_record(desk, invitation.patient)
    # Of two clicks at once the second waits, and finds the first one's link.
    one_at_a_time(invitation.patient)
    now = one_invitation(desk, invitation.pk)
    if reason := why_not_resend(now):
        refuse(desk, invitation.patient, reason)
        raise InvitationRefused(reason)
    old, address = now.invitation, email or invitation.email
    decision = check_invitation(desk, old.patient, address, kind=old.kind)
    if not decision.allowed:
        raise InvitationRefused(decision.reason)
    return resend(invitation=old, by=desk.actor, origin=Origin.DESK, email=address)


@transaction.atomic
def withdraw_from_desk(*, desk: Desk, invitation: Invitation, reason: str) -> None:
    """End a link before it is used; one that has ended already stays as it is.

    Raises ActRefused: ``accepted`` where the person was quicker.
    """
    refuse_own_record(desk, invitation.patient)
    one_at_a_time(invitation.patient)
    locked = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if locked is not None and locked.state == InvitationState.ACCEPTED:
        raise ActRefused("accepted")
    if locked is not None and locked.state in LIVE:
        withdraw(invitation=locked, reason=reason, by=desk.actor)


def why_not_resend(waiting: Waiting) -> str:
    """Return the code of why no new link goes out for this invitation; empty where one may."""
    if waiting.invitation.origin == Origin.PATIENT:
        return "patients-own"
    if waiting.heap is Heap.ACCEPTED or waiting.invitation.state == InvitationState.ACCEPTED:
        return "accepted"
    if right_has_ended(waiting.invitation, timezone.now()):
        return "right-ended"
    return "newer" if waiting.heap is Heap.DONE else ""


def can_withdraw(waiting: Waiting, at: datetime) -> bool:
    """Whether the link still works, so that there is something to end."""
    ends = waiting.invitation.expires_at
    return waiting.invitation.state in LIVE and (ends is None or ends > at)


def _sorted_out(desk: Desk, at: datetime) -> QuerySet[Any, Any]:
    ours = Q(origin__in=(Origin.DESK, Origin.SERVER)) | Q(state=InvitationState.LOCKED)
    lately = at - ATTENTION_FOR
    recent = Q(created_at__gte=lately) | Q(asked_again_at__gte=lately)
    found = Invitation.objects.filter(
        ours, recent, practice=desk.practice, patient__merged_into__isnull=True
    )
    return _annotated(found, at)


def _annotated(found: QuerySet[Invitation], at: datetime) -> QuerySet[Any, Any]:
    """Note beside each invitation in which heap it lies at ``at``."""
    state = InvitationState
    past = Q(state=state.EXPIRED) | Q(state=state.SENT, expires_at__lte=at)
    asked = Q(asked_again_at__isnull=False) & ~Q(origin=Origin.PATIENT)
    heaps = (
        (Q(state=state.ACCEPTED, accepted_at__gte=at - LATELY), Heap.ACCEPTED),
        (Q(state=state.ACCEPTED) | Q(Exists(_newer())) | Q(_has_sign_in(at)), Heap.DONE),
        (asked, Heap.ASKED),
        (past, Heap.EXPIRED),
        (Q(state=state.BOUNCED), Heap.BOUNCED),
        (Q(state=state.LOCKED), Heap.LOCKED),
        (Q(state=state.QUEUED), Heap.WAITING),
        (Q(state=state.SENT), Heap.SENT),
    )
    cases = [When(condition, then=Value(heap.value)) for condition, heap in heaps]
    return found.annotate(
        heap=Case(*cases, default=Value(Heap.DONE.value), output_field=CharField())
    )


def _newer() -> QuerySet[Invitation]:
    """The later links to the same record for the same person: at this address, or at another one."""
    same = Q(email=OuterRef("email")) | (
        Q(kind=OuterRef("kind")) & (Q(kind=GrantKind.SELF) | Q(birth_date=OuterRef("birth_date")))
    )
    after = Invitation.objects.filter(created_at__gt=OuterRef("created_at"))
    return after.filter(same, patient_id=OuterRef("patient_id"))


def _has_sign_in(at: datetime) -> Q:
    own = Grant.objects.active(at).filter(patient_id=OuterRef("patient_id"), kind=GrantKind.SELF)
    return Q(Exists(own), kind=GrantKind.SELF)


def _with_senders(found: list[Invitation]) -> list[Waiting]:
    people = colleagues() if found else {}
    return [
        Waiting(each, Heap(each.heap), _sender(each, people))  # type: ignore[attr-defined]
        for each in found
    ]


def _sender(invitation: Invitation, people: Mapping[UUID, Person]) -> str:
    words = SENDERS.get(Origin(invitation.origin))
    known = people.get(invitation.created_by) if invitation.created_by else None
    return words or (known.name if known else OTHER_SENDER)
