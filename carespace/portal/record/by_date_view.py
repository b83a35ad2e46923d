"""The whole record between two days (VDT-14, VDT-15)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.portal.addresses import chart_url
from carespace.portal.door import open_chart
from carespace.portal.record.by_date import Chapter, Missing, chapters, kinds, missing
from carespace.portal.record.day_form import DayForm, asks
from carespace.portal.shell import chart_shell
from carespace.records.days import MOST_ENTRIES, entries_in_span, last_visit_day, undated
from carespace.records.spans import Span
from carespace.ui.dates import day_long
from carespace.ui.shell import Link

MONTH, YEAR = timedelta(days=29), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Found:
    """What lies between the two days: ``left_out`` counts what the page has no room for."""

    title: str
    is_one_day: bool
    nothing: str
    chapters: tuple[Chapter, ...]
    count: int
    left_out: int
    undated: tuple[Missing, ...]


@require_safe
def by_date(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask for two days, and show everything between them."""
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category="record by date")
    form = DayForm(request.GET if asks(request.GET) else None)
    context = {
        "shell": chart_shell(request, chart, "health"),
        "patient_id": patient_id,
        "form": form,
        "choices": _choices(chart),
        "found": _found(chart, form.span()) if form.is_valid() else None,
    }
    return render(request, "portal/record/by_date.html", context)


def _found(chart: Chart, span: Span) -> Found:
    days = entries_in_span(chart, span)
    shown = chapters(chart, days.rows)
    without = missing(chart, undated(chart, kinds(chart)))
    return Found(
        title=_title(span),
        is_one_day=span.first == span.last,
        nothing=_nothing(span),
        chapters=shown,
        count=sum(each.count for each in shown),
        left_out=max(days.total - MOST_ENTRIES, 0),
        undated=without,
    )


def _title(span: Span) -> str:
    ends = {"first": day_long(span.first), "last": day_long(span.last)}
    return ends["first"] if span.first == span.last else _("%(first)s to %(last)s") % ends


def _nothing(span: Span) -> str:
    ends = {"first": day_long(span.first), "last": day_long(span.last)}
    if span.first == span.last:
        return _("Nothing on %(first)s") % ends
    return _("Nothing from %(first)s to %(last)s") % ends


def _choices(chart: Chart) -> tuple[Link, ...]:
    """Return links to the spans that people ask for most."""
    now = timezone.now()
    today = timezone.localtime(now, chart.practice.zone).date()
    choices = [
        (_("Last 30 days"), today - MONTH, today),
        (_("Last 12 months"), today - YEAR, today),
    ]
    if visit := last_visit_day(chart, now):
        choices.append((_("The day of your last visit"), visit, visit))
    return tuple(Link(label, _address(chart, first, last)) for label, first, last in choices)


def _address(chart: Chart, first: date, last: date) -> str:
    return (
        f"{chart_url('by-date', chart.patient.pk)}?from={first.isoformat()}&to={last.isoformat()}"
    )
