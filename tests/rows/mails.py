"""The worker's round in a test: each mail that waits is written and handed over by the real job, as the worker role."""

import re
from html import unescape

from django.conf import settings
from django.core import mail, signing
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from carespace.access.signing import forget_settings
from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage

LINK = re.compile(r"https?://[^/\s]+(/[^\s\"<]+)")


def hand_over() -> list[EmailMultiAlternatives]:
    """Do every mail job that waits; return the mails that went out now, oldest first."""
    before = len(mail.outbox)
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED)
    for message in list(waiting.order_by("queued_at")):
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {settings.CARESPACE_WORKER_ROLE}")
        try:
            deliver(signing.dumps(str(message.pk), salt=SALT))
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            forget_settings()
    return [each for each in mail.outbox[before:] if isinstance(each, EmailMultiAlternatives)]


def whole(message: EmailMultiAlternatives) -> str:
    """Everything a reader or a scanner could find in a mail: headers, text and HTML."""
    html = "".join(str(part) for part, _ in message.alternatives)
    headers = "\n".join(f"{name}: {value}" for name, value in message.message().items())
    return "\n".join((headers, str(message.body), unescape(html)))


def link_in(message: EmailMultiAlternatives) -> str:
    """Return the path of the first link in the mail's text."""
    found = LINK.search(str(message.body))
    assert found, message.body
    return found[1]
