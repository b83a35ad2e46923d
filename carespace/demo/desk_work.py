"""What waits for the demo's front desk on its first morning: three invitations and a request that need somebody.

Promises: made once, by the actions that the front desk itself uses, and then told as of some days ago; no mail of theirs
goes out, for it went out in a past that never was.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from carespace.access.actions import invite, note_bounced, note_handed_over
from carespace.access.chart import open_chart
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import Permission
from carespace.access.states import GrantKind, Origin
from carespace.accounts.models import User
from carespace.audit.recording import Actor
from carespace.demo.cast import SIGN_INS
from carespace.messaging.actions import Question, ask_about_appointment
from carespace.messaging.models import Thread
from carespace.messaging.states import Wish
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from carespace.records.models import Resource
from carespace.ui.dates import time_text, weekday_and_day, zone_text

(MARIA,) = (each.email for each in SIGN_INS if each.access == "self")
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


@transaction.atomic
def add_request(practice: Practice) -> None:
    """Let Maria ask for another time for her second visit that is still to come."""
    maria = User.objects.get(email=MARIA)
    grant = Grant.objects.active().select_related("patient").get(user=maria, kind=GrantKind.SELF)
    now = timezone.now()
    if Thread.objects.filter(patient=grant.patient).exists():
        return
    booked = Resource.objects.filter(
        patient=grant.patient,
        resource_type="Appointment",
        status="booked",
        effective_start__gt=now + timedelta(days=2),
    )
    found = booked.order_by("effective_start", "pk").first()
    if found is None or found.effective_start is None:
        return
    starts = found.effective_start.astimezone(practice.zone)
    what = found.content["serviceType"][0]["text"]
    when = f"{weekday_and_day(starts)}, {time_text(starts)}, {zone_text(practice.zone, starts)}"
    chart = open_chart(maria, grant.patient.pk, Permission.MESSAGE_WRITE)
    question = Question(
        about_id=found.pk,
        subject=f"{what}: {when}",
        starts=starts,
        wish=Wish.CHANGE,
        words="My daughter drives me and works that day. Any day after it suits us, best in the morning.",
        phone="(555) 010-0177",
        form_id=uuid4(),
    )
    asked = ask_about_appointment(chart=chart, question=question, by=chart.actor)
    Thread.objects.filter(pk=asked.pk).update(opened_at=now - timedelta(hours=3))


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
