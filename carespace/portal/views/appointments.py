"""Appointments: what is ahead and what was, to look at (S-49, D-10)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import NotFound
from carespace.access.permissions import Permission
from carespace.portal.door import open_chart
from carespace.portal.presenters.appointments import midnight, references_of, visit_rows
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.queries import visits_ahead, visits_past
from carespace.records.readings.people import shared_names

PAST_ROWS = 10


@require_safe
def appointments(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the visits ahead, and those that were, ten at a time."""
    chart = open_chart(request, patient_id, Permission.APPOINTMENT_READ, category="appointments")
    if not chart.practice.settings.feature_appointments:
        raise NotFound
    today = midnight(datetime.now(chart.practice.zone))
    turn = turn_of(request, PAST_ROWS)
    ahead = visits_ahead(chart, today)
    past = visits_past(chart, today, start=turn.start, size=turn.size)
    names = shared_names(chart, references_of([*ahead, *past.rows]))
    context = {
        "shell": chart_shell(request, chart, "appointments"),
        "practice": chart.practice,
        "ahead": visit_rows(chart, ahead, names),
        "past": visit_rows(chart, past.rows, names),
        "pages": turn.links(len(past.rows), past.total),
    }
    return render(request, "portal/appointments.html", context)
