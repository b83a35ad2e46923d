"""The browsers a person is signed in with, and how to sign one out (ASVS 7.5.2)."""

from datetime import tzinfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from carespace.access import own_account
from carespace.access.chart import actor_of
from carespace.accounts.devices import Device, device_words
from carespace.accounts.proof import require_fresh
from carespace.portal.security.frame import draw, own_zone
from carespace.portal.shell import signed_in
from carespace.ui.dates import day_and_time, time_text

NO_NAME = gettext_lazy("A browser we could not name")


class SignOutForm(forms.Form):
    """Which device to sign out; none named means every other one."""

    device = forms.UUIDField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """List the browsers; sign one out, or all but this."""
    user = signed_in(request)
    if request.method == "POST":
        require_fresh(request.session)
        form = SignOutForm(request.POST)
        if form.is_valid():
            messages.success(request, _signed_out(request, form))
        return redirect("portal:devices")
    zone = own_zone(request)
    found = own_account.devices_of(user=user, session=request.session)
    lines = [_line(device, zone) for device in found]
    values = {"devices": lines, "has_others": any(not device.is_this for device in found)}
    return draw(request, "portal/security/devices.html", values)


def _signed_out(request: HttpRequest, form: SignOutForm) -> str:
    user = signed_in(request)
    if device := form.cleaned_data["device"]:
        own_account.end_session(user=user, device_id=device)
        return _("That device is signed out.")
    own_account.end_other_sessions(
        user=user, keep_session_key=str(request.session.session_key), by=actor_of(user)
    )
    return _("You are signed out everywhere else.")


def _line(device: Device, zone: tzinfo) -> dict[str, object]:
    return {
        "id": device.id,
        "text": device_words(device.text) or NO_NAME,
        "is_this": device.is_this,
        "is_computer": device.is_computer,
        "started": day_and_time(timezone.localtime(device.started_at, zone)),
        # The time alone: who is still signed in was here within the half hour.
        "seen": time_text(timezone.localtime(device.last_seen_at, zone)),
    }
