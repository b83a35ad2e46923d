"""The first page of a record: what comes next, what is new, whom to call."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.portal.addresses import chart_url
from carespace.portal.door import open_chart
from carespace.portal.presenters.appointments import midnight, references_of, visit_rows
from carespace.portal.presenters.documents import document_rows
from carespace.portal.presenters.labs import OUTSIDE, SHOW_OUTSIDE, day_summary
from carespace.portal.presenters.whose import whose
from carespace.portal.shell import chart_shell, signed_in
from carespace.records.queries import Front, front
from carespace.records.readings.labs import LabResult
from carespace.records.readings.people import shared_names, unnamed

NOON_HOUR, EVENING_HOUR = 12, 17


@require_safe
def home(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the first page of one record."""
    user = signed_in(request)
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category="home")
    now = datetime.now(chart.practice.zone)
    found = front(chart, midnight(now), chart.practice.settings.documents_landing_count)
    context = {
        "shell": chart_shell(request, chart, "home"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "whose": whose(chart),
        "greeting": _heading(chart, now, user.get_short_name()),
        **_cards(chart, found, now),
    }
    return render(request, "portal/home.html", context)


def _heading(chart: Chart, now: datetime, reader: str) -> str:
    """Greet the reader; a member of staff reads whose record it is instead."""
    if chart.by_staff:
        return f"{chart.patient.display_name}’s record"
    return f"{greeting(now)}, {reader}"


def greeting(now: datetime) -> str:
    """Return how to greet at this hour."""
    if now.hour < NOON_HOUR:
        return "Good morning"
    return "Good afternoon" if now.hour < EVENING_HOUR else "Good evening"


def _cards(chart: Chart, found: Front, now: datetime) -> dict[str, object]:
    settings = chart.practice.settings
    ahead = [each for each in found.visits if each.is_ahead(now)]
    written_by = [author for each in found.documents.rows for author in each.authors]
    names = shared_names(chart, [*unnamed(written_by), *references_of(ahead)])
    documents = document_rows(chart, found.documents.rows, names)
    return {
        "labs": _labs(chart, found.labs),
        "newest": documents[0] if documents else None,
        "documents": documents,
        "documents_total": found.documents.total,
        "all_documents": settings.word("documents.all"),
        "visits": visit_rows(chart, ahead, names) if settings.feature_appointments else [],
        "appointments_on": settings.feature_appointments,
    }


def _labs(chart: Chart, results: Sequence[LabResult]) -> dict[str, object] | None:
    if not results:
        return None
    title, about = day_summary(results, chart.practice.zone)
    page = "labs" if chart.practice.settings.nav_layout == "split" else "health"
    url = chart_url(page, chart.patient.pk)
    return {
        "title": title,
        "about": about,
        "outside": any(each.flag in OUTSIDE for each in results),
        "url": url,
        "outside_url": url + SHOW_OUTSIDE,
    }
