"""The roles of the private server: they may sign in with a password, and nothing else.

No role can bypass row security or become more than it is (``security.md``: the database agrees
with the Chart). Passwords leave this process as SCRAM verifiers only, so neither the server's
statistics nor its logs can hold one.
"""

import base64
import hashlib
import hmac
import re

import psycopg
from psycopg import sql

from carespace.config.postgres_settings import SUPERUSER

ATTRIBUTES = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT")
VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):.+")


def keep_role(connection: psycopg.Connection, role: str, password: str) -> None:
    """Create ``role``, or bring it back to these attributes and this password if it differs."""
    if role == SUPERUSER or role.startswith("pg_") or not password:
        raise ValueError(f"{role!r} cannot be an application role, or its password is empty")
    found = connection.execute(
        "SELECT rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication"
        " OR rolbypassrls), rolpassword FROM pg_authid WHERE rolname = %s",
        [role],
    ).fetchone()
    if found is not None and found[0] and _accepts(found[1] or "", password):
        return  # the usual start writes nothing
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    statement = sql.SQL("{verb} ROLE {role} WITH {attributes} PASSWORD {verifier}").format(
        verb=sql.SQL("CREATE" if found is None else "ALTER"),
        role=sql.Identifier(role),
        attributes=ATTRIBUTES,
        verifier=sql.Literal(verifier),
    )
    connection.execute(statement)


def _accepts(verifier: str, password: str) -> bool:
    """Whether a stored SCRAM verifier (RFC 5803) belongs to this password."""
    parts = VERIFIER.fullmatch(verifier)
    if parts is None:
        return False
    iterations, salt, stored_key = int(parts[1]), parts[2], parts[3]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return hmac.compare_digest(hashlib.sha256(client_key).digest(), base64.b64decode(stored_key))
