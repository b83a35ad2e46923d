"""Rules about invitations, as pure functions that answer with a reason."""

from dataclasses import dataclass
from datetime import date, datetime

from carespace.access.models import Invitation
from carespace.access.states import InvitationState
from carespace.patients.models import Patient
from carespace.practices.models import StaffRole
from carespace.practices.presets import PracticeSettings

MOST_WRONG_BIRTH_DATES = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may happen, and why not."""

    allowed: bool
    reason: str = ""


def may_accept(invitation: Invitation, at: datetime) -> Decision:
    """Whether the link still works at ``at`` (S-17, S-18: 96 hours from when the mail was handed over)."""
    if invitation.state != InvitationState.SENT:
        return Decision(False, invitation.state)
    if invitation.expires_at is None or at >= invitation.expires_at:
        return Decision(False, InvitationState.EXPIRED)
    return Decision(True)


def may_invite(patient: Patient, settings: PracticeSettings) -> Decision:
    """Whether a link would be of use: where a birth date is asked, one must be on file to compare it with."""
    if settings.dob_at_registration and patient.birth_date is None:
        return Decision(False, "no-birth-date")
    return Decision(True)


def may_invite_from_desk(*, has_sign_in: bool, is_staff_address: bool, role: str) -> Decision:
    """Whether a patient's own link may go out: once, and not to staff of the practice unless a manager sends it.

    Who reads the mail reads the record: at a colleague's address, or one's own, that is staff (T5).
    """
    if has_sign_in:
        return Decision(False, "has-sign-in")
    if is_staff_address and role != StaffRole.MANAGER:
        return Decision(False, "own-staff")
    return Decision(True)


def asks_birth_date(invitation: Invitation, settings: PracticeSettings) -> bool:
    """Whether registration asks a birth date (D-3): by the practice's switch, and always of family."""
    return settings.dob_at_registration or invitation.birth_date is not None


def expected_birth_date(invitation: Invitation) -> date | None:
    """The date that counts: the one given with the invitation, else the record's own (product.md part 2)."""
    return invitation.birth_date or invitation.patient.birth_date
