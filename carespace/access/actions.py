"""Writes about access: invite, withdraw, accept, grant, revoke."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from carespace.access import signing
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import of_grant
from carespace.access.policies import MOST_WRONG_BIRTH_DATES, expected_birth_date, may_accept
from carespace.access.states import GrantKind, InvitationState, Origin, check_transition
from carespace.access.tokens import hash_of, token_for
from carespace.accounts.models import User
from carespace.audit.recording import About, Actor, record
from carespace.outbox.actions import queue_mail
from carespace.patients.models import Patient

INVITATION_MAIL = "invitation"
ENDED = "ended by itself; a new grant follows"
WIDENED = "a new grant that permits more follows"
OPERATOR = "operator"


class LinkEnded(LookupError):
    """The link is unknown, used, replaced, expired or locked: one page answers them all."""


class SeesMoreAlready(LinkEnded):
    """The link would give less than its holder has, or as much of another kind: it changes nothing and stays unused.

    A page answers as it does for every link that does not work.
    """


class MayNotEnd(LookupError):
    """This grant is not for this person to end: the database shows it, and lets nobody else change it."""


class WrongBirthDate(ValueError):
    """The birth date is not the one on file; ``tries_left`` more before the link ends."""

    def __init__(self, tries_left: int) -> None:
        super().__init__("wrong birth date")
        self.tries_left = tries_left


@transaction.atomic
def invite(
    *,
    patient: Patient,
    email: str,
    kind: str,
    by: Actor,
    birth_date: date | None = None,
    origin: str = Origin.SERVER,
    basis: str = "",
    access_ends_at: datetime | None = None,
) -> Invitation:
    """Send a link to ``email`` for ``patient``'s record; an earlier live link to it ends (S-13, D-6).

    ``basis`` says by what right a representative sees the record, ``access_ends_at`` when that ends (PRX-5).
    """
    address = User.objects.normalize_email(email)
    with connection.cursor() as cursor:
        # One at a time for a patient. Not the patient's row: who invites may not change it, so cannot lock it.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(patient.pk)])
    for earlier in Invitation.objects.select_for_update().filter(
        patient=patient, email=address, state__in=(InvitationState.QUEUED, InvitationState.SENT)
    ):
        _move(earlier, InvitationState.REPLACED)
    identity = uuid4()
    invitation = Invitation(
        id=identity,
        practice_id=patient.practice_id,
        patient=patient,
        email=address,
        kind=kind,
        birth_date=birth_date,
        origin=Origin(origin),
        basis=basis,
        access_ends_at=access_ends_at,
        token_hash=hash_of(token_for(identity)),
        created_by=by.user_id,
    )
    invitation.save(force_insert=True)
    record("invitation.create", by=by, about=_about(invitation), detail={"kind": kind})
    queue_mail(
        to_address=address,
        template=INVITATION_MAIL,
        context={"invitation": str(identity), "practice": str(patient.practice_id)},
        dedupe_key=f"invitation:{identity}",
        practice_id=patient.practice_id,
    )
    return invitation


@transaction.atomic
def note_handed_over(*, invitation: Invitation, ttl_hours: int, by: Actor) -> None:
    """Start the clock: the link lives ``ttl_hours`` from now (D-5). A retry moves it on; a sent mail does not."""
    if invitation.state == InvitationState.QUEUED:
        _move(invitation, InvitationState.SENT)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + timedelta(hours=ttl_hours)
    invitation.save(update_fields=["sent_at", "expires_at"])
    record("invitation.send", by=by, about=_about(invitation))


def open_link(token: str) -> Invitation:
    """Return the invitation of a link that still works, and let this transaction read it; else LinkEnded.

    Reading changes nothing: a mail scanner that opens the link does not use it up (T8).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.find_invitation(%s)", [hash_of(token)])
        (identity,) = cursor.fetchone()
    if identity is None:
        raise LinkEnded
    signing.set_signed(signing.TOKEN, identity)
    invitation = Invitation.objects.select_related("patient", "practice").get(pk=identity)
    if not may_accept(invitation, timezone.now()).allowed:
        raise LinkEnded
    return invitation


def check_birth_date(*, invitation: Invitation, birth_date: date, by: Actor) -> None:
    """Compare with the date on file; five wrong ones end the link (product.md part 2).

    The count is kept although WrongBirthDate is raised: the raise comes after the transaction's own block.
    """
    left = _count_if_wrong(invitation, birth_date, by)
    if left is not None:
        raise WrongBirthDate(left)


@transaction.atomic
def _count_if_wrong(invitation: Invitation, birth_date: date, by: Actor) -> int | None:
    locked = hold(invitation)
    if birth_date == expected_birth_date(invitation):
        return None
    locked.wrong_birth_dates += 1
    locked.save(update_fields=["wrong_birth_dates"])
    left = MOST_WRONG_BIRTH_DATES - locked.wrong_birth_dates
    record("invitation.birth-date", by=by, about=_about(locked), detail={"tries_left": left})
    if left <= 0:
        _move(locked, InvitationState.LOCKED)
    return left


