"""The pages for what went wrong, in one place; each is whole without a database (ui.md, errors).

Promises: "not there" and "not yours" are one page, byte for byte (T1): what surrounds it comes from the request's host
and the look kept in a cookie, never from the address. Django hands some pages a second argument that they do not use.
"""

import sys

import structlog
from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carespace.audit.recording import SYSTEM, About, record_aside
from carespace.files.models import Blob
from carespace.portal.practice import practice_of
from carespace.portal.shell import look_of, practice_card
from carespace.ui.shell import PracticeCard, Shell

_log = structlog.get_logger("carespace.web")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the page for a request that cannot be read, or came under a name that is not ours."""
    return render(request, "400.html", {"shell": Shell(theme=look_of(request))}, status=400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the one page for "not there" and "not yours"."""
    return _page(request, "404.html", 404)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the page for a request that may not be."""
    return _page(request, "403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Return the page for a form that is not ours or too old."""
    return _page(request, "403_csrf.html", 403)


def not_allowed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Return the page for a method that an address does not take; ``answer`` names those it takes."""
    page = _page(request, "405.html", 405)
    page.headers["Allow"] = answer.headers.get("Allow", "")
    return page


def file_unreadable(request: HttpRequest, blob: Blob) -> HttpResponse:
    """Return the page for a stored file that is missing or damaged, and note it where it is looked for.

    The request's transaction is gone, and with it the open chart: the event is written aside.
    """
    _log.error("file.unreadable", blob=str(blob.pk))
    about = About(blob.practice_id, blob.patient_id, "documents", "Blob", str(blob.pk))
    record_aside("file.unreadable", by=SYSTEM, about=about)
    return _page(request, "file_unreadable.html", 500)


def broke(request: HttpRequest) -> HttpResponse:
    """Return the page for our own mistake, which may be that the database is away, and log its type and place.

    Django calls it while the exception is handled, wherever it rose: in a view or in what surrounds one.
    """
    route = request.resolver_match.route if request.resolver_match else ""
    _log.error("request.broke", route=route, method=request.method, exc_info=sys.exc_info())
    return _page(request, "500.html", 500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    shell = Shell(practice=_practice(request), theme=look_of(request))
    return render(request, template, {"shell": shell}, status=status)


def _practice(request: HttpRequest) -> PracticeCard | None:
    """Return the practice whose portal this is; None where that cannot be told now."""
    try:
        practice = practice_of(request)
    except (DisallowedHost, Error):
        return None
    return practice_card(practice) if practice else None
