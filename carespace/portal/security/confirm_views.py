"""Confirm it is you: the password, and a second factor of who has one, before a sensitive change (ASVS 7.5.1).

Promises: tries are counted as those of sign-in; a mistake in the password and one in the code have one answer; the
session gets a new key (T10, ASVS 7.2.4). A passkey is asked for after the password, on the same page: its challenge is
made by a POST, and the password counts for it for five minutes.
"""

import time

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from carespace.access.entrance import recall
from carespace.access.own_account import is_own_password, renew_key
from carespace.accounts import throttle
from carespace.accounts.factors import PASSKEY, Factors, Way, factors_of
from carespace.accounts.models import User
from carespace.accounts.proof import note_proof
from carespace.accounts.second_step import is_shown
from carespace.portal.account import challenges
from carespace.portal.account.known_device import devices_in
from carespace.portal.account.onward import client_network, safe_path
from carespace.portal.account.pages import TOO_MANY_TRIES, wait_words
from carespace.portal.practice import practice_of
from carespace.portal.security.asking import REFUSED, ask_passkey, asking, way_in
from carespace.portal.security.factor_forms import ConfirmForm, FactorForm, refuse
from carespace.portal.security.frame import draw
from carespace.portal.shell import signed_in

PASSWORD_COUNTS_SECONDS = 5 * 60
NO_MATCH = gettext_lazy("That did not match. Check your password.")
NO_MATCH_OF_TWO = gettext_lazy("That did not match. Check your password and your code.")
_PASSWORD_AT = "password_shown_at"  # noqa: S105  the name of a note


@sensitive_post_parameters("password", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask who it is, and lead back to where that was needed."""
    user = signed_in(request)
    recall(user.pk)
    had = factors_of(user)
    way = way_in(request, had) if had else None
    onward = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    after_password = way == PASSKEY and _password_counts(request)
    if after_password and "begin" in request.POST:
        return ask_passkey(request, "portal:confirm", onward)
    data = request.POST if request.method == "POST" else None
    form = FactorForm(data, way=PASSKEY) if after_password else ConfirmForm(data, way=way)
    status = 200
    try:
        if form.is_valid():
            if _is_right(request, user, form, way):
                if way == PASSKEY and not after_password:
                    request.session[_PASSWORD_AT] = int(time.time())
                    return ask_passkey(request, "portal:confirm", onward)
                return _confirmed(request, user, way, onward)
            refuse(form, _refusal(form))
    except throttle.TooManyTries as wait:
        form.add_error(None, wait_words(practice_of(request), wait.until))
        status = TOO_MANY_TRIES
    if after_password and form.errors:
        challenges.ask(request)
    return _page(request, form, had, way, onward, status)


def _is_right(request: HttpRequest, user: User, form: Form, way: Way | None) -> bool:
    """Whether what the form asked is right; the password first, so that a wrong one uses up no code."""
    given = form.cleaned_data
    if "password" in given and not is_own_password(
        user=user,
        password=given["password"],
        network=client_network(request),
        kept_devices=devices_in(request),
    ):
        return False
    if way is None or "answer" not in given:
        return True
    challenge = challenges.take(request) if way == PASSKEY else ""
    return is_shown(user=user, way=way, answer=given["answer"], challenge=challenge)


def _refusal(form: Form) -> str:
    if "password" not in form.fields:
        return str(REFUSED)
    return str(NO_MATCH_OF_TWO if "answer" in form.fields else NO_MATCH)


def _confirmed(request: HttpRequest, user: User, way: Way | None, onward: str) -> HttpResponse:
    request.session.pop(_PASSWORD_AT, None)
    renew_key(user=user, session=request.session)
    note_proof(request.session, second_factor=way or "", again=True)
    return redirect(onward or "portal:settings")


def _password_counts(request: HttpRequest) -> bool:
    shown_at = int(request.session.get(_PASSWORD_AT, 0))
    return int(time.time()) - shown_at <= PASSWORD_COUNTS_SECONDS


def _page(
    request: HttpRequest, form: Form, had: Factors, way: Way | None, onward: str, status: int
) -> HttpResponse:
    values = {
        "form": form,
        "asking": asking(request, had, way, "portal:confirm", onward) if way else None,
        "next": onward,
        "username": signed_in(request).email,  # for password managers
    }
    return draw(request, "portal/security/confirm.html", values, status)
