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
from striprtf.striprtf import font_table_group, rtf_to_text

from carespace.interop.ccda.narrative import let_scroll
from carespace.portal.presenters.clean_html import CleanHtml, can_be_cleaned, clean_narrative
from carespace.records.readings.packed import is_small, parts_of, texts_of

LONGEST_RTF_BYTES, LONGEST_RTF_CHARACTERS = 12_000_000, 600_000
MOST_FONTS = 1_000
# Each costs a worker time, also one that says nothing; the styles of a document alone have some thousands.
MOST_ELEMENTS, MOST_PARAGRAPHS = 100_000, 20_000
HIGHEST_HEADING, LOWEST_HEADING = 2, 6
_NOT_IN_WORD = (b"<!DOCTYPE", b"<!ENTITY", b"\x00")
_UNREADABLE = (
    ExpatError, zipfile.BadZipFile, zlib.error, RecursionError, NotImplementedError, RuntimeError, ValueError,
    LookupError, TypeError, AttributeError, OSError, EOFError, OverflowError,
)  # fmt: skip
# A picture written as digits: hundreds of them in a row, which no text has.
_DIGITS = re.compile(r"(?<![0-9a-fA-F\s])[0-9a-fA-F\s]{128,}+")
_LINE_OF_DIGITS = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32,}+\s*+")
_FEWEST_DIGITS = 128
_LINK = re.compile(r"(\\fldinst)\{", re.I)
_FONT = re.compile(r"\\f(\d{1,6})(?!\d)|\\fcharset(\d{1,3})(?!\d)")
_FONTS_START = re.compile(r"\{\s{0,9}(?:\\\*)?\s{0,9}\\fonttbl")
_ELEMENT = re.compile(rb"<(?=[^/?!])")
_PARAGRAPH = re.compile(rb"<(?:[^\s/<>:]{1,40}:)?(?:p|r|tr|tc|tbl)[\s/>]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def word_html(data: bytes) -> CleanHtml | None:
    """Return a Word document as clean HTML with its headings in order; None where it is not read."""
    if not is_small(data, parts_of(data)):
        return None
    try:
        texts = _texts(data)
        if texts is None:
            return None
        made = mammoth.convert_to_html(
            texts,
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
    if len(data) > LONGEST_RTF_BYTES:
        return None
    text = _DIGITS.sub(_without_picture, data.decode("cp1252", errors="replace"))
    if len(text) > LONGEST_RTF_CHARACTERS:
        return None
    # striprtf searches for links to the end of the line, again and again: it finds none that are written like this.
    text = _LINK.sub(r"\1 {", text)
    try:
        text = _with_short_fonts(text)
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


def _without_picture(run: re.Match[str]) -> str:
    """Return a run of digits without the lines that are a picture's; one that is too short for any, as it is."""
    left = _LINE_OF_DIGITS.sub("", run[0])
    return left if len(run[0]) - len(left) >= _FEWEST_DIGITS else run[0]


def _with_short_fonts(text: str) -> str:
    """Return an RTF text with its table of fonts written anew: striprtf reads a long one again and again.

    Raises ValueError for a table that no program writes.
    """
    group = font_table_group(text)  # type: ignore[no-untyped-call]
    if not group:
        return text
    if not _FONTS_START.match(group):
        raise ValueError("fonts in no group of their own")
    fonts: list[str] = []
    font = ""
    for found in _FONT.finditer(group):
        font = found[1] or font
        if found[2] and font:
            fonts.append(f"{{\\f{font}\\fcharset{found[2]} x;}}\n")
    if len(fonts) > MOST_FONTS:
        raise ValueError("too many fonts")
    return text.replace(group, "{\\fonttbl" + "".join(fonts) + "}", 1)


def _texts(data: bytes) -> io.BytesIO | None:
    """Return a Word document of its parts of text only, so that no other part is ever unpacked.

    None where one of them declares entities or is no UTF-8 (Word writes neither), or where they have too many elements.
    """
    made = io.BytesIO()
    elements = paragraphs = 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(made, "w") as texts:
        for name in texts_of(parts_of(data)):
            part = packed.read(name)
            elements += sum(1 for _mark in _ELEMENT.finditer(part))
            paragraphs += sum(1 for _mark in _PARAGRAPH.finditer(part))
            if any(mark in part for mark in _NOT_IN_WORD):
                return None
            if elements > MOST_ELEMENTS or paragraphs > MOST_PARAGRAPHS:
                return None
            texts.writestr(name, part)
    return made
