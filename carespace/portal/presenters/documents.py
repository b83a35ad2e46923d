"""Documents as rows, and one document's own page (S-36 to S-39)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from carespace.access.chart import Chart
from carespace.portal.addresses import item_pattern
from carespace.portal.presenters.document_body import Body
from carespace.records.document_queries import Papers
from carespace.records.readings.documents import WORD_TYPE, Document, File
from carespace.records.readings.people import name_in
from carespace.records.readings.reports import Report
from carespace.ui.dates import partial_long, partial_short
from carespace.values import local

KILOBYTE, MEGABYTE = 1_000, 1_000_000
_TIE = "\N{NO-BREAK SPACE}"
LONGEST_FILE_NAME_CHARACTERS = 80
_EXTENSIONS = {
    "application/pdf": "pdf",
    "text/html": "html",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/tiff": "tif",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/xml": "xml",
    WORD_TYPE: "docx",
}


class DocumentRow(TypedDict):
    """One document of a list; ``stage`` is said where it is not final, ``is_new`` where it came since the last look."""

    title: str
    about: str
    by: str
    date: str
    url: str
    download_url: str
    stage: str
    waits: str
    is_new: bool


class Year(TypedDict):
    """The documents of one year of a list, under its heading."""

    year: str
    rows: list[DocumentRow]


class DocumentPage(TypedDict):
    """One document's own page; ``content_url`` is where its bytes can be read, empty where they are read on the page."""

    title: str
    about: str
    stage: str
    body: Body
    content_url: str
    download_url: str
    newest: DocumentRow | None
    is_earlier: bool
    earlier: list[DocumentRow]


def document_rows(
    chart: Chart,
    documents: Sequence[Document],
    names: Mapping[str, str],
    since: datetime | None = None,
    *,
    waiting: frozenset[str] = frozenset(),
    versions: Papers | None = None,
) -> list[DocumentRow]:
    """Return the rows of a list of documents; what was received after ``since`` is new.

    Those whose id is in ``waiting`` are left for the care team; ``versions`` know what an updated one took the place of.
    """
    zone = chart.practice.zone
    page, end = item_pattern("document", chart.patient.pk)
    download, download_end = item_pattern("document-download", chart.patient.pk)
    stages = stage_words()
    return [
        DocumentRow(
            title=each.title,
            about=each.kind,
            by=authors(each, names),
            date=partial_short(each.written, zone),
            url=f"{page}{each.id}{end}",
            download_url=f"{download}{each.id}{download_end}" if each.file_id else "",
            stage=_stage_of(each, stages, versions, zone),
            waits=_("Waiting for your team") if str(each.id) in waiting else "",
            is_new=bool(since and each.received_at and each.received_at > since),
        )
        for each in documents
    ]


def by_year(chart: Chart, documents: Sequence[Document], rows: Iterable[DocumentRow]) -> list[Year]:
    """Return ``rows``, those of ``documents``, under the years in which they were written."""
    paired = list(zip(documents, rows, strict=True))
    return [
        Year(year=year, rows=[row for _, row in found])
        for year, found in groupby(paired, key=lambda pair: _year(chart, pair[0]))
    ]


def document_page(
    chart: Chart,
    document: Document,
    file: File | None,
    body: Body,
    names: Mapping[str, str],
    versions: Papers,
) -> DocumentPage:
    """Return one document's page; ``file`` is None where its bytes never came."""
    address = [chart.patient.pk, document.id]
    said = (
        document.kind,
        partial_long(document.written, chart.practice.zone),
        authors(document, names),
        _care_words(document, chart.practice.zone),
        f"{_type_word(file.media_type, type_words())}, {size_words(len(file.data))}"
        if file
        else "",
    )
    newest = None if versions.is_current(document) else versions.newest_of(document)
    return DocumentPage(
        title=document.title,
        about=" · ".join(part for part in said if part and not _is_said(part, document.title)),
        stage=_stage_of(document, stage_words(), versions, chart.practice.zone),
        # What stands in the heading already is not said again.
        body={**body, "lines": [each for each in body["lines"] if each["value"] != document.title]},
        content_url=reverse("portal:document-content", args=address) if body["in_frame"] else "",
        download_url=reverse("portal:document-download", args=address) if file else "",
        newest=document_rows(chart, [newest], names)[0] if newest else None,
        is_earlier=not versions.is_current(document),
        earlier=document_rows(chart, versions.behind(document), names),
    )


def _stage_of(
    document: Document, stages: Mapping[str, str], versions: Papers | None, zone: ZoneInfo
) -> str:
    """Return what is said of a document that is not final; of an updated one, when it took the place of which."""
    former = versions.behind(document) if versions and document.stage == "amended" else ()
    before = partial_short(former[0].written, zone) if former else ""
    if not before:
        return stages.get(document.stage, "")
    days = {"day": partial_short(document.written, zone), "former": before}
    return _("Updated %(day)s; replaces %(former)s") % days


def _care_words(document: Document, zone: ZoneInfo) -> str:
    """Return when the care took place that the document tells of, where that is another day than its own."""
    day = partial_long(document.about, zone) if document.about else ""
    if not day or day == partial_long(document.written, zone):
        return ""
    return _("About care on %(day)s") % {"day": day}


def authors(document: Document, names: Mapping[str, str]) -> str:
    """Return who wrote it, as far as that is known."""
    found = (name_in(author, names) for author in document.authors)
    return ", ".join(dict.fromkeys(name for name in found if name))


def stage_words() -> dict[str, str]:
    """Return what is said of a document that is not final (FHIR CompositionStatus)."""
    return {
        "preliminary": _("Preliminary: it may still change"),
        "amended": _("Updated"),
    }


def type_words() -> dict[str, str]:
    """Return what each kind of file is called, by its media type, in the language in force."""
    web, picture, word = _("Web page"), _("Picture"), _("Word document")
    clinical = _("Summary from another system")
    return {
        "application/pdf": "PDF",
        "text/html": web,
        "application/xhtml+xml": web,
        "text/plain": _("Text"),
        "image/png": picture,
        "image/jpeg": picture,
        "image/gif": picture,
        "image/webp": picture,
        "image/tiff": picture,
        "application/rtf": _("Text"),
        "text/rtf": _("Text"),
        "application/msword": word,
        WORD_TYPE: word,
        "application/xml": clinical,
        "text/xml": clinical,
        "application/hl7-cda+xml": clinical,
    }


def size_words(size_bytes: int) -> str:
    """Return "120 kB" or "1.2 MB", at least "1 kB", in one line."""
    if size_bytes < MEGABYTE:
        return f"{max(round(size_bytes / KILOBYTE), 1)}{_TIE}kB"
    return f"{size_bytes / MEGABYTE:.1f}{_TIE}MB"


def file_name(document: Document | Report, file: File) -> str:
    """Return a plain ASCII file name made from the title; its ending says what the bytes are."""
    name = slugify(document.title)[:LONGEST_FILE_NAME_CHARACTERS].strip("-") or "document"
    return f"{name}.{_EXTENSIONS.get(file.media_type, 'bin')}"


def _year(chart: Chart, document: Document) -> str:
    if document.written is None:
        return ""
    zone = chart.practice.zone
    there = local(document.written.start(zone), zone) if document.written.instant else None
    return str(there.year if there else document.written.year)


def _type_word(media_type: str, types: Mapping[str, str]) -> str:
    return types.get(media_type) or _("File")


def _is_said(part: str, title: str) -> bool:
    """Say whether a document's title already says ``part``."""
    return part.lower() in title.lower()
