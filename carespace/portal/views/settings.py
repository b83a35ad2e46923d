"""Settings: who is signed in, what keeps the sign-in safe, how the pages look (S-30, S-32; ui.md page 15)."""

from datetime import timedelta

from django import forms
from django.conf import settings as server
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from carespace.access import own_account
from carespace.accounts.factors import factors_of
from carespace.portal.reports.choice import NewsForm, news_choice
from carespace.portal.security.frame import draw
from carespace.portal.shell import LOOK_COOKIE, look_of, signed_in
from carespace.practices.lookup import offers_to

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
    lines = [
        {"term": "Name", "value": user.name},
        {"term": "Email address", "value": user.email},
    ]
    values = {
        "form": form,
        "news_form": NewsForm(initial={"news": news_choice(user)}),
        "lines": lines,
        "sign_in_lines": _sign_in_lines(request),
        "offers": offers_to(user.email),
    }
    return draw(request, "portal/settings.html", values)


def _sign_in_lines(request: HttpRequest) -> list[dict[str, str]]:
    """Return what keeps the sign-in safe, with where to change it."""
    user = signed_in(request)
    found = own_account.devices_of(user=user, session=request.session)
    others = len([device for device in found if not device.is_this])
    return [
        {
            "term": "Second step",
            "value": "On" if factors_of(user) else "Off",
            "url": reverse("portal:factors"),
            "label": "Change" if factors_of(user) else "Set up",
        },
        {
            "term": "Devices signed in",
            "value": f"This one and {others} more" if others else "Only this one",
            "url": reverse("portal:devices"),
            "label": "See all",
        },
    ]


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
