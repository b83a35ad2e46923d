"""Documents: the list, one document's page, and its bytes in responses of their own (S-36 to S-39).

Promises: bytes are found, checked and decrypted inside the view, while its transaction holds the open chart; they are
never run: no script may execute in them, and their type is what their first bytes say (security.md, T11 and T12). The
list shows current versions; earlier ones stand behind them, and in the list with ``?show=earlier``.
"""

from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from carespace.access.chart import NotFound
from carespace.access.permissions import Permission
from carespace.portal.chips import record_chips
from carespace.portal.door import open_chart
from carespace.portal.presenters.clean_html import clean_html
from carespace.portal.presenters.document_body import body_of, file_in_frame
from carespace.portal.presenters.documents import (
    by_year,
    document_page,
    document_rows,
    file_name,
)
from carespace.portal.reports.gate import DOCUMENT, document_gate, waiting
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.document_queries import chosen, document_with_file, kinds_of, papers
from carespace.records.looks import note_look
from carespace.records.names import shared_names
from carespace.records.readings.people import unnamed

LIST_ROWS = 20
LONGEST_WORDS = 100
POLICY = "Content-Security-Policy"
# A document of ours: text and our own style sheet, in an origin of its own.
TEXT_POLICY = "sandbox; default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
# Browsers do not start their PDF viewer in a sandboxed response; nothing of ours can run in this one either.
PDF_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
IMAGE_POLICY = f"sandbox; {PDF_POLICY}"
DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
EARLIER = "earlier"


class Asked(NamedTuple):
    """What the list is narrowed to: a type, words of the title, and whether earlier versions are meant."""

    type: str
    words: str
    show: str

    @property
    def is_narrowed(self) -> bool:
        return bool(self.type or self.words)


@require_safe
def all_documents(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the current documents, or their earlier versions, newest first."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    asked, turn, everything = _asked(request), turn_of(request, LIST_ROWS), papers(chart)
    since = note_look(chart, "documents")
    listed = everything.earlier if asked.show else everything.current
    found = chosen(listed, kind=asked.type, words=asked.words)
    rows = found[turn.start :][: turn.size]
    names = shared_names(chart, unnamed(author for each in rows for author in each.authors))
    left = waiting(request, chart, DOCUMENT)
    shown = document_rows(chart, rows, names, since, waiting=left, versions=everything)
    context = {
        "shell": chart_shell(request, chart, "documents"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "chips": record_chips(chart, "documents"),
        "asked": asked,
        "types": kinds_of(listed),
        "has_any": bool(listed),
        "earlier_count": len(everything.earlier),
        "found_count": len(found),
        "years": by_year(chart, rows, shown),
        "pages": turn.links(len(rows), len(found), asked._asdict()),
    }
    return render(request, "portal/documents.html", context)


@require_safe
def document(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Show one document with who wrote it and when; what is not words of our page stands in a frame of its own."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    found, file = document_with_file(chart, document_id)
    if asked := document_gate(request, chart, document_id, found.title):
        return asked
    versions = papers(chart)
    behind = (found, *versions.behind(found))
    names = shared_names(chart, unnamed(author for each in behind for author in each.authors))
    body = body_of(file, chart.practice.zone)
    context = {
        "shell": chart_shell(request, chart, "documents"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "document": document_page(chart, found, file, body, names, versions),
    }
    return render(request, "portal/document.html", context)


@require_safe
@xframe_options_sameorigin
def document_content(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Answer with one document to be read in the browser: PDF, picture, or text and clean HTML on our own sheet."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    if asked := document_gate(request, chart, document_id):
        return asked
    found, file = document_with_file(chart, document_id)
    shown = file_in_frame(file) if file else None
    if shown is None:
        raise NotFound
    if shown.kind in {"pdf", "image"}:
        named = content_disposition_header(as_attachment=False, filename=file_name(found, shown))
        policy = PDF_POLICY if shown.kind == "pdf" else IMAGE_POLICY
        headers = {POLICY: policy, "Content-Disposition": named or ""}
        return HttpResponse(shown.data, content_type=shown.media_type, headers=headers)
    context = {
        "html": clean_html(shown.text) if shown.kind == "html" else "",
        "text": shown.text if shown.kind == "text" else "",
    }
    page = render_to_string("portal/document_content.html", context)
    return HttpResponse(page, headers={POLICY: TEXT_POLICY})


@require_safe
def document_download(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Answer with one document's bytes as they came, to be saved."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents download")
    if asked := document_gate(request, chart, document_id):
        return asked
    found, file = document_with_file(chart, document_id)
    if file is None:
        raise NotFound
    named = content_disposition_header(as_attachment=True, filename=file_name(found, file))
    headers = {POLICY: DOWNLOAD_POLICY, "Content-Disposition": named or "attachment"}
    return HttpResponse(file.data, content_type=file.media_type, headers=headers)


def _asked(request: HttpRequest) -> Asked:
    given = request.GET
    return Asked(
        type=given.get("type", "")[:LONGEST_WORDS],
        words=given.get("words", "")[:LONGEST_WORDS].strip(),
        show=EARLIER if given.get("show") == EARLIER else "",
    )
