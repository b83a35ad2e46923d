"""The mail channel used until an SMTP server is set: each mail becomes an ``.eml`` file.

Promises: a file is whole when it is there (written beside, then renamed), and named by the moment it was handed over;
only the server's own login may read it.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


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
