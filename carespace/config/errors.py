"""The pages for what went wrong, in one place; each is whole without a database (ui.md, errors).

Django hands each a second argument that no page here has a use for.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the one page for "not there" and "not yours"."""
    return render(request, "404.html", status=404)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the page for a request that may not be."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Return the page for a form that is not ours or too old."""
    return render(request, "403_csrf.html", status=403)


def broke(request: HttpRequest) -> HttpResponse:
    """Return the page for our own mistake."""
    return render(request, "500.html", status=500)
