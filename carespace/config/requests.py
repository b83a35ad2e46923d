"""What a request must be before anything of ours reads it: UTF-8, small, and text that a database can keep.

Promises: no name of a codec from outside is ever used (some take minutes, some raise); a body is at most
``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes, files included; no NUL and no half of a surrogate pair passes, in the address
or in a field. Everything else gets the 400 page (V1-5, V2-2: one encoding, checked before use).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters

from carespace.config.errors import bad_request

Handler = Callable[[HttpRequest], HttpResponse]
UTF_8 = "utf-8"
REFUSED = "application/x-not-utf-8"
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
# A part of a form may name a codec too (RFC 2231): LookupError and UnicodeError come from there.
_UNREADABLE = (
    BadRequest,
    LookupError,
    MultiPartParserError,
    SuspiciousOperation,
    UnreadablePostError,
    ValueError,
)


def with_plain_type(environ: dict[str, Any]) -> dict[str, Any]:
    """Return a WSGI environ that Django can read; it uses the charset named there before any middleware runs."""
    if is_utf_8(environ.get("CONTENT_TYPE", "")):
        return environ
    return {**environ, "CONTENT_TYPE": REFUSED}


def is_utf_8(content_type: str) -> bool:
    """Say whether a Content-Type names UTF-8 or no charset; False for what is not written like one."""
    try:
        _, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return False
    return content_type != REFUSED and parameters.get("charset", UTF_8).lower() == UTF_8


class PlainRequests:
    """Answers 400 to what cannot be read; stands before everything that reads a field."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request) if _can_be_read(request) else bad_request(request)


def _can_be_read(request: HttpRequest) -> bool:
    if not is_utf_8(request.META.get("CONTENT_TYPE", "")):
        return False
    if _is_large(request.META.get("CONTENT_LENGTH") or "0"):
        return False
    try:
        texts = [request.path_info, *_texts(request.GET), *_texts(request.POST)]
    except _UNREADABLE:
        return False
    return not any(_NOT_TEXT.search(text) for text in texts)


def _is_large(length: str) -> bool:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not (length.isascii() and length.isdigit()):
        return True
    return len(length) > len(str(most)) or int(length) > most


def _texts(fields: QueryDict) -> Iterator[str]:
    for name, values in fields.lists():
        yield name
        yield from (str(value) for value in values)
