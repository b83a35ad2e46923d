"""What surrounds every request: headers, the ends of a session, and how refusals become pages.

Promises: nothing signed-in is kept by a browser or a proxy (SEC-3, T21); a session ends on the server after its idle
and its absolute time, whatever the cookie says (AUTH-16); "not yours" and "not there" are one page, made in one place.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from carespace.access.chart import NotFound
from carespace.config.errors import file_unreadable, not_allowed, not_found
from carespace.files.store import UnreadableBlob

Handler = Callable[[HttpRequest], HttpResponse]
NOTE_EVERY_SECONDS = 30
_STARTED, _SEEN = "started_at", "seen_at"
NOT_ALLOWED = 405


class SafeHeaders:
    """Sets what Django and django-csp leave open."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
            patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class SessionEnds:
    """Ends a session after 20 idle minutes (staff 15) and after 12 hours in all."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            started = request.session.setdefault(_STARTED, now)
            seen = request.session.get(_SEEN, now)
            idle = settings.CARESPACE_IDLE_SECONDS
            if request.session.get("is_staff"):
                idle = settings.CARESPACE_STAFF_IDLE_SECONDS
            if now - seen > idle or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
                request.session["ended"] = True
            elif _SEEN not in request.session or now - seen > NOTE_EVERY_SECONDS:
                request.session[_SEEN] = now
        return self._get_response(request)


class Refusals:
    """Turns the rooms' refusals into pages; ``config.errors.broke`` logs what is none."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        return not_allowed(request, response) if response.status_code == NOT_ALLOWED else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, UnreadableBlob):
            return file_unreadable(request, error.blob)
        return not_found(request) if isinstance(error, NotFound) else None
