"""Reports: the list, one report's page, and the files it came as (S-36; VDT-4, VDT-7).

Promises: a report that may hold news asks its reader first, and so do its files; bytes are found, checked and decrypted
inside the view and are never run (security.md, T11 and T12).
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from carespace.access.permissions import Permission
from carespace.portal.chips import record_chips
from carespace.portal.door import open_chart
from carespace.portal.reports.file_answers import saved, shown
from carespace.portal.reports.gate import REPORT, asks, question, waiting
from carespace.portal.reports.page import report_page
from carespace.portal.reports.rows import (
    kind_chips,
    kind_in,
    references_in,
    report_groups,
    report_rows,
)
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.looks import note_look
from carespace.records.readings.people import unnamed
from carespace.records.report_queries import (
    News,
    Opened,
    file_of_report,
    forms_of,
    one_report,
    parts_of,
    reports_and_kinds,
)
from carespace.records.report_results import beside_reports

LIST_ROWS = 20


@require_safe
def reports(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the reports of all kinds or of one: those to read in words first, then lab reports; newest first."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports")
    kind, turn = kind_in(request.GET.get("kind", "")), turn_of(request, LIST_ROWS)
    since = note_look(chart, "reports")
    found, kinds = reports_and_kinds(chart, kind, start=turn.start, size=turn.size)
    beside = beside_reports(chart, found.rows, unnamed(references_in(found.rows)))
    links = turn.links(len(found.rows), found.total, {"kind": kind or ""})
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "chips": record_chips(chart, "reports"),
        "kinds": kind_chips(chart, kinds, kind),
        "groups": report_groups(
            report_rows(chart, found.rows, beside.names, since, waiting(request, chart, REPORT)),
            beside.outside,
        ),
        "pages": links,
    }
    return render(request, "portal/reports/reports.html", context)


@require_safe
def report(request: HttpRequest, patient_id: UUID, report_id: UUID) -> HttpResponse:
    """Show one report, or first ask whether to."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports")
    opened = one_report(chart, report_id)
    if asks(request, chart, _news(opened)):
        return question(request, chart, REPORT, report_id, opened.report.title)
    if not opened.was_opened:
        note_look(chart, f"report:{report_id}")
    page = report_page(
        chart, opened, parts_of(chart, opened.report), forms_of(chart, opened.report)
    )
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "report": page,
    }
    return render(request, "portal/reports/report.html", context)


@require_safe
@xframe_options_sameorigin
def report_file(
    request: HttpRequest, patient_id: UUID, report_id: UUID, file_id: UUID
) -> HttpResponse:
    """Answer with one file of a report, to be read in the browser."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports")
    opened = one_report(chart, report_id)
    if asks(request, chart, _news(opened)):
        return redirect("portal:report", patient_id, report_id)
    return shown(file_of_report(chart, opened.report, file_id), opened.report)


@require_safe
def report_file_download(
    request: HttpRequest, patient_id: UUID, report_id: UUID, file_id: UUID
) -> HttpResponse:
    """Answer with one file of a report as it came, to be saved."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports download")
    opened = one_report(chart, report_id)
    if asks(request, chart, _news(opened)):
        return redirect("portal:report", patient_id, report_id)
    return saved(file_of_report(chart, opened.report, file_id), opened.report)


def _news(opened: Opened) -> News:
    return News(opened.report.kind, opened.was_opened)
