"""From a delivered file to the FHIR resources in it, in groups that are stored together.

Promise: nothing in a file makes reading raise; what cannot be taken comes back as Unreadable with
a reason for the practice's IT, and the rest is still read. A Bundle is one group, and so is a
single resource; NDJSON (https://hl7.org/fhir/R4/nd-json.html) is streamed in groups, so memory
does not grow with the file. Whether a resource is R4 is asked later (``structure``).
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from carespace.interop.fhir.bundles import FhirEntry, Unreadable, entries_of, known_type
from carespace.interop.fhir.salvage import marked, refuse_marked
from carespace.values import JsonRefused, parse_json

__all__ = ["FhirEntry", "Unreadable", "read_file", "read_stream"]

BUNDLE_LIMIT_BYTES = 256 * 1024 * 1024
GROUP_LINES = 500
GROUP_BYTES = 16 * 1024 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SKIPPED_AT_ONCE_BYTES = 1024 * 1024
_LINE_NAMES = (".ndjson", ".jsonl")
_WHOLE_FILE = "file"
_DAMAGED = "The compressed file (gzip) is damaged or was cut off. Send it again."


def read_file(
    path: Path, *, bundle_limit_bytes: int = BUNDLE_LIMIT_BYTES
) -> Iterator[list[FhirEntry | Unreadable]]:
    """Yield the groups of a JSON, NDJSON or gzipped file, each to be stored in one transaction.

    ``bundle_limit_bytes`` bounds, decompressed, a JSON file and each line of NDJSON; beyond it
    they are Unreadable and not kept in memory. Raises OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        yield from read_stream(file, path.name, bundle_limit_bytes=bundle_limit_bytes)


def read_stream(
    file: BufferedReader, name: str, *, bundle_limit_bytes: int = BUNDLE_LIMIT_BYTES
) -> Iterator[list[FhirEntry | Unreadable]]:
    """Yield the groups of an opened file; ``name`` is what it was called when it came."""
    named_lines = name.lower().removesuffix(".gz").endswith(_LINE_NAMES)
    if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield from _groups(_Lines(unpacked, bundle_limit_bytes), named_lines=named_lines)
    else:
        yield from _groups(_Lines(file, bundle_limit_bytes), named_lines=named_lines)


class _DamagedError(Exception):
    """The compressed stream broke off."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank; ``data`` is None where it is longer than the limit."""

    number: int
    data: bytes | None

    def is_whole_object(self) -> bool:
        """Whether it looks like a JSON object that begins and ends here."""
        return self.data is not None and self.data.startswith(b"{") and self.data.endswith(b"}")

    def goes_on(self) -> bool:
        """Whether JSON must go on after it, as after the first line of a printed object."""
        return self.data is not None and self.data.endswith((b",", b"[", b"{", b":"))


