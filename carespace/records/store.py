"""Writing resources: one upsert per batch, versions kept, moves refused.

Promises: the same input changes nothing (compared by content hash); a changed resource gets the next version and its
former content goes to ResourceVersion; an update that would move a row to another patient is refused and reported;
an older one (by ``meta.lastUpdated``, else by when its delivery came) never overwrites a newer. Runs inside the caller's transaction, under the
practice's own setting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from carespace.patients.merging import survivors
from carespace.records.extract import Columns
from carespace.records.models import Resource

COLUMNS = (
    "id", "practice_id", "patient_id", "feed", "source_key", "resource_type", "content",
    "content_hash", "version", "status", "categories", "codes", "topic", "effective_start",
    "effective_end", "last_updated", "received_at", "released_at", "held_reason", "retracted_at",
    "delivery_id",
)  # fmt: skip
# A held result stays held when a newer version comes: releasing it is a decision, not an arrival.
_KEPT_ON_UPDATE = frozenset(
    {"id", "practice_id", "feed", "source_key", "resource_type", "released_at", "held_reason"}
)


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


def hold_delivered(delivery_id: UUID, patient_id: UUID, reason: str) -> None:
    """Hold what a delivery has written into a patient's record so far; what is held already stays as it is."""
    Resource.objects.filter(
        delivery_id=delivery_id, patient_id=patient_id, held_at__isnull=True
    ).update(held_at=timezone.now(), held_reason=reason)


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, patient_id, content_hash, version, last_updated, received_at"
            " FROM records_resource WHERE id = ANY(%s)",
            [list(ids)],
        )
        return {row[0]: _Known(row[1], bytes(row[2]), *row[3:]) for row in cursor.fetchall()}


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
    if not rows:
        return
    # COPY into a table with row security is refused, so the rows go through a temporary one.
    names = ", ".join(COLUMNS)
    changes = ", ".join(f"{n} = EXCLUDED.{n}" for n in COLUMNS if n not in _KEPT_ON_UPDATE)
    staging = f"incoming_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {staging} ON COMMIT DROP AS"  # noqa: S608  constant names only
            f" SELECT {names} FROM records_resource WITH NO DATA"
        )
        with cursor.copy(f"COPY {staging} ({names}) FROM STDIN") as copy:
            for item, version in rows:
                copy.write_row(_row(item, version, source))
        cursor.execute(
            f"INSERT INTO records_resource ({names}) SELECT {names} FROM {staging}"  # noqa: S608
            f" ON CONFLICT (id) DO UPDATE SET {changes}"
        )
        cursor.execute(f"DROP TABLE {staging}")


def _row(item: Incoming, version: int, source: Source) -> tuple[Any, ...]:
    columns = item.columns
    retracted_at = source.received_at if columns.retracted else None
    return (
        item.id, source.practice_id, item.patient_id, source.feed, item.source_key,
        item.resource_type, item.content.decode(), item.content_hash, version, columns.status,
        list(columns.categories), list(columns.codes), columns.topic, columns.effective_start,
        columns.effective_end, columns.last_updated, source.received_at, source.received_at, "",
        retracted_at, source.delivery_id,
    )  # fmt: skip
