"""The invitation mail: who invites, the link, until when it works; no health information, no patient's name (S-15).

Promises: the deadline printed is the one that counts (D-5), in the practice's local time; a link that was replaced or
withdrawn while it waited is not mailed, nor is one whose mail would go to another address than the invited one; of a
mail that did not arrive the invitation knows, and who sent it reads so.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from carespace.access import signing
from carespace.access.actions import note_bounced, note_handed_over
from carespace.access.models import Invitation
from carespace.access.states import InvitationState
from carespace.access.tokens import token_for
from carespace.access.wording import deadline_text
from carespace.audit.recording import SYSTEM
from carespace.outbox.templates import Mail


def write_invitation(context: Mapping[str, Any]) -> Mail | None:
    """Write the mail of ``context["invitation"]`` and start its clock; None when it is no longer wanted."""
    signing.work_for_practice(UUID(context["practice"]), "job")
    found = Invitation.objects.select_for_update(of=("self",)).select_related("practice")
    invitation = found.filter(pk=context["invitation"]).first()
    if invitation is None or invitation.state not in {InvitationState.QUEUED, InvitationState.SENT}:
        return None
    if context.get("to_address") != invitation.email:
        return None
    practice = invitation.practice
    hours = practice.settings.invite_ttl_hours
    note_handed_over(invitation=invitation, ttl_hours=hours, by=SYSTEM)
    values = {
        "practice": practice,
        "button": practice.settings.word("invitation.button"),
        "link": f"{settings.CARESPACE_ORIGIN}/register/{token_for(invitation.pk)}/",
        "deadline": deadline_text(invitation.expires_at, practice.zone),
        "days": hours // 24,
        "for_family": invitation.kind != "self",
        "from_patient": invitation.kind == "family",
    }
    return Mail(
        subject=f"Your invitation to the {practice.name} patient portal",
        text=render_to_string("access/mail/invitation.txt", values),
        html=render_to_string("access/mail/invitation.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
    )


def note_undelivered(context: Mapping[str, Any], state: str) -> None:
    """Note that the invitation's mail did not arrive: ``state`` is "refused", "given-up" or "bounced" (S-20)."""
    signing.work_for_practice(UUID(context["practice"]), "job")
    invitation = Invitation.objects.filter(pk=context["invitation"]).first()
    if invitation is not None and context.get("to_address") == invitation.email:
        note_bounced(invitation=invitation, why=state, by=SYSTEM)
