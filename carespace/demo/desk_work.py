"""What waits for the demo's front desk on its first morning: three invitations that need somebody.

Promises: made once, by the actions that the front desk itself uses, and then told as of some days ago; no mail of theirs
goes out, for it went out in a past that never was.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from carespace.access.actions import invite, note_bounced, note_handed_over
from carespace.access.models import Invitation
from carespace.access.states import GrantKind, Origin
from carespace.accounts.models import User
from carespace.audit.recording import Actor
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.models import Practice

ENDED, ASKED_AGAIN, CAME_BACK = "LCA-100012", "LCA-100013", "LCA-100015"


@transaction.atomic
def add_invitations(practice: Practice, sender: User) -> None:
    """Add one link that ended unused, one whose holder asks for a new one, and one whose mail came back."""
    if Invitation.objects.filter(practice=practice).exists():
        return
    now = timezone.now()
    _sent(practice, ENDED, sender, now - timedelta(days=6))
    asked = _sent(practice, ASKED_AGAIN, sender, now - timedelta(days=5))
    Invitation.objects.filter(pk=asked.pk).update(asked_again_at=now - timedelta(hours=2))
    back = _sent(practice, CAME_BACK, sender, now - timedelta(hours=20))
    note_bounced(invitation=back, why="bounced", by=_actor(sender))


def _sent(practice: Practice, number: str, sender: User, at: datetime) -> Invitation:
    patient = Patient.objects.filter(practice=practice, identifiers__value=number).distinct().get()
    invitation = invite(
        patient=patient,
        email=patient.email,
        kind=GrantKind.SELF,
        origin=Origin.DESK,
        by=_actor(sender),
    )
    OutboxMessage.objects.filter(context__invitation=str(invitation.pk)).delete()
    hours = practice.settings.invite_ttl_hours
    note_handed_over(invitation=invitation, ttl_hours=hours, by=_actor(sender))
    invitation.created_at = invitation.sent_at = at
    invitation.expires_at = at + timedelta(hours=hours)
    invitation.save(update_fields=["created_at", "sent_at", "expires_at"])
    return invitation


def _actor(sender: User) -> Actor:
    return Actor(user_id=sender.pk, name=sender.name, kind="staff")