class _Lines:
    """The lines of a stream, none longer than the limit in memory."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.read_lines = 0
        self._stream = stream
        self._put_back: list[_Line] = []

    def put_back(self, *lines: _Line | None) -> None:
        """Let these lines be read again, in this order."""
        self._put_back = [line for line in lines if line is not None]

    def next_line(self) -> _Line | None:
        """The next line with anything on it; None at the end. Raises _DamagedError."""
        if self._put_back:
            return self._put_back.pop(0)
        try:
            while data := self._stream.readline(self.limit_bytes + 2):
                self.read_lines += 1
                if len(data.rstrip(b"\n")) > self.limit_bytes:
                    self._skip_line(data)
                    return _Line(self.read_lines, None)
                if self.read_lines == 1:
                    data = data.removeprefix(_BYTE_ORDER_MARK)
                data = data.strip()
                if data:
                    return _Line(self.read_lines, data)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise _DamagedError from None
        return None

    def rest(self, room_bytes: int) -> bytes | None:
        """Everything that is left, None if it is more than ``room_bytes``."""
        try:
            data = self._stream.read(max(room_bytes, 0) + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise _DamagedError from None
        return None if len(data) > room_bytes else data

    def _skip_line(self, data: bytes) -> None:
        while data and not data.endswith(b"\n"):
            data = self._stream.readline(_SKIPPED_AT_ONCE_BYTES)


def _groups(lines: _Lines, *, named_lines: bool) -> Iterator[list[FhirEntry | Unreadable]]:
    try:
        first, second = lines.next_line(), lines.next_line()
        if first is None:
            yield [Unreadable(_WHOLE_FILE, "empty", "The file is empty.")]
        elif first.data is not None and first.data.startswith(b"<"):
            reason = "The file is XML, not JSON. FHIR is taken as JSON; documents come as C-CDA."
            yield [Unreadable(_WHOLE_FILE, "xml", reason)]
        elif _is_by_line(first, second, named_lines=named_lines):
            lines.put_back(first, second)
            yield from _groups_of_lines(lines)
        else:
            yield from _group_of_whole(lines, first, second)
    except _DamagedError:
        yield [Unreadable(_WHOLE_FILE, "damaged", _DAMAGED)]


def _is_by_line(first: _Line, second: _Line | None, *, named_lines: bool) -> bool:
    """Whether it is NDJSON: by its first two lines, and where they leave doubt by its name."""
    if first.data is None or second is None:
        return named_lines or first.data is None
    if second.is_whole_object() and (named_lines or first.is_whole_object()):
        return True
    if first.is_whole_object() and _is_json(first.data):
        return True
    return named_lines and first.data.startswith(b"{") and not first.goes_on()


def _is_json(data: bytes) -> bool:
    try:
        parse_json(data)
    except JsonRefused:
        return False
    return True


def _group_of_whole(
    lines: _Lines, first: _Line, second: _Line | None
) -> Iterator[list[FhirEntry | Unreadable]]:
    """One JSON document that may span lines."""
    opening = b"\n".join(line.data for line in (first, second) if line and line.data)
    rest = lines.rest(lines.limit_bytes - len(opening)) if second else b""
    if rest is None or (second is not None and second.data is None):
        yield [_too_large(_WHOLE_FILE, lines.limit_bytes)]
        return
    group = _read(b"\n".join((opening, rest)) if rest else opening, _WHOLE_FILE)
    if group:
        yield group


def _groups_of_lines(lines: _Lines) -> Iterator[list[FhirEntry | Unreadable]]:
    """NDJSON: small groups; a Bundle on a line is a group of its own."""
    group: list[FhirEntry | Unreadable] = []
    group_bytes = 0
    try:
        while line := lines.next_line():
            place = f"line {line.number}"
            if line.data is None:
                group.append(_too_large(place, lines.limit_bytes))
                continue
            found = _read(line.data, place)
            if len(found) == 1 and found[0].position == place:
                group += found
                group_bytes += len(line.data)
            elif found:
                yield from filter(None, (group, found))
                group, group_bytes = [], 0
            if len(group) >= GROUP_LINES or group_bytes >= GROUP_BYTES:
                yield group
                group, group_bytes = [], 0
    except _DamagedError:
        group.append(Unreadable(f"after line {lines.read_lines}", "damaged", _DAMAGED))
    if group:
        yield group


def _read(data: bytes, place: str) -> list[FhirEntry | Unreadable]:
    """What one JSON document holds."""
    try:
        value: Any = parse_json(data)
    except JsonRefused as refused:
        return _salvaged(data, place) or [Unreadable(place, "json", str(refused))]
    return _held(value, place)


def _salvaged(data: bytes, place: str) -> list[FhirEntry | Unreadable]:
    """What a Bundle holds beside the text that made it unreadable; nothing where it is something else."""
    changed = marked(data)
    try:
        value = parse_json(changed) if changed else None
    except JsonRefused:
        return []
    is_bundle = type(value) is dict and value.get("resourceType") == "Bundle"
    return refuse_marked(_held(value, place)) if is_bundle else []


def _held(value: Any, place: str) -> list[FhirEntry | Unreadable]:
    if type(value) is not dict:
        reason = "A FHIR resource is a JSON object; this is JSON, but something else."
        return [Unreadable(place, "not-an-object", reason)]
    if known_type(value) is None:
        what = "This file" if place == _WHOLE_FILE else "This line"
        return [Unreadable(place, "no-resource-type", f"{what} has no resourceType: not FHIR.")]
    if value["resourceType"] == "Bundle":
        return entries_of(value, "" if place == _WHOLE_FILE else f"{place}, ")
    return [FhirEntry(value, None, place)]


def _too_large(place: str, limit_bytes: int) -> Unreadable:
    limit = f"{limit_bytes / 1024 / 1024:g} MB"
    reason = f"It is larger than {limit} unpacked. Send it in smaller Bundles, or as NDJSON."
    return Unreadable(place, "too-large", reason)
