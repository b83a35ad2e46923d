"""Change the e-mail address one signs in with, or the password (S-30, S-31)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def change_email(_request: HttpRequest) -> HttpResponse:
    """Ask for the new address."""
    return redirect("portal:settings")


@require_safe
def change_email_sent(_request: HttpRequest) -> HttpResponse:
    """Say that a mail was sent."""
    return redirect("portal:settings")


@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """Ask for the new password."""
    return redirect("portal:settings")


@require_safe
def confirm_email(_request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001
    """Ask to confirm the new address."""
    return redirect("portal:settings")
