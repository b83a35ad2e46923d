"""The answers that carry one file of a report: to be read in the browser, or to be saved.

Promises: the same policies as for documents: nothing in the file can run or load anything, and its type is what its
first bytes say (security.md, T11 and T12).
"""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from carespace.access.chart import NotFound
from carespace.portal.presenters.clean_html import clean_html
from carespace.portal.presenters.documents import may_be_shown
from carespace.portal.views.documents import (
    DOWNLOAD_POLICY,
    IMAGE_POLICY,
    PDF_POLICY,
    POLICY,
    TEXT_POLICY,
)
from carespace.records.readings.documents import File

LONGEST_NAME_CHARACTERS = 80
EXTENSIONS = {
    "application/pdf": "pdf",
    "text/html": "html",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
}


def shown(file: File, title: str) -> HttpResponse:
    """Answer with ``file`` in the browser; NotFound for a kind that is only downloaded."""
    if not may_be_shown(file):
        raise NotFound
    if file.kind in {"pdf", "image"}:
        policy = PDF_POLICY if file.kind == "pdf" else IMAGE_POLICY
        named = content_disposition_header(as_attachment=False, filename=_name(file, title))
        headers = {POLICY: policy, "Content-Disposition": named or ""}
        return HttpResponse(file.data, content_type=file.media_type, headers=headers)
    context = {
        "html": clean_html(file.text) if file.kind == "html" else "",
        "text": file.text if file.kind == "text" else "",
    }
    page = render_to_string("portal/document_content.html", context)
    return HttpResponse(page, headers={POLICY: TEXT_POLICY})


def saved(file: File, title: str) -> HttpResponse:
    """Answer with the bytes of ``file`` as they came, to be saved."""
    named = content_disposition_header(as_attachment=True, filename=_name(file, title))
    headers = {POLICY: DOWNLOAD_POLICY, "Content-Disposition": named or "attachment"}
    return HttpResponse(file.data, content_type=file.media_type, headers=headers)


def _name(file: File, title: str) -> str:
    """Return a plain ASCII file name; its ending says what the bytes are."""
    name = slugify(title)[:LONGEST_NAME_CHARACTERS].strip("-") or "report"
    return f"{name}.{EXTENSIONS.get(file.media_type, 'bin')}"
