"""Word and RTF documents as something to read: their words and structure, without pictures, links or programs.

Promises: nothing is unpacked that would grow beyond a few MB; nothing outside the file is opened, neither an address nor
a linked picture; what cannot be read quickly, or at all, is None, and its page offers the download. Word documents are
read by mammoth (ECMA-376), RTF by striprtf; what mammoth makes is HTML to be cleaned like any other.
"""

import io
import re
import zipfile
import zlib
from xml.parsers.expat import ExpatError

import mammoth
from django.utils.translation import gettext as _
from lxml import etree, html
from striprtf.striprtf import rtf_to_text

from carespace.interop.ccda.narrative import let_scroll
from carespace.portal.presenters.clean_html import CleanHtml, can_be_cleaned, clean_narrative
from carespace.records.readings.packed import is_small, parts_of

LONGEST_RTF_CHARACTERS = 600_000
HIGHEST_HEADING, LOWEST_HEADING = 2, 6
_NOT_IN_WORD = (b"<!DOCTYPE", b"<!ENTITY", b"\x00")
_UNREADABLE = (
    ExpatError, zipfile.BadZipFile, zlib.error, RecursionError, NotImplementedError, RuntimeError, ValueError,
    LookupError, TypeError, AttributeError, OSError, EOFError, OverflowError,
)  # fmt: skip
# A picture written as digits: hundreds of them in a row, which no text has.
_DIGITS_OF_PICTURES = re.compile(r"(?:[0-9a-fA-F]{32,}\s*){4,}")
_FONT = re.compile(r"(?<!\\)\\f(?=\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def word_html(data: bytes) -> CleanHtml | None:
    """Return a Word document as clean HTML with its headings in order; None where it is not read."""
    if not is_small(data, parts_of(data)):
        return None
    try:
        if _declares_something(data):
            return None
        made = mammoth.convert_to_html(
            io.BytesIO(data),
            include_embedded_style_map=False,
            convert_image=_picture,
        ).value
    except _UNREADABLE:
        return None
    if not made.strip() or not can_be_cleaned(made):
        return None
    return clean_narrative(readable(made))


def rtf_text(data: bytes) -> str | None:
    """Return the words of an RTF document; None where it is not read."""
    text = _DIGITS_OF_PICTURES.sub("", data.decode("cp1252", errors="replace"))
    if len(text) > LONGEST_RTF_CHARACTERS:
        return None
    # striprtf searches for fonts and links to the end of the line, again and again: the lines end before that.
    text = _FONT.sub(r"\n\\f", text.replace("\\fldinst{", "\\fldinst {"))
    try:
        found: str = rtf_to_text(text, errors="ignore")  # type: ignore[no-untyped-call]
    except _UNREADABLE:
        return None
    return _EMPTY_LINES.sub("\n\n", _CONTROL.sub("", found.replace("\x0c", "\n"))).strip() or None


def readable(made: str) -> str:
    """Return HTML whose headings begin at the second level and never skip one, and whose tables scroll by themselves."""
    root = html.fragment_fromstring(made, create_parent="div")
    _order_headings(root)
    for table in list(root.iter("table")):
        let_scroll(table)
    return str(etree.tostring(root, encoding="unicode", method="html"))


def _order_headings(root: etree._Element) -> None:
    above: list[int] = []
    for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        said = int(heading.tag[1])
        while above and above[-1] >= said:
            above.pop()
        above.append(said)
        heading.tag = f"h{min(HIGHEST_HEADING + len(above) - 1, LOWEST_HEADING)}"


def _picture(_image: object) -> list[object]:
    words = _("(There is a picture here. Download the document to see it.)")
    return [mammoth.html.element("em", {}, [mammoth.html.text(words)])]


def _declares_something(data: bytes) -> bool:
    """Whether a part of a Word document declares entities, or is no UTF-8: Word writes neither."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = [name for name in packed.namelist() if name.endswith((".xml", ".rels"))]
        return any(mark in packed.read(name) for name in names for mark in _NOT_IN_WORD)
