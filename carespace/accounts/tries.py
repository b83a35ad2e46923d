"""One try to sign in, and what it counts against (AUTH-7, T5, ASVS 6.3.1).

Promises: a try in a browser that the person has signed in from before counts against that browser alone, and a wrong
one from anywhere else never makes it wait; every other try counts for the address, the network and everybody together.
Nothing here asks whether the address is anybody's.
"""

from dataclasses import dataclass

from carespace.accounts import throttle

Subjects = tuple[tuple[throttle.Limit, str], ...]
WARNED_AFTER = (
    10  # wrong tries in a row in browsers nobody knows: from there the person is told, once a day
)


@dataclass(frozen=True, slots=True)
class Try:
    """One try that may go on; say what came of it with ``was_right`` unless it was wrong."""

    email: str
    network: str
    device: str
    in_a_row: int

    @property
    def many_were_wrong(self) -> bool:
        """Whether, this one being wrong too, the person is to be told."""
        return self.in_a_row >= WARNED_AFTER

    def was_right(self, *, wholly: bool) -> None:
        """Uncount it; ``wholly``, when nothing is left to ask, also forgets the wrong ones before it.

        A right password in the person's own browser does not forget what others tried elsewhere.
        """
        if self.device:
            throttle.give_back((throttle.SIGN_IN_BY_DEVICE, self.device))
            return
        throttle.give_back(
            (throttle.SIGN_IN_BY_NETWORK, self.network), (throttle.SIGN_IN_EVERYWHERE, "")
        )
        if wholly:
            throttle.forget(
                (throttle.SIGN_IN_BY_EMAIL, self.email), (throttle.SIGN_IN_IN_A_ROW, self.email)
            )


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
        (throttle.SIGN_IN_BY_NETWORK, network),
        (throttle.SIGN_IN_EVERYWHERE, ""),
        (throttle.SIGN_IN_IN_A_ROW, email),
    )
    return Try(email, network, device, in_a_row=counts[-1])
