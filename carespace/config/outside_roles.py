"""The web and worker roles on a server that is not ours.

Promises: they are made where they are missing and the owner may make them; otherwise the SQL to run is named; a role
that could bypass row security is refused.
"""

import click
from django.db import connection

from carespace.config.database import Role
from carespace.config.outside_server import UNBOUND, too_strong
from carespace.config.processes import (
    URL_VARIABLES,
    home_folder,
    is_outside,
    role_name,
    role_password,
)

ROLES: tuple[Role, ...] = ("web", "worker")


class RoleProblem(click.ClickException):
    """A role is missing or too strong; the message is the remedy."""


def keep_roles() -> None:
    """See to it that both roles are there, sign in, and cannot bypass row security."""
    if not is_outside("owner"):
        return  # the embedded server keeps its roles itself
    missing = [role for role in ROLES if not _found_and_bound(role_name(role))]
    if missing and not _may_make_roles():
        raise RoleProblem(_sql_to_run(missing))
    for role in missing:
        _make(role)


def _found_and_bound(name: str) -> bool:
    with connection.cursor() as cursor:
        unbound = UNBOUND.format(role="m.oid")
        cursor.execute(
            f"SELECT {unbound} OR pg_has_role(m.oid, current_user, 'MEMBER')"  # noqa: S608  a constant
            " FROM pg_roles m WHERE m.rolname = %s",
            [name],
        )
        found = cursor.fetchone()
    if found and found[0]:
        raise RoleProblem(too_strong(connection.ops.quote_name(name)))
    return found is not None


def _may_make_roles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        return bool(cursor.fetchone()[0])


def _sql_to_run(missing: list[Role]) -> str:
    statements = [
        f"  CREATE ROLE {connection.ops.quote_name(role_name(role))} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…';"
        for role in missing
    ]
    variables = " and ".join(URL_VARIABLES[role] for role in missing)
    return (
        "The database lacks roles that its owner may not make. Let its administrator run:\n"
        + "\n".join(statements)
        + f"\nThen set {variables} to the address with that role and password,"
        " and run carespace migrate again. Nothing was changed."
    )


def _make(role: Role) -> None:
    name = role_name(role)
    password = role_password(home_folder(), role)
    with connection.cursor() as cursor:
        # The password leaves this process as a verifier only, so that no log of the server can hold it.
        verifier = connection.connection.pgconn.encrypt_password(
            password.encode(), name.encode(), b"scram-sha-256"
        ).decode()
        quoted = connection.ops.quote_name(name)
        # A verifier holds no quotes: it is base64 and punctuation (RFC 5803).
        cursor.execute(f"CREATE ROLE {quoted} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{verifier}'")
