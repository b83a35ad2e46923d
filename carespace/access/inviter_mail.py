"""The mails to a patient about a link they sent: its holder asks for a new one, or it stopped after wrong birth dates.

Promises: no name, no address and nothing of a record (S-15): what it is about is read after signing in, in Manage Users;
nobody is mailed who may not manage that record any more when the mail is written.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from carespace.access import signing
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import BY_GRANT_KIND, Permission
from carespace.accounts.models import User
from carespace.outbox.templates import Mail
from carespace.ui.languages import speaking

MANAGING = sorted(kind for kind, held in BY_GRANT_KIND.items() if Permission.USERS_MANAGE in held)


def write_asked_again(context: Mapping[str, Any]) -> Mail | None:
    """Write that somebody invited would like a new link; None where it has been sent meanwhile."""
    invitation = _told(context)
    if invitation is None or invitation.asked_again_at is None:
        return None
    with _speaking_to_sender(invitation):
        return _written(
            invitation,
            _("Someone you invited asks for a new link"),
            _(
                "Someone you invited to see a health record asks for a new link. Their old link has ended."
            ),
            _(
                "To send a new one, press “Resend invite” beside their email address. If you do not want to,"
                " you need not do anything."
            ),
        )


def write_link_locked(context: Mapping[str, Any]) -> Mail | None:
    """Write that a link stopped after five wrong birth dates (T9)."""
    invitation = _told(context)
    if invitation is None:
        return None
    with _speaking_to_sender(invitation):
        return _written(
            invitation,
            _("A link you sent was stopped"),
            _(
                "Someone opened a link that you sent and typed a wrong date of birth five times."
                " We stopped the link. Nobody got in with it."
            ),
            _(
                "Check the email address and the date of birth that you gave."
                " If both are right, you can send the invite again."
            ),
        )


def _told(context: Mapping[str, Any]) -> Invitation | None:
    """Return the link, where the person who sent it still manages the record."""
    signing.work_for_practice(UUID(context["practice"]), "job")
    found = Invitation.objects.select_related("practice").filter(pk=context["invitation"])
    invitation = found.first()
    if invitation is None or invitation.created_by is None:
        return None
    managing = Grant.objects.active().filter(
        user_id=invitation.created_by, patient_id=invitation.patient_id, kind__in=MANAGING
    )
    return invitation if managing.exists() else None


def _speaking_to_sender(invitation: Invitation) -> AbstractContextManager[None]:
    """Write in the language of who sent the link."""
    senders = User.objects.filter(pk=invitation.created_by or UUID(int=0))
    return speaking(senders.values_list("language", flat=True).first() or "")


def _written(invitation: Invitation, subject: str, what: str, then: str) -> Mail:
    practice = invitation.practice
    values = {
        "practice": practice,
        "title": subject,
        "what": what,
        "then": then,
        "link": f"{settings.CARESPACE_ORIGIN}/",
    }
    return Mail(
        subject=subject,
        text=render_to_string("access/mail/inviter.txt", values),
        html=render_to_string("access/mail/inviter.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
    )
