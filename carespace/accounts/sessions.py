"""Where sessions are kept: a table that is of no use to whoever can only read or write it (T10).

Promises: a row's key is a keyed digest of the cookie's, so that no key taken from the table signs anybody in; a row's
data is signed for its own key, so that a copy of it under another key is an empty session; a session in which somebody
is signed in gets a new key only while it lives, so that none that was ended comes back. Everything else is Django's
(docs.djangoproject.com/en/5.2/topics/http/sessions/).
"""

import base64
import hashlib
import hmac
import re
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

_KEY = re.compile("[a-z0-9]{8,64}")
DIGEST_BYTES = 30  # 240 bits are 40 characters of base64: what the column holds


class SessionEnded(RuntimeError):
    """This session was ended, or got another key, while the request that came with it was answered."""


def row_key(session_key: str) -> str:
    """Return under which key the table keeps the session with the cookie's ``session_key``; 40 characters."""
    mac = hmac.new(settings.CARESPACE_SESSION_KEY, session_key.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:DIGEST_BYTES]).decode()


class SessionStore(db.SessionStore):
    """Django's sessions in the database, each to be opened with its cookie only."""

    @property
    def key_salt(self) -> str:
        return f"carespace.sessions:{self.session_key}"

    def _validate_session_key(self, key: str | None) -> bool:
        """Say whether a cookie's key is one we made; any other is as good as none."""
        return key is not None and _KEY.fullmatch(key) is not None

    def exists(self, session_key: str | None) -> bool:
        return bool(session_key) and super().exists(row_key(str(session_key)))

    async def aexists(self, session_key: str | None) -> bool:
        return bool(session_key) and await super().aexists(row_key(str(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        if wanted := session_key or self.session_key:
            super().delete(row_key(wanted))

    async def adelete(self, session_key: str | None = None) -> None:
        if wanted := session_key or self.session_key:
            await super().adelete(row_key(wanted))

    def cycle_key(self) -> None:
        """Give the session a new key; raise SessionEnded where somebody is signed in in it and its row is gone.

        Of two requests at once the second waits for the first, and then finds no row.
        """
        if SESSION_KEY in self:
            row = Session.objects.filter(session_key=row_key(self.session_key or ""))
            if not row.delete()[0]:
                raise SessionEnded
        super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        # Django's makes a key where there is none yet, before it signs the data: ours may not come first.
        return _under_its_digest(super().create_model_instance(data))

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        return _under_its_digest(await super().acreate_model_instance(data))

    def _get_session_from_db(self) -> Session | None:
        row = self._live().first()
        if row is None:
            self._session_key = None
        return row

    async def _aget_session_from_db(self) -> Session | None:
        row = await self._live().afirst()
        if row is None:
            self._session_key = None
        return row

    def _live(self) -> QuerySet[Session]:
        wanted = row_key(self.session_key or "")
        return Session.objects.filter(session_key=wanted, expire_date__gt=timezone.now())


def _under_its_digest(row: AbstractBaseSession) -> AbstractBaseSession:
    row.session_key = row_key(row.session_key)
    return row
