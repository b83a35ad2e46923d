"""The browsers a person is signed in with, and how to sign one out (ASVS 7.5.2)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def devices(_request: HttpRequest) -> HttpResponse:
    """List the devices."""
    return redirect("portal:settings")
