"""For a day after a password was set by a mailed link, the address stays what it is (T8, AUTH-12).

Promises: whoever reads somebody's mail can set their password, but cannot in the same hour move the sign-in to an address
of their own and so shut the person out for good: until the day is over, a link to the old address takes it back. The
moment is kept beside the throttles, under a keyed digest, and nothing lifts it: neither the next password nor the
front desk's unlocking.
"""

from datetime import datetime, timedelta

from carespace.accounts import throttle
from carespace.accounts.models import User

ADDRESS_HOLD = throttle.Limit("address-hold", 0, timedelta(hours=24))


class AddressHeld(RuntimeError):
    """The address stays what it is until ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__("address held")
        self.until = until


def hold(user: User) -> None:
    """Let the address of ``user`` stay what it is for a day from now; part of the running transaction."""
    throttle.hold((ADDRESS_HOLD, str(user.pk)))


def held_until(user: User) -> datetime | None:
    """Return until when the address of ``user`` stays what it is; None where it may change."""
    return throttle.waits_until((ADDRESS_HOLD, str(user.pk)))


def require_not_held(user: User) -> None:
    """Raise AddressHeld while the address of ``user`` stays what it is."""
    if until := held_until(user):
        raise AddressHeld(until)
