"""The cookie by which a browser is known again as one that a person has signed in from (ASVS 6.3.1).

Promises: it is set in one place for each way in, when all steps of it are done; it goes to this host only, no script
reads it, and without it everything works: tries then count as a stranger's. What is in it, ``accounts.known_devices``
says.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from carespace.accounts.known_devices import LIFE, remember
from carespace.accounts.models import User


def cookie_name() -> str:
    """Return the cookie's name; browsers let only the host itself set one that starts with ``__Host-``."""
    return "__Host-carespace-device" if settings.SESSION_COOKIE_SECURE else "carespace-device"


def devices_in(request: HttpRequest) -> str:
    """Return what this browser keeps of earlier sign-ins."""
    return request.COOKIES.get(cookie_name(), "")


def know_again(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known as ``user``'s from now on: they have just shown that it is they."""
    response.set_cookie(
        cookie_name(),
        remember(user, devices_in(request)),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
