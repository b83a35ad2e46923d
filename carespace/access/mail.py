"""The invitation mail: who invites, the link, until when it works; no health information, no patient's name (S-15).

Promises: the deadline printed is the one that counts (D-5), in the practice's local time: it is reckoned when the mail is
written, and kept once the server has taken it, until when the link answers as an ended one. A link that was replaced or
withdrawn while it waited is not mailed, nor is one whose mail would go to another address than the invited one; one
that ended while its mail was under way stays ended. Of a mail that did not arrive the invitation knows, and who sent
it reads so.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from carespace.access import signing
from carespace.access.actions import end_of_link, note_bounced, note_handed_over
from carespace.access.models import Invitation
from carespace.access.states import GrantKind, InvitationState
from carespace.access.tokens import token_for
from carespace.access.wording import deadline_text
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.outbox.templates import Mail
from carespace.patients.models import Patient
from carespace.ui.languages import speaking


def write_invitation(context: Mapping[str, Any]) -> Mail | None:
    """Write the mail of ``context["invitation"]``, whose clock starts once it is taken; None when no longer wanted."""
    signing.work_for_practice(UUID(context["practice"]), "job")
    invitation = _wanted(context, Invitation.objects.select_related("practice"))
    if invitation is None:
        return None
    with speaking(*_languages(invitation)):
        return _written(context, invitation)


def _languages(invitation: Invitation) -> tuple[str, ...]:
    """Return which language the reader chose here, and which one the patient speaks where the reader is the patient."""
    chosen = User.objects.filter(email=invitation.email).values_list("language", flat=True).first()
    if invitation.kind != GrantKind.SELF:
        return (chosen or "",)
    patients = Patient.objects.filter(pk=invitation.patient_id)
    return chosen or "", patients.values_list("language", flat=True).first() or ""


def _written(context: Mapping[str, Any], invitation: Invitation) -> Mail:
    practice = invitation.practice
    now, hours = timezone.now(), practice.settings.invite_ttl_hours
    values = {
        "practice": practice,
        "button": practice.settings.word("invitation.button"),
        "link": f"{settings.CARESPACE_ORIGIN}/register/{token_for(invitation.pk)}/",
        "deadline": deadline_text(end_of_link(now, hours), practice.zone),
        "days": hours // 24,
        "for_family": invitation.kind != "self",
        "from_patient": invitation.kind == "family",
    }
    return Mail(
        subject=_("Your invitation to the %(practice)s patient portal")
        % {"practice": practice.name},
        text=render_to_string("access/mail/invitation.txt", values),
        html=render_to_string("access/mail/invitation.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
        then=partial(_start_clock, context, now, hours),
    )


def _start_clock(context: Mapping[str, Any], at: datetime, ttl_hours: int) -> None:
    """Let the link work as the mail says, unless it was ended while the mail was under way."""
    signing.work_for_practice(UUID(context["practice"]), "job")
    invitation = _wanted(context, Invitation.objects.select_for_update(of=("self",)))
    if invitation is not None:
        note_handed_over(invitation=invitation, ttl_hours=ttl_hours, at=at, by=SYSTEM)


def _wanted(context: Mapping[str, Any], among: QuerySet[Invitation]) -> Invitation | None:
    """Return the invitation while its link may be mailed to this address."""
    live = (InvitationState.QUEUED, InvitationState.SENT)
    found = among.filter(pk=context["invitation"], state__in=live).first()
    return found if found is not None and found.email == context.get("to_address") else None


def note_undelivered(context: Mapping[str, Any], state: str) -> None:
    """Note that the invitation's mail did not arrive: ``state`` is "refused", "given-up" or "bounced" (S-20)."""
    signing.work_for_practice(UUID(context["practice"]), "job")
    invitation = Invitation.objects.filter(pk=context["invitation"]).first()
    if invitation is not None and context.get("to_address") == invitation.email:
        note_bounced(invitation=invitation, why=state, by=SYSTEM)
