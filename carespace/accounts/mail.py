"""The mails about a password: a link to set a new one, and word that it was changed (S-28, AUTH-13).

Promises: written when sent; an address that nobody signs in with gets no mail; the link leads to the configured origin,
never to a request's Host header (T24).
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from carespace.accounts.models import User
from carespace.accounts.resets import key_for
from carespace.outbox.templates import Mail

SENDER_NAME = "CareSpace"
MINUTES = settings.PASSWORD_RESET_TIMEOUT // 60


def write_reset(context: Mapping[str, Any]) -> Mail | None:
    """Write the mail with the link; None when nobody signs in with ``context["to_address"]``."""
    user = User.objects.filter(email=context["to_address"], is_active=True).first()
    if user is None:
        return None
    link = f"{settings.CARESPACE_ORIGIN}/new-password/{key_for(user)}/"
    return _written("reset", "Set a new password for CareSpace", {"link": link, "minutes": MINUTES})


def write_changed(_context: Mapping[str, Any]) -> Mail | None:
    """Write that the password was changed; the address is known, for it was just used."""
    return _written("changed", "Your CareSpace password was changed", {})


def _written(name: str, subject: str, values: Mapping[str, Any]) -> Mail:
    return Mail(
        subject=subject,
        text=render_to_string(f"accounts/mail/{name}.txt", dict(values)),
        html=render_to_string(f"accounts/mail/{name}.html", dict(values)),
        sender_name=SENDER_NAME,
    )
