"""Sign in, sign out, register, set a new password (S-21 to S-28; ui.md pages 1 to 3).

Promises: every one of these pages is public; a GET changes nothing (T8); the answer to a mistake is the same for a
known and an unknown person (T6), and for every reason for which a link may have ended.
"""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carespace.access import entrance, own_account
from carespace.access.actions import LinkEnded, SeesMoreAlready, WrongBirthDate
from carespace.access.registration import (
    Registration,
    SignInExists,
    add_record,
    confirm_birth_date,
    open_registration,
)
from carespace.access.registration import register as create_sign_in
from carespace.accounts import resets, throttle
from carespace.accounts.actions import ask_for_reset
from carespace.accounts.models import User
from carespace.portal.account.adding import added, is_proved, reads_here, sees_already
from carespace.portal.account.forms import (
    BirthDateForm,
    ForgotPasswordForm,
    NewPasswordForm,
    RegistrationForm,
    SignInForm,
)
from carespace.portal.account.known_device import devices_in, know_again
from carespace.portal.account.onward import client_network, safe_path
from carespace.portal.account.pages import TOO_MANY_TRIES, refusal_words, show, wait_words
from carespace.portal.account.stages import waiting_for_birth_date
from carespace.portal.practice import practice_of
from carespace.portal.shell import signed_in as person_of
from carespace.practices.models import Practice
from carespace.ui.languages import language_now

