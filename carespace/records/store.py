"""Writing resources: one upsert per batch, versions kept, moves refused.

Promises: the same input changes nothing (compared by content hash); a changed resource gets the next version and its
former content goes to ResourceVersion; an update that would move a row to another patient is refused and reported;
an older one (by ``meta.lastUpdated``, else by when its delivery came) never overwrites a newer. Runs inside the caller's transaction, under the
practice's own setting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from carespace.patients.merging import survivors
from carespace.records.extract import Columns
from carespace.records.statements import array, ask, quoted, tell

# What of a row differs from the next: the name, the type of its array, and how it becomes the column.
_BY_ROW = {
    "id": ("uuid", "id"),
    "patient_id": ("uuid", "patient_id"),
    "source_key": ("text", "source_key"),
    "resource_type": ("text", "resource_type"),
    "content_hash": ("text", "decode(content_hash, 'hex')"),
    "version": ("integer", "version"),
    "status": ("text", "status"),
    "categories": ("text", "categories::text[]"),
    "codes": ("text", "codes::text[]"),
    "topic": ("text", "topic"),
    "effective_start": ("timestamptz", "effective_start"),
    "effective_end": ("timestamptz", "effective_end"),
    "last_updated": ("timestamptz", "last_updated"),
    "retracted": ("boolean", "CASE WHEN retracted THEN %(received_at)s::timestamptz END"),
}
_COLUMNS = {
    **{name: made for name, (_, made) in _BY_ROW.items() if name != "retracted"},
    "retracted_at": _BY_ROW["retracted"][1],
    "content": "content -> 1",
    "practice_id": "%(practice_id)s::uuid",
    "feed": "%(feed)s",
    "received_at": "%(received_at)s::timestamptz",
    "released_at": "%(received_at)s::timestamptz",
    "held_reason": "''",
    "delivery_id": "%(delivery_id)s::uuid",
}
# A held result stays held when a newer version comes: releasing it is a decision, not an arrival.
_KEPT_ON_UPDATE = frozenset(
    {"id", "practice_id", "feed", "source_key", "resource_type", "released_at", "held_reason"}
)
# All contents travel as one JSON array: nothing in them has to be escaped, and jsonb parses them once. Each stands
# beside the id it belongs to, and a row is written only where both agree: no content can slip to another's row.
_INSERT = (
    f"INSERT INTO records_resource ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS.values())}"  # noqa: S608  constants
    f" FROM ROWS FROM (unnest({', '.join(f'%({n})s::{kind}[]' for n, (kind, _) in _BY_ROW.items())}),"
    f" jsonb_array_elements(%(content)s::jsonb)) AS given ({', '.join(_BY_ROW)}, content)"
    " WHERE content ->> 0 = id::text AND jsonb_array_length(content) = 2"
)
_INSERT_OR_UPDATE = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET " + ", ".join(
    f"{name} = EXCLUDED.{name}" for name in _COLUMNS if name not in _KEPT_ON_UPDATE
)
_NO_TEXTS = '"{}"'
PORTION_ROWS = 1000
PORTION_BYTES = 16 * 1024 * 1024


class ContentSlipped(RuntimeError):
    """A content did not stand beside its own id; nothing of the batch is kept."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One resource on its way in: ``content`` is JSON bytes with references rewritten."""

    id: UUID
    patient_id: UUID | None
    source_key: str
    resource_type: str
    content: bytes
    content_hash: bytes
    columns: Columns


@dataclass(frozen=True, slots=True)
class Source:
    """Where a batch comes from, and when it came."""

    practice_id: UUID
    feed: str
    delivery_id: UUID
    received_at: datetime


@dataclass(slots=True)
class Outcome:
    """What became of a batch, by resource id."""

    stored: list[UUID] = field(default_factory=list)
    updated: list[UUID] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)
    moved: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    patient_id: UUID | None
    content_hash: bytes
    version: int
    last_updated: datetime | None
    received_at: datetime


def store(batch: Sequence[Incoming], source: Source) -> Outcome:
    """Write ``batch`` (distinct ids) and return what became of each."""
    outcome = Outcome()
    known = _known([item.id for item in batch])
    rows: list[tuple[Incoming, int]] = []
    confirmed: list[Incoming] = []
    moved = _moved(batch, known)
    for item in batch:
        before = known.get(item.id)
        if before is None:
            outcome.stored.append(item.id)
            rows.append((item, 1))
        elif item.id in moved:
            outcome.moved.append(item.id)
        elif before.content_hash == item.content_hash:
            outcome.unchanged.append(item.id)
            confirmed += [item] if _is_later(item, before) else []
        elif _is_older(item, before, source):
            outcome.unchanged.append(item.id)
        else:
            outcome.updated.append(item.id)
            rows.append((item, before.version + 1))
    _keep_versions(outcome.updated)
    _upsert(rows, source)
    _confirm(confirmed)
    return outcome


