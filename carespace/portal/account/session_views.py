"""What an open page asks about the session: how long it lasts, more time, and to keep what is being typed (A11Y-7, A11Y-8).

Promises: asking how long is left extends nothing (T10); staying is one click; only the boxes that a page's own view
names are kept, whatever the browser sends.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_POST, require_safe

from carespace.access.chart import NotFound
from carespace.access.entrance import recall
from carespace.accounts import drafts
from carespace.accounts.session_ends import NOTHING_LEFT, left_of
from carespace.portal.account.onward import safe_path
from carespace.portal.shell import signed_in
from carespace.ui.keeping import PLACE, kept_fields, no_activity, typed_in

NO_CONTENT = 204


@login_not_required
@no_activity
@require_safe
def time_left(request: HttpRequest) -> HttpResponse:
    """Tell the script how many seconds this session still lasts: 0 for nobody."""
    left = left_of(request.session) if request.user.is_authenticated else NOTHING_LEFT
    return JsonResponse({"left": left.seconds, "fixed": left.is_fixed})


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Go on: that this was asked has extended the session, as any page does."""
    return redirect(safe_path(request.POST.get("next", "")) or "portal:start")


@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed at the page ``place``; NotFound where that page keeps nothing."""
    place, typed = what_was_typed(request, keep_draft)
    if not typed:
        raise NotFound
    user = signed_in(request)
    recall(user.pk)
    drafts.keep(user=user, place=place, fields=typed)
    return HttpResponse(status=NO_CONTENT)


def what_was_typed(request: HttpRequest, view: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the path of the page whose form was sent to ``view``, and of what was typed there all that may be kept."""
    place = request.path
    if place == reverse("portal:keep-draft"):
        place = safe_path(request.POST.get(PLACE, ""))
        try:
            view = resolve(place).func
        except Resolver404:
            return place, {}
    return place, typed_in(request.POST, kept_fields(view))
