"""Tokens of links: made from the invitation's id, so that only their SHA-256 is ever stored.

Promises: 256 bits, and the mail can be written again after a crash without the token lying anywhere at rest (T8).
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def token_for(invitation_id: UUID) -> str:
    """Return the link's token; 43 URL-safe characters."""
    mac = hmac.new(settings.CARESPACE_TOKEN_KEY, f"invitation:{invitation_id}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def hash_of(token: str) -> bytes:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()
