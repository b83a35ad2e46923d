"""Browsers that a person has signed in from before: their tries are counted apart from everybody else's (ASVS 6.3.1).

Promises: what a browser keeps is a random number, a time and a code that only this server can make, for one person
and their password of today; nobody's name, address or id can be read in it. It signs nobody in: it says against which
count a wrong password goes, so that an attacker elsewhere does not keep a person out of their own phone. It dies after
a year, and with the password. After OWASP's "device cookies" (owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from carespace.accounts.models import User

LIFE = timedelta(days=365)
MOST_PEOPLE = 5  # of one browser: a couple shares a tablet, a daughter signs in on her father's
_NONCE_BYTES, _TIME_BYTES, _CODE_BYTES = 16, 6, 32
_MARK = re.compile(r"[A-Za-z0-9_-]{72}")  # what base64 makes of these 54 bytes
_NOBODY = UUID(int=0)


def remember(user: User, kept: str = "") -> str:
    """Return what a browser shall keep after ``user`` signed in; ``kept`` is what it kept before, of others too."""
    mine = _made_for(user)
    others = [mark for mark in _marks(kept) if not _number(mark, user)]
    return ".".join([mine, *others[: MOST_PEOPLE - 1]])


def device_of(user: User | None, kept: str) -> str:
    """Return the number by which ``user``'s tries in this browser are counted; ``""`` when it is not one of theirs.

    For nobody the same work is done, and nothing found.
    """
    found = [_number(mark, user) for mark in _marks(kept)]
    return next(filter(None, found), "")


def _made_for(user: User) -> str:
    body = secrets.token_bytes(_NONCE_BYTES) + _now().to_bytes(_TIME_BYTES, "big")
    return base64.urlsafe_b64encode(body + _code(user, body)).decode()


def _number(mark: str, user: User | None) -> str:
    whole = base64.urlsafe_b64decode(mark)
    body, code = whole[:-_CODE_BYTES], whole[-_CODE_BYTES:]
    is_theirs = hmac.compare_digest(code, _code(user, body)) and user is not None
    age = _now() - int.from_bytes(body[_NONCE_BYTES:], "big")
    return body[:_NONCE_BYTES].hex() if is_theirs and age <= LIFE.total_seconds() else ""


def _code(user: User | None, body: bytes) -> bytes:
    """Return the code of ``body`` for ``user``; their password's hash is part of it, so that a new one ends it."""
    identity, password = (user.pk, user.password) if user else (_NOBODY, "")
    bound = identity.bytes + hashlib.sha256(password.encode()).digest()
    return hmac.new(settings.CARESPACE_DEVICE_KEY, bound + body, hashlib.sha256).digest()


def _marks(kept: str) -> list[str]:
    return [mark for mark in kept.split(".", MOST_PEOPLE)[:MOST_PEOPLE] if _MARK.fullmatch(mark)]


def _now() -> int:
    return int(timezone.now().timestamp())
