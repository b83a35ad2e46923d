"""The mail to a patient that somebody was invited to a record of theirs, may see it now, or that their own access ended.

Promises: no name, no address and nothing of a record (S-15): who it is, is read after signing in; it is sent although
the invitation, or the patient's own access, has ended meanwhile: who undoes a deed does not undo that it is told (T5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carespace.access.owners import Change
from carespace.accounts.models import User
from carespace.outbox.templates import Mail
from carespace.practices.models import Practice
from carespace.ui.languages import speaking


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says of one change: what happened, and what to do."""

    subject: str | Promise
    what: str | Promise
    then: str | Promise
    shows_people: bool = True


NOT_EXPECTED = _("If you did not expect this, call us at once.")
WORDS: Mapping[Change, Words] = {
    Change.INVITED: Words(
        _("Somebody new was invited to a record of yours"),
        _("Somebody new was invited to a record of yours. They can see it once they accept."),
        NOT_EXPECTED,
    ),
    Change.INVITED_BY_YOU: Words(
        _("You invited somebody to a record of yours"),
        _("You invited somebody to a record of yours. They can see it once they accept."),
        _("Was it not you? Then withdraw the invite, set a new password, and call us."),
    ),
    Change.MAY_SEE: Words(
        _("Somebody new may now see a record of yours"),
        _("Somebody who was invited has accepted. They may now see a record of yours."),
        NOT_EXPECTED,
    ),
    Change.ENDED: Words(
        _("Our office ended your access to a record of yours"),
        _("Our office ended your access to a record of yours. You can no longer open it here."),
        NOT_EXPECTED,
        shows_people=False,
    ),
}


def write_access_changed(context: Mapping[str, Any]) -> Mail | None:
    """Write what changed, to the person it is meant for; None when their sign-in was closed."""
    reader = User.objects.filter(pk=context["user"], is_active=True).first()
    if reader is None:
        return None
    practice = Practice.objects.get(pk=context["practice"])
    with speaking(reader.language):
        return _written(context, practice)


def _written(context: Mapping[str, Any], practice: Practice) -> Mail:
    words = WORDS[Change(context["change"])]
    values = {"practice": practice, "words": words, "link": f"{settings.CARESPACE_ORIGIN}/"}
    return Mail(
        subject=str(words.subject),
        text=render_to_string("access/mail/access_changed.txt", values),
        html=render_to_string("access/mail/access_changed.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
    )
