"""Saving a Bundle from one entry's text that no record can keep: U+0000, or half of a surrogate pair.

Promise: only the entry that holds such text is refused; nothing of it is replaced and then stored. PostgreSQL's jsonb
refuses both: https://www.postgresql.org/docs/current/datatype-json.html.
"""

import re

from carespace.interop.fhir.bundles import FhirEntry, Unreadable
from carespace.values import dump_json

# Three private-use characters stand for the text while the Bundle is taken apart; no writing uses them so.
MARK = "\ue000\uf8ff\ue000"
_MARK_BYTES = MARK.encode()
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|.)", re.DOTALL)
_REASON = "A text in it holds the null character (U+0000) or half of a surrogate pair, which no record can keep."


def marked(data: bytes) -> bytes | None:
    """Return JSON text with a mark for each such character; None where there is none, or the mark is taken."""
    if _MARK_BYTES in data:
        return None
    changed = _ESCAPE.sub(_mark, data)
    return changed if _MARK_BYTES in changed else None


def refuse_marked(found: list[FhirEntry | Unreadable]) -> list[FhirEntry | Unreadable]:
    """Return ``found`` with a refusal for each entry that holds a mark."""
    return [_refused(each) for each in found]


def _mark(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return match[0]
    code, low = int(match[1], 16), match[2]
    if 0xD800 <= code <= 0xDBFF and low:
        return match[0]
    first = _MARK_BYTES if code == 0 or 0xD800 <= code <= 0xDFFF else b"\\u" + match[1]
    return first + (_MARK_BYTES if low else b"")


def _refused(each: FhirEntry | Unreadable) -> FhirEntry | Unreadable:
    if isinstance(each, Unreadable):
        return each
    holds = _MARK_BYTES in dump_json(each.resource) or MARK in (each.full_url or "")
    return Unreadable(each.position, "json", _REASON) if holds else each
