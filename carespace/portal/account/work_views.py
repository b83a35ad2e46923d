"""A practice's question if somebody will work for it: read and answered by who was asked, and by nobody else.

Promises: nobody works for a practice before their yes, given signed in and just after showing who they are; another
person's question is not there, and one that was answered, withdrawn or is older than 14 days neither.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from carespace.access.chart import NotFound, actor_of
from carespace.access.entrance import recall
from carespace.accounts.proof import require_fresh
from carespace.portal.security.frame import draw
from carespace.portal.shell import STAFF_URL, forget_standing, signed_in
from carespace.practices.actions import OfferEnded, accept_offer, decline_offer
from carespace.practices.lookup import offers_to
from carespace.practices.models import StaffRole


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Show the question, and take the yes or the no."""
    user = signed_in(request)
    recall(user.pk)
    found = next((each for each in offers_to(user.email) if each.pk == offer_id), None)
    if found is None:
        raise NotFound
    require_fresh(request.session)
    practice = found.practice
    answer = request.POST.get("answer", "")
    try:
        if answer == "yes":
            accept_offer(offer=found, user=user, by=actor_of(user))
            forget_standing(request)
            messages.success(
                request, _("You now work for %(practice)s.") % {"practice": practice.name}
            )
            return redirect(STAFF_URL)
        if answer == "no":
            decline_offer(offer=found, user=user, by=actor_of(user))
            messages.success(
                request, _("You said no to %(practice)s.") % {"practice": practice.name}
            )
            return redirect("portal:start")
    except OfferEnded as ended:
        raise NotFound from ended
    values = {"asking": practice, "role": StaffRole(found.role).label}
    return draw(request, "portal/account/work_offer.html", values)
