"""Change the email address one signs in with, or the password: one page with two tabs (S-30, S-31).

Promises: both ask for the password, so that a stolen session changes neither (ASVS 7.5.1): in the form itself, or, for a
new address of who has a second factor, with that factor on the page that confirms; a password stands for no second factor,
nor does a trusted device; after a new password by mail the address stays for a day (T8); a new address counts once a link was followed that was mailed to it, and looking
at the link changes nothing (T8); the pages answer alike whether the new address is somebody's already or not (T6).
"""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access import own_account
from carespace.access.entrance import recall
from carespace.accounts import addresses, throttle
from carespace.accounts.address_holds import AddressHeld, held_until, require_not_held
from carespace.accounts.factors import factors_of
from carespace.accounts.models import User
from carespace.accounts.proof import require_fresh
from carespace.portal.account.known_device import devices_in, know_again
from carespace.portal.account.onward import client_network
from carespace.portal.account.pages import TOO_MANY_TRIES, wait_words
from carespace.portal.security.address_forms import EmailForm, PasswordForm
from carespace.portal.security.frame import draw, own_practice
from carespace.portal.shell import signed_in
from carespace.ui.dates import day_and_time

GONE = 410
WRONG = gettext_lazy("This is not your password. Try again.")
page = require_http_methods(["GET", "HEAD", "POST"])


@sensitive_post_parameters("password")
@page
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask for the new address, and mail a link to it."""
    user = signed_in(request)
    recall(user.pk)
    if until := held_until(user):
        return _held(request, until)
    if had := factors_of(user):
        require_fresh(request.session, again=True, has_factor=True)
    form = EmailForm(
        request.POST if request.method == "POST" else None, user=user, asks_password=not had
    )
    status = 200
    try:
        if form.is_valid() and (had or _knows_password(request, user, form, "password")):
            address = form.cleaned_data["email"]
            throttle.take(
                (throttle.ADDRESS_BY_PERSON, str(user.pk)), (throttle.ADDRESS_BY_EMAIL, address)
            )
            own_account.ask_for_address(user=user, address=address)
            messages.success(request, _("We sent an email to %(address)s.") % {"address": address})
            return redirect("portal:change-email-sent")
    except AddressHeld as held:  # since a moment ago
        return _held(request, held.until)
    except throttle.TooManyTries as wait:
        form.add_error(None, wait_words(own_practice(request), wait.until))
        status = TOO_MANY_TRIES
    values = {"form": form, "user_email": user.email}
    return draw(request, "portal/security/change_email.html", values, status)


@require_safe
def change_email_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail was sent, and what to do with it."""
    values = {"user_email": signed_in(request).email}
    return draw(request, "portal/security/change_email_sent.html", values)


@page
def confirm_email(request: HttpRequest, key: str) -> HttpResponse:
    """Make the address the person's own, once they press the button on the page that the mailed link leads to."""
    user = signed_in(request)
    recall(user.pk)
    try:
        address = addresses.address_in(key, user)
        require_not_held(user)
        require_fresh(request.session, has_factor=bool(factors_of(user)))
        if request.method == "POST":
            own_account.confirm_address(user=user, key=key, session=request.session)
            own_account.renew_key(user=user, session=request.session)
            said = _("Your email address is now %(address)s. Sign in with it.")
            messages.success(request, said % {"address": address})
            return redirect("portal:settings")
    except AddressHeld as held:
        return _held(request, held.until)
    except addresses.AddressLinkEnded:
        return draw(request, "portal/security/address_ended.html", {}, GONE)
    values = {"address": address, "user_email": user.email}
    return draw(request, "portal/security/confirm_email.html", values)


@sensitive_post_parameters("current_password", "password")
@page
def change_password(request: HttpRequest) -> HttpResponse:
    """Ask for the old password and a new one, and end every other session; who has a second factor shows it anew."""
    user, practice = signed_in(request), own_practice(request)
    recall(user.pk)
    if factors_of(user):  # a trusted device may have taken its place at sign-in
        require_fresh(request.session, has_factor=True)
    words = (practice.name if practice else "", user.email.partition("@")[0])
    form = PasswordForm(request.POST if request.method == "POST" else None, expected_words=words)
    status = 200
    try:
        if form.is_valid() and _knows_password(request, user, form, "current_password"):
            return _with_new_password(request, user, form.cleaned_data["password"])
    except throttle.TooManyTries as wait:
        form.add_error(None, wait_words(practice, wait.until))
        status = TOO_MANY_TRIES
    return draw(request, "portal/security/change_password.html", {"form": form}, status)


def _held(request: HttpRequest, until: datetime) -> HttpResponse:
    """Say from when on the address can be changed, and whom to call sooner."""
    practice = own_practice(request)
    there = timezone.localtime(until, practice.zone if practice else None)
    values = {"when": day_and_time(there), "user_email": signed_in(request).email}
    return draw(request, "portal/security/email_held.html", values)


def _knows_password(
    request: HttpRequest, user: User, form: EmailForm | PasswordForm, field: str
) -> bool:
    """Say whether the password in the form is the person's; where not, the form says so."""
    is_theirs = own_account.is_own_password(
        user=user,
        password=form.cleaned_data[field],
        network=client_network(request),
        kept_devices=devices_in(request),
    )
    if not is_theirs:
        form.add_error(field, WRONG)
    return is_theirs


def _with_new_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    own_account.change_password(user=user, password=password, session=request.session)
    messages.success(request, _("Your new password is set. You were signed out everywhere else."))
    response = redirect("portal:settings")
    know_again(request, response, user)
    return response
