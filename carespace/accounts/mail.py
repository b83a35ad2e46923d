"""The mails about a person's own sign-in: a link to set a new password, and word of what happened (S-28, AUTH-13).

Promises: written when sent; an address that nobody signs in with gets no link; the link leads to the configured origin,
never to a request's Host header (T24); a mail names the practice of who belongs to exactly one, which a room above
looks up (``find_practice_by``), and whom to call; nothing of a record or a patient is in any.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.accounts.addresses import LIFE
from carespace.accounts.addresses import key_for as key_for_address
from carespace.accounts.models import User
from carespace.accounts.resets import key_for
from carespace.accounts.security_events import WORDS
from carespace.outbox.templates import Mail
from carespace.ui.languages import speaking

SENDER_NAME = "CareSpace"
ADDRESS_SUBJECT = gettext_lazy("Your email address for CareSpace")
MINUTES = settings.PASSWORD_RESET_TIMEOUT // 60


class NamedPractice(Protocol):
    """What a mail says of a practice."""

    name: str
    phone: str
    sender_email: str

    @property
    def phone_url(self) -> str:
        """The ``tel:`` address of its phone."""


Finder = Callable[[UUID], NamedPractice | None]
_finders: list[Finder] = []


def find_practice_by(finder: Finder) -> None:
    """Let ``finder`` say which one practice a person belongs to; called once, when the apps are ready."""
    _finders[:] = [finder]


def write_reset(context: Mapping[str, Any]) -> Mail | None:
    """Write the mail with the link; None when nobody signs in with ``context["to_address"]``."""
    user = User.objects.filter(email=context["to_address"], is_active=True).first()
    if user is None:
        return None
    link = f"{settings.CARESPACE_ORIGIN}/new-password/{key_for(user)}/"
    values = {"link": link, "minutes": MINUTES}
    with speaking(user.language):
        subject = _("Set a new password for CareSpace")
        return written("reset", subject, values, _practice_of(user.pk))


def write_event(context: Mapping[str, Any]) -> Mail | None:
    """Write what happened to the sign-in of ``context["user"]``."""
    event = WORDS[context["event"]]
    practice = _practice_of(UUID(context["user"]))
    readers = User.objects.filter(pk=context["user"])
    with speaking(readers.values_list("language", flat=True).first() or ""):
        return written("security_event", str(event.subject), {"event": event}, practice)


def write_many_tries(context: Mapping[str, Any]) -> Mail | None:
    """Write that many wrong passwords were tried; None when nobody signs in with ``context["to_address"]``."""
    user = User.objects.filter(email=context["to_address"], is_active=True).first()
    return (
        None if user is None else write_event({"user": str(user.pk), "event": "many-wrong-tries"})
    )


def write_address(context: Mapping[str, Any]) -> Mail | None:
    """Write the mail that lets somebody confirm a new address; None when they have changed since they asked.

    Whose address it is, is asked here only (T6): who has a sign-in there already is told so, and nothing changes. No
    practice is named, for nobody knows yet who reads it.
    """
    address = context["to_address"]
    holder = User.objects.filter(email=address).first()
    if holder is not None:
        values = {"link": f"{settings.CARESPACE_ORIGIN}/sign-in/"}
        with speaking(holder.language):
            return written("address_taken", str(ADDRESS_SUBJECT), values, None)
    user = User.objects.filter(pk=context["user"], is_active=True).first()
    key = key_for_address(user, address, context) if user else ""
    if user is None or not key:
        return None
    link = f"{settings.CARESPACE_ORIGIN}/confirm-email/{key}/"
    hours = {"link": link, "hours": int(LIFE.total_seconds() // 3600)}
    with speaking(user.language):
        return written("confirm_address", str(ADDRESS_SUBJECT), hours, None)


def written(
    name: str, subject: str, values: Mapping[str, Any], practice: NamedPractice | None
) -> Mail:
    """Return the mail of the templates ``name``, from ``practice`` where it is known."""
    context = {**values, "practice": practice}
    return Mail(
        subject=subject,
        text=render_to_string(f"accounts/mail/{name}.txt", context),
        html=render_to_string(f"accounts/mail/{name}.html", context),
        sender_name=practice.name if practice else SENDER_NAME,
        sender_address=practice.sender_email if practice else "",
    )


def _practice_of(user_id: UUID) -> NamedPractice | None:
    return _finders[0](user_id) if _finders else None
