"""Writes about access: invite, resend, ask again, withdraw, accept, grant, revoke.

Promises: of the links to one address for one record the newest works at most; whoever loses access loses with it every
link that would give it back, and every one they sent (T4); whose record it is hears of whoever comes in (T5). Each
holds the record first (``one_at_a_time``), then a link, then a grant: of two at once one waits, and none ends the other.
"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from carespace.access import signing
from carespace.access.models import Grant, Invitation, StaffVisit
from carespace.access.owners import tell_of_end, tell_of_grant, tell_of_invitation
from carespace.access.permissions import Permission, of_grant
from carespace.access.policies import (
    MOST_WRONG_BIRTH_DATES,
    expected_birth_date,
    may_accept,
    may_ask_again,
)
from carespace.access.states import (
    LIVE,
    TRANSITIONS,
    GrantKind,
    InvitationState,
    Origin,
    check_transition,
)
from carespace.access.tokens import hash_of, token_for
from carespace.accounts.authentication import user_with_id
from carespace.accounts.models import User
from carespace.audit.recording import About, Actor, record
from carespace.outbox.actions import queue_mail
from carespace.patients.models import Patient

INVITATION_MAIL = "invitation"
ASKED_AGAIN_MAIL = "asked-again"
LINK_LOCKED_MAIL = "link-locked"
HOLDER = Actor(user_id=None, name="holder of an invitation", kind="visitor")
WITH_THE_ACCESS = "the access it would give was ended"
WITH_THE_SENDER = "the access of who sent it was ended"
ENDED = "ended by itself; a new grant follows"
WIDENED = "a new grant that permits more follows"
FOLLOWED = (ENDED, WIDENED)
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
    is_new: bool = True,
) -> Invitation:
    """Send a link to ``email`` for ``patient``'s record; an earlier live link to it ends (S-13, D-6).

    ``basis`` says by what right a representative sees the record, ``access_ends_at`` when that ends (PRX-5). Whose
    record it is hears of it by mail, unless it ``is_new`` no more: they heard of the one it takes the place of.
    """
    address = User.objects.normalize_email(email)
    one_at_a_time(patient.pk)
    earlier = Invitation.objects.filter(patient=patient, email=address)
    for live in earlier.filter(state__in=LIVE).select_for_update():
        _move(live, InvitationState.REPLACED)
    # Whoever asked for a new link has it now.
    earlier.filter(asked_again_at__isnull=False).update(asked_again_at=None)
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
    if is_new:
        tell_of_invitation(invitation, by)
    return invitation


def one_at_a_time(patient: Patient | UUID) -> None:
    """Let nobody else change the access to this record until the transaction ends; the second sees what the first did.

    To be held before any link or grant is locked; every statement afterwards reads what was kept meanwhile.
    """
    identity = patient.pk if isinstance(patient, Patient) else patient
    with connection.cursor() as cursor:
        # Not the patient's row: who invites may not change it, so cannot lock it.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(identity)])


@transaction.atomic
def resend(
    *, invitation: Invitation, by: Actor, origin: str, email: str | None = None
) -> Invitation:
    """Send a new link in place of ``invitation``'s, of the same kind, birth date, basis and end (S-68, D-6).

    The old link ends, if it has not. ``email`` corrects the address: the link at the old one ends as well. ``origin``
    says who sends it now, and so where its holder's next question goes. TransitionRefused for one that was accepted.
    """
    one_at_a_time(invitation.patient_id)
    old = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if old.state in LIVE or old.state == InvitationState.ACCEPTED:
        _move(old, InvitationState.REPLACED)
    if old.asked_again_at is not None:
        old.asked_again_at = None
        old.save(update_fields=["asked_again_at"])
    return invite(
        patient=invitation.patient,
        email=email or old.email,
        kind=old.kind,
        by=by,
        birth_date=old.birth_date,
        origin=origin,
        basis=old.basis,
        access_ends_at=old.access_ends_at,
        is_new=email is not None and User.objects.normalize_email(email) != old.email,
    )


@transaction.atomic
def ask_again(*, token: str) -> None:
    """Pass on that the holder of an ended link would like a new one (S-18, S-69, D-6).

    It is noted at the newest link of that record and address, where the front desk and Manage Users show it, and the
    patient who sent it gets one mail. Nothing happens, and nothing tells it apart, where a link still works or is on
    its way, was used, was withdrawn, went to an address that was corrected since, or is unknown.
    """
    newest = _newest_like(_find(token))
    if newest is None or not may_ask_again(newest, timezone.now()).allowed:
        return
    newest.asked_again_at = timezone.now()
    newest.save(update_fields=["asked_again_at"])
    record("invitation.ask-again", by=HOLDER, about=_about(newest))
    _tell_inviter(newest, ASKED_AGAIN_MAIL)


def _find(token: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.find_invitation(%s)", [hash_of(token)])
        (identity,) = cursor.fetchone()
    found: UUID | None = identity
    return found


def _newest_like(identity: UUID | None) -> Invitation | None:
    """Return the newest link of the same record, kind and address, locked; the same work is done for None."""
    signing.set_signed(signing.TOKEN, identity or uuid4())
    asked = Invitation.objects.filter(pk=identity or uuid4())
    one_at_a_time(asked.values_list("patient_id", flat=True).first() or uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.newest_link()")
        (newest,) = cursor.fetchone()
    signing.set_signed(signing.TOKEN, newest or uuid4())
    return Invitation.objects.select_for_update(of=("self",)).filter(pk=newest).first()


def _tell_inviter(invitation: Invitation, template: str) -> None:
    """Queue one mail to the person who sent ``invitation`` in Manage Users; the front desk sees it in its list."""
    if invitation.origin != Origin.PATIENT or invitation.created_by is None:
        return
    inviter = user_with_id(invitation.created_by)
    if inviter is None or not inviter.is_active:
        return
    queue_mail(
        to_address=inviter.email,
        template=template,
        context={"invitation": str(invitation.pk), "practice": str(invitation.practice_id)},
        dedupe_key=f"{template}:{invitation.pk}",
        practice_id=invitation.practice_id,
    )


@transaction.atomic
def note_handed_over(
    *, invitation: Invitation, ttl_hours: int, by: Actor, at: datetime | None = None
) -> None:
    """Start the clock: the link lives ``ttl_hours`` from ``at``, when the mail was written (D-5); from now without it."""
    if invitation.state == InvitationState.QUEUED:
        _move(invitation, InvitationState.SENT)
    invitation.sent_at = at or timezone.now()
    invitation.expires_at = end_of_link(invitation.sent_at, ttl_hours)
    invitation.save(update_fields=["sent_at", "expires_at"])
    record("invitation.send", by=by, about=_about(invitation))


def end_of_link(at: datetime, ttl_hours: int) -> datetime:
    """Return until when a link works whose mail was written ``at`` (D-5)."""
    return at + timedelta(hours=ttl_hours)


def open_link(token: str) -> Invitation:
    """Return the invitation of a link that still works, and let this transaction read it; else LinkEnded.

    Reading changes nothing: a mail scanner that opens the link does not use it up (T8).
    """
    identity = _find(token)
    if identity is None:
        raise LinkEnded
    signing.set_signed(signing.TOKEN, identity)
    # The database shows whose record it is while the link works only.
    found = Invitation.objects.select_related("patient", "practice").filter(pk=identity)
    invitation = found.first()
    if invitation is None or not may_accept(invitation, timezone.now()).allowed:
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
        _tell_inviter(locked, LINK_LOCKED_MAIL)
    return left


def hold(invitation: Invitation) -> Invitation:
    """Return the invitation's row as it is now, locked until the transaction ends; LinkEnded if it works no more.

    Of two clicks at once the second waits here and then finds the link used.
    """
    one_at_a_time(invitation.patient_id)
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
    basis = f"invitation {locked.pk}"
    grant = grant_access(
        user=user,
        patient=invitation.patient,
        kind=locked.kind,
        basis=basis,
        ends_at=locked.access_ends_at,
        by=by,
    )
    if grant.basis == basis:  # else it is the one they had: nobody new sees the record
        tell_of_grant(grant)
    return grant


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
    one_at_a_time(patient.pk)
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

    Links to the same record that wait unused at the person's address end with it, and those that they sent, if they
    could manage users. Of family's and representatives' nobody is mailed: that access was ended may be what a patient
    in danger would not have told (PRX-4). A patient is told who ended theirs: the office. Where the person came back
    meanwhile by a link, and another grant stands in the place of this one, that one ends.
    ``by`` is a person, or the operator at the server, who has a name and no id; ValueError for anybody else, MayNotEnd
    where it is not theirs to end. A grant that ended before stays as it is.
    """
    if by.user_id is None and not (by.kind == OPERATOR and by.name):
        message = "A person revokes, not the system."
        raise ValueError(message)
    one_at_a_time(grant.patient_id)
    grant = in_its_place(grant)
    if not _close(grant, reason, by):
        return
    holder = user_with_id(grant.user_id)
    at_theirs = Q(email=holder.email if holder else "")
    sent = Q(created_by=grant.user_id) if Permission.USERS_MANAGE in of_grant(grant.kind) else Q()
    unused = Invitation.objects.filter(patient_id=grant.patient_id, state__in=LIVE)
    for link in unused.filter(at_theirs | sent).order_by("pk").select_for_update(of=("self",)):
        is_theirs = holder is not None and link.email == holder.email
        why = WITH_THE_ACCESS if is_theirs else WITH_THE_SENDER
        withdraw(invitation=link, reason=why, by=by)
    tell_of_end(grant, by)