def hold(invitation: Invitation) -> Invitation:
    """Return the invitation's row as it is now, locked until the transaction ends; LinkEnded if it works no more.

    Of two clicks at once the second waits here and then finds the link used.
    """
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not may_accept(locked, timezone.now()).allowed:
        raise LinkEnded
    return locked


@transaction.atomic
def accept(*, invitation: Invitation, user: User, by: Actor) -> Grant:
    """Use the link up: ``user`` gets the Grant. A second use, or a second click, raises LinkEnded."""
    locked = hold(invitation)
    if locked.email != user.email:
        raise LinkEnded
    locked.accepted_at, locked.accepted_by = timezone.now(), user.pk
    _move(locked, InvitationState.ACCEPTED, "accepted_at", "accepted_by")
    record("invitation.accept", by=by, about=_about(locked))
    return grant_access(
        user=user,
        patient=invitation.patient,
        kind=locked.kind,
        basis=f"invitation {locked.pk}",
        ends_at=locked.access_ends_at,
        by=by,
    )


@transaction.atomic
def grant_access(
    *,
    user: User,
    patient: Patient,
    kind: str,
    basis: str,
    by: Actor,
    ends_at: datetime | None = None,
) -> Grant:
    """Let ``user`` see ``patient``'s record; one of the same kind that counts already is returned as it is.

    A grant that ended by itself, or that permits less than the new kind, is closed in the name of who comes back and
    stays closed. Raises SeesMoreAlready, and changes nothing, where a grant of another kind permits as much or more.
    """
    signing.set_signed(signing.USER, user.pk)
    existing = Grant.objects.filter(user=user, patient=patient, revoked_at__isnull=True).first()
    if existing is not None:
        has_ended = existing.has_ended(timezone.now())
        if not has_ended and existing.kind == kind:
            return existing
        if not has_ended and not of_grant(existing.kind) < of_grant(kind):
            raise SeesMoreAlready
        closer = by if by.user_id else Actor(user_id=user.pk, name=user.name)
        _close(existing, ENDED if has_ended else WIDENED, closer)
    grant = Grant(
        user=user,
        patient=patient,
        practice_id=patient.practice_id,
        kind=GrantKind(kind),
        basis=basis,
        ends_at=ends_at,
        granted_by=by.user_id,
    )
    grant.save(force_insert=True)
    about = About(patient.practice_id, patient.pk, "access", "Grant", str(grant.pk))
    record("grant.create", by=by, about=about, detail={"kind": kind, "user": str(user.pk)})
    return grant


@transaction.atomic
def revoke(*, grant: Grant, reason: str, by: Actor) -> None:
    """End a grant for good: it never comes back, a new invitation makes a new one (D-7).

    ``by`` is a person, or the operator at the server, who has a name and no id; ValueError for anybody else, MayNotEnd
    where it is not theirs to end. A grant that ended before stays as it is.
    """
    if by.user_id is None and not (by.kind == OPERATOR and by.name):
        message = "A person revokes, not the system."
        raise ValueError(message)
    _close(grant, reason, by)


@transaction.atomic
def withdraw(*, invitation: Invitation, reason: str, by: Actor) -> None:
    """End a link before it is used; its waiting mail is dropped. TransitionRefused where it ended already."""
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    _move(locked, InvitationState.WITHDRAWN)
    record("invitation.withdraw", by=by, about=_about(locked), reason=reason)


def _close(grant: Grant, reason: str, by: Actor) -> None:
    # A row that may not be changed cannot be locked either: the database leaves it out.
    found = Grant.objects.select_for_update().filter(pk=grant.pk, revoked_at__isnull=True)
    locked = found.first()
    if locked is None:
        if Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True).exists():
            raise MayNotEnd
        return
    locked.revoked_at, locked.reason = timezone.now(), reason
    locked.revoked_by, locked.revoked_by_name = by.user_id, by.name
    locked.save(update_fields=["revoked_at", "revoked_by", "revoked_by_name", "reason"])
    about = About(locked.practice_id, locked.patient_id, "access", "Grant", str(locked.pk))
    record("grant.revoke", by=by, about=about, reason=reason)


def _move(invitation: Invitation, state: str, *also: str) -> None:
    check_transition(invitation.state, state)
    invitation.state = state
    invitation.save(update_fields=["state", *also])


def _about(invitation: Invitation) -> About:
    return About(
        practice_id=invitation.practice_id,
        patient_id=invitation.patient_id,
        category="access",
        entity="Invitation",
        entity_id=str(invitation.pk),
    )
