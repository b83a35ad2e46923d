"""Document: one paper of the record, and what its bytes really are (product rows S-36 to S-39).

Promises: what a file is, is decided by its bytes and not by what it claims to be (security.md, files; ASVS-10); the
claim only decides between kinds of text. Nothing is unpacked, parsed or rendered here.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from carespace.records.readings.elements import DocumentReference, read_as
from carespace.records.readings.labs import partial
from carespace.records.readings.packed import is_word, parts_of
from carespace.records.readings.words import said
from carespace.values import Attachment, PartialDate, Reference

UNTITLED = "Document without a title"
FileKind = Literal["pdf", "html", "text", "image", "rtf", "word", "ccda", "other"]
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PREFERRED = ("application/pdf", "text/html", "application/xhtml+xml", "text/plain")
_BEGINNINGS: tuple[tuple[bytes, FileKind, str], ...] = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image", "image/png"),
    (b"\xff\xd8\xff", "image", "image/jpeg"),
    (b"GIF87a", "image", "image/gif"),
    (b"GIF89a", "image", "image/gif"),
    (b"{\\rtf", "rtf", "application/rtf"),
    # Kinds that open on a device by a name that says so, and are not shown here.
    (b"II*\x00", "other", "image/tiff"),
    (b"MM\x00*", "other", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other", "application/msword"),
)
_FINAL = {"", "final"}
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_HEAD_BYTES = 65_536
_ROOT_OF_CCDA = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?ClinicalDocument[\s>]")
_BEFORE_ROOT = re.compile(r"\s*(?:<\?[^>]{0,500}>\s*|<!--(?:(?!-->).){0,20000}-->\s*){0,40}", re.S)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s*")
_ROOT_OF_HTML = re.compile(r"<(?:!doctype\s+html|html|body|head)\b", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.I)
# Python knows codecs that are no charsets (hex, punycode, undefined, ...): slow, or without text to give.
_CHARSETS = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii"}) | {
    f"cp125{number}" for number in range(9)
}
_UNREAD = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Document:
    """One document; ``written`` is as precise as it came, ``size_bytes`` is None where nobody has said.

    ``file_id`` is the id of its Blob or of the Binary that its Blob stands for; None where we hold no bytes of it.
    ``kind`` is its type where the title does not say it already, ``type`` in any case. ``stage`` is docStatus where it
    is not final ("preliminary", "amended"); ``about`` is when the care took place that it tells of; ``replaces`` are the ids of the documents it takes the place of.
    """

    id: UUID
    title: str
    kind: str
    written: PartialDate | None
    authors: tuple[Reference, ...]
    content_type: str
    size_bytes: int | None
    file_id: UUID | None
    type: str = ""
    about: PartialDate | None = None
    stage: str = ""
    is_superseded: bool = False
    replaces: tuple[UUID, ...] = ()
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a document and what they are: ``text`` is set for HTML and plain text only."""

    kind: FileKind
    media_type: str
    data: bytes
    text: str = ""


def document(identity: UUID, content: str, received_at: datetime | None = None) -> Document | None:
    """Read one stored DocumentReference (JSON text); None where it is not shaped like one."""
    found = read_as(DocumentReference, content)
    if found is None:
        return None
    attachment = _best([each.attachment for each in found.content])
    kind = said(found.type)
    title = (attachment.title or "").strip() or kind or (found.description or "").strip()
    about = found.context.period.start if found.context.period else None
    written = found.date or about
    return Document(
        id=identity,
        title=title or UNTITLED,
        kind="" if kind == title else kind,
        written=partial(written or attachment.creation or ""),
        authors=found.author,
        content_type=attachment.content_type or "",
        size_bytes=attachment.size,
        file_id=_identity_in(attachment.url or "", "Binary"),
        type=kind,
        about=partial(about or ""),
        stage="" if (found.doc_status or "") in _FINAL else found.doc_status or "",
        is_superseded=found.status == "superseded",
        replaces=_replaced(found),
        received_at=received_at,
    )


