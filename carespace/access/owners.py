"""Tells those whose record it is, by mail, that somebody was let in or may come, and who lost their own access to it (T5).

Promises: whoever opens a door to a record, the front desk, who stands for the patient, the person at the server or a
stolen session, does not do it unseen; a person who lets themselves in tells nobody but the others. Part of another
action, whose audit event tells of it.
"""

from enum import StrEnum
from uuid import UUID

from django.db import connection

from carespace.access.models import Grant, Invitation
from carespace.access.states import GrantKind
from carespace.accounts.authentication import user_with_id
from carespace.audit.recording import Actor
from carespace.outbox.actions import queue_mail

ACCESS_MAIL = "access-changed"


class Change(StrEnum):
    """What happened, as the mail's words know it."""

    INVITED = "invited"
    INVITED_BY_YOU = "invited-by-you"
    MAY_SEE = "may-see"
    ENDED = "ended"


def tell_of_invitation(invitation: Invitation, by: Actor) -> None:
    """Queue a mail to each whose record it is; to who invited themselves too: their session may be a thief's."""
    for user_id in _owners(invitation.patient_id):
        own = user_id == by.user_id
        _queue(Change.INVITED_BY_YOU if own else Change.INVITED, user_id, invitation)


def tell_of_grant(grant: Grant) -> None:
    """Queue a mail to each whose record it is that one more person may see it, but not to that person."""
    for user_id in _owners(grant.patient_id) - {grant.user_id}:
        _queue(Change.MAY_SEE, user_id, grant)


def tell_of_end(grant: Grant, by: Actor) -> None:
    """Queue a mail to a patient whose own access somebody else ended; of family's nobody is told (PRX-4)."""
    if grant.kind == GrantKind.SELF and by.user_id != grant.user_id:
        _queue(Change.ENDED, grant.user_id, grant)


def _owners(patient_id: UUID) -> set[UUID]:
    """Return who sees the record as their own; where the patient does not sign in, who stands for them.

    The holder of a link learns it by a function, for that record only.
    """
    kinds = (GrantKind.SELF, GrantKind.REPRESENTATIVE)
    found = Grant.objects.active().filter(patient_id=patient_id, kind__in=kinds)
    owning = list(found.values_list("user_id", "kind"))
    own = {user_id for user_id, kind in owning if kind == GrantKind.SELF}
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.token_owners(%s)", [patient_id])
        return (own or {user_id for user_id, _ in owning}) | {each for (each,) in cursor.fetchall()}


def _queue(change: Change, user_id: UUID, thing: Invitation | Grant) -> None:
    user = user_with_id(user_id)
    if user is None or not user.is_active:
        return
    queue_mail(
        to_address=user.email,
        template=ACCESS_MAIL,
        context={
            "change": change,
            "user": str(user_id),
            "practice": str(thing.practice_id),
        },
        dedupe_key=f"{ACCESS_MAIL}:{change}:{thing.pk}:{user_id}",
        practice_id=thing.practice_id,
    )
