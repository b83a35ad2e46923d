"""The first page of a record: what comes next, what is new, whom to call, what can be done here (ui.md page 4)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.portal.door import open_chart
from carespace.portal.presenters.appointments import midnight, references_of, visit_rows
from carespace.portal.presenters.front import deeds, news_card, welcome
from carespace.portal.presenters.whose import whose
from carespace.portal.shell import chart_shell, signed_in
from carespace.records.front import NOTHING_NEW, Latest, New, latest, new_since
from carespace.records.looks import note_look
from carespace.records.names import shared_names
from carespace.records.readings.people import unnamed


@require_safe
def home(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the first page of one record."""
    user = signed_in(request)
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category="home")
    settings, now = chart.practice.settings, datetime.now(chart.practice.zone)
    today, since = midnight(now), note_look(chart, "home")
    found = latest(chart, today)
    new = new_since(chart, since, today) if since else NOTHING_NEW
    ahead = [each for each in found.visits if each.is_ahead(now)]
    names = shared_names(chart, [*_references(found, new), *references_of(ahead)])
    context = {
        "shell": chart_shell(request, chart, "home"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "whose": whose(chart),
        "greeting": _heading(chart, user.get_short_name()),
        "news": news_card(chart, new, found, names, since),
        "welcome": welcome(chart) if since is None and not chart.by_staff else None,
        "visits": visit_rows(chart, ahead, names) if settings.feature_appointments else [],
        "appointments_on": settings.feature_appointments,
        "deeds": deeds(chart),
    }
    return render(request, "portal/home.html", context)


def _heading(chart: Chart, reader: str) -> str:
    """Greet the reader; a member of staff reads whose record it is instead."""
    if chart.by_staff:
        return _("%(name)s’s record") % {"name": chart.patient.display_name}
    return _("Hello, %(name)s") % {"name": reader}


def _references(found: Latest, new: New) -> list[str]:
    """Return who made the reports and wrote the documents of the page, by address."""
    reports = [*found.reports, *new.reports.rows]
    documents = [*found.documents, *new.documents.rows]
    return unnamed(
        [
            *(each for one in reports for each in one.found.performer),
            *(each for one in documents for each in one.authors),
        ]
    )
