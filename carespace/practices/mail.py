"""The mail that greets a new member of staff: how to set a password, and that a second step follows (AUTH-8).

Promises: it holds no secret and no link that opens anything; it reads alike for who has a sign-in already.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from carespace.outbox.templates import Mail
from carespace.practices.models import Practice


def write_welcome(context: Mapping[str, Any]) -> Mail | None:
    """Write the mail to a new member of staff of ``context["practice"]``; None where that is no more."""
    practice = Practice.objects.filter(pk=context["practice"]).first()
    if practice is None:
        return None
    values = {
        "practice": practice,
        "email": context["to_address"],
        "forgot": practice.settings.word("password.forgot"),
        "link": f"{settings.CARESPACE_ORIGIN}/forgot-password/",
    }
    return Mail(
        subject=f"Your sign-in for the staff of {practice.name}",
        text=render_to_string("practices/mail/welcome.txt", values),
        html=render_to_string("practices/mail/welcome.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
    )
