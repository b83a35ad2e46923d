"""The seal over AuditEvent, and its check.

Promises: events are chained in the order (transaction, sequence), up to a horizon below which no transaction
can still commit, so that a late commit never slips in behind the seal. ``verify()`` names the first row that was
changed, removed, or slipped in (AUD-7). The head of the chain is also written beside the database
(``write_head``), which shows when the last rows and their seals vanish together.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

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
    write_head(heads)
    return total


def heads_file() -> Path:
    """Return the file beside the database that remembers the chain's head."""
    return Path(settings.CARESPACE_HOME) / "audit" / "heads.jsonl"


def head() -> tuple[int, str]:
    """Return the last position and its chain value in hex (``(0, "00…")`` before the first seal)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, chain_value FROM carespace.audit_head()")
        row = cursor.fetchone()
    return (int(row[0]), bytes(row[1]).hex()) if row else (0, GENESIS.hex())


def write_head(path: Path) -> None:
    """Append the head of the chain to ``path``, one JSON line, unless it stands there already."""
    position, chain = head()
    if position and position != _noted(path)[0]:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(json.dumps({"position": position, "chain": chain}) + "\n")


def verify(heads: Path | None = None) -> Verdict:
    """Walk the chain from its start; needs a role that may read all events (the owner)."""
    previous, position, chain_there = GENESIS, 0, ""
    noted_position, noted_chain = _noted(heads)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.position, s.event_id, s.chain,"  # noqa: S608  a constant
            f" CASE WHEN e.id IS NOT NULL THEN {DIGEST} END FROM audit_auditseal s"
            " LEFT JOIN audit_auditevent e ON e.id = s.event_id ORDER BY s.position"
        )
        while rows := cursor.fetchmany(BATCH_ROWS):
            for at, event_id, chain, digest in rows:
                position += 1
                if digest is None:
                    return _broken(position, "an event was removed", event_id)
                previous = hashlib.sha256(previous + bytes(digest)).digest()
                if at != position or previous != bytes(chain):
                    return _broken(position, "an event was changed or a seal is missing", event_id)
                if position == noted_position:
                    chain_there = previous.hex()
    if noted_position > position:
        return _broken(position, "the last events and their seals are missing", "")
    if noted_position and chain_there != noted_chain:
        return _broken(noted_position, "the chain was made anew: its noted head differs", "")
    return _slipped_in(position)


def _slipped_in(sealed: int) -> Verdict:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH latest AS (SELECT e.transaction_id, e.sequence FROM audit_auditseal s"
            " JOIN audit_auditevent e ON e.id = s.event_id ORDER BY s.position DESC LIMIT 1)"
            " SELECT e.id, (e.transaction_id, e.sequence) < (SELECT transaction_id, sequence FROM latest)"
            " FROM audit_auditevent e LEFT JOIN audit_auditseal s ON s.event_id = e.id"
            " WHERE s.event_id IS NULL ORDER BY e.transaction_id, e.sequence"
        )
        rows = cursor.fetchall()
    if rows and rows[0][1]:
        return Verdict(
            sealed, len(rows), "an event was slipped in behind the seal", str(rows[0][0])
        )
    return Verdict(sealed, len(rows))


def _broken(position: int, problem: str, event_id: object) -> Verdict:
    return Verdict(sealed=position, unsealed=0, problem=problem, event_id=str(event_id))


def _noted(path: Path | None) -> tuple[int, str]:
    if path is None or not path.exists():
        return 0, ""
    lines = path.read_text("ascii").splitlines()
    if not lines:
        return 0, ""
    last = json.loads(lines[-1])
    return int(last["position"]), str(last["chain"])
