"""Reports: the list, one report's page, and the files it came as (S-36; VDT-4, VDT-7).

Promises: a report that may hold news asks its reader first, and so do its files; bytes are found, checked and decrypted
inside the view and are never run (security.md, T11 and T12).
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from carespace.access.chart import Chart, NotFound
from carespace.access.permissions import Permission
from carespace.portal.chips import record_chips
from carespace.portal.door import open_chart
from carespace.portal.reports.file_answers import saved, shown
from carespace.portal.reports.gate import REPORT, asks, question
from carespace.portal.reports.page import report_page
from carespace.portal.reports.rows import kind_chips, kind_in, references_in, report_rows
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.looks import note_look
from carespace.records.names import shared_names
from carespace.records.readings.documents import File
from carespace.records.readings.people import unnamed
from carespace.records.readings.reports import file_id as id_of
from carespace.records.report_queries import (
    News,
    Opened,
    forms_of,
    kinds_of_reports,
    one_report,
    parts_of,
)
from carespace.records.report_queries import reports as reports_of

LIST_ROWS = 20


@require_safe
def reports(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the reports, newest first, of all kinds or of one."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports")
    kind, turn = kind_in(request.GET.get("kind", "")), turn_of(request, LIST_ROWS)
    since = note_look(chart, "reports")
    found = reports_of(chart, kind, start=turn.start, size=turn.size)
    names = shared_names(chart, unnamed(references_in(found.rows)))
    links = turn.links(len(found.rows), found.total, {"kind": kind or ""})
    context = {
        "shell": chart_shell(request, chart, "labs"),
        "practice": chart.practice,
        "chips": record_chips(chart, "reports"),
        "kinds": kind_chips(chart, kinds_of_reports(chart), kind),
        "reports": report_rows(chart, found.rows, names, since),
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
    return shown(_file(chart, opened, file_id), opened.report)


@require_safe
def report_file_download(
    request: HttpRequest, patient_id: UUID, report_id: UUID, file_id: UUID
) -> HttpResponse:
    """Answer with one file of a report as it came, to be saved."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports download")
    opened = one_report(chart, report_id)
    if asks(request, chart, _news(opened)):
        return redirect("portal:report", patient_id, report_id)
    return saved(_file(chart, opened, file_id), opened.report)


def _news(opened: Opened) -> News:
    return News(opened.report.kind, opened.was_opened)


def _file(chart: Chart, opened: Opened, file_id: UUID) -> File:
    """Return one of the report's own files; NotFound for any other's."""
    for form in forms_of(chart, opened.report):
        if form.file is not None and id_of(form.attachment) == file_id:
            return form.file
    raise NotFound
