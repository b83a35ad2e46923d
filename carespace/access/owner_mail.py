"""The mail to a patient that somebody was invited to a record of theirs, may see it now, or that their own access ended.

Promises: no name, no address and nothing of a record (S-15): who it is, is read after signing in; it is sent although
the invitation, or the patient's own access, has ended meanwhile: who undoes a deed does not undo that it is told (T5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from carespace.access.owners import Change
from carespace.accounts.models import User
from carespace.outbox.templates import Mail
from carespace.practices.models import Practice


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says of one change: what happened, and what to do."""

    subject: str
    what: str
    then: str
    shows_people: bool = True


NOT_EXPECTED = "If you did not expect this, call us at once."
WORDS: Mapping[Change, Words] = {
    Change.INVITED: Words(
        "Somebody new was invited to a record of yours",
        "Somebody new was invited to a record of yours. They can see it once they accept.",
        NOT_EXPECTED,
    ),
    Change.INVITED_BY_YOU: Words(
        "You invited somebody to a record of yours",
        "You invited somebody to a record of yours. They can see it once they accept.",
        "Was it not you? Then withdraw the invite, set a new password, and call us.",
    ),
    Change.MAY_SEE: Words(
        "Somebody new may now see a record of yours",
        "Somebody who was invited has accepted. They may now see a record of yours.",
        NOT_EXPECTED,
    ),
    Change.ENDED: Words(
        "Our office ended your access to a record of yours",
        "Our office ended your access to a record of yours. You can no longer open it here.",
        NOT_EXPECTED,
        shows_people=False,
    ),
}


def write_access_changed(context: Mapping[str, Any]) -> Mail | None:
    """Write what changed, to the person it is meant for; None when their sign-in was closed."""
    if not User.objects.filter(pk=context["user"], is_active=True).exists():
        return None
    practice = Practice.objects.get(pk=context["practice"])
    words = WORDS[Change(context["change"])]
    values = {"practice": practice, "words": words, "link": f"{settings.CARESPACE_ORIGIN}/"}
    return Mail(
        subject=words.subject,
        text=render_to_string("access/mail/access_changed.txt", values),
        html=render_to_string("access/mail/access_changed.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
    )
