"""Confirm it is you: the password, and a second factor of who has one, before a sensitive change (ASVS 7.5.1).

Promises: tries are counted as those of the sign-in page; every mistake has one answer; the session gets a new id (T10).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from carespace.access import entrance
from carespace.accounts import throttle
from carespace.accounts.proof import note_proof
from carespace.portal.account.onward import client_network, safe_path
from carespace.portal.account.pages import TOO_MANY_TRIES, wait_words
from carespace.portal.practice import practice_of
from carespace.portal.security.factor_forms import ConfirmForm
from carespace.portal.shell import person_shell, signed_in


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and lead back to where it was needed."""
    user, practice = signed_in(request), practice_of(request)
    onward = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    status = 200
    try:
        if form.is_valid():
            found = entrance.check_password(
                email=user.email,
                password=form.cleaned_data["password"],
                network=client_network(request),
                practice=None,
                birth_date=None,
            )
            if found is not None and found.pk == user.pk:
                note_proof(request.session)
                return redirect(onward or "portal:settings")
            form.add_error(None, "That did not match. Check your password.")
    except throttle.TooManyTries:
        form.add_error(None, wait_words(practice))
        status = TOO_MANY_TRIES
    context = {"form": form, "next": onward, "shell": person_shell(request, practice)}
    return render(request, "portal/security/confirm.html", context, status=status)
