"""The lifecycle of an Invitation, as a table."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy


class GrantKind(models.TextChoices):
    """Why someone may see a record."""

    SELF = "self", gettext_lazy("Patient")
    FAMILY = "family", gettext_lazy("Family or caregiver")
    REPRESENTATIVE = "representative", gettext_lazy("Personal representative")
    EMERGENCY = "emergency", gettext_lazy("Emergency access")


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    QUEUED = "queued", "Waiting to be sent"
    SENT = "sent", "Sent"
    ACCEPTED = "accepted", "Accepted"
    EXPIRED = "expired", "Expired"
    REPLACED = "replaced", "Replaced by a newer link"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LOCKED = "locked", "Locked after five wrong birth dates"
    BOUNCED = "bounced", "The mail could not be delivered"


class Origin(models.TextChoices):
    """From where an invitation was sent; who asks for a new link asks there (D-6, S-69)."""

    PATIENT = "patient", "The patient, or who stands for them"
    DESK = "desk", "The practice's front desk"
    SERVER = "server", "The command line"


LIVE = (InvitationState.QUEUED, InvitationState.SENT)  # whose link may still be used
_TO = InvitationState
TRANSITIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        _TO.QUEUED: frozenset({_TO.SENT, _TO.REPLACED, _TO.WITHDRAWN, _TO.BOUNCED}),
        _TO.SENT: frozenset(
            {
                _TO.ACCEPTED,
                _TO.EXPIRED,
                _TO.REPLACED,
                _TO.WITHDRAWN,
                _TO.LOCKED,
                _TO.BOUNCED,
            }
        ),
        _TO.ACCEPTED: frozenset(),
        _TO.EXPIRED: frozenset(),
        _TO.REPLACED: frozenset(),
        _TO.WITHDRAWN: frozenset(),
        _TO.LOCKED: frozenset(),
        _TO.BOUNCED: frozenset(),
    }
)


class TransitionRefused(RuntimeError):
    """The lifecycle has no such step."""


def check_transition(current: str, wanted: str) -> None:
    """Raise TransitionRefused unless an invitation may go from ``current`` to ``wanted``."""
    if wanted not in TRANSITIONS[current]:
        message = f"An invitation cannot go from {current} to {wanted}."
        raise TransitionRefused(message)
