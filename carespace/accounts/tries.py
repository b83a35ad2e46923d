"""One try to sign in, and what it counts against (AUTH-7, T5, ASVS 6.3.1).

Promises: a try in a browser that the person has signed in from before counts against that browser alone, and a wrong
one from anywhere else never makes it wait; every other try counts for the address, the network, the larger networks it
is part of, and everybody together. Nothing here asks whether the address is anybody's.
"""

from dataclasses import dataclass

from carespace.accounts import throttle
from carespace.accounts.actions import warn_of_tries
from carespace.audit.recording import Actor, record_aside

Subjects = tuple[tuple[throttle.Limit, str], ...]
# Wrong tries in a row in browsers nobody knows: from there the person is told, once a day.
WARNED_AFTER = 10


@dataclass(frozen=True, slots=True)
class Try:
    """One try that may go on; say what came of it with ``was_right`` or ``was_wrong``."""

    email: str
    network: str
    device: str
    in_a_row: int

    def was_right(self, *, wholly: bool) -> None:
        """Uncount it; ``wholly``, when nothing is left to ask, also forgets the wrong ones before it.

        A right password in the person's own browser does not forget what others tried elsewhere.
        """
        if self.device:
            throttle.give_back((throttle.SIGN_IN_BY_DEVICE, self.device))
            return
        throttle.give_back(*_networks(self.network), (throttle.SIGN_IN_EVERYWHERE, ""))
        if wholly:
            throttle.forget(
                (throttle.SIGN_IN_BY_EMAIL, self.email), (throttle.SIGN_IN_IN_A_ROW, self.email)
            )

    def was_wrong(self, *, by: Actor, step: str) -> None:
        """Write down what was wrong, and tell the person when it was one of many: the same for nobody's address."""
        record_aside("user.refuse", by=by, detail={"step": step})
        if self.in_a_row >= WARNED_AFTER:
            warn_of_tries(email=self.email)


def begin(*, email: str, network: str, device: str = "") -> Try:
    """Count one try for ``email``; raise TooManyTries when it must wait. ``device`` is one of the person's own, or ``""``.

    An own browser that has used up its tries is a stranger again, and so is a stolen cookie.
    """
    if device:
        try:
            throttle.take((throttle.SIGN_IN_BY_DEVICE, device))
        except throttle.TooManyTries:
            device = ""
        else:
            return Try(email, network, device, in_a_row=0)
    counts = throttle.take(
        (throttle.SIGN_IN_BY_EMAIL, email),
        *_networks(network),
        (throttle.SIGN_IN_EVERYWHERE, ""),
        (throttle.SIGN_IN_IN_A_ROW, email),
    )
    return Try(email, network, device, in_a_row=counts[-1])


def _networks(network: str) -> Subjects:
    """Return ``network`` and the larger ones it is part of, each with its limit."""
    return (
        (throttle.SIGN_IN_BY_NETWORK, network),
        (throttle.SIGN_IN_BY_SITE, throttle.site_of(network)),
        (throttle.SIGN_IN_BY_PROVIDER, throttle.provider_of(network)),
    )
