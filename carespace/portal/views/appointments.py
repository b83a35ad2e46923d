"""Appointments: what is ahead and what was, and each one as a calendar file (S-49, D-10)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import Chart, NotFound
from carespace.access.permissions import Permission
from carespace.interop.calendar import CONTENT_TYPE, calendar_file
from carespace.messaging.queries import requests_about
from carespace.portal.door import open_chart
from carespace.portal.presenters.appointments import Beside, midnight, visit_rows
from carespace.portal.presenters.calendar import entry_of
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import Turn, turn_of
from carespace.records.appointment_queries import (
    PAST_ROWS,
    Visits,
    around,
    older_visits,
    one_visit,
    visits,
)
from carespace.records.looks import note_look
from carespace.sharing.feeds import live_feed


@require_safe
def appointments(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the visits ahead, and those that were, ten at a time; a page of older ones shows only those."""
    chart = with_appointments(open_chart(request, patient_id, READ, category="appointments"))
    now, turn = datetime.now(chart.practice.zone), turn_of(request, PAST_ROWS)
    found = _found(chart, now, turn)
    every = [*found.ahead, *found.past]
    known = around(chart, every)
    beside = Beside(
        places=known.places,
        asked=requests_about(chart, [each.id for each in every]),
        since=note_look(chart, "appointments"),
        now=now,
    )
    ahead = visit_rows(chart, found.ahead, known.names, beside)
    context = {
        "shell": chart_shell(request, chart, "appointments"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "may_change": any(each["change_url"] for each in ahead),
        "is_first": turn.number == 1,
        "may_feed": not chart.by_staff,
        "ahead": ahead,
        "past": visit_rows(chart, found.past, known.names, beside),
        "pages": turn.links(len(found.past), found.total),
    }
    return render(request, "portal/appointments.html", context)


@require_safe
def appointment_file(request: HttpRequest, patient_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Hand out one appointment as a calendar file, in the words chosen for the calendar address."""
    chart = with_appointments(open_chart(request, patient_id, READ, category="appointment file"))
    found = one_visit(chart, appointment_id)
    feed = live_feed(chart)
    with_words = feed is not None and feed.with_words
    entry = entry_of(chart, found, around(chart, [found]) if with_words else None)
    if entry is None:
        raise NotFound
    response = HttpResponse(calendar_file([entry]), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def with_appointments(chart: Chart) -> Chart:
    """Return ``chart`` where its practice shows appointments; NotFound where it does not (D-10)."""
    if not chart.practice.settings.feature_appointments:
        raise NotFound
    return chart


def _found(chart: Chart, now: datetime, turn: Turn) -> Visits:
    today = midnight(now)
    return (
        visits(chart, today) if turn.number == 1 else older_visits(chart, today, start=turn.start)
    )


READ = Permission.APPOINTMENT_READ
