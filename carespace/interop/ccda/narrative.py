"""The text of a C-CDA section as plain HTML, made anew element by element (CDA-13; A11Y-14).

Promises: only what stands in the tables below comes through, by its name and never by its attributes; an element nobody
knows leaves its words behind. No word of the text is left out, and none is moved but where HTML has no place for it. No
link, picture or address becomes one: they are shown as words. https://hl7.org/cda, NarrativeBlock (POCD_MT000040).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree, html

from carespace.interop.ccda.parsing import Unreadable

MOST_ELEMENTS, DEEPEST_NESTING_LEVELS = 20_000, 64
MOST_SPAN = 50
LONGEST_LABEL = 40
_INLINE = {"content": "span", "sub": "sub", "sup": "sup", "footnote": "small", "linkHtml": "span"}
_BLOCKS = {"paragraph": "p", "caption": "p", "table": "table", "list": "ul", "br": "br"}
_OF_TABLES = {"thead": "thead", "tbody": "tbody", "tfoot": "tfoot", "tr": "tr", "th": "th", "td": "td"}  # fmt: skip
_NO_WORDS = {"col", "colgroup", "footnoteRef"}
# What people write although it is HTML's and not CDA's.
_OF_HTML = {
    "p": "p", "div": "div", "ul": "ul", "ol": "ol", "li": "li", "b": "strong", "strong": "strong",
    "i": "em", "em": "em", "u": "u", "pre": "pre", "h1": "p", "h2": "p", "h3": "p", "h4": "p",
}  # fmt: skip
_HOLDS_BLOCKS = {"p", "div", "table", "ul", "ol", "pre"}
_ROWS, _CELLS, _ROW_GROUPS = {"tr"}, {"td", "th"}, {"thead", "tbody", "tfoot"}
# What may stand in each element, and what wraps whatever else stands there.
_INSIDE = {
    "table": (_ROW_GROUPS | _ROWS | {"caption"}, "tbody"),
    "thead": (_ROWS, "tr"),
    "tbody": (_ROWS, "tr"),
    "tfoot": (_ROWS, "tr"),
    "tr": (_CELLS, "td"),
    "ul": ({"li"}, "li"),
    "ol": ({"li"}, "li"),
}
_STYLES = (("bold", "strong"), ("italic", "em"), ("underline", "u"))
_ADDRESSES = ("http://", "https://")


def narrative_html(text: etree._Element | None, pictures: frozenset[str] = frozenset()) -> str:
    """Return a section's ``text`` as HTML; ``pictures`` are the IDs of the pictures that stand in the document itself.

    Raises Unreadable for a text of more than 20,000 elements or 64 levels.
    """
    if text is None:
        return ""
    made = html.Element("div")
    _fill(made, text, _Known(pictures, _with_blocks(text)))
    if not all_words(made).strip():
        return ""
    for table in list(made.iter("table")):
        _finish_table(table)
    return etree.tostring(made, encoding="unicode", method="html")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a text before it is written: IDs of its pictures, and the elements that have blocks in them."""

    pictures: frozenset[str]
    with_blocks: frozenset[etree._Element]


def _with_blocks(text: etree._Element) -> frozenset[etree._Element]:
    """Return the elements of ``text`` that have a block in them; raises Unreadable for too many or too deep ones."""
    found: set[etree._Element] = set()
    above: list[etree._Element] = []
    number = 0
    for event, element in etree.iterwalk(text, events=("start", "end")):
        if event == "end":
            above.pop()
            continue
        number += 1
        if number > MOST_ELEMENTS or len(above) > DEEPEST_NESTING_LEVELS:
            raise Unreadable("too-long")
        if _is_block(element):
            found.update(above)
        above.append(element)
    return frozenset(found)


def name_of(element: etree._Element) -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _fill(made: etree._Element, source: etree._Element, known: _Known) -> None:
    """Put the words and elements of ``source`` into ``made``, in their order."""
    _say(made, source.text)
    for child in source:
        _add(made, child, known)
        _say(made, child.tail)


def _say(made: etree._Element, words: str | None) -> None:
    """Add words at the end of ``made``; where no words may stand, in a cell or an entry of their own."""
    if not words:
        return
    if made.tag in _INSIDE:
        if not words.strip():
            return
        while made.tag in _INSIDE:
            made = _open(made, _INSIDE[made.tag][1])
    if len(made):
        made[-1].tail = (made[-1].tail or "") + words
    else:
        made.text = (made.text or "") + words


def _add(made: etree._Element, child: etree._Element, known: _Known) -> None:
    name = name_of(child)
    if not name or name in _NO_WORDS:
        return
    tag = _tag_of(child, name, made, known)
    while made.tag in _INSIDE and tag not in _INSIDE[made.tag][0]:
        made = _open(made, _INSIDE[made.tag][1])
    if name == "renderMultiMedia":
        _say_picture(made, child, known)
        return
    element = _open(made, tag)
    if tag in _CELLS:
        _keep_spans(element, child)
    _fill(_styled(element, child), child, known)
    if name == "linkHtml":
        _say_address(element, child)


def _open(made: etree._Element, tag: str) -> etree._Element:
    return etree.SubElement(made, tag)


