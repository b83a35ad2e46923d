"""The language a browser keeps, for pages before sign-in: a short code, and nothing about anybody."""

from datetime import timedelta

from django.conf import settings as server
from django.http import HttpResponse

from carespace.ui.languages import COOKIE

LANGUAGE_KEPT = timedelta(days=365)


def keep_language(response: HttpResponse, code: str) -> HttpResponse:
    """Keep ``code`` in this browser for a year; it tells nothing about anybody."""
    response.set_cookie(
        COOKIE,
        code,
        max_age=LANGUAGE_KEPT,
        secure=server.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
