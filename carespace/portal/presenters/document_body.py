"""What a document's page shows of its bytes: on the page itself, in a frame, or why it cannot (S-36; CDA-13; T11, T12).

Promises: by what the bytes are, and not by what they are called. PDF and pictures stand in responses of
their own; text, RTF, Word, web pages and C-CDA become words of our page, escaped or cleaned. What would keep a worker busy, or
cannot be read, is offered as a download, in words that say why.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from carespace.interop.ccda.document import ClinicalDocument, Part, read_document
from carespace.interop.ccda.parsing import Unreadable
from carespace.portal.presenters.clean_html import (
    LONGEST_CHARACTERS,
    CleanHtml,
    can_be_cleaned,
    clean_html,
    clean_narrative,
)
from carespace.portal.presenters.office import readable, rtf_text, word_html
from carespace.records.readings.documents import File, file_of
from carespace.ui.dates import partial_long

FEWEST_PARTS_WITH_CONTENTS = 3
# A word, a gap as no sentence has one, and another word.
_COLUMNS = re.compile(r"\S {3,}\S")
_FRAMED = {"pdf": "pdf", "image": "image"}


class Line(TypedDict):
    """One line of a document's head."""

    term: str
    value: str


class Piece(TypedDict):
    """Lines of a text one after another; ``in_columns`` where their spaces make a table."""

    text: str
    in_columns: bool


class ShownPart(TypedDict):
    """One section of a C-CDA document; ``level`` is that of its heading, from 2 on."""

    title: str
    anchor: str
    level: int
    html: CleanHtml


class Body(TypedDict):
    """What is shown: ``frame`` is "pdf", "image" or nothing; ``refusal`` says why nothing can be shown.

    ``in_frame``: it can also be read in a response of its own. ``pieces`` are ``text``, where that is shown.
    """

    frame: str
    in_frame: bool
    text: str
    pieces: list[Piece]
    html: CleanHtml | None
    lines: list[Line]
    parts: list[ShownPart]
    has_contents: bool
    refusal: str


def body_of(file: File | None, zone: ZoneInfo) -> Body:
    """Return what the page of a document with these bytes shows."""
    if file is None:
        return _body()
    if file.kind == "ccda":
        return _ccda(file, zone)
    return _plain(file)


def file_in_frame(file: File) -> File | None:
    """Return what is read in a response of its own: the file itself, or the one that stands in it; None for no such."""
    shown = file
    if file.kind == "ccda":
        found = _read(file)
        inside = _enclosed(found) if isinstance(found, ClinicalDocument) else None
        if inside is None:
            return None
        shown = inside
    if shown.kind == "text":
        return shown
    if shown.kind == "html":
        return shown if can_be_cleaned(shown.text) else None
    return shown if shown.kind in _FRAMED else None


def _body(
    *,
    frame: str = "",
    text: str = "",
    html: CleanHtml | None = None,
    in_frame: bool = False,
    lines: Sequence[Line] = (),
    parts: Sequence[ShownPart] = (),
    refusal: str = "",
) -> Body:
    return Body(
        frame=frame,
        in_frame=in_frame or bool(frame),
        text=text,
        pieces=_pieces(text),
        html=html,
        lines=list(lines),
        parts=list(parts),
        has_contents=len(parts) >= FEWEST_PARTS_WITH_CONTENTS,
        refusal=refusal,
    )


def _pieces(text: str) -> list[Piece]:
    """Return ``text`` with the lines whose columns are made of spaces apart: they stand in letters of one width."""
    runs = groupby(text.split("\n"), key=lambda line: bool(_COLUMNS.search(line)))
    return [Piece(text="\n".join(lines), in_columns=in_columns) for in_columns, lines in runs]


def _plain(file: File, lines: Sequence[Line] = ()) -> Body:
    if file.kind == "html":
        return _page(file, lines)
    if file.kind in _FRAMED:
        return _body(frame=_FRAMED[file.kind], lines=lines)
    if file.kind == "text":
        if len(file.text) > LONGEST_CHARACTERS:
            return _body(refusal=_too_long(), lines=lines)
        return _body(text=file.text, lines=lines)
    if file.kind == "rtf":
        text = rtf_text(file.data)
        return _body(text=text, lines=lines) if text else _body(refusal=_not_here(), lines=lines)
    if file.kind == "word":
        html = word_html(file.data)
        return _body(html=html, lines=lines) if html else _body(refusal=_not_here(), lines=lines)
    return _body(refusal=_not_here(), lines=lines)


def _page(file: File, lines: Sequence[Line]) -> Body:
    """Return a web page as words of ours, cleaned; it is read in a response of its own too."""
    if not can_be_cleaned(file.text):
        return _body(refusal=_too_long(), lines=lines)
    cleaned = clean_html(file.text)
    if not cleaned.strip():
        return _body(refusal=_no_words(), lines=lines)
    return _body(html=clean_narrative(readable(cleaned)), in_frame=True, lines=lines)


def _ccda(file: File, zone: ZoneInfo) -> Body:
    found = _read(file)
    if isinstance(found, Unreadable):
        return _body(refusal=_too_long() if found.reason == "too-long" else _damaged())
    lines = _head(found, zone)
    if found.enclosed is not None:
        inside = _enclosed(found)
        if inside is None:
            return _body(lines=lines, refusal=_only_named())
        return _plain(inside, lines)
    if not can_be_cleaned("".join(part.html for part in found.parts)):
        return _body(lines=lines, refusal=_too_long())
    if not found.parts:
        return _body(lines=lines, refusal=_no_words())
    return _body(
        lines=lines, parts=[_part(number, each) for number, each in enumerate(found.parts, 1)]
    )


def _read(file: File) -> ClinicalDocument | Unreadable:
    try:
        return read_document(file.data)
    except Unreadable as fault:
        return fault


def _enclosed(found: ClinicalDocument) -> File | None:
    """Return the file that stands in a document; None where it is not there, or is such a document itself."""
    if found.enclosed is None or found.enclosed.data is None:
        return None
    inside = file_of(found.enclosed.media_type, found.enclosed.data)
    return None if inside.kind == "ccda" else inside


def _head(found: ClinicalDocument, zone: ZoneInfo) -> list[Line]:
    """Return who a document is about, who wrote it, when, and who keeps it."""
    said: Mapping[str, str] = {
        _("Title"): found.title,
        _("About"): found.patient,
        _("Date of birth"): partial_long(found.born, zone) if found.born else "",
        _("Date"): partial_long(found.written, zone) if found.written else "",
        _("Written by"): ", ".join(found.authors),
        _("Kept by"): found.custodian,
    }
    return [Line(term=term, value=value) for term, value in said.items() if value]


def _part(number: int, part: Part) -> ShownPart:
    return ShownPart(
        title=part.title or _("Part without a title"),
        anchor=f"part-{number}",
        level=part.level + 1,
        html=clean_narrative(part.html),
    )


def _not_here() -> str:
    return _("This kind of file opens on your device. Press “Download” to save it, then open it.")


def _too_long() -> str:
    return _("This document is too long to show here. Press “Download” to save it, then open it.")


def _damaged() -> str:
    return _(
        "This document did not reach us whole, so we cannot show it. Call our office and ask for a copy."
    )


def _only_named() -> str:
    return _(
        "This document names a file that did not come with it. Call our office and ask for a copy."
    )


def _no_words() -> str:
    return _("This document has no text to read. Press “Download” to save it.")
