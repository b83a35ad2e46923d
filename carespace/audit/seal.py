"""The seal over AuditEvent, and its check.

Promises: events are chained in the order (epoch, transaction, sequence), up to a horizon below which no transaction
can still commit, so that a late commit never slips in behind the seal. ``verify()`` names the first row that was
changed, removed, or slipped in (AUD-7), in memory that does not grow with the trail. The head of the chain is also
written beside the database (``carespace.audit.heads``), which shows when the last rows and their seals vanish together.
``resume()`` begins a new epoch where the database was restored on another server.
"""

import hashlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from carespace.audit.heads import Head, noted_heads, write_head
from carespace.audit.recording import SYSTEM, record

DIGEST = """sha256(convert_to(jsonb_build_array(
    e.id, extract(epoch from e.recorded_at), e.action, e.category, e.outcome, e.actor_id, e.actor_name,
    e.actor_kind, e.practice_id, e.patient_id, e.entity, e.entity_id, e.reason, e.detail)::text, 'UTF8'))"""
BATCH_ROWS = 5000
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: ``problem`` is empty when the chain holds."""

    sealed: int
    unsealed: int
    problem: str = ""
    event_id: str = ""

    @property
    def intact(self) -> bool:
        return not self.problem


def seal_events() -> int:
    """Chain every event below the horizon; return how many. Safe to run twice at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT carespace.seal_audit(%s)", [BATCH_ROWS])
        (count,) = cursor.fetchone()
    return int(count)


def seal_all(heads: Path) -> int:
    """Seal until nothing is left below the horizon and note the head in ``heads``; return how many."""
    total = 0
    while count := seal_events():
        total += count
    write_head(heads, head())
    return total


def resume(*, at_any_rate: bool = False) -> int | None:
    """Begin a new epoch where this is not the server that the events came from; return its number, or None.

    For the owner, after a restore. ``at_any_rate`` begins one although no sign of another server is there.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT carespace.resume_audit(%s)", [at_any_rate])
        (epoch,) = cursor.fetchone()
        if epoch is not None:
            record("audit.resume", by=SYSTEM, detail={"epoch": epoch})
    return None if epoch is None else int(epoch)


def heads_file() -> Path:
    """Return the file beside the database that remembers the chain's head."""
    return Path(settings.CARESPACE_HOME) / "audit" / "heads.jsonl"


def head() -> Head:
    """Return the last position and its chain value in hex (``(0, "00…")`` before the first seal)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, chain_value FROM carespace.audit_head()")
        row = cursor.fetchone()
    return Head(int(row[0]), bytes(row[1]).hex()) if row else Head(0, GENESIS.hex())


def verify(heads: Path | None = None) -> Verdict:
    """Walk the chain from its start; needs a role that may read all events (the owner)."""
    noted = noted_heads(heads)
    expected = next(noted, None)
    previous, position = GENESIS, 0
    with transaction.atomic(), closing(_links()) as links:
        for at, event_id, chain, digest in links:
            position += 1
            if digest is None:
                return _broken(position, "an event was removed", event_id)
            previous = hashlib.sha256(previous + bytes(digest)).digest()
            if at != position or previous != bytes(chain):
                return _broken(position, "an event was changed or a seal is missing", event_id)
            while expected and expected.position <= position:
                if expected.position == position and expected.chain != previous.hex():
                    return _broken(position, "the chain was made anew: its noted head differs", "")
                expected = next(noted, None)
    if expected:
        return _broken(position, "the last events and their seals are missing", "")
    return _slipped_in(position)


def _links() -> Generator[tuple[int, object, bytes, bytes | None], None, None]:
    """Give each seal with the digest of its event as it is now, a batch at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT s.position, s.event_id, s.chain,"  # noqa: S608  a constant
            f" CASE WHEN e.id IS NOT NULL THEN {DIGEST} END FROM audit_auditseal s"
            " LEFT JOIN audit_auditevent e ON e.id = s.event_id ORDER BY s.position"
        )
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield from rows


def _slipped_in(sealed: int) -> Verdict:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH latest AS (SELECT e.epoch, e.transaction_id, e.sequence FROM audit_auditseal s"
            " JOIN audit_auditevent e ON e.id = s.event_id ORDER BY s.position DESC LIMIT 1),"
            " open AS (SELECT e.id, e.epoch, e.transaction_id, e.sequence FROM audit_auditevent e"
            " WHERE NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.event_id = e.id))"
            " SELECT (SELECT count(*) FROM open), (SELECT o.id FROM open o, latest l"
            " WHERE (o.epoch, o.transaction_id, o.sequence) < (l.epoch, l.transaction_id, l.sequence)"
            " ORDER BY o.epoch, o.transaction_id, o.sequence LIMIT 1)"
        )
        unsealed, slipped = cursor.fetchone()
    if slipped:
        return Verdict(sealed, unsealed, "an event was slipped in behind the seal", str(slipped))
    return Verdict(sealed, unsealed)


def _broken(position: int, problem: str, event_id: object) -> Verdict:
    return Verdict(sealed=position, unsealed=0, problem=problem, event_id=str(event_id))
