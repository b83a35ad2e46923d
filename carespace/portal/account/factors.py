"""How django-allauth's second factors meet our keys: what it keeps of a factor is sealed with a key outside the database."""

import base64
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
ISSUER = "CareSpace"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Our adapter: secrets of authenticator apps are AES-256-GCM ciphertext at rest; an app calls us by our name."""

    def get_totp_issuer(self) -> str:
        """Return what an app shows beside the code."""
        return ISSUER

    def encrypt(self, text: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(settings.CARESPACE_FACTOR_KEY).encrypt(nonce, text.encode(), None)
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        opened = AESGCM(settings.CARESPACE_FACTOR_KEY).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None
        )
        return opened.decode()
