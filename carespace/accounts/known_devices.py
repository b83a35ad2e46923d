"""Browsers that a person has signed in from before: their tries are counted apart from everybody else's (ASVS 6.3.1).

Promises: what a browser keeps is a random number, a time and a code that only this server can make, for one person
and their password of today; nobody's name, address or id can be read in it. It signs nobody in: it says against which
count a wrong password goes, so that an attacker elsewhere does not keep a person out of their own phone. It dies after
a year, and with the password. After OWASP's "device cookies" (owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from carespace.accounts import device_marks
from carespace.accounts.models import User

LIFE = timedelta(days=365)
_NOBODY = User(pk=UUID(int=0), password="")


def remember(user: User, kept: str = "") -> str:
    """Return what a browser shall keep after ``user`` signed in; ``kept`` is what it kept before, of others too."""
    bound = device_marks.bound_to(user)
    return device_marks.added(settings.CARESPACE_DEVICE_KEY, bound, kept, LIFE)


def device_of(user: User | None, kept: str) -> str:
    """Return the number by which ``user``'s tries in this browser are counted; ``""`` when it is not one of theirs.

    For nobody the same work is done, and nothing found.
    """
    bound = device_marks.bound_to(user or _NOBODY)
    number = device_marks.found(settings.CARESPACE_DEVICE_KEY, bound, kept, LIFE)
    return number if user else ""
