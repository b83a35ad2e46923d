"""The holder of an ended link asks for a new one (S-18, S-69).

Promises: the answer is the same for every token there is or is not, and says nothing of anybody's sign-in.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from carespace.access import actions
from carespace.accounts import throttle
from carespace.portal.account.onward import client_network
from carespace.portal.account.pages import TOO_MANY_TRIES, show, wait_words
from carespace.portal.practice import practice_of

PASSED_ON = (
    "We passed it on. If a new link is sent, it comes by e-mail. Check your spam folder, too."
)


@login_not_required
@require_POST
def ask_again(request: HttpRequest, token: str) -> HttpResponse:
    """Pass the wish on, and show the page of the link again with a word about it."""
    try:
        throttle.take((throttle.LINK_BY_NETWORK, client_network(request)))
    except throttle.TooManyTries as wait:
        practice = practice_of(request)
        words = wait_words(practice, wait.until, may_reset=False)
        return show(request, "wait", practice, {"words": words}, TOO_MANY_TRIES)
    actions.ask_again(token=token)
    messages.success(request, PASSED_ON)
    return redirect("portal:register", token=token)
