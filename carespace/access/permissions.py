"""What can be permitted (``OBJECT_VERB``), and what each kind of grant and each staff role holds.

Promises: every permission is held by at least one kind or role; a kind or role that is not listed holds nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """One thing that may be done with one patient's record, or with a practice's front-desk work."""

    RECORD_READ = "record.read"
    RESULT_READ = "result.read"
    DOCUMENT_READ = "document.read"
    APPOINTMENT_READ = "appointment.read"
    USERS_MANAGE = "users.manage"
    PATIENT_FIND = "patient.find"
    PATIENT_INVITE = "patient.invite"


READING = frozenset(
    {
        Permission.RECORD_READ,
        Permission.RESULT_READ,
        Permission.DOCUMENT_READ,
        Permission.APPOINTMENT_READ,
    }
)

# product.md part 2: family may do everything the patient can, except managing users.
BY_GRANT_KIND: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "self": READING | {Permission.USERS_MANAGE},
        "representative": READING | {Permission.USERS_MANAGE},
        "family": READING,
        "emergency": READING,
    }
)

BY_STAFF_ROLE: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "front-desk": frozenset({Permission.PATIENT_FIND, Permission.PATIENT_INVITE}),
        "care-team": frozenset({Permission.PATIENT_FIND}),
        "clinician": frozenset({Permission.PATIENT_FIND}),
        "manager": frozenset({Permission.PATIENT_FIND, Permission.PATIENT_INVITE}),
    }
)


def of_grant(kind: str) -> frozenset[Permission]:
    """Return what a grant of ``kind`` permits; nothing for a kind nobody has placed."""
    return BY_GRANT_KIND.get(kind, frozenset())


def of_staff(role: str) -> frozenset[Permission]:
    """Return what a staff ``role`` permits; nothing for a role nobody has placed."""
    return BY_STAFF_ROLE.get(role, frozenset())
