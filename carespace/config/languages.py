"""In which language a request is answered (LANG-4).

Promises: what the signed-in person has chosen counts before what this browser keeps in its cookie, that before what
it asks for (``Accept-Language``), that before English; no query is added, for who asks is read with the session
anyway; each page says its language in a header (RFC 9110, 8.5). The practice's side speaks English.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from carespace.portal.shell import STAFF_URL
from carespace.ui.languages import ENGLISH, known, language_now, speaking

Handler = Callable[[HttpRequest], HttpResponse]


class AskedLanguage:
    """Speaks what the browser keeps or asks for, also on the pages of what surrounds a view; nothing stays behind."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with speaking(translation.get_language_from_request(request)):
            response = self._get_response(request)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", language_now())
                patch_vary_headers(response, ["Accept-Language"])
        return response


class ChosenLanguage:
    """Speaks what the signed-in person has chosen."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with speaking(_chosen(request) or language_now()):
            response = self._get_response(request)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", language_now())
        return response


def _chosen(request: HttpRequest) -> str:
    if request.path.startswith(STAFF_URL):
        return ENGLISH
    return known(getattr(request.user, "language", ""))
