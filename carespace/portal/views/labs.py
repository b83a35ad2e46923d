"""The Health page, the labs table, and one test's own page (S-33 to S-39, D-1)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.permissions import Permission
from carespace.portal.chips import record_chips
from carespace.portal.door import open_chart
from carespace.portal.presenters.documents import document_rows
from carespace.portal.presenters.lab_page import (
    Beside,
    lab_page,
    meaning,
    meaning_of_all,
    past_rows,
    references_of,
)
from carespace.portal.presenters.labs import Asked, labs_overview, labs_table
from carespace.portal.presenters.whose import whose
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.document_queries import documents
from carespace.records.lab_queries import around, earlier_versions, lab_with_history, labs_by_test
from carespace.records.looks import note_look
from carespace.records.names import shared_names
from carespace.records.readings.people import unnamed

HISTORY_ROWS = 20
SUMMED_UP_ROWS = 1000


@require_safe
def health(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the newest results, those outside their range, and the newest documents."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="labs and documents")
    settings = chart.practice.settings
    newest = documents(chart, start=0, size=settings.documents_landing_count)
    names = shared_names(chart, unnamed(author for each in newest.rows for author in each.authors))
    context = {
        "shell": chart_shell(request, chart, "health"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "chips": record_chips(chart, "all"),
        "labs": labs_overview(chart, labs_by_test(chart), since=note_look(chart, "labs")),
        "meaning": meaning_of_all(whose(chart)),
        "documents": document_rows(chart, newest.rows, names),
        "documents_total": newest.total,
        "all_documents": settings.word("documents.all"),
    }
    return render(request, "portal/health.html", context)


@require_safe
def labs(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the latest result of each test."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="labs")
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "chips": record_chips(chart, "labs"),
        "labs": labs_table(
            chart,
            labs_by_test(chart),
            page="labs",
            asked=Asked.of(request.GET.dict()),
            since=note_look(chart, "labs"),
        ),
        "meaning": meaning_of_all(whose(chart)),
    }
    return render(request, "portal/labs.html", context)


@require_safe
def lab(request: HttpRequest, patient_id: UUID, result_id: UUID) -> HttpResponse:
    """Show one result in words, and all results of its test."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="labs")
    turn = turn_of(request, HISTORY_ROWS)
    # Read whole, a history can be drawn and summed up; one that goes on for ever is read page by page instead.
    whole = turn.start + turn.size <= SUMMED_UP_ROWS
    start, size = (0, SUMMED_UP_ROWS) if whole else (turn.start, turn.size)
    result, past = lab_with_history(chart, result_id, start=start, size=size)
    shown = past.rows[turn.start :][: turn.size] if whole else past.rows
    everyone = (result, *shown)
    beside = Beside(
        linked=around(chart, references_of(everyone)), earlier=earlier_versions(chart, everyone)
    )
    zone = chart.practice.zone
    summed_up = past.rows if whole else ()
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "lab": lab_page(result, summed_up, zone, beside),
        "meaning": meaning(result, whose(chart)),
        "past": past_rows(result, shown, zone, beside),
        "left_out": max(past.total - SUMMED_UP_ROWS, 0) if whole else 0,
        "pages": turn.links(len(shown), past.total),
    }
    return render(request, "portal/lab.html", context)
