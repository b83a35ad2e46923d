"""XML from outside becomes a tree, and nothing else happens (ASVS-10; CDA-13).

Promises: no document type, no entity, no address is ever followed, and a document that declares a type is refused before
it is parsed; what is damaged is refused, never repaired; at most 12 MB and 200,000 elements.
"""

import codecs
import re

from lxml import etree

LONGEST_BYTES = 12_000_000
MOST_ELEMENTS = 200_000
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,300}\?>")
_CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
_DOCUMENT_TYPE = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.I)


class Unreadable(ValueError):
    """A document that is not read: ``reason`` says why, in a code ("damaged", "document-type", "too-long", "not-ccda")."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def tree_of(data: bytes) -> etree._Element:
    """Return the root of the XML in ``data``; raises Unreadable."""
    if len(data) > LONGEST_BYTES:
        raise Unreadable("too-long")
    text = _text_of(data)
    if _DOCUMENT_TYPE.search(text):
        raise Unreadable("document-type")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(_without_declaration(text).encode(), parser)
    except (etree.XMLSyntaxError, UnicodeError) as fault:
        raise Unreadable("damaged") from fault
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise Unreadable("too-long")
    return root


def _without_declaration(text: str) -> str:
    """Return ``text`` after its declaration, which stands at its start and nowhere else."""
    declared = _DECLARATION.match(text)
    return text[declared.end() :] if declared else text


def _text_of(data: bytes) -> str:
    """Return ``data`` as text in the charset it names, UTF-8 where it names none; raises Unreadable."""
    charset = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not charset:
        said = _DECLARED.match(data.lstrip()[:400])
        charset = said[1].decode() if said else "utf-8"
    try:
        known = codecs.lookup(charset).name
        if known not in _CHARSETS | {"utf-16"}:
            raise Unreadable("damaged")
        return data.decode(known).removeprefix("\ufeff")
    except (LookupError, UnicodeError) as fault:
        raise Unreadable("damaged") from fault
