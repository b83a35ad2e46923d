"""The one row in which the database notes its installation: its master key's fingerprint, its protection's digest.

Promises: a fingerprint is noted once, by ``carespace migrate``, and never replaced; a database from before
fingerprints is known by its signing key, which comes from the same master key. The key itself is never here.
"""

from typing import Literal

from django.conf import settings
from django.db import connection

from carespace.access.signing import key_halves
from carespace.config.key_check import OTHER_KEY
from carespace.config.keys import KeyProblem

TABLE = """
CREATE SCHEMA IF NOT EXISTS carespace;
CREATE TABLE IF NOT EXISTS carespace.installation (
    id integer PRIMARY KEY CHECK (id = 1), key_fingerprint text, protection_digest text
);
REVOKE ALL ON carespace.installation FROM PUBLIC;
INSERT INTO carespace.installation VALUES (1) ON CONFLICT (id) DO NOTHING;
"""
# Every role asks for the fingerprint as it starts; the table stays closed.
FUNCTION = """
CREATE OR REPLACE FUNCTION carespace.key_fingerprint() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT key_fingerprint FROM carespace.installation WHERE id = 1 $$;
"""


def keep_installation() -> None:
    """See to it that the row is there and notes this master key; KeyProblem where it notes another."""
    if _has_signing_key() and not is_signing_key_ours():
        raise KeyProblem(OTHER_KEY)
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(
            "UPDATE carespace.installation SET key_fingerprint = %s WHERE key_fingerprint IS NULL",
            [settings.CARESPACE_KEY_FINGERPRINT],
        )
    if _read("key_fingerprint") != settings.CARESPACE_KEY_FINGERPRINT:
        raise KeyProblem(OTHER_KEY)


def is_signing_key_ours() -> bool:
    """Whether the database checks signatures with the key that this process signs with."""
    inner, outer = key_halves(settings.CARESPACE_CHART_KEY)
    query = "SELECT 1 FROM carespace.signing_key WHERE inner_key = %s AND outer_key = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [inner, outer])
        return cursor.fetchone() is not None


def noted_protection() -> str:
    """Return the digest of the statements that last protected the tables; empty where none is noted."""
    return _read("protection_digest")


def note_protection(digest: str) -> None:
    """Note the digest of the statements that protect the tables now."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE carespace.installation SET protection_digest = %s", [digest])


def _has_signing_key() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('carespace.signing_key') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM carespace.signing_key)")
        return bool(cursor.fetchone()[0])


def _read(column: Literal["key_fingerprint", "protection_digest"]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM carespace.installation WHERE id = 1")  # noqa: S608  named above
        row = cursor.fetchone()
    return (row[0] if row else "") or ""
