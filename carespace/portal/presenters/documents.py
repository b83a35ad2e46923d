"""Documents as rows, and one document's own page (S-36 to S-39)."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.urls import reverse
from django.utils.text import slugify

from carespace.access.chart import Chart
from carespace.portal.addresses import item_pattern
from carespace.portal.presenters.clean_html import can_be_cleaned
from carespace.records.readings.documents import Document, File
from carespace.records.readings.people import name_in
from carespace.ui.dates import partial_long, partial_short

KILOBYTE, MEGABYTE = 1_000, 1_000_000
LONGEST_FILE_NAME_CHARACTERS = 80
_TYPE_WORDS = {
    "application/pdf": "PDF",
    "text/html": "Web page",
    "application/xhtml+xml": "Web page",
    "text/plain": "Text",
    "image/png": "Picture",
    "image/jpeg": "Picture",
}
_FRAMES: Mapping[str, str] = {"pdf": "pdf", "image": "image"}
_EXTENSIONS = {
    "application/pdf": "pdf",
    "text/html": "html",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
}


class DocumentRow(TypedDict):
    """One document of a list."""

    title: str
    about: str
    by: str
    date: str
    url: str
    download_url: str


class DocumentPage(TypedDict):
    """One document's own page; ``frame`` says how it is shown: "pdf", "text", "image" or not at all."""

    title: str
    about: str
    frame: str
    content_url: str
    download_url: str


def document_rows(
    chart: Chart, documents: Sequence[Document], names: Mapping[str, str]
) -> list[DocumentRow]:
    """Return the rows of a list of documents."""
    zone = chart.practice.zone
    page, end = item_pattern("document", chart.patient.pk)
    download, download_end = item_pattern("document-download", chart.patient.pk)
    return [
        DocumentRow(
            title=each.title,
            about=" · ".join(part for part in (each.kind, file_words(each)) if part),
            by=authors(each, names),
            date=partial_short(each.written, zone),
            url=f"{page}{each.id}{end}",
            download_url=f"{download}{each.id}{download_end}" if each.file_id else "",
        )
        for each in documents
    ]


def document_page(
    chart: Chart, document: Document, file: File | None, names: Mapping[str, str]
) -> DocumentPage:
    """Return one document's page; ``file`` is None where its bytes never came."""
    address = [chart.patient.pk, document.id]
    shown = file is not None and may_be_shown(file)
    said = (
        document.kind,
        partial_long(document.written, chart.practice.zone),
        authors(document, names),
        f"{_type_word(file.media_type)}, {size_words(len(file.data))}" if file else "",
    )
    return DocumentPage(
        title=document.title,
        about=" · ".join(part for part in said if part and not _is_said(part, document.title)),
        frame=_FRAMES.get(file.kind, "text") if file and shown else "",
        content_url=reverse("portal:document-content", args=address) if shown else "",
        download_url=reverse("portal:document-download", args=address) if file else "",
    )


def may_be_shown(file: File) -> bool:
    """Say whether a document is shown here, and not only offered as a download."""
    if file.kind == "image":
        return True
    return file.can_be_shown and (file.kind != "html" or can_be_cleaned(file.text))


def authors(document: Document, names: Mapping[str, str]) -> str:
    """Return who wrote it, as far as that is known."""
    found = (name_in(author, names) for author in document.authors)
    return ", ".join(dict.fromkeys(name for name in found if name))


def file_words(document: Document) -> str:
    """Return "PDF, 120 kB" from what the document says of its file."""
    media_type = document.content_type.partition(";")[0].strip().lower()
    size = size_words(document.size_bytes) if document.size_bytes else ""
    word = _type_word(media_type) if media_type else ""
    return ", ".join(part for part in (word, size) if part)


def size_words(size_bytes: int) -> str:
    """Return "120 kB" or "1.2 MB", at least "1 kB"."""
    if size_bytes < MEGABYTE:
        return f"{max(round(size_bytes / KILOBYTE), 1)} kB"
    return f"{size_bytes / MEGABYTE:.1f} MB"


def file_name(document: Document, file: File) -> str:
    """Return a plain ASCII file name made from the title; its ending says what the bytes are."""
    name = slugify(document.title)[:LONGEST_FILE_NAME_CHARACTERS].strip("-") or "document"
    return f"{name}.{_EXTENSIONS.get(file.media_type, 'bin')}"


def _type_word(media_type: str) -> str:
    return _TYPE_WORDS.get(media_type, "File")


def _is_said(part: str, title: str) -> bool:
    """Say whether a document's title already says ``part``."""
    return part.lower() in title.lower()
