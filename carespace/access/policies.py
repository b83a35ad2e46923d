"""Rules about invitations, as pure functions that answer with a reason."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from carespace.access.models import Invitation
from carespace.access.states import GrantKind, InvitationState
from carespace.patients.models import Patient
from carespace.practices.models import StaffRole
from carespace.practices.policies import Decision
from carespace.practices.presets import PracticeSettings

MOST_WRONG_BIRTH_DATES = 5
MAJORITY_YEARS = 18
ENDED_BY_ITSELF = (InvitationState.EXPIRED, InvitationState.LOCKED, InvitationState.BOUNCED)


def plain_address(email: str) -> str:
    """Return the mailbox that ``email`` reaches: small letters, without a ``+tag``, which most mail servers pass over."""
    local, _, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def may_accept(invitation: Invitation, at: datetime) -> Decision:
    """Whether the link still works at ``at`` (S-17, S-18: 96 hours from when the mail was handed over)."""
    if invitation.state != InvitationState.SENT:
        return Decision(False, invitation.state)
    if invitation.expires_at is None or at >= invitation.expires_at:
        return Decision(False, InvitationState.EXPIRED)
    if right_has_ended(invitation, at):
        return Decision(False, "right-ended")
    return Decision(True)


def right_has_ended(invitation: Invitation, at: datetime) -> bool:
    """Whether the access that the link would give would be over at once (PRX-5)."""
    return invitation.access_ends_at is not None and invitation.access_ends_at <= at


def may_ask_again(invitation: Invitation, at: datetime) -> Decision:
    """Whether a wish for a new link is passed on: once, and where the link ended by time, mistake or lost mail.

    Not where it was used, or where somebody meant it to end: withdrawn, or replaced by one to another address.
    """
    if invitation.asked_again_at is not None:
        return Decision(False, "asked")
    if right_has_ended(invitation, at):
        return Decision(False, "right-ended")
    if invitation.state == InvitationState.SENT and not may_accept(invitation, at).allowed:
        return Decision(True)
    allowed = invitation.state in ENDED_BY_ITSELF
    return Decision(allowed, "" if allowed else invitation.state)


def may_invite(patient: Patient, settings: PracticeSettings) -> Decision:
    """Whether a link would be of use: where a birth date is asked, one must be on file to compare it with."""
    if settings.dob_at_registration and patient.birth_date is None:
        return Decision(False, "no-birth-date")
    return Decision(True)


def may_invite_from_desk(
    *, has_sign_in: bool, is_staff_address: bool, role: str, is_own_address: bool = False
) -> Decision:
    """Whether a patient's own link may go out: once, and not to staff of the practice unless a manager sends it.

    Who reads the mail reads the record: at a colleague's address, or one's own, that is staff (T5). Nobody sends one
    to themselves, a manager neither.
    """
    if has_sign_in:
        return Decision(False, "has-sign-in")
    if is_own_address:
        return Decision(False, "own-address")
    if is_staff_address and role != StaffRole.MANAGER:
        return Decision(False, "own-staff")
    return Decision(True)


def may_act_at_desk(*, is_own: bool, is_own_address: bool) -> Decision:
    """Whether who works at a desk may change the access to a record: to everybody's but their own (T5, T23).

    A record is one's own by a grant of any kind, or where one's address stands in it.
    """
    return Decision(False, "own-record") if is_own or is_own_address else Decision(True)


def end_of_minority(birth_date: date, zone: ZoneInfo) -> datetime:
    """Return when a person born on ``birth_date`` turns 18 where the practice is: the first moment of that day (PRX-5).

    Born on February 29: on March 1, as most states count.
    """
    try:
        day = birth_date.replace(year=birth_date.year + MAJORITY_YEARS)
    except ValueError:
        day = date(birth_date.year + MAJORITY_YEARS, 3, 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def may_stand_for(
    *, by_minority: bool, birth_date: date | None, at: datetime, zone: ZoneInfo
) -> Decision:
    """Whether a representative may be invited at ``at``: a parent as such only while the patient is under 18 (PRX-5)."""
    if not by_minority:
        return Decision(True)
    if birth_date is None:
        return Decision(False, "no-birth-date")
    return Decision(True) if at < end_of_minority(birth_date, zone) else Decision(False, "of-age")


def may_invite_family(
    *,
    email: str,
    own_email: str,
    seeing: frozenset[str],
    invited_otherwise: bool,
    birth_date: date | None,
) -> Decision:
    """Whether a patient, or who stands for them, may invite family at ``email`` (S-65, PRX-6).

    ``seeing`` are the addresses of those who may see the record: the patient knows them, so the answer may say so.
    """
    if birth_date is None:
        return Decision(False, "no-birth-date")
    if email == own_email:
        return Decision(False, "own-address")
    if email in seeing:
        return Decision(False, "has-access")
    if invited_otherwise:
        return Decision(False, "invited-otherwise")
    return Decision(True)


def may_end_access(*, kind: str, by_patient: bool, of_age: bool) -> Decision:
    """Whether a patient (else: who stands for them) may end an access of ``kind`` in Manage Users (product.md part 2).

    Nobody ends the patient's own there. A representative's is ended by a patient who is of age; one representative
    does not shut out another, nor a child its parent: that is for the practice, which sees the papers (PRX-1, PRX-4).
    """
    if kind == GrantKind.SELF:
        return Decision(False, "patients-own")
    if kind == GrantKind.REPRESENTATIVE and not (by_patient and of_age):
        return Decision(False, "practice-decides")
    return Decision(True)


def asks_birth_date(invitation: Invitation, settings: PracticeSettings) -> bool:
    """Whether registration asks a birth date (D-3): by the practice's switch, and always of family."""
    return settings.dob_at_registration or invitation.birth_date is not None


def expected_birth_date(invitation: Invitation) -> date | None:
    """The date that counts: the one given with the invitation, else the record's own (product.md part 2)."""
    return invitation.birth_date or invitation.patient.birth_date
