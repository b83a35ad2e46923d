"""The two mail channels: SMTP, and until a server is set ``.eml`` files.

Promises: a file is whole when it is there (written beside, then renamed), and named by the moment it was handed over;
only the server's own login may read it. By SMTP a mail that the server took is handed over, however the talk ends, and
a server that thinks about a mail is waited for as long as RFC 5321 says: to go away sooner is to send it twice.
"""

import os
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

ANSWER_SECONDS = 600  # RFC 5321, 4.5.3.2.6: from the mail's last line to the server's answer


class FileChannel(BaseEmailBackend):
    """A Django mail backend that writes to ``$CARESPACE_HOME/mail/``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.CARESPACE_MAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            stamp = timezone.now().strftime("%Y%m%dT%H%M%S.%f")
            identity = str(message.extra_headers.get("Message-ID", "mail")).strip("<>")
            name = f"{stamp}-{identity.partition('@')[0]}"
            draft = folder / f".{name}.part"
            draft.touch(mode=0o600)
            draft.write_bytes(message.message().as_bytes())
            os.replace(draft, folder / f"{name}.eml")  # noqa: PTH105  atomic on one file system
        return len(email_messages)


class _Plain(smtplib.SMTP):
    """TLS by STARTTLS, or none; more time for what follows a mail's last line."""

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401  text or bytes, as smtplib takes them
        if self.sock is not None:
            self.sock.settimeout(ANSWER_SECONDS)
        return super().data(msg)


class _Secure(_Plain, smtplib.SMTP_SSL):
    """TLS from the start."""


class SmtpChannel(EmailBackend):
    """Django's own, which knows no mail to have failed once the server has taken it."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Secure if self.use_ssl else _Plain

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send, and leave no half-opened connection behind: of a server without TLS, or that refuses a password."""
        try:
            return super().send_messages(email_messages)
        finally:
            self.close()

    def close(self) -> None:
        """Say good-bye; how the server takes that changes nothing."""
        with suppress(OSError, smtplib.SMTPException):
            super().close()
