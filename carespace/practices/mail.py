"""The mail that asks somebody to work for a practice: where to answer, how to set a password (AUTH-8).

Promises: it holds no secret and no link that opens anything to who is not signed in as its reader; it reads alike for
who has a sign-in already.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from carespace.outbox.templates import Mail
from carespace.practices.models import Practice, StaffRole


def write_welcome(context: Mapping[str, Any]) -> Mail | None:
    """Write the question of ``context["practice"]`` to somebody; None where the practice is no more."""
    practice = Practice.objects.filter(pk=context["practice"]).first()
    if practice is None:
        return None
    values = {
        "practice": practice,
        "email": context["to_address"],
        "forgot": practice.settings.word("password.forgot"),
        "role": StaffRole(context["role"]).label,
        "link": f"{settings.CARESPACE_ORIGIN}/join/{context['offer']}/",
        "forgot_link": f"{settings.CARESPACE_ORIGIN}/forgot-password/",
    }
    return Mail(
        subject=_("%(practice)s asks you to join its staff") % {"practice": practice.name},
        text=render_to_string("practices/mail/welcome.txt", values),
        html=render_to_string("practices/mail/welcome.html", values),
        sender_name=practice.name,
        sender_address=practice.sender_email,
    )
