"""Second factors: which a person has, and whether a code or an old code is right (AUTH-8, AUTH-11, AUTH-13).

Promises: a code of an authenticator app is good for one time step of 30 seconds, one step to either side, and only for
a step later than the last one used; a recovery code has 79 random bits and is kept as its SHA-256 digest only; a birth
date is none of these (T7). Nothing is written here: see ``actions``.
"""

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt

from carespace.accounts.models import User

Way: TypeAlias = Literal["totp", "webauthn", "recovery-code"]
APP: Way = "totp"
PASSKEY: Way = "webauthn"
RECOVERY_CODE: Way = "recovery-code"

CODES_MADE = 10
# Small letters and digits without those that are taken for one another (0 o, 1 l i).
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH, CODE_GROUP = 16, 4
MOST_PASSKEYS = 10
LONGEST_NAME = 60


class FactorRefused(ValueError):
    """This factor cannot be added or removed; the text is the reason's code."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has beside their password."""

    app: Authenticator | None
    passkeys: tuple[Authenticator, ...]
    codes: Authenticator | None

    def __bool__(self) -> bool:
        """Whether they are asked for a second factor: recovery codes alone are none."""
        return self.app is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        """How many there are, recovery codes left out."""
        return len(self.passkeys) + (self.app is not None)

    @property
    def codes_left(self) -> int:
        """How many recovery codes work still."""
        return len(self.codes.data["digests"]) if self.codes else 0

    @property
    def ways(self) -> tuple[Way, ...]:
        """Return in which ways they can show one, the usual one first."""
        if not self:
            return ()
        given: tuple[tuple[Way, bool], ...] = (
            (APP, self.app is not None),
            (PASSKEY, bool(self.passkeys)),
            (RECOVERY_CODE, self.codes_left > 0),
        )
        return tuple(way for way, there in given if there)


def factors_of(user: User, *, lock: bool = False) -> Factors:
    """Return what ``user`` has; ``lock`` lets nobody else use, add or remove one until the transaction ends.

    Row security shows a person their own only.
    """
    rows = Authenticator.objects.filter(user_id=user.pk).order_by("pk")
    if lock:
        # The person first: two who add a first factor at once find no row of it to wait for.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        rows = rows.select_for_update()
    found = list(rows)
    kinds = Authenticator.Type
    return Factors(
        app=next((each for each in found if each.type == kinds.TOTP), None),
        passkeys=tuple(each for each in found if each.type == kinds.WEBAUTHN),
        codes=next((each for each in found if each.type == kinds.RECOVERY_CODES), None),
    )


def new_secret() -> str:
    """Return the secret of a new authenticator app: 160 bits in base32."""
    secret: str = generate_totp_secret()
    return secret


def sealed(text: str) -> str:
    """Return ``text`` as it may lie in a table or a session: readable with the key outside the database only."""
    closed: str = encrypt(text)
    return closed


def opened(closed: str) -> str:
    """Return what ``sealed()`` was given."""
    text: str = decrypt(closed)
    return text


def app_data(secret: str, step: int) -> dict[str, Any]:
    """Return what is kept of an authenticator app whose code of the time step ``step`` was just used."""
    return {"secret": sealed(secret), "last_step": step}


def step_of(secret: str, code: str, *, after: int = -1) -> int | None:
    """Return the time step whose code ``code`` is: near enough to now, and later than ``after``; else None."""
    typed = re.sub(r"[\s-]", "", code).encode()
    now = int(time.time()) // app_settings.TOTP_PERIOD
    tolerance = app_settings.TOTP_TOLERANCE
    found = None
    for step in range(now - tolerance, now + tolerance + 1):
        right = code_at(secret, step).encode()
        if hmac.compare_digest(typed, right) and step > after:
            found = step
    return found


def code_at(secret: str, step: int) -> str:
    """Return the six digits that an app with ``secret`` shows in the time step ``step`` (RFC 6238)."""
    digits: str = format_hotp_value(hotp_value(secret, step))
    return digits


def new_codes() -> list[str]:
    """Return new recovery codes, to be shown once."""
    return [_new_code() for _ in range(CODES_MADE)]


def digest_of(code: str) -> str:
    """Return what is kept of a recovery code, however it was typed."""
    plain = re.sub(r"[\W_]", "", code).lower()
    return hashlib.sha256(plain.encode()).hexdigest()


def _new_code() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    groups = [letters[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP)]
    return "-".join(groups)
