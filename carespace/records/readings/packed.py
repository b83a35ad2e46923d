"""What a file in the zip format is, told without unpacking it (security.md, files; T12).

Promises: only the list of its parts is read, and only where it is short; a file that would unpack to more than its page
is worth is never said to be readable. The sizes are those that zipfile holds to while it unpacks.
"""

import io
import struct
import zipfile

MOST_PARTS = 1_000
LONGEST_PART_BYTES, LONGEST_TEXTS_BYTES = 1_000_000, 4_000_000
LONGEST_PACKED_BYTES = 25_000_000
_END, _END_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_WORDS = "word/document.xml"


def parts_of(data: bytes) -> dict[str, int]:
    """Return the parts of a zip file with their unpacked sizes in bytes; none for what is no zip file, or has too many."""
    if not data.startswith(b"PK") or not 0 < _said_parts(data) <= MOST_PARTS:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            found = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return {}
    names = {each.filename: each.file_size for each in found}
    return names if len(names) == len(found) <= MOST_PARTS else {}


def is_word(parts: dict[str, int]) -> bool:
    """Whether a zip file with these parts is a Word document (ECMA-376, WordprocessingML)."""
    return _WORDS in parts and "[Content_Types].xml" in parts


def texts_of(parts: dict[str, int]) -> dict[str, int]:
    """Return those of ``parts`` that hold text by their names: all that is ever unpacked."""
    return {name: size for name, size in parts.items() if name.endswith((".xml", ".rels"))}


def is_small(data: bytes, parts: dict[str, int]) -> bool:
    """Whether unpacking its text is quick: at most 25 MB packed, 1 MB for each part of XML, 4 MB for all of them."""
    texts = texts_of(parts).values()
    fits = max(texts, default=0) <= LONGEST_PART_BYTES and sum(texts) <= LONGEST_TEXTS_BYTES
    return fits and len(data) <= LONGEST_PACKED_BYTES


def _said_parts(data: bytes) -> int:
    """Return how many parts the end of a zip file says it has; 0 where there is no such end."""
    at = data.rfind(_END, max(len(data) - _END_BYTES - _LONGEST_COMMENT, 0))
    if at < 0 or at + _END_BYTES > len(data):
        return 0
    (count,) = struct.unpack_from("<H", data, at + 10)
    return int(count)
