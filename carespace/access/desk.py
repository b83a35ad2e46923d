"""``open_desk()``: the door to a practice's front-desk work, as ``open_chart()`` is to a patient's record.

Promises: it checks that the person works for the practice and that their role permits it, tells the database whose rows
this transaction may read, and writes who looked; staff of another practice, a role without the permission and a person
who works nowhere get the same NotFound. A desk shows who a patient is, never what is in the record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone

from carespace.access import signing
from carespace.access.actions import invite
from carespace.access.chart import STAFF, NotFound, actor_of
from carespace.access.mail import deadline_text
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import Permission, of_staff
from carespace.access.policies import Decision, may_invite_from_desk
from carespace.access.states import GrantKind, InvitationState, Origin
from carespace.accounts.authentication import user_with_email
from carespace.accounts.models import User
from carespace.audit.recording import About, Actor, record, record_aside
from carespace.patients.finding import find, patient_at
from carespace.patients.models import Patient
from carespace.practices.models import Practice, StaffMembership

OWN_KINDS = (GrantKind.SELF, GrantKind.REPRESENTATIVE)
LIVE = (InvitationState.QUEUED, InvitationState.SENT)


class SecondFactorMissing(RuntimeError):
    """Staff work with a second factor only (AUTH-8): this session showed none."""


class InvitationRefused(ValueError):
    """This patient is not invited at this address from this desk; the text is the reason's code."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A practice at whose front desk somebody works: which, in what role, who, and what they may do."""

    practice: Practice
    role: str
    permissions: frozenset[Permission]
    actor: Actor


@dataclass(frozen=True, slots=True)
class Found:
    """One page of patients, with what comes before and after it."""

    patients: tuple[Patient, ...]
    status: Mapping[UUID, str]
    page: int
    has_more: bool


def open_desk(user: User, permission: Permission, *, second_factor: bool) -> Desk:
    """Open the desk of the practice ``user`` works for, or raise NotFound. Must run in a transaction.

    ``second_factor``: whether this session has shown one; SecondFactorMissing for staff whose session has not.
    """
    signing.set_signed(signing.USER, user.pk)
    actor = replace(actor_of(user), kind=STAFF)
    for membership in _memberships(user):
        permissions = of_staff(membership.role)
        if permission in permissions:
            if not second_factor:
                raise SecondFactorMissing
            practice = membership.practice
            signing.work_for_practice(practice.pk, membership.role)
            about = About(practice_id=practice.pk, category="desk")
            record("desk.open", by=actor, about=about, detail={"permission": permission})
            return Desk(practice, membership.role, permissions, actor)
    about = About(category="desk")
    record_aside("desk.refuse", by=actor, about=about, detail={"permission": permission})
    raise NotFound


def find_patients(desk: Desk, text: str, page: int) -> Found:
    """Return page ``page`` (from 1) of the practice's patients that fit ``text``: name, birth date or number.

    Writes whom the page shows, never what was looked for: that may be a name.
    """
    patients, has_more = find(desk.practice.pk, text, page)
    shown = {"page": page, "patients": [str(patient.pk) for patient in patients]}
    about = About(desk.practice.pk, category="demographics", entity="Patient")
    record("patient.find", by=desk.actor, about=about, detail=shown)
    return Found(patients, portal_status(desk, patients), page, has_more)


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
    status = dict.fromkeys(identities, "No sign-in yet")
    live = Invitation.objects.filter(
        patient_id__in=identities, kind=GrantKind.SELF, state__in=LIVE
    ).order_by("created_at")
    for invitation in live:
        status[invitation.patient_id] = _invited(invitation, desk.practice)
    seen = Grant.objects.active().filter(patient_id__in=identities, kind__in=OWN_KINDS)
    status.update(dict.fromkeys(seen.values_list("patient_id", flat=True), "Has a sign-in"))
    return status


def check_invitation(desk: Desk, patient: Patient, email: str) -> Decision:
    """Say whether ``patient`` may be invited at ``email`` from this desk; a refusal is written to the trail."""
    user = user_with_email(email)
    staff = StaffMembership.objects.filter(practice=desk.practice, ended_at__isnull=True)
    decision = may_invite_from_desk(
        has_sign_in=Grant.objects.active().filter(patient=patient, kind=GrantKind.SELF).exists(),
        is_staff_address=user is not None and staff.filter(user_id=user.pk).exists(),
        role=desk.role,
    )
    if not decision.allowed:
        about = About(desk.practice.pk, patient.pk, "access", "Patient", str(patient.pk))
        detail = {"reason": decision.reason}
        record_aside("invitation.refuse", by=desk.actor, about=about, detail=detail)
    return decision


def invite_from_desk(*, desk: Desk, patient: Patient, email: str) -> Invitation:
    """Invite ``patient`` at ``email``; the mail is on its way when this transaction is kept (S-13).

    Raises InvitationRefused, which undoes nothing, where ``check_invitation`` says no.
    """
    decision = check_invitation(desk, patient, email)
    if not decision.allowed:
        raise InvitationRefused(decision.reason)
    return invite(
        patient=patient, email=email, kind=GrantKind.SELF, origin=Origin.DESK, by=desk.actor
    )


def _memberships(user: User) -> list[StaffMembership]:
    found = StaffMembership.objects.filter(user=user, ended_at__isnull=True)
    return list(found.select_related("practice").order_by("started_at"))


def _invited(invitation: Invitation, practice: Practice) -> str:
    if invitation.expires_at is None:
        return "Invited, mail on its way"
    if invitation.expires_at <= timezone.now():
        return "Invited, link has ended"
    return f"Invited, link ends {deadline_text(invitation.expires_at, practice.zone)}"
