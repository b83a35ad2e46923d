"""Devices on which a person asked not to be asked for a code for 30 days: what such a browser keeps (AUTH-8, AUTH-14).

Promises: a browser keeps a mark that names nobody (see ``device_marks``), bound to the person, their password of today
and the epoch of their trust. The epoch is a random number among what is kept of their factors: it is gone when their
sessions are ended, and counts only for the very factors, recovery codes included, that it was made for. The mark
takes the place of the second step at sign-in and of nothing else: the password is asked first, and such a session has
shown no second factor. That staff are always asked, ``access.trusted_devices`` says.
"""

import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings

from carespace.accounts import device_marks
from carespace.accounts.factors import Factors
from carespace.accounts.models import User

LIFE = timedelta(days=30)
KEPT_AS = "trust"  # ``carespace.end_sessions()`` takes it away by this name
_EPOCH_BYTES = 16


def remember(user: User, epoch: str, kept: str = "") -> str:
    """Return what a browser shall keep that ``user`` trusts from now on; ``kept`` is what it kept before."""
    bound = device_marks.bound_to(user, epoch)
    return device_marks.added(settings.CARESPACE_TRUST_KEY, bound, kept, LIFE)


def is_remembered(user: User, epoch: str, kept: str) -> bool:
    """Whether ``kept`` holds a mark of ``user`` that counts still; without an epoch none does."""
    bound = device_marks.bound_to(user, epoch)
    found = device_marks.found(settings.CARESPACE_TRUST_KEY, bound, kept, LIFE)
    return bool(epoch and found)


def epoch_of(had: Factors) -> str:
    """Return the epoch of the trust of who has these factors; ``""`` where they trust no device."""
    made = str(keeper_of(had).data.get(KEPT_AS, "")) if had else ""
    return made if made.partition(":")[2] == _among(had) else ""


def new_epoch(had: Factors) -> str:
    """Return a new epoch, for these factors and no others."""
    return f"{secrets.token_hex(_EPOCH_BYTES)}:{_among(had)}"


def keeper_of(had: Factors) -> Authenticator:
    """Return the factor with which the epoch is kept: the app, or the oldest passkey."""
    return had.app or had.passkeys[0]


def _among(had: Factors) -> str:
    return ",".join(str(each.pk) for each in (had.app, *had.passkeys, had.codes) if each)
