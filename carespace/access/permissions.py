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
    ACTIVITY_READ = "activity.read"
    MESSAGE_WRITE = "message.write"
    USERS_MANAGE = "users.manage"
    PATIENT_FIND = "patient.find"
    PATIENT_INVITE = "patient.invite"
    ACCESS_END = "access.end"
    RECORD_OPEN = "record.open"
    MESSAGE_ANSWER = "message.answer"
    STAFF_MANAGE = "staff.manage"


READING = frozenset(
    {
        Permission.RECORD_READ,
        Permission.RESULT_READ,
        Permission.DOCUMENT_READ,
        Permission.APPOINTMENT_READ,
    }
)
# Who has looked at the record is theirs to know whose record it is, and those they trust with all of it.
OWN_READING = READING | {Permission.ACTIVITY_READ}

# Who reads a record of their own also writes to the practice about it; emergency access only reads.
OWN_USE = OWN_READING | {Permission.MESSAGE_WRITE}

# product.md part 2: family may do everything the patient can, except managing users.
BY_GRANT_KIND: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "self": OWN_USE | {Permission.USERS_MANAGE},
        "representative": OWN_USE | {Permission.USERS_MANAGE},
        "family": OWN_USE,
        "emergency": READING,
    }
)

DESK = frozenset(
    {
        Permission.PATIENT_FIND,
        Permission.PATIENT_INVITE,
        Permission.ACCESS_END,
        Permission.MESSAGE_ANSWER,
    }
)
CARE = frozenset({Permission.PATIENT_FIND, Permission.RECORD_OPEN})

BY_STAFF_ROLE: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "front-desk": DESK,
        "care-team": CARE,
        "clinician": CARE,
        "manager": DESK | CARE | {Permission.STAFF_MANAGE},
    }
)


# What each one lets somebody do, in words for a page and for docs/reference/permissions.md.
IN_WORDS: Mapping[Permission, str] = MappingProxyType(
    {
        Permission.RECORD_READ: "Read the record",
        Permission.RESULT_READ: "Read test results",
        Permission.DOCUMENT_READ: "Read documents",
        Permission.APPOINTMENT_READ: "See appointments",
        Permission.ACTIVITY_READ: "See who looked at the record, and when",
        Permission.MESSAGE_WRITE: "Write to the practice about the record",
        Permission.USERS_MANAGE: "Invite people to the record, and end their access",
        Permission.PATIENT_FIND: "Find patients, and see if they use the portal",
        Permission.PATIENT_INVITE: "Invite patients to the portal",
        Permission.ACCESS_END: "End a person’s access, and sign people out",
        Permission.RECORD_OPEN: "Open a patient’s record, with a reason that the patient can see",
        Permission.MESSAGE_ANSWER: "Answer what patients ask of the front desk",
        Permission.STAFF_MANAGE: "Add staff, change their roles, and end their work here",
    }
)


def of_grant(kind: str) -> frozenset[Permission]:
    """Return what a grant of ``kind`` permits; nothing for a kind nobody has placed."""
    return BY_GRANT_KIND.get(kind, frozenset())


def of_staff(role: str) -> frozenset[Permission]:
    """Return what a staff ``role`` permits; nothing for a role nobody has placed."""
    return BY_STAFF_ROLE.get(role, frozenset())


def roles_with(permission: Permission) -> list[str]:
    """Return the staff roles that hold ``permission``."""
    return sorted(role for role, held in BY_STAFF_ROLE.items() if permission in held)