def _tag_of(child: etree._Element, name: str, parent: etree._Element, known: _Known) -> str:
    """Return what ``child`` becomes; a paragraph with blocks in it is a div, and an entry stands in lists only."""
    if name == "list":
        return "ol" if (child.get("listType") or "").lower() == "ordered" else "ul"
    if name == "item":
        return "li" if parent.tag in {"ul", "ol"} else "div"
    if name == "caption" and parent.tag == "table":
        return "caption"
    if name == "caption" and parent.tag in {"ul", "ol"}:
        return "li"
    if name in _OF_TABLES:
        inside = any(True for _ in child.iterancestors("{*}table"))
        return _OF_TABLES[name] if inside else "div"
    tag = _BLOCKS.get(name) or _INLINE.get(name) or _OF_HTML.get(name) or "span"
    if tag in {"p", "span"} and child in known.with_blocks:
        return "div"
    return tag


def _is_block(element: etree._Element) -> bool:
    name = name_of(element)
    return name in _BLOCKS.keys() - {"br"} or _OF_HTML.get(name) in _HOLDS_BLOCKS


def _styled(element: etree._Element, source: etree._Element) -> etree._Element:
    """Return where the words of ``source`` go: bold, italic, underlined or struck out where it says so."""
    said = (source.get("styleCode") or "").lower()
    if element.tag in _INSIDE or element.tag == "br":
        return element
    for word, tag in _STYLES:
        if word in said and not said.startswith("x"):
            element = _open(element, tag)
    if source.get("revised") == "delete":
        element = _open(element, "del")
    return element


def _keep_spans(made: etree._Element, source: etree._Element) -> None:
    for name in ("colspan", "rowspan"):
        said = (source.get(name) or "").strip()
        if said.isascii() and said.isdigit() and 1 < int(said[:4]) <= MOST_SPAN:
            made.set(name, str(int(said)))


def _say_address(made: etree._Element, source: etree._Element) -> None:
    """Write a web address after the words that linked to it; other addresses lead nowhere here."""
    address = (source.get("href") or "").strip()
    if address.lower().startswith(_ADDRESSES) and address not in all_words(source):
        _say(made, f" ({address})")


def _say_picture(made: etree._Element, source: etree._Element, known: _Known) -> None:
    """Say where a picture stands; its own words (a caption) stay."""
    named = set((source.get("referencedObject") or "").split())
    note = _open(made, "em")
    note.text = (
        _("(There is a picture here. Download the document to see it.)")
        if named & known.pictures
        else _("(A picture was meant to be here. It is not in the document.)")
    )
    words = _open(made, "span")
    _fill(words, source, known)


def _finish_table(table: etree._Element) -> None:
    """Say which cells are headings of columns and rows; a simple table can fold on a phone, another one scrolls."""
    head = [row for group in table.findall("thead") for row in group.findall("tr")]
    for row in head:
        for cell in row:
            cell.tag = "th"
            cell.set("scope", "col")
    rows = [row for group in table.findall("tbody") for row in group.findall("tr")] + table.findall("tr")  # fmt: skip
    for row in rows:
        for place, cell in enumerate(row):
            if cell.tag == "th":
                cell.set("scope", "row" if place == 0 and len(row) > 1 else "col")
    if len(head) == 1 and rows and _is_simple(table, head[0], rows):
        _let_fold(table, head[0], rows)
    else:
        let_scroll(table)


def _is_simple(table: etree._Element, head: etree._Element, rows: list[etree._Element]) -> bool:
    spans = any(cell.get("colspan") or cell.get("rowspan") for cell in table.iter("td", "th"))
    nested = next(table.iterdescendants("table"), None) is not None
    within = next(table.iterancestors("table"), None) is not None
    return not (spans or nested or within) and all(len(row) <= len(head) for row in rows)


def _let_fold(table: etree._Element, head: etree._Element, rows: list[etree._Element]) -> None:
    """Give each cell the words of its column, and each part the role it keeps when it is shown as a block."""
    labels = [" ".join(all_words(cell).split())[:LONGEST_LABEL] for cell in head]
    table.set("class", "fold")
    table.set("role", "table")
    for group in table:
        if group.tag in _ROW_GROUPS:
            group.set("role", "rowgroup")
    for cell in head:
        cell.set("role", "columnheader")
    for row in (head, *rows):
        row.set("role", "row")
    for row in rows:
        for place, cell in enumerate(row):
            cell.set("role", "rowheader" if cell.tag == "th" or place == 0 else "cell")
            if place and labels[place]:
                cell.set("data-label", labels[place])


def let_scroll(table: etree._Element) -> None:
    """Put a table that cannot fold into a frame that scrolls by itself and can be reached by keyboard."""
    if next(table.iterancestors("table"), None) is not None:
        return
    frame = html.Element("div", {"class": "wide", "tabindex": "0", "role": "group"})
    frame.set("aria-label", _("Table"))
    parent = table.getparent()
    if parent is None:
        return
    frame.tail, table.tail = table.tail, None
    parent.replace(table, frame)
    frame.append(table)


def words_in(element: etree._Element | None) -> list[str]:
    """Return the words of an element without its markup."""
    return [] if element is None else all_words(element).split()


def all_words(element: etree._Element) -> str:
    """Return all text of an element as it stands."""
    return "".join(each for each in element.itertext() if isinstance(each, str))
