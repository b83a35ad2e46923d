"""The page of all vital signs, and the page of one kind of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.permissions import Permission
from carespace.portal.chips import record_chips
from carespace.portal.door import open_chart
from carespace.portal.presenters.lab_page import Beside, meaning_of_vitals, references_of
from carespace.portal.presenters.whose import whose
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.portal.vitals.rows import vital_page, vital_past, vital_rows
from carespace.records.lab_queries import around, earlier_versions
from carespace.records.readings.vitals import vitals_of
from carespace.records.vital_queries import latest_vitals, vital_with_history

HISTORY_ROWS = 20
SUMMED_UP_ROWS = 1000


@require_safe
def vital_signs(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the latest measurement of each kind."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="vital signs")
    context = {
        "shell": chart_shell(request, chart, "health"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "chips": record_chips(chart, "record"),
        "rows": vital_rows(chart, latest_vitals(chart)),
        "meaning": meaning_of_vitals(whose(chart)),
    }
    return render(request, "portal/vitals/vital_signs.html", context)


@require_safe
def vital_sign(request: HttpRequest, patient_id: UUID, vital_id: UUID) -> HttpResponse:
    """Show one measurement, its trend, and all of its kind."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="vital signs")
    turn = turn_of(request, HISTORY_ROWS)
    # As with lab results: what goes on for ever is read page by page, without a drawing.
    whole = turn.start + turn.size <= SUMMED_UP_ROWS
    start, size = (0, SUMMED_UP_ROWS) if whole else (turn.start, turn.size)
    result, past = vital_with_history(chart, vital_id, start=start, size=size)
    shown = past.rows[turn.start :][: turn.size] if whole else past.rows
    everyone = (result, *shown)
    beside = Beside(
        linked=around(chart, references_of(everyone)), earlier=earlier_versions(chart, everyone)
    )
    measured = vital_past(vitals_of(shown, past.rows), chart.practice.zone)
    context = {
        "shell": chart_shell(request, chart, "health"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "vital": vital_page(
            result, vitals_of(past.rows) if whole else [], chart.practice.zone, beside
        ),
        "meaning": meaning_of_vitals(whose(chart)),
        "past": measured,
        "has_comments": any(r["word"] or r["status"] or r["comments"] for r in measured),
        "pages": turn.links(len(shown), past.total),
    }
    return render(request, "portal/vitals/vital_sign.html", context)
