"""Settings: who is signed in, what keeps the sign-in safe, how the pages look (S-30, S-32; ui.md page 15)."""

from datetime import timedelta

from django import forms
from django.conf import settings as server
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from carespace.access import own_account
from carespace.accounts.factors import factors_of
from carespace.portal.reports.choice import NewsForm, news_choice
from carespace.portal.security.frame import draw
from carespace.portal.shell import LOOK_COOKIE, look_of, signed_in
from carespace.practices.lookup import offers_to
from carespace.ui.languages import LANGUAGES, language_now

LOOK_KEPT = timedelta(days=365)


class LookForm(forms.Form):
    """Light, dark, or what the device says."""

    look = forms.ChoiceField(
        label=gettext_lazy("How should pages look?"),
        widget=forms.RadioSelect,
        choices=(
            ("system", gettext_lazy("The same as my device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ),
    )


class LanguageForm(forms.Form):
    """The language of pages and mail, each named in its own words; ``portal:language`` takes the answer."""

    language = forms.ChoiceField(
        label=gettext_lazy("Which language do you want to read?"),
        help_text=gettext_lazy("We write our emails to you in it, too."),
        widget=forms.RadioSelect,
        choices=LANGUAGES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show who is signed in and keep the chosen look in a cookie."""
    user = signed_in(request)
    form = LookForm(request.POST or None, initial={"look": look_of(request)})
    if form.is_valid():
        messages.success(request, _("We saved how your pages look."))
        return keep_look(redirect("portal:settings"), form.cleaned_data["look"])
    lines = [
        {"term": _("Name"), "value": user.name},
        {"term": _("Email address"), "value": user.email},
    ]
    values = {
        "form": form,
        "language_form": LanguageForm(initial={"language": language_now()}),
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
            "term": _("Second step"),
            "value": _("On") if factors_of(user) else _("Off"),
            "url": reverse("portal:factors"),
            "label": _("Change") if factors_of(user) else _("Set up"),
        },
        {
            "term": _("Devices signed in"),
            "value": _("This one and %(count)s more") % {"count": others}
            if others
            else _("Only this one"),
            "url": reverse("portal:devices"),
            "label": _("See all"),
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
