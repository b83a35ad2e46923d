"""``open_desk()``: the door to a practice's front-desk work, as ``open_chart()`` is to a patient's record.

Promises: it checks that the person works for the practice and that their role permits it, tells the database whose rows
this transaction may read, and writes who looked; staff of another practice, a role without the permission and a person
who works nowhere get the same NotFound. A desk shows who a patient is, never what is in the record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from carespace.access import signing
from carespace.access.actions import invite, one_at_a_time
from carespace.access.chart import STAFF, NotFound, SecondFactorMissing, actor_of
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import Permission, of_staff
from carespace.access.policies import (
    may_act_at_desk,
    may_invite_from_desk,
    plain_address,
)
from carespace.access.states import LIVE, GrantKind, Origin
from carespace.access.wording import deadline_text
from carespace.accounts.models import User
from carespace.audit.recording import About, Actor, record, record_aside
from carespace.patients.finding import find, near_twins, patient_at
from carespace.patients.models import Patient
from carespace.practices.lookup import by_host, workplaces
from carespace.practices.models import Practice, StaffMembership
from carespace.practices.policies import Decision
from carespace.practices.team import colleagues

OWN_KINDS = (GrantKind.SELF, GrantKind.REPRESENTATIVE)
NO_SIGN_IN, HAS_SIGN_IN = "No sign-in yet", "Has a sign-in"
SECOND_CLICK = timedelta(seconds=30)


class ActRefused(ValueError):
    """This is not for who works at this desk to do; the text is the reason's code."""


class InvitationRefused(ActRefused):
    """This patient is not invited at this address from this desk; the text is the reason's code."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A practice at whose front desk somebody works: which, in what role, who, and what they may do.

    ``email`` is their own sign-in address; ``sees_records`` whether they are a patient or family somewhere as well;
    ``several`` whether they work for other practices too.
    """

    practice: Practice
    role: str
    permissions: frozenset[Permission]
    actor: Actor
    email: str = ""
    sees_records: bool = False
    several: bool = False

    @property
    def user_id(self) -> UUID:
        """Who works at it."""
        if self.actor.user_id is None:
            raise TypeError(self.actor)
        return self.actor.user_id


@dataclass(frozen=True, slots=True)
class Found:
    """One page of patients, with what comes before and after it."""

    patients: tuple[Patient, ...]
    status: Mapping[UUID, str]
    twins: Mapping[UUID, str]
    page: int
    has_more: bool


def open_desk(
    user: User,
    permission: Permission,
    *,
    second_factor: bool,
    practice_id: UUID | None = None,
    host: str = "",
) -> Desk:
    """Open the desk of the practice ``user`` works for, or raise NotFound. Must run in a transaction.

    Of several practices it is ``practice_id``, the one they chose, else the one of ``host``, else where they have
    worked longest; what is chosen or asked for counts only where they work. ``second_factor``: whether this session
    has shown one; SecondFactorMissing for staff whose session has not.
    """
    signing.set_signed(signing.USER, user.pk)
    actor = replace(actor_of(user), kind=STAFF)
    memberships = workplaces(user.pk)
    membership = _desk_among(memberships, practice_id, host)
    permissions = of_staff(membership.role) if membership else frozenset()
    if membership is None or permission not in permissions:
        about = About(category="desk")
        record_aside("desk.refuse", by=actor, about=about, detail={"permission": permission})
        raise NotFound
    if not second_factor:
        raise SecondFactorMissing
    practice = membership.practice
    signing.work_for_practice(practice.pk, membership.role)
    about = About(practice_id=practice.pk, category="desk")
    record("desk.open", by=actor, about=about, detail={"permission": permission})
    sees = Grant.objects.active().filter(user=user).exists()
    several = len(memberships) > 1
    return Desk(practice, membership.role, permissions, actor, user.email, sees, several)


def find_patients(desk: Desk, text: str, page: int) -> Found:
    """Return page ``page`` (from 1) of the practice's patients that fit ``text``: name, birth date or number.

    Writes whom the page shows, never what was looked for: that may be a name.
    """
    patients, has_more = find(desk.practice.pk, text, page)
    shown = {"page": page, "patients": [str(patient.pk) for patient in patients]}
    about = About(desk.practice.pk, category="demographics", entity="Patient")
    record("patient.find", by=desk.actor, about=about, detail=shown)
    twins = near_twins(desk.practice.pk, patients)
    return Found(patients, portal_status(desk, patients), twins, page, has_more)


def one_patient(desk: Desk, patient_id: UUID) -> Patient:
    """Return a patient of the practice, and note the look; NotFound, noted aside, for anybody else's."""
    about = About(desk.practice.pk, patient_id, "demographics", "Patient", str(patient_id))
    patient = patient_at(desk.practice.pk, patient_id)
    if patient is None:
        record_aside("patient.refuse", by=desk.actor, about=about)
        raise NotFound
    record("patient.look-up", by=desk.actor, about=about)
    return patient