def _replaced(found: DocumentReference) -> tuple[UUID, ...]:
    addresses = [
        each.target.reference or ""
        for each in found.relates_to
        if each.code == "replaces" and each.target
    ]
    named = (_identity_in(each, "DocumentReference") for each in addresses)
    return tuple(identity for identity in named if identity)


def _best(attachments: Sequence[Attachment]) -> Attachment:
    """Return the rendition a person reads best, among those whose bytes are here."""
    here = [each for each in attachments if _identity_in(each.url or "", "Binary")] or list(
        attachments
    )
    ranked = sorted(here, key=lambda each: _rank(_media_type(each)))
    return ranked[0] if ranked else Attachment()


def _rank(media_type: str) -> int:
    return _PREFERRED.index(media_type) if media_type in _PREFERRED else len(_PREFERRED)


def _media_type(attachment: Attachment) -> str:
    return (attachment.content_type or "").partition(";")[0].strip().lower()


def _identity_in(address: str, wanted: str) -> UUID | None:
    kind, _, identity = address.rpartition("/")
    if kind != wanted:
        return None
    try:
        return UUID(identity)
    except ValueError:
        return None


def file_of(claimed_type: str, data: bytes) -> File:
    """Say what ``data`` is; ``claimed_type`` only decides between kinds of text."""
    known = _by_first_bytes(data)
    if known is not None:
        return known
    if _is_ccda(data):
        return File("ccda", "application/xml", data)
    claimed = claimed_type.partition(";")[0].strip().lower()
    if claimed and not claimed.startswith("text/") and claimed != "application/xhtml+xml":
        return File("other", _UNREAD, data)
    text = _as_text(claimed_type, data)
    if text is None:
        return File("other", _UNREAD, data)
    if claimed in {"text/html", "application/xhtml+xml"} or _looks_like_html(text):
        return File("html", "text/html", data, text)
    if claimed in {"text/plain", ""}:
        return File("text", "text/plain", data, text)
    return File("other", _UNREAD, data)


def _by_first_bytes(data: bytes) -> File | None:
    """Return what ``data`` is by the bytes that only such files begin with."""
    for magic, kind, media_type in _BEGINNINGS:
        if data.startswith(magic):
            return File(kind, media_type, data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return File("image", "image/webp", data)
    if data.startswith(b"PK") and is_word(parts_of(data)):
        return File("word", WORD_TYPE, data)
    return None


def _is_ccda(data: bytes) -> bool:
    """Whether ``data`` is XML whose first element is called ClinicalDocument (HL7 CDA R2); reads its beginning only."""
    head, charset = data[:_HEAD_BYTES], "utf-8"
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            charset = name
    text = head.decode(charset, errors="replace").removeprefix("\ufeff")
    before = _BEFORE_ROOT.match(text)
    return _ROOT_OF_CCDA.match(text, before.end() if before else 0) is not None


def _as_text(claimed_type: str, data: bytes) -> str | None:
    """Return ``data`` as text in the charset it names, else UTF-8, else Latin-1; None if it is no text."""
    if _NOT_TEXT.search(data):
        return None
    said = _CHARSET.search(claimed_type) or _CHARSET.search(data[:1024].decode("latin-1"))
    for charset in (_known_charset(said[1]) if said else "utf-8", "utf-8"):
        try:
            return data.decode(charset).removeprefix("\ufeff")
        except UnicodeError:
            continue
    # Bytes 0x80-0x9F are letters and quotes in what Windows calls Latin-1, and nothing in the real one.
    return data.decode("cp1252", errors="replace")


def _known_charset(name: str) -> str:
    """Return the charset that ``name`` stands for; UTF-8 for one we do not read."""
    try:
        charset = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return charset if charset in _CHARSETS else "utf-8"


def _looks_like_html(text: str) -> bool:
    """Say whether ``text`` starts as an HTML page does, after any comments; reads each character once."""
    at = _after_space(text, 0)
    while text.startswith("<!--", at):
        end = text.find("-->", at + len("<!--"))
        if end < 0:
            return False
        at = _after_space(text, end + len("-->"))
    return _ROOT_OF_HTML.match(text, at) is not None


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
