"""The holder of an ended link asks for a new one (S-18, S-69).

Promises: the answer is the same for every token there is or is not, and says nothing of anybody's sign-in.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from carespace.access import actions
from carespace.accounts import throttle
from carespace.portal.account.onward import client_network
from carespace.portal.account.pages import TOO_MANY_TRIES, show, wait_words
from carespace.portal.practice import practice_of

ASKED = "asked"


@login_not_required
@require_POST
def ask_again(request: HttpRequest, token: str) -> HttpResponse:
    """Pass the wish on, and lead back to the page of the link, which then thanks instead of asking."""
    try:
        throttle.take((throttle.LINK_BY_NETWORK, client_network(request)))
    except throttle.TooManyTries as wait:
        practice = practice_of(request)
        words = wait_words(practice, wait.until, may_reset=False)
        return show(request, "wait", practice, {"words": words}, TOO_MANY_TRIES)
    actions.ask_again(token=token)
    return redirect(f"{reverse('portal:register', args=[token])}?{ASKED}=yes")
