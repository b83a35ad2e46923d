"""Screening: which entries of a group may go on, under which id, and why the others may not.

Promises: what is not structurally R4, carries a modifier nobody has taught us, or is no part of a patient's record is
refused with a reason an IT person can act on; nothing here reads the database.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from carespace.interop.fhir.elements import NOT_IN_A_RECORD
from carespace.interop.fhir.reading import FhirEntry
from carespace.interop.fhir.references import Addresses, FeedIds, source_key
from carespace.interop.fhir.structure import MODIFIERS, modifier_problems, problems
from carespace.values import dump_json

_MODIFIERS = tuple(name.encode() for name in MODIFIERS)
_NOT_COMPARED = ("versionId", "lastUpdated")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that is sound in itself: its id here, and the hash by which a change is seen."""

    resource: dict[str, Any]
    position: str
    key: str
    id: UUID
    content_hash: bytes
    local: Mapping[str, str]

    @property
    def type(self) -> str:
        return str(self.resource["resourceType"])


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an entry cannot be taken: a code for counting, a sentence for a person."""

    code: str
    reason: str


def screen(
    entries: Sequence[FhirEntry], ids: FeedIds
) -> tuple[list[Candidate], list[tuple[FhirEntry, Refused]]]:
    """Part ``entries`` of one group into candidates and refused ones."""
    local = local_addresses(entries)
    sound: list[Candidate] = []
    refused: list[tuple[FhirEntry, Refused]] = []
    for entry in entries:
        judged = _judge(entry)
        if isinstance(judged, Refused):
            refused.append((entry, judged))
            continue
        key, digest = judged
        sound.append(Candidate(entry.resource, entry.position, key, ids.of(key), digest, local))
    return sound, refused


def local_addresses(entries: Sequence[FhirEntry]) -> Addresses:
    """Map the fullUrls of a group to the source keys of their resources."""
    return Addresses(
        {
            entry.full_url: key
            for entry in entries
            if entry.full_url
            and isinstance(entry.resource.get("resourceType"), str)
            and (key := source_key(entry.resource, entry.full_url))
        }
    )


def content_hash(resource: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 by which a change is seen; the sender's own bookkeeping does not count."""
    return hashlib.sha256(_compared(resource)).digest()


def _compared(resource: Mapping[str, Any]) -> bytes:
    meta = resource.get("meta")
    if isinstance(meta, dict) and any(name in meta for name in _NOT_COMPARED):
        kept = {name: value for name, value in meta.items() if name not in _NOT_COMPARED}
        resource = {**resource, "meta": kept}
    return dump_json(resource, canonical=True)


def _judge(entry: FhirEntry) -> Refused | tuple[str, bytes]:
    """Return the source key and the hash of a sound resource, else why it is refused."""
    resource = entry.resource
    if found := problems(resource):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return Refused(f"not-r4-{found[0].code}", f"{found[0].message}{more}")
    if (name := resource["resourceType"]) in NOT_IN_A_RECORD:
        return Refused("wrong-type", f"{name} is not part of a patient's record.")
    compared = _compared(resource)
    # Their names in the text are quicker to look for than the elements; what has them is looked into.
    if any(mark in compared for mark in _MODIFIERS) and (found := modifier_problems(resource)):
        return Refused("modifier", found[0].message)
    if (key := source_key(resource, entry.full_url)) is None:
        return Refused("no-id", "It has neither an id nor a fullUrl, so it cannot be told apart.")
    return key, hashlib.sha256(compared).digest()
