"""``EMAIL_URL`` (``smtp://user:password@host:port``, ``smtps://…`` for TLS from the start) as Django settings.

Promises: until it is set, mail is written as files; STARTTLS is asked for unless ``?starttls=off`` says that the server
is on this machine. Mail comes from ``noreply@`` the portal's own domain unless another sender is given (S-14).
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

EXAMPLE_SENDER = "noreply@carespaceportal.com"
TIMEOUT_SECONDS = 60  # for each answer but that to a whole mail, which has ten minutes


class MailAddressProblem(ValueError):
    """EMAIL_URL cannot be understood; the message says how to write it."""


def mail_settings(url: str) -> dict[str, Any]:
    """Return Django's mail settings for ``url``; for none, the file channel."""
    if not url:
        return {"EMAIL_BACKEND": "carespace.outbox.channels.FileChannel"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        message = "EMAIL_URL is written like smtp://user:password@mail.example.org:587"
        raise MailAddressProblem(message)
    secure = parts.scheme == "smtps"
    off = parse_qs(parts.query).get("starttls") == ["off"]
    return {
        "EMAIL_BACKEND": "carespace.outbox.channels.SmtpChannel",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure and not off,
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }


def default_sender(origin: str) -> str:
    """Return the sender for a portal at ``origin``; S-14's where that is no name of the internet, such as localhost."""
    host = urlsplit(origin).hostname or ""
    is_name = "." in host and not host.rpartition(".")[2].isdigit()
    return f"noreply@{host}" if is_name else EXAMPLE_SENDER
