"""The language switch at the foot of every page: one button, no script (LANG-4).

Promises: it works signed in and signed out; it leads back to a page of our own and nowhere else (T15).
"""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_POST

from carespace.access.entrance import recall
from carespace.accounts.actions import choose_language
from carespace.portal.account.kept_language import keep_language
from carespace.portal.account.onward import safe_path
from carespace.portal.shell import signed_in
from carespace.ui.languages import known


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language that was pressed, and show the page again; one we do not speak changes nothing."""
    code = known(request.POST.get("language", ""))
    response = redirect(_page_again(request))
    if not code:
        return response
    if request.user.is_authenticated:
        keep_for_person(request, code)
    return keep_language(response, code)


def keep_for_person(request: HttpRequest, code: str) -> None:
    """Keep ``code`` as the language of who is signed in, on every device and in their mail."""
    user = signed_in(request)
    recall(user.pk)
    choose_language(user=user, language=code)


def _page_again(request: HttpRequest) -> str:
    """Return the page whose button was pressed, as the browser says; the first page where that is none of ours.

    Not by a field of the form: an address may hold a link's key, and no page repeats one (T15).
    """
    came_from = urlsplit(request.headers.get("Referer", ""))
    address = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    path = safe_path(address) if came_from.netloc == request.get_host() else ""
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return reverse("portal:start")
    return path
