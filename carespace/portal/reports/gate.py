"""The question before a report that may hold news: "Read it now" or "Wait for my team" (ui.md section 6 page 7).

Promises: it asks, it never blocks: one press opens the report, at once and for good; each reader is asked for
themselves, once per report; what they chose is in the record's activity (IB-1: nobody else decides how long to wait).
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.portal.door import open_chart
from carespace.portal.presenters.whose import whose
from carespace.portal.shell import Section, chart_shell, signed_in
from carespace.records.actions import put_off_news, read_news
from carespace.records.document_queries import one_document
from carespace.records.looks import left_waiting
from carespace.records.policies import asks_first
from carespace.records.report_queries import News, news_of, one_report

REPORT, DOCUMENT = "report", "document"
choice = require_http_methods(["GET", "HEAD", "POST"])


def asks(request: HttpRequest, chart: Chart, news: News) -> bool:
    """Say whether this reader is asked before they see it."""
    return asks_first(
        news.kind,
        by_staff=chart.by_staff,
        shows_at_once=signed_in(request).shows_news_at_once,
        was_opened=news.was_opened,
    ).allowed


def waiting(request: HttpRequest, chart: Chart, what: str) -> frozenset[str]:
    """Return the ids of the ``what`` that the reader left for their care team: lists say so of each."""
    if signed_in(request).shows_news_at_once:
        return frozenset()
    return left_waiting(chart, what)


def question(
    request: HttpRequest, chart: Chart, what: str, identity: UUID, title: str
) -> HttpResponse:
    """Answer with the question, in place of the page of a ``what`` ("report" or "document")."""
    is_report = what == REPORT
    section: Section = "labs" if is_report else "documents"
    context = {
        "shell": chart_shell(request, chart, section),
        "practice": chart.practice,
        "title": title,
        "given": whose(chart)["given"],
        "choose_url": reverse(f"portal:{what}-choose", args=[chart.patient.pk, identity]),
        "list_url": reverse(f"portal:{what}s", args=[chart.patient.pk]),
        "list_label": _("All reports") if is_report else _("All documents"),
        "settings_url": f"{reverse('portal:settings')}#results",
    }
    return render(request, "portal/reports/question.html", context)


def document_gate(
    request: HttpRequest, chart: Chart, document_id: UUID, title: str = ""
) -> HttpResponse | None:
    """Answer instead of a document that may hold news and was not opened yet: with the question, or the way to it.

    None where the document is to be shown. Without a ``title`` (its bytes are asked for) the way leads to its page.
    """
    if not asks(request, chart, news_of(chart, DOCUMENT, document_id)):
        return None
    if title:
        return question(request, chart, DOCUMENT, document_id, title)
    return redirect("portal:document", chart.patient.pk, document_id)


@choice
def choose_report(request: HttpRequest, patient_id: UUID, report_id: UUID) -> HttpResponse:
    """Open a report for its reader from now on, or leave it for the care team."""
    chart = open_chart(request, patient_id, Permission.RESULT_READ, category="reports")
    return _choose(request, chart, REPORT, report_id)


@choice
def choose_document(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Open a document for its reader from now on, or leave it for the care team."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    return _choose(request, chart, DOCUMENT, document_id)


def _choose(request: HttpRequest, chart: Chart, what: str, identity: UUID) -> HttpResponse:
    news_of(chart, what, identity)
    if request.method != "POST":  # a reload, or a way back after signing in again
        return redirect(f"portal:{what}", chart.patient.pk, identity)
    if request.POST.get("choice") == "read":
        read_news(chart=chart, what=what, identity=identity, by=chart.actor)
        return redirect(f"portal:{what}", chart.patient.pk, identity)
    put_off_news(chart=chart, what=what, identity=identity, by=chart.actor)
    words = _(
        "We keep “%(title)s” closed for you. To go through it with your care team, call us: %(phone)s. You can open it any time."
    )
    said = {"title": _title(chart, what, identity), "phone": chart.practice.phone}
    messages.success(request, words % said)
    return redirect(f"portal:{what}s", chart.patient.pk)


def _title(chart: Chart, what: str, identity: UUID) -> str:
    if what == REPORT:
        return one_report(chart, identity).report.title
    return one_document(chart, identity).title
