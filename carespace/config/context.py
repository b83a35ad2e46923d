"""What every template gets: the shell around the page, in the look and language of its reader; when the session ends."""

from dataclasses import replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from carespace.accounts.session_ends import left_of
from carespace.portal.shell import STAFF_URL, look_of, outside_shell
from carespace.ui.keeping import kept_fields
from carespace.ui.languages import LANGUAGES, language_now
from carespace.ui.shell import SessionEnd, Shell


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the shell a view has set on the request, else a signed-out one, the languages, and when the session ends.

    Made only when a template asks for it: the page for our own mistakes must not need a database.
    """

    def around() -> Shell:
        found: Shell = getattr(request, "shell", None) or outside_shell(request)
        return replace(found, theme=look_of(request))

    return {
        "LANGUAGE_CODE": language_now(),
        "shell": SimpleLazyObject(around),
        "languages": () if request.path.startswith(STAFF_URL) else LANGUAGES,
        "language_url": reverse("portal:language"),
        "session_end": SimpleLazyObject(lambda: _session_end(request)),
    }


def _session_end(request: HttpRequest) -> SessionEnd | None:
    """Return when the session of who asks ends; None for somebody signed out."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    left = left_of(request.session)
    view = request.resolver_match.func if request.resolver_match else None
    return SessionEnd(
        seconds_left=left.seconds,
        is_fixed=left.is_fixed,
        keeps=view is not None and bool(kept_fields(view)),
        time_left_url=reverse("portal:time-left"),
        stay_url=reverse("portal:stay"),
        keep_url=reverse("portal:keep-draft"),
        sign_in_url=reverse("portal:sign-in"),
    )