def _moved(batch: Sequence[Incoming], known: dict[UUID, _Known]) -> set[UUID]:
    """Return the ids whose row belongs to another patient; one merged into the item's own is no other."""
    other = {
        item.id: (before.patient_id, item.patient_id)
        for item in batch
        if (before := known.get(item.id)) and before.patient_id != item.patient_id
    }
    leads = survivors({owner for owner, _ in other.values() if owner}) if other else {}
    return {
        pk
        for pk, (owner, patient) in other.items()
        if owner is None or patient is None or leads.get(owner) != patient
    }


def _is_later(item: Incoming, before: _Known) -> bool:
    updated = item.columns.last_updated
    return updated is not None and (before.last_updated is None or before.last_updated < updated)


def _is_older(item: Incoming, before: _Known, source: Source) -> bool:
    """Whether ``item`` must not replace what is there (the newest wins; among shared ones else the first)."""
    updated = item.columns.last_updated
    if updated and before.last_updated and updated != before.last_updated:
        return updated < before.last_updated
    if item.patient_id is None:
        return updated is None or before.last_updated is not None
    return source.received_at < before.received_at


def _confirm(items: Sequence[Incoming]) -> None:
    """Note that the source said the same again later, so that nothing from in between overwrites it."""
    if not items:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_resource SET last_updated = said.at"
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS said (id, at)"
            " WHERE records_resource.id = said.id",
            [[item.id for item in items], [item.columns.last_updated for item in items]],
        )


def _known(ids: Sequence[UUID]) -> dict[UUID, _Known]:
    rows = ask(
        "SELECT id, patient_id, content_hash, version, last_updated, received_at"
        " FROM records_resource WHERE id = ANY(%s::uuid[])",
        [array(map(str, ids))],
    )
    return {row[0]: _Known(row[1], bytes(row[2]), *row[3:]) for row in rows}


def _keep_versions(ids: Sequence[UUID]) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_resourceversion (id, practice_id, patient_id, resource_id, version,"
            " content, content_hash, received_at, delivery_id)"
            " SELECT gen_random_uuid(), practice_id, patient_id, id, version, content, content_hash,"
            " received_at, delivery_id FROM records_resource WHERE id = ANY(%s)",
            [list(ids)],
        )


def _upsert(rows: Sequence[tuple[Incoming, int]], source: Source) -> None:
    """Write rows in statements of bounded size; what is new needs no look for a conflict."""
    for statement, wanted in (
        (_INSERT, [row for row in rows if row[1] == 1]),
        (_INSERT_OR_UPDATE, [row for row in rows if row[1] > 1]),
    ):
        for some in _portions(wanted):
            if tell(statement, _values(some, source)) != len(some):
                raise ContentSlipped


def _portions(
    rows: Sequence[tuple[Incoming, int]],
) -> Iterator[list[tuple[Incoming, int]]]:
    portion: list[tuple[Incoming, int]] = []
    size = 0
    for row in rows:
        portion.append(row)
        size += len(row[0].content)
        if len(portion) >= PORTION_ROWS or size >= PORTION_BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _values(rows: Sequence[tuple[Incoming, int]], source: Source) -> dict[str, Any]:
    items = [item for item, _ in rows]
    columns = [item.columns for item in items]
    return {
        "practice_id": source.practice_id,
        "feed": source.feed,
        "received_at": source.received_at,
        "delivery_id": source.delivery_id,
        "id": array(str(item.id) for item in items),
        "patient_id": array(str(item.patient_id) if item.patient_id else None for item in items),
        "source_key": array(quoted(item.source_key) for item in items),
        "resource_type": array(item.resource_type for item in items),
        "content_hash": array(item.content_hash.hex() for item in items),
        "version": array(str(version) for _, version in rows),
        "status": array(quoted(each.status) for each in columns),
        "categories": array(_texts(each.categories) for each in columns),
        "codes": array(_texts(each.codes) for each in columns),
        "topic": array(quoted(each.topic) for each in columns),
        "effective_start": array(_moment(each.effective_start) for each in columns),
        "effective_end": array(_moment(each.effective_end) for each in columns),
        "last_updated": array(_moment(each.last_updated) for each in columns),
        "retracted": array("t" if each.retracted else "f" for each in columns),
        "content": (b"[" + b",".join([_beside_its_id(item) for item in items]) + b"]").decode(),
    }


def _beside_its_id(item: Incoming) -> bytes:
    return b'["%b",%b]' % (str(item.id).encode(), item.content)


def _texts(texts: Sequence[str]) -> str:
    """Return an array of text as one element of an array of text."""
    return quoted(array(map(quoted, texts))) if texts else _NO_TEXTS


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
