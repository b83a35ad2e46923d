"""Whether a database belongs to this home's master key, asked before Django stands and before anything is changed.

Promises: a database that notes another key's fingerprint is refused, by every command; with another key no stored file
and no link could be opened, and ``migrate`` would write over the right one. Looks only.
"""

import psycopg

from carespace.config.keys import KeyProblem, fingerprint

_DATABASE = "SELECT 1 FROM pg_database WHERE datname = %s"
_TABLES = "SELECT to_regclass('public.django_migrations') IS NOT NULL"
_NOTED = "SELECT to_regprocedure('carespace.key_fingerprint()') IS NOT NULL"
CONNECT_SECONDS = 10
OTHER_KEY = (
    "The master key is not the one this database was set up with: restore keys/master.key (or CARESPACE_MASTER_KEY)"
    " and the database from the same backup. Nothing was changed."
)


def has_database(url: str, name: str) -> bool:
    """Whether the server at ``url`` has the database ``name``."""
    with _connected(url) as connection:
        return connection.execute(_DATABASE, [name]).fetchone() is not None


def has_tables(url: str) -> bool:
    """Whether CareSpace has been set up in the database at ``url``."""
    with _connected(url) as connection:
        found = connection.execute(_TABLES).fetchone()
    return bool(found and found[0])


def refuse_other_key(url: str, master: bytes) -> None:
    """Raise KeyProblem where the database at ``url`` notes another master key; none is noted before ``migrate``."""
    with _connected(url) as connection:
        there = connection.execute(_NOTED).fetchone()
        if not (there and there[0]):
            return
        noted = connection.execute("SELECT carespace.key_fingerprint()").fetchone()
    if noted and noted[0] and noted[0] != fingerprint(master):
        raise KeyProblem(OTHER_KEY)


def _connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
