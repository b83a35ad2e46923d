"""Who may trust a device, and what it is good for: patients and family, never who works for a practice (AUTH-8).

Promises: staff are asked for a second factor at each sign-in, whatever their browser keeps; the trust that somebody gave
who became staff ends when they next sign in. The database must know who acts (``entrance.recall()``).
"""

from carespace.access.entrance import standing_of
from carespace.accounts.actions import end_trust, note_trust_used, start_trust
from carespace.accounts.factors import factors_of
from carespace.accounts.models import User
from carespace.accounts.trusted_devices import epoch_of, is_remembered, remember


class TrustRefused(RuntimeError):
    """This person may trust no device."""


def may_trust(user: User) -> bool:
    """Whether ``user`` may have a device of theirs not ask for a code."""
    return not standing_of(user).is_staff


def trust_device(*, user: User, kept: str) -> str:
    """Return what the browser that kept ``kept`` shall keep, in which ``user`` has just shown a second factor.

    Raises TrustRefused for staff.
    """
    if not may_trust(user):
        raise TrustRefused
    return remember(user, start_trust(user=user), kept)


def takes_the_step(*, user: User, kept: str) -> bool:
    """Whether ``kept`` stands for the second step of ``user``, whose password was right a moment ago; it is written down."""
    epoch = epoch_of(factors_of(user))
    if not epoch:
        return False
    if not may_trust(user):
        end_trust(user=user)
        return False
    if not is_remembered(user, epoch, kept):
        return False
    note_trust_used(user=user)
    return True
