"""A passkey made of software: it answers as a browser with a security key would, and can lie."""

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


def web(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class SoftKey:
    """One key for one site; ``counter`` is what it says next."""

    def __init__(self, origin: str, site: str) -> None:
        self.origin, self.site, self.counter = origin, site, 1
        self.id = secrets.token_bytes(16)
        self._private = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """Answer ``navigator.credentials.create()``."""
        asked = json.loads(options)["publicKey"]
        public = ES256.from_cryptography_key(self._private.public_key())
        data = AttestedCredentialData.create(bytes(16), self.id, public)
        seen = self._seen(PRESENT_AND_VERIFIED | WITH_KEY) + data
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": seen})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(client, {"attestationObject": web(attested)})

    def show(self, options: str) -> str:
        """Answer ``navigator.credentials.get()``."""
        client = self._client("webauthn.get", json.loads(options)["publicKey"]["challenge"])
        seen = self._seen(PRESENT_AND_VERIFIED)
        signed = self._private.sign(
            seen + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._answer(client, {"authenticatorData": web(seen), "signature": web(signed)})

    def _seen(self, flags: int) -> bytes:
        site = hashlib.sha256(self.site.encode()).digest()
        seen = site + bytes([flags]) + struct.pack(">I", self.counter)
        self.counter += 1
        return seen

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(told).encode()

    def _answer(self, client: bytes, response: dict[str, Any]) -> str:
        names = {"id": web(self.id), "rawId": web(self.id), "type": "public-key"}
        return json.dumps({**names, "response": {**response, "clientDataJSON": web(client)}})
