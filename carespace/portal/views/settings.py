"""Settings: who is signed in, how to change the password, how the pages look."""

from datetime import timedelta

from django import forms
from django.conf import settings as server
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from carespace.access.chart import own_grants
from carespace.portal.practice import practice_of
from carespace.portal.shell import LOOK_COOKIE, look_of, note_records, person_shell, signed_in

LOOK_KEPT = timedelta(days=365)


class LookForm(forms.Form):
    """Light, dark, or what the device says."""

    look = forms.ChoiceField(
        label="How should pages look?",
        widget=forms.RadioSelect,
        choices=(
            ("system", "The same as my device"),
            ("light", "Light"),
            ("dark", "Dark"),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show who is signed in and keep the chosen look in a cookie."""
    user = signed_in(request)
    form = LookForm(request.POST or None, initial={"look": look_of(request)})
    if form.is_valid():
        messages.success(request, "We saved how your pages look.")
        return keep_look(redirect("portal:settings"), form.cleaned_data["look"])
    grants = own_grants(user)
    note_records(request, len(grants))
    practice = grants[0].practice if grants else practice_of(request)
    lines = [
        {"term": "Name", "value": user.name},
        {"term": "Email address", "value": user.email},
        {"term": "Password", "value": "Hidden"},
    ]
    context = {
        "form": form,
        "lines": lines,
        "shell": person_shell(request, practice, grants),
        "practice": practice,
    }
    return render(request, "portal/settings.html", context)


def keep_look(response: HttpResponse, look: str) -> HttpResponse:
    """Keep ``look`` for a year; it tells nothing about anybody."""
    response.set_cookie(
        LOOK_COOKIE,
        look,
        max_age=LOOK_KEPT,
        secure=server.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