GONE = 410
_ASKED_FOR = "reset_asked_for"
NEWEST_LINK = gettext_lazy(
    "If we know this email, the newest link that we sent works for 30 minutes."
)
page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@sensitive_post_parameters("password")
@page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is (S-26, S-27)."""
    onward = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(onward or "portal:start")
    practice = practice_of(request)
    asks = entrance.asked_at(practice)
    form = SignInForm(request.POST if request.method == "POST" else None, asks_birth_date=asks)
    values = {"form": form, "next": onward, "ended": request.session.pop("ended", False)}
    try:
        if form.is_valid():
            user = _checked(request, form, practice)
            if user is not None:
                # Always a target: without one allauth would read "next" from the request itself.
                login = Login(user=user, redirect_url=onward or reverse("portal:start"))
                entered: HttpResponse = perform_password_login(request, {}, login)
                return entered
            form.add_error(None, refusal_words(asks_birth_date=asks))
    except throttle.TooManyTries as wait:
        form.add_error(None, wait_words(practice, wait.until))
        return show(request, "sign_in", practice, values, TOO_MANY_TRIES)
    return show(request, "sign_in", practice, values)


@login_not_required
@page
def birth_date(request: HttpRequest) -> HttpResponse:
    """Ask the birth date after the password, where the sign-in page could not know to ask it."""
    stage = waiting_for_birth_date(request)
    if stage is None:
        return redirect("portal:sign-in")
    practice = practice_of(request)
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            given = form.cleaned_data["birth_date"]
            network = client_network(request)
            if entrance.check_birth_date(
                user=stage.login.user,
                birth_date=given,
                network=network,
                devices=devices_in(request),
            ):
                entered: HttpResponse = stage.exit()
                return entered
            form.add_error(None, refusal_words(asks_birth_date=True))
    except throttle.TooManyTries as wait:
        form.add_error(None, wait_words(practice, wait.until))
        return show(request, "birth_date", practice, {"form": form}, TOO_MANY_TRIES)
    return show(request, "birth_date", practice, {"form": form})


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server, and have the browser forget what it kept (T10, T21)."""
    _leave(request)
    messages.success(request, _("You are signed out."))
    response = redirect("portal:sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
@sensitive_post_parameters("password", "current_password")
@page
def register(request: HttpRequest, token: str) -> HttpResponse:
    """Turn an invitation into a sign-in, and lead to the sign-in page (S-21 to S-24)."""
    network = client_network(request)
    try:
        throttle.check((throttle.LINK_BY_NETWORK, network))
        registration = open_registration(token)
        form = RegistrationForm(
            request.POST if request.method == "POST" else None,
            registration=registration,
            is_proved=is_proved(request, registration),
        )
        if form.is_valid() and (user := _set_up(request, registration, form)):
            if reads_here(request, registration):
                return added(request, registration, user)
            _leave(request)
            messages.success(request, _welcome(registration))
            return _to_sign_in(request, user)
    except SeesMoreAlready:
        return sees_already(request, registration)
    except LinkEnded:
        return _ended(request, "link_ended", network)
    except SignInExists:
        return redirect("portal:register", token=token)  # where its password is asked for
    except throttle.TooManyTries as wait:
        return _wait(request, wait)
    values = {"form": form, "registration": registration}
    return show(request, "register", registration.practice, values)


@login_not_required
@page
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link to set a new password (S-28)."""
    practice = practice_of(request)
    form = ForgotPasswordForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            email = form.cleaned_data["email"]
            throttle.take(
                (throttle.RESET_BY_NETWORK, client_network(request)),
                (throttle.RESET_BY_EMAIL, email),
            )
            ask_for_reset(email=email)
            request.session[_ASKED_FOR] = email  # known or not, and in no address
            return redirect("portal:forgot-password-sent")
    except throttle.TooManyTries as wait:
        form.add_error(None, f"{wait_words(practice, wait.until, may_reset=False)} {NEWEST_LINK}")
        return show(request, "forgot_password", practice, {"form": form}, TOO_MANY_TRIES)
    return show(request, "forgot_password", practice, {"form": form})


@login_not_required
@require_safe
def forgot_password_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail was sent, if there is anybody to send it to."""
    values = {"email": request.session.get(_ASKED_FOR, "")}
    return show(request, "forgot_password_sent", practice_of(request), values)


@login_not_required
@sensitive_post_parameters("password")
@page
def new_password(request: HttpRequest, key: str) -> HttpResponse:
    """Set a new password by a mailed link; the person then signs in with it."""
    practice, network = practice_of(request), client_network(request)
    try:
        throttle.check((throttle.LINK_BY_NETWORK, network))
        user = resets.user_by(key)
        words = (practice.name if practice else "", user.email.partition("@")[0])
        data = request.POST if request.method == "POST" else None
        form = NewPasswordForm(data, expected_words=words)
        if form.is_valid():
            user = entrance.set_new_password(key=key, password=form.cleaned_data["password"])
            _leave(request)
            messages.success(request, _("Your new password is set. You can sign in with it now."))
            return _to_sign_in(request, user)
    except resets.ResetEnded:
        return _ended(request, "reset_ended", network)
    except throttle.TooManyTries as wait:
        return _wait(request, wait)
    return show(request, "new_password", practice, {"form": form})


def _leave(request: HttpRequest) -> None:
    """End the session of whoever is signed in, on the server and in the browser."""
    if request.user.is_authenticated:
        own_account.sign_out(user=person_of(request), session=request.session)
    logout(request)


def _checked(request: HttpRequest, form: SignInForm, practice: Practice | None) -> User | None:
    given = form.cleaned_data
    return entrance.check_password(
        email=given["email"],
        password=given["password"],
        birth_date=given.get("birth_date"),
        network=client_network(request),
        practice=practice,
        devices=devices_in(request),
    )


def _ended(request: HttpRequest, name: str, network: str) -> HttpResponse:
    """Say that a link has ended, and count it: somebody may be guessing."""
    try:
        throttle.take((throttle.LINK_BY_NETWORK, network))
    except throttle.TooManyTries as wait:
        return _wait(request, wait)
    return show(request, name, practice_of(request), {"asked": "asked" in request.GET}, GONE)


def _to_sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Lead ``user``, who came by a mailed link, to the sign-in page: nobody else's tries make them wait there."""
    throttle.forget_address(user.email)
    response = redirect("portal:sign-in")
    know_again(request, response, user)
    return response


def _wait(request: HttpRequest, wait: throttle.TooManyTries) -> HttpResponse:
    practice = practice_of(request)
    words = wait_words(practice, wait.until, may_reset=False)
    return show(request, "wait", practice, {"words": words}, TOO_MANY_TRIES)


def _set_up(
    request: HttpRequest, registration: Registration, form: RegistrationForm
) -> User | None:
    """Do what the form asks, and return for whom; None, with a word at the form, when something is not right."""
    given = form.cleaned_data
    try:
        confirm_birth_date(registration=registration, birth_date=given.get("birth_date"))
    except WrongBirthDate as wrong:
        if not wrong.tries_left:
            raise LinkEnded from wrong
        form.add_error(
            "birth_date", _("This is not the date of birth we have. Check it, or call us.")
        )
        return None
    if not registration.has_sign_in:
        return create_sign_in(
            registration=registration,
            name=given.get("name", ""),
            password=given["password"],
            birth_date=given.get("birth_date"),
            language=language_now(),
        )
    if "current_password" not in given:
        return add_record(registration=registration, user=person_of(request))
    return _add_to_sign_in(request, registration, form)


def _add_to_sign_in(
    request: HttpRequest, registration: Registration, form: RegistrationForm
) -> User | None:
    """Add the record to the sign-in whose password the form gives; None, with a word at the form, when it is wrong."""
    user = entrance.check_password(
        email=registration.invitation.email,
        password=form.cleaned_data["current_password"],
        network=client_network(request),
        practice=None,
        birth_date=None,
        devices=devices_in(request),
    )
    if user is None:
        form.add_error(
            "current_password", _("This is not the password of your sign-in. Try again.")
        )
        return None
    return add_record(registration=registration, user=user)


def _welcome(registration: Registration) -> str:
    if registration.has_sign_in:
        return _("The record was added to your sign-in. Sign in to see it.")
    return _("Your password is set. Sign in to see your record.")
