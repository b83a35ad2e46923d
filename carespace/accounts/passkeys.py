"""Passkeys: what the browser is asked, and whether its answer is right (W3C Web Authentication, AUTH-8).

Promises: an answer counts only for our own origin (``CARESPACE_ORIGIN``), for the challenge it was asked with, and with
a signature of a key that the person added; a counter that goes back, the mark of a copied key, is refused. Which
challenge was asked is for the caller to keep, and to forget after one answer.
"""

import base64
import json
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from carespace.accounts.models import User

PRODUCT = "CareSpace"
CHALLENGE_BYTES = 32
LONGEST_ANSWER = 20_000
ALGORITHM = 3  # the label of a key's algorithm (RFC 9052, section 7.1)
VERIFIED = UserVerificationRequirement.PREFERRED


class PasskeyRefused(ValueError):
    """The browser's answer is not the one we asked for."""


def new_challenge() -> str:
    """Return a new challenge, to be kept until its one answer."""
    return base64.urlsafe_b64encode(secrets.token_bytes(CHALLENGE_BYTES)).decode()


def options_to_add(user: User, challenge: str, there: Iterable[Authenticator]) -> str:
    """Return as JSON what ``navigator.credentials.create()`` is given; keys ``there`` are not made twice."""
    person = PublicKeyCredentialUserEntity(
        id=user.pk.bytes, name=user.email, display_name=user.name
    )
    options, _ = _server().register_begin(
        user=person,
        credentials=[_key(each) for each in there],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=VERIFIED,
        challenge=base64.urlsafe_b64decode(challenge),
    )
    return json.dumps(dict(options))


def added(challenge: str, answer: str) -> dict[str, Any]:
    """Return what is kept of the passkey that the browser made; raise PasskeyRefused."""
    try:
        seen = _server().register_complete(_state(challenge), _read(answer))
    except Exception as wrong:  # the library's readers raise whatever they stumble over
        raise PasskeyRefused from wrong
    made = seen.credential_data
    if made is None or made.public_key.get(ALGORITHM) not in CoseKey.supported_algorithms():
        raise PasskeyRefused
    return {
        "key": base64.b64encode(bytes(made)).decode(),
        "counter": seen.counter,
    }


def options_to_show(challenge: str, there: Iterable[Authenticator]) -> str:
    """Return as JSON what ``navigator.credentials.get()`` is given."""
    options, _ = _server().authenticate_begin(
        credentials=[_key(each) for each in there],
        user_verification=VERIFIED,
        challenge=base64.urlsafe_b64decode(challenge),
    )
    return json.dumps(dict(options))


def shown(challenge: str, answer: str, there: Iterable[Authenticator]) -> tuple[Authenticator, int]:
    """Return which of the passkeys ``there`` signed, and its new counter; raise PasskeyRefused."""
    keys = [(_key(each), each) for each in there]
    try:
        given = _read(answer)
        signed = _server().authenticate_complete(_state(challenge), [key for key, _ in keys], given)
        counter = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except Exception as wrong:  # as above
        raise PasskeyRefused from wrong
    passkey = next(each for key, each in keys if key.credential_id == signed.credential_id)
    before = passkey.data["counter"]
    if (counter or before) and counter <= before:
        raise PasskeyRefused
    return passkey, counter


def _server() -> Fido2Server:
    host = urlsplit(settings.CARESPACE_ORIGIN).hostname or ""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name=PRODUCT),
        verify_origin=lambda origin: origin == settings.CARESPACE_ORIGIN,
    )


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge.rstrip("="), "user_verification": VERIFIED}


def _key(passkey: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(base64.b64decode(passkey.data["key"]))


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError) as wrong:
        raise PasskeyRefused from wrong
    if not isinstance(given, dict):
        raise PasskeyRefused
    return given
