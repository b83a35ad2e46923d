"""Second factors: see, add and remove one's own, make recovery codes (AUTH-8, AUTH-13, ASVS-49, ASVS-51).

Promises: nothing is changed without a proof given since the sign-in, so that a stolen session stays no longer than it
lasts (ASVS 7.5.1), nor, for who has a second factor, in a session that has not shown one; an app counts only once a code of it was right, and its secret is on a page until then only; recovery
codes are shown once; the first factor ends every other session, and each one added gives the session a new key (T10).
"""

import json
from urllib.parse import urlencode

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carespace.access.chart import NotFound, actor_of
from carespace.access.entrance import recall, standing_of
from carespace.access.own_account import end_other_sessions, remove_factor, renew_key
from carespace.accounts.actions import add_factor, end_trust, make_recovery_codes
from carespace.accounts.factors import (
    APP,
    PASSKEY,
    FactorRefused,
    Factors,
    Way,
    app_data,
    factors_of,
    new_secret,
    opened,
    sealed,
    step_of,
)
from carespace.accounts.models import User
from carespace.accounts.passkeys import PasskeyRefused, added, options_to_add
from carespace.accounts.proof import note_proof, require_fresh, second_factor_of
from carespace.accounts.trusted_devices import epoch_of
from carespace.portal.account import challenges
from carespace.portal.account.onward import safe_path
from carespace.portal.security.factor_forms import FactorForm, NewPasskeyForm
from carespace.portal.security.factor_lines import lines_of
from carespace.portal.security.frame import draw, own_zone
from carespace.portal.security.qr import qr_code
from carespace.portal.shell import signed_in

WRONG_CODE = gettext_lazy(
    "This code is not right. Wait for the next one your app shows, and type that."
)
WRONG_PASSKEY = gettext_lazy("Your device did not make a passkey. Try again.")
_NEW_APP, _NEW_PASSKEY, _NEW_CODES = "new_app", "new_passkey", "new_codes"
page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def factors(request: HttpRequest) -> HttpResponse:
    """Show what the person has; staff who were sent here for want of one go on as soon as they can."""
    user = signed_in(request)
    is_staff = standing_of(user).is_staff
    had, onward = factors_of(user), _onward(request)
    if had and onward and not second_factor_of(request.session):
        return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': onward})}")
    if had and onward:
        return redirect(onward)
    values = {
        "had": had,
        "lines": lines_of(had, own_zone(request), may_remove=not is_staff or had.count > 1),
        "is_staff": is_staff,
        "query": _query(onward),
        "trusts": bool(epoch_of(had)),
    }
    return draw(request, "portal/security/factors.html", values)


@require_POST
def end_trusted_devices(request: HttpRequest) -> HttpResponse:
    """Ask for a code on every device again; that needs no proof, for it lets nobody in."""
    user = signed_in(request)
    recall(user.pk)
    end_trust(user=user)
    messages.success(request, _("Every device asks for a code again."))
    return redirect("portal:factors")


