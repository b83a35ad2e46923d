"""A private address for calendar programs: make, reset, end it; and what is read from it (S-49).

Promises: the address is shown once, when it is made; a new one ends the old at once; what leads further than a session
asks for a fresh proof (ASVS 7.5.1). The public address answers alike for every address that does not work, sets no cookie and
is kept by nobody on the way.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.chart import Chart, NotFound
from carespace.accounts.proof import require_fresh
from carespace.accounts.throttle import TooManyTries
from carespace.interop.calendar import CONTENT_TYPE, calendar_file
from carespace.portal.account.onward import client_network
from carespace.portal.account.pages import TOO_MANY_TRIES
from carespace.portal.addresses import chart_url
from carespace.portal.door import open_chart
from carespace.portal.presenters.calendar import entry_of
from carespace.portal.shell import chart_shell
from carespace.portal.views.appointment_forms import FeedForm
from carespace.portal.views.appointments import READ, with_appointments
from carespace.records.appointment_queries import around, visits_for_calendar
from carespace.sharing.actions import choose_words, end_feed, make_feed, reset_feed
from carespace.sharing.feeds import OpenFeed, live_feed, open_feed
from carespace.sharing.models import CalendarFeed
from carespace.sharing.tokens import token_for
from carespace.ui.dates import weekday_and_day
from carespace.ui.keeping import no_activity
from carespace.ui.languages import speaking
from carespace.values import local

JUST_MADE = "calendar_made"
RETRY_SECONDS = 900


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_feed(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the reader's calendar address for this record, and let them make, reset or end it."""
    chart = with_appointments(open_chart(request, patient_id, READ, category="calendar address"))
    if chart.by_staff:
        raise NotFound
    form = FeedForm(request.POST if "says" in request.POST else None)
    if request.method == "POST" and _act(request, chart, form):
        return redirect("portal:calendar-feed", patient_id)
    live = live_feed(chart)
    if live is not None and not form.is_bound:
        form = FeedForm.of(with_words=live.with_words)
    made = request.session.pop(JUST_MADE, "") if request.method == "GET" else ""
    context = {
        "shell": chart_shell(request, chart, "appointments"),
        "practice": chart.practice,
        "form": form,
        "live": live is not None,
        "made_on": _day(chart, live.created_at) if live else "",
        "fetched_on": _day(chart, live.last_fetched_at) if live else "",
        **(_address(request, live) if live and made == str(live.pk) else {}),
        "back_url": chart_url("appointments", chart.patient.pk),
    }
    return render(request, "portal/calendar_feed.html", context)


@login_not_required
@no_activity
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the calendar that the address ``token`` is for."""
    try:
        feed = open_feed(token, client_network(request))
    except TooManyTries:
        waits = {"Retry-After": str(RETRY_SECONDS)}
        return HttpResponse(status=TOO_MANY_TRIES, headers=waits, content_type="text/plain")
    with speaking(feed.language):
        body = _calendar(feed)
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Disposition"] = 'inline; filename="appointments.ics"'
    return response


def _calendar(feed: OpenFeed) -> bytes:
    chart = with_appointments(feed.chart)
    found = visits_for_calendar(chart, datetime.now(chart.practice.zone))
    known = around(chart, found) if feed.with_words else None
    entries = [entry for each in found if (entry := entry_of(chart, each, known))]
    return calendar_file(entries, name=_("Appointments"))


def _act(request: HttpRequest, chart: Chart, form: FeedForm) -> bool:
    """Do what the button says; False where the form needs another look."""
    wanted = request.POST.get("act", "")
    if wanted == "end":
        end_feed(chart=chart, by=chart.actor)
        messages.success(request, _("The calendar address no longer works."))
        return True
    if wanted == "reset":
        require_fresh(request.session)
        request.session[JUST_MADE] = str(reset_feed(chart=chart, by=chart.actor).pk)
        return True
    if not form.is_valid():
        return False
    require_fresh(request.session)
    if wanted == "choose":
        choose_words(chart=chart, with_words=form.with_words, by=chart.actor)
        messages.success(request, _("We saved what your calendar says."))
    else:
        made = make_feed(chart=chart, with_words=form.with_words, by=chart.actor)
        request.session[JUST_MADE] = str(made.pk)
    return True


def _address(request: HttpRequest, live: CalendarFeed) -> dict[str, str]:
    """Return the whole address, for a browser and as calendar programs on a phone open it."""
    path = reverse("portal:calendar", args=[token_for(live.pk)])
    scheme = settings.CARESPACE_ORIGIN.partition("://")[0]
    host = request.get_host()
    return {"address": f"{scheme}://{host}{path}", "phone_address": f"webcal://{host}{path}"}


def _day(chart: Chart, moment: datetime | None) -> str:
    there = local(moment, chart.practice.zone) if moment else None
    return weekday_and_day(there) if there else ""
