"""A written mail as the message that goes to the server: its sender, its heads, both bodies.

Promises: no name, subject or address adds a head of its own (ASVS-9); answers have nowhere to go, and no program
answers by itself (RFC 3834); the Message-ID is the row's id, the same at each try, at the sender's own domain. The
sender's address is the envelope's too: what comes back goes there.
"""

import unicodedata
from email.utils import formataddr, quote

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail

_JOINERS = "\u200c\u200d"  # letters of some languages need them


def composed(message: OutboxMessage, mail: Mail) -> EmailMultiAlternatives:
    """Return ``mail`` addressed as ``message`` says; ValueError (BadHeaderError) for an address of two lines."""
    local, _, domain = (mail.sender_address or settings.CARESPACE_SENDER).rpartition("@")
    domain = punycode(domain)
    made = EmailMultiAlternatives(
        subject=one_line(mail.subject),
        body=mail.text,
        from_email=_sender(one_line(mail.sender_name), f"{local}@{domain}"),
        to=[message.to_address],
        headers={
            "Message-ID": f"<{message.pk}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    made.attach_alternative(mail.html, "text/html")
    return made


def _sender(name: str, address: str) -> str:
    # Letters beyond ASCII are left to Django, which folds long names (RFC 2047); formataddr() would write one long word.
    return formataddr((name, address)) if name.isascii() else f'"{quote(name)}" <{address}>'


def one_line(text: str) -> str:
    """Return ``text`` without line ends and whatever else has no look of its own, such as marks that turn writing round."""
    kept = (" " if _is_hidden(letter) else letter for letter in text)
    return " ".join("".join(kept).split())


def _is_hidden(letter: str) -> bool:
    return letter not in _JOINERS and unicodedata.category(letter)[0] in {"C", "Z"}
