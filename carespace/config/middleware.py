"""What surrounds every request: headers, the ends of a session, and how refusals become pages.

Promises: nothing signed-in is kept by a browser or a proxy (SEC-3, T21); a session ends on the server after its idle
and its absolute time, whatever the cookie says (AUTH-16), and what was typed into a form that keeps is not lost by it;
one that is on no list of devices any more ends where it is next noted as used;
"not yours" and "not there" are one page, made in one place; who must first show who they are, set up a second factor or
agree to the terms is led there and back, and what they sent is kept meanwhile where its view keeps.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from carespace.access.chart import NotFound, SecondFactorMissing, TermsNotAccepted
from carespace.access.entrance import recall
from carespace.accounts import devices, drafts
from carespace.accounts.actions import end_after_time
from carespace.accounts.models import User
from carespace.accounts.proof import ProofNeeded
from carespace.accounts.session_ends import left_of, note_activity, started_at, why_ended
from carespace.accounts.sessions import SessionEnded, SessionStore
from carespace.config.errors import file_unreadable, not_allowed, not_found
from carespace.files.store import UnreadableBlob
from carespace.portal.account.onward import safe_path
from carespace.portal.account.session_views import what_was_typed
from carespace.portal.shell import signed_in
from carespace.ui.keeping import is_activity

Handler = Callable[[HttpRequest], HttpResponse]
View = Callable[..., Any]
KEPT = "kept"
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
    """Ends a session after 20 idle minutes (staff 15) and after 12 hours in all; what was just sent is kept.

    What a view keeps (``ui.keeping``) is saved after its POST has passed the check for forgery, as the draft of the
    person whose session has ended a moment ago.
    """

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not left_of(request.session).seconds:
            _end(request)
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Keep or note: here the address is known, and that a form is one of ours (``CsrfViewMiddleware``)."""
        if request.user.is_authenticated:
            if is_activity(view) and note_activity(request.session) and not _note_seen(request):
                _drop(request)
            return None
        user = getattr(request, "signed_out", None)
        if user is None or request.method != "POST" or not getattr(view, "login_required", True):
            return None
        if _keep_sent(request, view, user):
            request.session["ended"] = KEPT
            return None  # led back to this very page
        return redirect_to_login(_page_of_form(request))


def _page_of_form(request: HttpRequest) -> str:
    """Return the path of the page whose button was pressed: the button's own address may be for a POST only."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    same = came_from.netloc == request.get_host()
    return (safe_path(came_from.path) if same else "") or reverse("portal:start")


def _keep_sent(request: HttpRequest, view: View, user: User) -> bool:
    """Keep what was sent to ``view``, which will not have it now, as a draft of ``user``; False for nothing to keep."""
    place, typed = what_was_typed(request, view) if request.method == "POST" else ("", {})
    if not typed:
        return False
    with transaction.atomic():
        recall(user.pk)
        return drafts.keep(user=user, place=place, fields=typed)


def _end(request: HttpRequest) -> None:
    """Sign out, and note in the new session that it was not asked for, and whether anything typed is kept."""
    user, since = signed_in(request), started_at(request.session)
    with transaction.atomic():
        recall(user.pk)
        why = why_ended(request.session)
        end_after_time(user=user, session_key=_key_of(request), why=why)
        are_kept = drafts.are_kept_since(user=user, moment=since)
    logout(request)
    request.session["ended"] = KEPT if are_kept else "idle"
    request.signed_out = user  # type: ignore[attr-defined]


def _drop(request: HttpRequest) -> None:
    """Go on as nobody: this session has ended. The browser's cookie stays, for it may be another request's new one."""
    request.session = SessionStore()
    request.user = AnonymousUser()
    request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)


def _note_seen(request: HttpRequest) -> bool:
    """Note it in the list of devices too, at most twice a minute; False where it is not on it."""
    user = signed_in(request)
    with transaction.atomic():
        recall(user.pk)
        return devices.note_seen(user=user, session_key=_key_of(request))


def _key_of(request: HttpRequest) -> str:
    return str(request.session.session_key)


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
        if isinstance(error, SessionEnded):
            _drop(request)
            # Of two clicks the one that came second: who has the first one's session is led on from there.
            onward = safe_path(request.POST.get("next", ""))
            return redirect_to_login(onward or reverse("portal:settings"))
        if onward := _asked_first(error):
            # Where the page was asked for by a form, its own page is shown again afterwards: the form is sent anew.
            if request.resolver_match and request.user.is_authenticated:
                _keep_sent(request, request.resolver_match.func, signed_in(request))
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
