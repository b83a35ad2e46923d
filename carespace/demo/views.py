"""The demo's mailbox, everybody's mail in one place; and the codes of its staff, for nobody has their phones.

Promises: these pages exist in demo and test mode only (config.urls); a mail's HTML is cleaned and shown in a frame of
its own that runs no script, keeps no origin and loads nothing.
"""

import time

from allauth.mfa import app_settings
from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.accounts.factors import code_at
from carespace.demo.cast import SIGN_INS
from carespace.demo.mailbox import Mail, mail_named, mails

# A click in the frame may open its link in the window around it, and nothing else.
FRAME_POLICY = {
    "sandbox": ["allow-top-navigation-by-user-activation"],
    "default-src": [NONE],
    "frame-ancestors": [SELF],
}


@login_not_required
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """Show which code each member of the demo's staff would read off their phone now; it asks itself anew."""
    step, passed = divmod(int(time.time()), app_settings.TOTP_PERIOD)
    left = app_settings.TOTP_PERIOD - passed
    lines = [
        {
            "term": each.name,
            "local": each.email.partition("@")[0],
            "host": each.email.partition("@")[2],
            "value": code_at(each.totp_secret, step),
        }
        for each in SIGN_INS
        if each.totp_secret
    ]
    response = render(request, "demo/codes.html", {"lines": lines, "left": left})
    # Instead of a script; the page's own "meta" would do the same.
    response.headers["Refresh"] = str(left)
    return response


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    found = mails(settings.CARESPACE_MAIL_FOLDER)
    return render(request, "demo/mailbox.html", {"mails": found})


@login_not_required
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail: its links, its HTML in a frame, its text."""
    return render(request, "demo/mail.html", {"mail": _mail(name)})


@login_not_required
@require_safe
@csp(FRAME_POLICY)  # type: ignore[arg-type]
def mail_html(_request: HttpRequest, name: str) -> HttpResponse:
    """Answer the cleaned HTML of one mail, for the frame."""
    return HttpResponse(_mail(name).html)


def _mail(name: str) -> Mail:
    found = mail_named(settings.CARESPACE_MAIL_FOLDER, name)
    if found is None:
        raise Http404
    return found
