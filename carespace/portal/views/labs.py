"""The Health page, the labs table, and one test's own page (S-33 to S-39, D-1)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import open_chart
from carespace.access.permissions import Permission
from carespace.portal.presenters.documents import document_rows
from carespace.portal.presenters.labs import lab_page, lab_rows, past_readings
from carespace.portal.presenters.labs_table import lab_bodies
from carespace.portal.shell import chart_shell, signed_in
from carespace.portal.views.paging import turn_of
from carespace.records.queries import documents, lab_with_history, labs_by_test
from carespace.records.readings.people import shared_names, unnamed

HISTORY_ROWS = 20


@require_safe
def health(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the latest result of each test and the newest documents."""
    chart = open_chart(
        signed_in(request), patient_id, Permission.RESULT_READ, category="labs and documents"
    )
    settings = chart.practice.settings
    newest = documents(chart, start=0, size=settings.documents_landing_count)
    names = shared_names(chart, unnamed(author for each in newest.rows for author in each.authors))
    context = {
        "shell": chart_shell(request, chart, "health"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "part": "all",
        "labs": lab_bodies(lab_rows(chart, labs_by_test(chart))),
        "documents": document_rows(chart, newest.rows, names),
        "documents_total": newest.total,
        "all_documents": settings.word("documents.all"),
    }
    return render(request, "portal/health.html", context)


@require_safe
def labs(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the latest result of each test."""
    chart = open_chart(signed_in(request), patient_id, Permission.RESULT_READ, category="labs")
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "part": "labs",
        "chips": chart.practice.settings.nav_layout == "health",
        "labs": lab_bodies(lab_rows(chart, labs_by_test(chart))),
    }
    return render(request, "portal/labs.html", context)


@require_safe
def lab(request: HttpRequest, patient_id: UUID, result_id: UUID) -> HttpResponse:
    """Show one result in words, and all results of its test."""
    chart = open_chart(signed_in(request), patient_id, Permission.RESULT_READ, category="labs")
    turn = turn_of(request, HISTORY_ROWS)
    result, past = lab_with_history(chart, result_id, start=turn.start, size=turn.size)
    everyone = (result, *past.rows)
    names = shared_names(chart, [r.performer_reference for r in everyone if not r.performer])
    zone = chart.practice.zone
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "lab": lab_page(result, zone, names),
        "past": past_readings(result, past.rows, zone, names),
        "total": past.total,
        "pages": turn.links(len(past.rows), past.total),
    }
    return render(request, "portal/lab.html", context)