def in_its_place(grant: Grant) -> Grant:
    """Return the grant that followed ``grant`` when its holder accepted another link; ``grant`` itself where none did."""
    replaced = Grant.objects.filter(pk=grant.pk, revoked_at__isnull=False, reason__in=FOLLOWED)
    if not replaced.exists():
        return grant
    standing = Grant.objects.filter(
        user_id=grant.user_id, patient_id=grant.patient_id, revoked_at__isnull=True
    )
    return standing.first() or grant


@transaction.atomic
def withdraw(*, invitation: Invitation, reason: str, by: Actor) -> None:
    """End a link before it is used; its waiting mail is dropped. TransitionRefused where it ended already."""
    one_at_a_time(invitation.patient_id)
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    _move(locked, InvitationState.WITHDRAWN)
    record("invitation.withdraw", by=by, about=_about(locked), reason=reason)


@transaction.atomic
def note_bounced(*, invitation: Invitation, why: str, by: Actor) -> None:
    """End a link whose mail did not arrive (``why``: refused, given-up, bounced); one that ended or was used stays."""
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if InvitationState.BOUNCED not in TRANSITIONS[locked.state]:
        return
    _move(locked, InvitationState.BOUNCED)
    record("invitation.bounce", by=by, about=_about(locked), detail={"why": why})


