"""One worker at a time hands a mail over, and holds no row and no transaction meanwhile.

Promises: a mail is held by an advisory lock of the database session, outside any transaction, so that nobody else waits
for a slow mail server; the lock is taken and given back on one connection, and falls with a worker that is killed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection

NO_DATABASE = (OperationalError, InterfaceError)
_KEY = "hashtextextended(%s, 0)"


@contextmanager
def held(message_id: str) -> Iterator[bool]:
    """Hold the mail while the block runs; False where somebody else holds it."""
    name = f"outbox:{message_id}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", [name])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            _give_back(name)


def _give_back(name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({_KEY})", [name])
    except NO_DATABASE:
        return  # the lock fell with its connection
