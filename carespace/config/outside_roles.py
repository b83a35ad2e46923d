"""The web and worker roles on a server that is not ours.

Promises: they are made where they are missing and the owner may make them; otherwise the SQL to run is named; a role
that could bypass row security is refused.
"""

import os

from django.db import connection

from carespace.config.database import Role
from carespace.config.processes import home_folder, role_name, role_password


class RoleProblem(RuntimeError):
    """A role is missing or too strong; the message is the remedy."""


def keep_roles() -> None:
    """See to it that both roles are there, sign in, and cannot bypass row security."""
    if not os.environ.get("DATABASE_URL"):
        return  # the embedded server keeps its roles itself
    for role in ("web", "worker"):
        _keep(role)


def _keep(role: Role) -> None:
    name = role_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [name])
        found = cursor.fetchone()
        if found and found[0]:
            message = f"The role {name} can bypass row security: ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS;"
            raise RoleProblem(message)
        if found:
            return
        cursor.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        if not cursor.fetchone()[0]:
            message = (
                f"The role {name} is missing. Let your database's administrator run:"
                f" CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…';"
                f" and set DATABASE_{role.upper()}_URL to its address."
            )
            raise RoleProblem(message)
        password = role_password(home_folder(), role)
        verifier = connection.connection.pgconn.encrypt_password(
            password.encode(), name.encode(), b"scram-sha-256"
        ).decode()
        quoted = connection.ops.quote_name(name)
        # A verifier holds no quotes: it is base64 and punctuation (RFC 5803).
        cursor.execute(f"CREATE ROLE {quoted} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{verifier}'")
