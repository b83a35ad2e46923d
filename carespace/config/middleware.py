"""What surrounds every request: headers, the ends of a session, and how refusals become pages.

Promises: nothing signed-in is kept by a browser or a proxy (SEC-3, T21); a session ends on the server after its idle
and its absolute time, whatever the cookie says (AUTH-16); "not yours" and "not there" are one page, made in one place;
who must first show who they are, set up a second factor or agree to the terms is led there and back.
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from carespace.access.chart import NotFound, TermsNotAccepted
from carespace.access.desk import SecondFactorMissing
from carespace.accounts.proof import ProofNeeded
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
        if onward := _asked_first(error):
            # Where the page was asked for by a form, its own page is shown again afterwards: the form is sent anew.
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{onward}?{query}")
        return not_found(request) if isinstance(error, NotFound) else None


def _asked_first(error: Exception) -> str:
    """Return the page that must be passed before the one that was asked for; empty where none must."""
    if isinstance(error, ProofNeeded):
        return reverse("portal:confirm")
    if isinstance(error, SecondFactorMissing):
        return reverse("portal:factors")
    if isinstance(error, TermsNotAccepted):
        return reverse("portal:terms-agree", args=[error.practice.slug])
    return ""
