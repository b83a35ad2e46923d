"""The cookie by which a device stands for the second step of somebody who asked for that on it (AUTH-8).

Promises: it is set when a second factor was just shown and the box was ticked, and read when the password, and the birth
date where one is asked, were right; it goes to this host only and no script reads it. What is in it, and when it counts
no more, ``accounts.trusted_devices`` says.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from carespace.access.trusted_devices import trust_device
from carespace.accounts.models import User
from carespace.accounts.trusted_devices import LIFE


def cookie_name() -> str:
    """Return the cookie's name; browsers let only the host itself set one that starts with ``__Host-``."""
    return "__Host-carespace-trust" if settings.SESSION_COOKIE_SECURE else "carespace-trust"


def trusted_in(request: HttpRequest) -> str:
    """Return what this browser keeps of those who trust it."""
    return request.COOKIES.get(cookie_name(), "")


def trust(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser not ask ``user`` for a code for 30 days; raise TrustRefused for staff."""
    response.set_cookie(
        cookie_name(),
        trust_device(user=user, kept=trusted_in(request)),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
