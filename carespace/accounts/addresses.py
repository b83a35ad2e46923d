"""Keys of the links that confirm a new email address (S-31, T6, T8, AUTH-12).

Promises: a key is made when its mail is written, so that none lies anywhere at rest. It is sealed (AES-256-GCM), so that
the address in it cannot be read in a link, a log or a history; it opens only for the person who asked, with the address
and the password they had then, and for 24 hours from that moment: the next change of either ends it, and so does its use.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

from carespace.accounts.models import User

LIFE = timedelta(hours=24)
_NONCE_BYTES, _TIME_BYTES = 12, 6


class AddressLinkEnded(LookupError):
    """The link was used, is too old, is another person's, or never was; or its address is somebody's by now."""


def asked_by(user: User) -> dict[str, Any]:
    """Return what a mail needs to write the link later: who asked, when, and as whom they were known then."""
    return {"user": str(user.pk), "asked_at": _now(), "state": _state(user)}


def key_for(user: User, address: str, asked: Mapping[str, Any]) -> str:
    """Return the key of a link that makes ``address`` the one of ``user``; empty where they have changed since they asked."""
    if not hmac.compare_digest(str(asked["state"]), _state(user)):
        return ""
    plain = int(asked["asked_at"]).to_bytes(_TIME_BYTES, "big") + address.encode()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(settings.CARESPACE_ADDRESS_KEY).encrypt(nonce, plain, _known_as(user))
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def address_in(key: str, user: User) -> str:
    """Return the address that ``key`` is for, as long as it works for ``user``; else raise AddressLinkEnded."""
    try:
        whole = base64.b64decode(key + "=" * (-len(key) % 4), altchars="-_", validate=True)
        nonce, sealed = whole[:_NONCE_BYTES], whole[_NONCE_BYTES:]
        plain = AESGCM(settings.CARESPACE_ADDRESS_KEY).decrypt(nonce, sealed, _known_as(user))
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise AddressLinkEnded from error
    age = _now() - int.from_bytes(plain[:_TIME_BYTES], "big")
    if age > LIFE.total_seconds():
        raise AddressLinkEnded
    return plain[_TIME_BYTES:].decode()


def _known_as(user: User) -> bytes:
    """Return who ``user`` is as of now: what a key is bound to."""
    return "\n".join([str(user.pk), user.email, user.password]).encode()


def _state(user: User) -> str:
    return hmac.new(settings.CARESPACE_ADDRESS_KEY, _known_as(user), hashlib.sha256).hexdigest()


def _now() -> int:
    return int(timezone.now().timestamp())
