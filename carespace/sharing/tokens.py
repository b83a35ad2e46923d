"""Calendar addresses: made from the feed's id with the server's key, so that nothing at rest opens one (T8).

Promises: 256 bits; the table keeps a keyed hash, so that a copy of the database finds no address and makes none.
"""

import base64
import hmac
from uuid import UUID

from django.conf import settings

LETTERS = 43


def token_for(feed_id: UUID) -> str:
    """Return the address's token; 43 URL-safe characters."""
    return base64.urlsafe_b64encode(_keyed(f"calendar:{feed_id}")).rstrip(b"=").decode()


def hash_of(token: str) -> bytes:
    """Return what the database keeps of a token; 32 bytes."""
    return _keyed(f"calendar-hash:{token}")


def _keyed(text: str) -> bytes:
    return hmac.new(settings.CARESPACE_TOKEN_KEY, text.encode(), "sha256").digest()