@transaction.atomic
def start_visit(*, patient: Patient, reason: str, ends_at: datetime, by: Actor) -> StaffVisit:
    """Let the member of staff ``by`` open this record until ``ends_at``, for a ``reason`` the patient sees (T23)."""
    if by.user_id is None:
        message = "A person opens a record, not the system."
        raise ValueError(message)
    visit = StaffVisit(
        practice_id=patient.practice_id,
        patient=patient,
        user_id=by.user_id,
        reason=reason,
        ends_at=ends_at,
    )
    visit.save(force_insert=True)
    about = About(patient.practice_id, patient.pk, "record", "StaffVisit", str(visit.pk))
    record("visit.open", by=by, about=about, reason=reason)
    return visit


@transaction.atomic
def end_visit(*, visit: StaffVisit, by: Actor) -> None:
    """End a visit now: the record is closed at the next request (AUD-1: exit)."""
    visit.ends_at = timezone.now()
    visit.save(update_fields=["ends_at"])
    about = About(visit.practice_id, visit.patient_id, "record", "StaffVisit", str(visit.pk))
    record("visit.close", by=by, about=about)


@transaction.atomic
def end_visits_of(*, user_id: UUID, by: Actor) -> None:
    """End every open visit of a member of staff: what they opened records with is no longer theirs (T23).

    At a practice's desk those to its own records; only a manager's desk may.
    """
    for visit in StaffVisit.objects.open().filter(user_id=user_id):
        end_visit(visit=visit, by=by)


def _close(grant: Grant, reason: str, by: Actor) -> bool:
    """End ``grant``; False where it had been ended before."""
    # A row that may not be changed cannot be locked either: the database leaves it out.
    found = Grant.objects.select_for_update().filter(pk=grant.pk, revoked_at__isnull=True)
    locked = found.first()
    if locked is None:
        if Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True).exists():
            raise MayNotEnd
        return False
    locked.revoked_at, locked.reason = timezone.now(), reason
    locked.revoked_by, locked.revoked_by_name = by.user_id, by.name
    locked.save(update_fields=["revoked_at", "revoked_by", "revoked_by_name", "reason"])
    about = About(locked.practice_id, locked.patient_id, "access", "Grant", str(locked.pk))
    record("grant.revoke", by=by, about=about, reason=reason)
    return True


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
