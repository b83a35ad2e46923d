"""The WSGI application that gunicorn serves."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application

from carespace.config.requests import with_plain_type

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request."""
    return _django(with_plain_type(environ), start_response)
