"""Reading a delivery again from the bytes that were kept of it.

Promises: the same groups come as at the first reading, so that a position means the same entry; plain bytes are in
memory only, a piece at a time.
"""

from collections.abc import Collection, Iterator
from io import BufferedReader, RawIOBase
from typing import Any
from uuid import UUID

from carespace.files.store import open_blob
from carespace.interop.fhir.bundles import FhirEntry, Unreadable
from carespace.interop.fhir.reading import read_stream
from carespace.interop.fhir.references import FeedIds, source_key
from carespace.interop.models import Delivery

PIECE_BYTES = 1024 * 1024


class _Pieces(RawIOBase):
    """The pieces of an iterator as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = next((piece for piece in self._pieces if piece), b"")
        some = self._left[: len(buffer)]
        buffer[: len(some)] = some
        self._left = self._left[len(some) :]
        return len(some)


def groups_of(delivery: Delivery) -> Iterator[list[FhirEntry | Unreadable]]:
    """Yield the groups of ``delivery`` as it came; DamagedFile if its kept bytes do not check."""
    pieces: Any = _Pieces(open_blob(delivery.blob))
    with BufferedReader(pieces, PIECE_BYTES) as file:
        yield from read_stream(file, delivery.name)


def entries_on(
    delivery: Delivery, ids: FeedIds, wanted: Collection[UUID]
) -> Iterator[tuple[FhirEntry, UUID]]:
    """Yield each entry of ``delivery`` that is a word on one of the resources ``wanted``, with its id."""
    for group in groups_of(delivery):
        for entry in group:
            if isinstance(entry, FhirEntry) and (found := _id_of(entry, ids)) and found in wanted:
                yield entry, found


def _id_of(entry: FhirEntry, ids: FeedIds) -> UUID | None:
    identity, name = entry.resource.get("id", ""), entry.resource.get("resourceType")
    if not isinstance(identity, str) or not isinstance(name, str):
        return None
    key = source_key(entry.resource, entry.full_url)
    return ids.of(key) if key else None