def portal_status(desk: Desk, patients: Iterable[Patient]) -> dict[UUID, str]:
    """Return, by patient id, whether each has a sign-in, an invitation, or neither."""
    identities = [patient.pk for patient in patients]
    status = dict.fromkeys(identities, NO_SIGN_IN)
    live = Invitation.objects.filter(
        patient_id__in=identities, kind=GrantKind.SELF, state__in=LIVE
    ).order_by("created_at")
    for invitation in live:
        status[invitation.patient_id] = _invited(invitation, desk.practice)
    seen = Grant.objects.active().filter(patient_id__in=identities, kind__in=OWN_KINDS)
    status.update(dict.fromkeys(seen.values_list("patient_id", flat=True), HAS_SIGN_IN))
    return status


def own_record(desk: Desk, patient: Patient) -> Decision:
    """Say whether ``patient``'s access may be changed from this desk by who works at it (T5, T23)."""
    return own_records(desk, [patient])[patient.pk]


def own_records(desk: Desk, patients: Iterable[Patient]) -> dict[UUID, Decision]:
    """Return, by patient id, what ``own_record`` says of each, in one query for all."""
    asked = list(patients)
    standing = Grant.objects.filter(user_id=desk.user_id, revoked_at__isnull=True)
    seen = set(standing.filter(patient__in=asked).values_list("patient_id", flat=True))
    return {
        patient.pk: may_act_at_desk(
            is_own=patient.pk in seen,
            is_own_address=bool(patient.email)
            and plain_address(patient.email) == plain_address(desk.email),
        )
        for patient in asked
    }


def refuse_own_record(desk: Desk, patient: Patient) -> None:
    """Raise ActRefused, noted aside, where who works at the desk is this patient or sees the record as family."""
    decision = own_record(desk, patient)
    if not decision.allowed:
        refuse(desk, patient, decision.reason)
        raise ActRefused(decision.reason)


def refuse(desk: Desk, patient: Patient, reason: str) -> None:
    """Write aside that an act at this desk was refused, with the reason's code."""
    about = About(desk.practice.pk, patient.pk, "access", "Patient", str(patient.pk))
    record_aside("desk.refuse-act", by=desk.actor, about=about, detail={"reason": reason})


def check_invitation(
    desk: Desk, patient: Patient, email: str, *, kind: str = GrantKind.SELF
) -> Decision:
    """Say whether ``patient`` (or who stands for them) may be invited at ``email`` from this desk.

    A refusal is written to the trail.
    """
    own = Grant.objects.active().filter(patient=patient, kind=GrantKind.SELF)
    decision = may_invite_from_desk(
        has_sign_in=kind == GrantKind.SELF and own.exists(),
        is_staff_address=_is_of_staff(email),
        is_own_address=plain_address(email) == plain_address(desk.email),
        role=desk.role,
    )
    if not decision.allowed:
        about = About(desk.practice.pk, patient.pk, "access", "Patient", str(patient.pk))
        detail = {"reason": decision.reason}
        record_aside("invitation.refuse", by=desk.actor, about=about, detail=detail)
    return decision


def invite_from_desk(*, desk: Desk, patient: Patient, email: str) -> Invitation:
    """Invite ``patient`` at ``email``; the mail is on its way when this transaction is kept (S-13).

    A second click of the same person returns the first one's invitation. Raises InvitationRefused, which undoes
    nothing, where ``check_invitation`` says no, and ActRefused for one's own record.
    """
    refuse_own_record(desk, patient)
    one_at_a_time(patient)
    decision = check_invitation(desk, patient, email)
    if not decision.allowed:
        raise InvitationRefused(decision.reason)
    return sent_just_now(desk, patient, email, GrantKind.SELF) or invite(
        patient=patient, email=email, kind=GrantKind.SELF, origin=Origin.DESK, by=desk.actor
    )


def sent_just_now(desk: Desk, patient: Patient, email: str, kind: str) -> Invitation | None:
    """Return the live link this person sent to ``email`` within the last half minute: a second click made it twice."""
    one_at_a_time(patient)
    return Invitation.objects.filter(
        patient=patient,
        kind=kind,
        email=User.objects.normalize_email(email),
        state__in=LIVE,
        created_by=desk.actor.user_id,
        created_at__gt=timezone.now() - SECOND_CLICK,
    ).first()


def _is_of_staff(email: str) -> bool:
    """Whether mail to ``email`` reaches somebody who works at the practice, under a +tag or in other letters too."""
    plain = plain_address(email)
    return any(plain_address(each.email) == plain for each in colleagues().values())


def _desk_among(
    memberships: list[StaffMembership], practice_id: UUID | None, host: str
) -> StaffMembership | None:
    """Return the membership whose desk is meant."""
    at = {each.practice_id: each for each in memberships}
    if practice_id in at:
        return at[practice_id]
    if len(memberships) > 1 and (practice := by_host(host)) and practice.pk in at:
        return at[practice.pk]
    return memberships[0] if memberships else None


def _invited(invitation: Invitation, practice: Practice) -> str:
    if invitation.expires_at is None:
        return "Invited, mail on its way"
    if invitation.expires_at <= timezone.now():
        return "Invited, link has ended"
    return f"Invited, link ends {deadline_text(invitation.expires_at, practice.zone)}"