@sensitive_post_parameters("answer")
@page
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: a secret to scan or type, then a code that shows it works."""
    user, had, onward = _opened(request)
    if had.app:
        return redirect("portal:factors")
    if "begin" in request.POST:
        request.session[_NEW_APP] = sealed(new_secret())
        return redirect(f"{reverse('portal:factor-app')}{_query(onward)}")
    if _NEW_APP not in request.session:
        return draw(request, "portal/security/app_begin.html", {"next": onward})
    secret = opened(request.session[_NEW_APP])
    form = FactorForm(request.POST if request.method == "POST" else None, way=APP)
    if form.is_valid():
        step = step_of(secret, form.cleaned_data["answer"])
        if step is not None:
            codes = add_factor(user=user, kind=APP, data=app_data(secret, step))
            del request.session[_NEW_APP]
            return _added(request, user, APP, codes, onward)
        form.add_error("answer", WRONG_CODE)
    values = {
        "form": form,
        "next": onward,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "app_address": _app_address(user, secret),
        "picture": qr_code(_app_address(user, secret)),
    }
    return draw(request, "portal/security/app.html", values)


@page
def passkey(request: HttpRequest) -> HttpResponse:
    """Add a passkey: first its name, then the browser asks the device to make it."""
    user, had, onward = _opened(request)
    here = f"{reverse('portal:factor-passkey')}{_query(onward)}"
    naming = NewPasskeyForm(request.POST if "begin" in request.POST else None)
    if naming.is_valid():
        request.session[_NEW_PASSKEY] = naming.cleaned_data["name"]
        challenges.ask(request)
        return redirect(here)
    challenge = challenges.asked(request)
    if naming.is_bound or not challenge or _NEW_PASSKEY not in request.session:
        return draw(request, "portal/security/passkey_name.html", {"form": naming, "next": onward})
    form = FactorForm(request.POST if request.method == "POST" else None, way=PASSKEY)
    if form.is_valid():
        try:
            kept = added(challenges.take(request), form.cleaned_data["answer"])
        except PasskeyRefused:
            form.add_error(None, WRONG_PASSKEY)
            challenges.ask(request)
            challenge = challenges.asked(request)
        else:
            data = {"name": request.session.pop(_NEW_PASSKEY), **kept}
            codes = add_factor(user=user, kind=PASSKEY, data=data)
            return _added(request, user, PASSKEY, codes, onward)
    options = options_to_add(user, challenge, had.passkeys)
    return draw(
        request, "portal/security/passkey.html", {"form": form, "next": onward, "options": options}
    )


@page
def codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes once, or make new ones in the place of the old."""
    are_new = request.method != "POST" and _NEW_CODES in request.session
    user, had, onward = _opened(request, again=not are_new)
    if request.method == "POST":
        try:
            made = make_recovery_codes(user=user)
        except FactorRefused:
            return redirect("portal:factors")
        _keep_for_once(request, made)
        return redirect(f"{reverse('portal:factor-codes')}{_query(onward)}")
    if request.method == "GET" and _NEW_CODES in request.session:
        # As a message is: what was shown is gone, and the page is nowhere kept (no-store).
        fresh = json.loads(opened(request.session.pop(_NEW_CODES)))
        return draw(request, "portal/security/codes.html", {"codes": fresh, "next": onward})
    if not had:
        return redirect("portal:factors")
    return draw(request, "portal/security/codes_left.html", {"had": had, "next": onward})


@page
def remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Ask whether a factor shall go, and remove it."""
    user, had, _rest = _opened(request)
    line = next(
        (
            each
            for each in lines_of(had, own_zone(request))
            if each.factor_id == factor_id and each.factor_id
        ),
        None,
    )
    if line is None:
        raise NotFound
    keep_one = standing_of(user).is_staff
    if request.method == "POST":
        try:
            remove_factor(
                user=user, factor_id=factor_id, keep_one=keep_one, session=request.session
            )
        except FactorRefused as refused:
            if str(refused) != "last":
                raise NotFound from None
            messages.error(request, _("Staff need a second step. Add another one first."))
        else:
            messages.success(request, _("%(factor)s is removed.") % {"factor": line.term})
        return redirect("portal:factors")
    is_last = had.count == 1
    values = {"line": line, "is_last": is_last, "must_stay": keep_one and is_last}
    return draw(request, "portal/security/remove.html", values)


def _opened(request: HttpRequest, *, again: bool = True) -> tuple[User, Factors, str]:
    """Return who it is, what they have and where they want to go on to; raise ProofNeeded where more must be shown."""
    user = signed_in(request)
    recall(user.pk)
    had = factors_of(user)
    require_fresh(request.session, again=again, has_factor=bool(had))
    return user, had, _onward(request)


def _added(request: HttpRequest, user: User, way: Way, new: list[str], onward: str) -> HttpResponse:
    """Note that this session has shown the factor that was just added, and lead on."""
    renew_key(user=user, session=request.session)
    note_proof(request.session, second_factor=way)
    if not new:
        messages.success(request, _("Your second step is on."))
        return redirect(onward or "portal:factors")
    key = str(request.session.session_key)
    end_other_sessions(user=user, keep_session_key=key, by=actor_of(user))
    _keep_for_once(request, new)
    return redirect(f"{reverse('portal:factor-codes')}{_query(onward)}")


def _keep_for_once(request: HttpRequest, new: list[str]) -> None:
    request.session[_NEW_CODES] = sealed(json.dumps(new))


def _onward(request: HttpRequest) -> str:
    return safe_path(request.POST.get("next") or request.GET.get("next", ""))


def _query(onward: str) -> str:
    return f"?{urlencode({'next': onward})}" if onward else ""


def _app_address(user: User, secret: str) -> str:
    """Return what the QR code says (the "otpauth" address that every authenticator app reads)."""
    address: str = get_adapter().build_totp_url(user, secret)
    return address
