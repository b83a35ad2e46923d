"""Documents: the list, one document's page, and its bytes in responses of their own (S-36 to S-39).

Promises: bytes are found, checked and decrypted inside the view, while its transaction holds the open chart; they are
never run: no script may execute in them, and their type is what their first bytes say (security.md, T11 and T12).
"""

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
from carespace.portal.presenters.documents import (
    document_page,
    document_rows,
    file_name,
    may_be_shown,
)
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.queries import document_with_file, documents
from carespace.records.readings.people import shared_names, unnamed

LIST_ROWS = 20
POLICY = "Content-Security-Policy"
# A document of ours: text and our own style sheet, in an origin of its own.
TEXT_POLICY = "sandbox; default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
# Browsers do not start their PDF viewer in a sandboxed response; nothing of ours can run in this one either.
PDF_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
IMAGE_POLICY = f"sandbox; {PDF_POLICY}"
DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def all_documents(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the current documents, newest first."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    turn = turn_of(request, LIST_ROWS)
    found = documents(chart, start=turn.start, size=turn.size)
    names = shared_names(chart, unnamed(author for each in found.rows for author in each.authors))
    context = {
        "shell": chart_shell(request, chart, "documents"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "chips": record_chips(chart, "documents"),
        "documents": document_rows(chart, found.rows, names),
        "pages": turn.links(len(found.rows), found.total),
    }
    return render(request, "portal/documents.html", context)


@require_safe
def document(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Show one document with who wrote it and when; its bytes stand in a frame of their own."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    found, file = document_with_file(chart, document_id)
    names = shared_names(chart, unnamed(found.authors))
    context = {
        "shell": chart_shell(request, chart, "documents"),
        "practice": chart.practice,
        "patient_id": patient_id,
        "document": document_page(chart, found, file, names),
    }
    return render(request, "portal/document.html", context)


@require_safe
@xframe_options_sameorigin
def document_content(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Answer with one document to be read in the browser: PDF, picture, or text and clean HTML on our own sheet."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents")
    found, file = document_with_file(chart, document_id)
    if file is None or not may_be_shown(file):
        raise NotFound
    if file.kind in {"pdf", "image"}:
        named = content_disposition_header(as_attachment=False, filename=file_name(found, file))
        policy = PDF_POLICY if file.kind == "pdf" else IMAGE_POLICY
        headers = {POLICY: policy, "Content-Disposition": named or ""}
        return HttpResponse(file.data, content_type=file.media_type, headers=headers)
    context = {
        "html": clean_html(file.text) if file.kind == "html" else "",
        "text": file.text if file.kind == "text" else "",
    }
    page = render_to_string("portal/document_content.html", context)
    return HttpResponse(page, headers={POLICY: TEXT_POLICY})


@require_safe
def document_download(request: HttpRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Answer with one document's bytes as they came, to be saved."""
    chart = open_chart(request, patient_id, Permission.DOCUMENT_READ, category="documents download")
    found, file = document_with_file(chart, document_id)
    if file is None:
        raise NotFound
    named = content_disposition_header(as_attachment=True, filename=file_name(found, file))
    headers = {POLICY: DOWNLOAD_POLICY, "Content-Disposition": named or "attachment"}
    return HttpResponse(file.data, content_type=file.media_type, headers=headers)
