"""Whose portal a signed-out page belongs to.

Promises: the practice is resolved once per request, from its host alone; a face never asks the tables itself.
"""

from django.http import HttpRequest

from carespace.practices.lookup import by_host
from carespace.practices.models import Practice

_KEPT = "_portal_practice"


def practice_of(request: HttpRequest) -> Practice | None:
    """Return the practice of the request's host, or the only one there is, or None."""
    if not hasattr(request, _KEPT):
        host = request.get_host().partition(":")[0]
        setattr(request, _KEPT, by_host(host))
    found: Practice | None = getattr(request, _KEPT)
    return found
