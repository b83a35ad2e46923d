"""Read the terms of service, and agree to them (S-23, D-4).

Promises: each person agrees for themselves, to the text they were shown and no other; reading changes nothing; who has
nothing to agree to, at a practice that asks nothing or in a version they agreed to before, is led on at once.
"""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.chart import NotFound, actor_of, own_grants
from carespace.portal.account.onward import safe_path
from carespace.portal.account.pages import show
from carespace.portal.practice import practice_of
from carespace.portal.shell import note_records, person_shell, signed_in
from carespace.practices.actions import accept_terms
from carespace.practices.lookup import by_slug, has_agreed
from carespace.practices.models import Practice
from carespace.practices.terms import is_shipped, sections_of, version_of

CHANGED = gettext_lazy("The terms changed a moment ago. Please read them again.")


class AgreeForm(forms.Form):
    """A tick, the version that was on the screen, and where to go afterwards."""

    agreed = forms.BooleanField(
        label=gettext_lazy("I have read the terms of service and agree to them"),
        error_messages={
            "required": gettext_lazy("Read the terms of service and tick the box to agree")
        },
    )
    version = forms.CharField(widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Show the terms of the practice of this address."""
    return _read(request, practice_of(request))


@login_not_required
@require_safe
def terms_of(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the terms of one practice, of which there may be several at one address."""
    practice = by_slug(slug)
    if practice is None:
        raise NotFound
    return _read(request, practice)


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the signed-in person to agree to the terms as they are now, and lead on to what they wanted."""
    user = signed_in(request)
    grants = own_grants(user)
    practice = next((each.practice for each in grants if each.practice.slug == slug), None)
    if practice is None:
        raise NotFound
    onward = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    if not practice.settings.tos_required or has_agreed(user.pk, practice):
        return redirect(onward or "portal:start")
    first = {"version": practice.terms_version, "next": onward}
    form = AgreeForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        if form.cleaned_data["version"] == practice.terms_version:
            accept_terms(
                user=user, practice=practice, version=practice.terms_version, by=actor_of(user)
            )
            return redirect(onward or "portal:start")
        messages.warning(request, CHANGED)
        return redirect(request.get_full_path())
    note_records(request, len(grants))
    request.shell = person_shell(request, practice)  # type: ignore[attr-defined]
    values = {
        "form": form,
        "practice": practice,
        "sections": sections_of(practice),
        "version": version_of(practice),
        "is_shipped": is_shipped(practice),
        "elsewhere": any(each.practice.pk != practice.pk for each in grants),
    }
    return render(request, "portal/account/terms_agree.html", values)


def _read(request: HttpRequest, practice: Practice | None) -> HttpResponse:
    values = {
        "sections": sections_of(practice),
        "version": version_of(practice),
        "is_shipped": is_shipped(practice),
    }
    return show(request, "terms", practice, values)
