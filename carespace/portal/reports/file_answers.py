"""The answers that carry one file of a report: to be read in the browser, or to be saved.

Promises: the same policies as for documents: nothing in the file can run or load anything, and its type is what its
first bytes say (security.md, T11 and T12).
"""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from carespace.access.chart import NotFound
from carespace.portal.presenters.clean_html import clean_html
from carespace.portal.presenters.document_body import file_in_frame
from carespace.portal.presenters.documents import file_name
from carespace.portal.views.documents import (
    DOWNLOAD_POLICY,
    IMAGE_POLICY,
    PDF_POLICY,
    POLICY,
    TEXT_POLICY,
)
from carespace.records.readings.documents import File
from carespace.records.readings.reports import Report


def shown(file: File, report: Report) -> HttpResponse:
    """Answer with ``file`` in the browser; NotFound for a kind that is read in the page, or only downloaded."""
    inside = file_in_frame(file)
    if inside is None:
        raise NotFound
    if inside.kind in {"pdf", "image"}:
        policy = PDF_POLICY if inside.kind == "pdf" else IMAGE_POLICY
        named = content_disposition_header(as_attachment=False, filename=file_name(report, inside))
        headers = {POLICY: policy, "Content-Disposition": named or ""}
        return HttpResponse(inside.data, content_type=inside.media_type, headers=headers)
    context = {
        "html": clean_html(inside.text) if inside.kind == "html" else "",
        "text": inside.text if inside.kind == "text" else "",
    }
    page = render_to_string("portal/document_content.html", context)
    return HttpResponse(page, headers={POLICY: TEXT_POLICY})


def saved(file: File, report: Report) -> HttpResponse:
    """Answer with the bytes of ``file`` as they came, to be saved."""
    named = content_disposition_header(as_attachment=True, filename=file_name(report, file))
    headers = {POLICY: DOWNLOAD_POLICY, "Content-Disposition": named or "attachment"}
    return HttpResponse(file.data, content_type=file.media_type, headers=headers)
