"""The last step of signing in: a second factor of who has one (AUTH-8, T10).

Promises: the page is for a browser whose sign-in waits at this very step, and no session is signed in before it is
done; every mistake has one answer, and so many tries are allowed as ``throttle.SECOND_FACTOR`` says; a device is trusted
only where the box was ticked and the step was right, and staff are offered no box.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from carespace.access.trusted_devices import may_trust
from carespace.accounts import throttle
from carespace.accounts.factors import PASSKEY, factors_of
from carespace.accounts.proof import note_proof
from carespace.accounts.second_step import is_shown
from carespace.portal.account import challenges
from carespace.portal.account.pages import TOO_MANY_TRIES, show, wait_words
from carespace.portal.account.stages import SecondFactorStage, waiting_for_second_factor
from carespace.portal.account.trusted_device import trust
from carespace.portal.practice import practice_of
from carespace.portal.security.asking import REFUSED, ask_passkey, asking, way_in
from carespace.portal.security.factor_forms import SecondStepForm, refuse

HERE = "portal:second-factor"


@login_not_required
@sensitive_post_parameters("answer")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code, a passkey or a recovery code."""
    stage = waiting_for_second_factor(request)
    if stage is None:
        return redirect("portal:sign-in")
    user, practice = stage.login.user, practice_of(request)
    had = factors_of(user)
    if not had:
        return _entered(request, stage, "")  # the office removed them a moment ago
    way = way_in(request, had)
    if "begin" in request.POST:
        return ask_passkey(request, HERE)
    data = request.POST if request.method == "POST" else None
    form = SecondStepForm(data, way=way, may_trust=may_trust(user))
    status = 200
    try:
        if form.is_valid():
            challenge = challenges.take(request) if way == PASSKEY else ""
            answer = form.cleaned_data["answer"]
            if is_shown(user=user, way=way, answer=answer, challenge=challenge):
                return _entered(
                    request, stage, way, is_trusted=form.cleaned_data.get("trust", False)
                )
            refuse(form, str(REFUSED))
    except throttle.TooManyTries as wait:
        form.add_error(None, wait_words(practice, wait.until, may_reset=False))
        status = TOO_MANY_TRIES
    if way == PASSKEY and form.errors:
        challenges.ask(request)
    values = {"form": form, "asking": asking(request, had, way, HERE)}
    return show(request, "second_factor", practice, values, status)


def _entered(
    request: HttpRequest, stage: SecondFactorStage, way: str, *, is_trusted: bool = False
) -> HttpResponse:
    """Start the session, note in it what was shown, and trust the device if that was asked for."""
    entered: HttpResponse = stage.exit()
    if request.user.is_authenticated:
        note_proof(request.session, second_factor=way)
        if is_trusted:
            trust(request, entered, stage.login.user)
    return entered
