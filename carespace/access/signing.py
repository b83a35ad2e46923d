"""Signed settings: how a transaction tells the database which chart, person, practice or link is open.

Promises: a setting counts only with an HMAC-SHA256 made from a key that the web role cannot read, names its purpose
and ends by itself, so that SQL injected into a request can open nothing (see the ADR on the Chart and row security).
A setting lives as long as its transaction, and its value never stands in the text of a statement, which other sessions
of the same role could read in ``pg_stat_activity`` and use again.
"""

import hashlib
import hmac
import time
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection, transaction

CHART = "carespace.chart"
USER = "carespace.user"
PRACTICE = "carespace.practice"
TOKEN = "carespace.token"  # noqa: S105  the name of a setting
# Whose address changes to which, for carespace.change_address() alone.
ADDRESS = "carespace.address"
EVERY_SETTING = (CHART, USER, PRACTICE, TOKEN, ADDRESS)
LIFE_SECONDS = 15 * 60
HASH_BLOCK_BYTES = 64


class NoTransaction(RuntimeError):
    """A chart can only be opened inside a transaction: outside, the setting would vanish at once."""


def sign(name: str, *parts: object, life_seconds: int = LIFE_SECONDS) -> str:
    """Return the value for the setting ``name``: ``name|expiry|parts…|mac``."""
    given = [str(part) for part in parts]
    if any("|" in part for part in given):
        message = "A signed part cannot hold the mark that separates parts."
        raise ValueError(message)
    body = "|".join([name, str(int(time.time()) + life_seconds), *given])
    mac = hmac.new(settings.CARESPACE_CHART_KEY, body.encode(), hashlib.sha256).hexdigest()
    return f"{body}|{mac}"


def key_halves(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer padded keys of HMAC-SHA256, as the database's table keeps them."""
    block = key.ljust(HASH_BLOCK_BYTES, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def set_signed(name: str, *parts: object) -> None:
    """Set ``name`` for the running transaction."""
    if transaction.get_autocommit():
        raise NoTransaction(name)
    # psycopg's own cursor sends values beside the statement; Django's would write them into it.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, sign(name, *parts)])


def work_for_practice(practice_id: UUID, role: str) -> None:
    """Open a practice's own rows for this transaction; ``role`` is a staff role, or ``feed`` or ``job``."""
    set_signed(PRACTICE, practice_id, role)


def forget_settings() -> None:
    """Clear every signed setting of the running transaction: for tests, whose one transaction serves many requests."""
    with connection.cursor() as cursor:
        for name in EVERY_SETTING:
            cursor.execute("SELECT set_config(%s, '', true)", [name])
