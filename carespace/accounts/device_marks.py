"""What a browser keeps of the people it is known for: a mark for each, which only this server can make.

Promises: a mark is a random number, a time and a code; the code is made with a key, and with what the mark is bound to
(a person, their password, ...), so that nothing of that can be read in it, and so that it dies when one of them changes.
Every mark of a browser is compared, whoever asks: how long it takes tells nothing.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django.utils import timezone

from carespace.accounts.models import User

MOST_PEOPLE = 5  # of one browser: a couple shares a tablet, a daughter signs in on her father's
_NONCE_BYTES, _TIME_BYTES, _CODE_BYTES = 16, 6, 32
_MARK = re.compile(r"[A-Za-z0-9_-]{72}")  # what base64 makes of these 54 bytes


def bound_to(user: User, *more: str) -> bytes:
    """Return what a mark of ``user`` is bound to: them, their password's hash of today, and each text of ``more``."""
    digests = [hashlib.sha256(text.encode()).digest() for text in (user.password, *more)]
    return user.pk.bytes + b"".join(digests)


def added(key: bytes, bound: bytes, kept: str, life: timedelta) -> str:
    """Return what a browser shall keep that kept ``kept``: a new mark in the place of this one's, and those of others."""
    body = secrets.token_bytes(_NONCE_BYTES) + _now().to_bytes(_TIME_BYTES, "big")
    mine = base64.urlsafe_b64encode(body + _code(key, bound, body)).decode()
    others = [mark for mark in _marks(kept) if not _number(mark, key, bound, life)]
    return ".".join([mine, *others[: MOST_PEOPLE - 1]])


def found(key: bytes, bound: bytes, kept: str, life: timedelta) -> str:
    """Return the number of the mark in ``kept`` that is bound to ``bound`` and no older than ``life``; else ``""``."""
    numbers = [_number(mark, key, bound, life) for mark in _marks(kept)]
    return next(filter(None, numbers), "")


def _number(mark: str, key: bytes, bound: bytes, life: timedelta) -> str:
    whole = base64.urlsafe_b64decode(mark)
    body, code = whole[:-_CODE_BYTES], whole[-_CODE_BYTES:]
    is_right = hmac.compare_digest(code, _code(key, bound, body))
    age = _now() - int.from_bytes(body[_NONCE_BYTES:], "big")
    return body[:_NONCE_BYTES].hex() if is_right and age <= life.total_seconds() else ""


def _code(key: bytes, bound: bytes, body: bytes) -> bytes:
    return hmac.new(key, bound + body, hashlib.sha256).digest()


def _marks(kept: str) -> list[str]:
    return [mark for mark in kept.split(".", MOST_PEOPLE)[:MOST_PEOPLE] if _MARK.fullmatch(mark)]


def _now() -> int:
    return int(timezone.now().timestamp())
