"""Whether a PostgreSQL server that is not ours will do, asked once as each process starts.

Promises: a server that is too old or cannot hold every name, an owner that may not make tables, and a web or worker role
that row security would not bind are each refused in a sentence that says what to do, before anything is served or changed.
"""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from carespace.config.database import AddressProblem, Role, read_address

OLDEST_MAJOR = 15
CONNECT_SECONDS = "10"
# A member of a stronger role becomes it with SET ROLE, so membership counts like the attribute.
UNBOUND = (
    "EXISTS (SELECT 1 FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls)"
    " AND pg_has_role({role}, r.oid, 'MEMBER'))"
)
_LOOK = f"""
SELECT current_setting('server_encoding') AS encoding,
    {UNBOUND.format(role="current_user")} AS unbound,
    coalesce(pg_has_role((SELECT relowner FROM pg_class WHERE oid = to_regclass('django_migrations')),
        'MEMBER'), false) AS owns,
    has_database_privilege(current_database(), 'CREATE')
        AND coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'CREATE'), false) AS makes,
    quote_ident(current_user) AS quoted, quote_ident(current_database()) AS database
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class _Seen:
    encoding: str
    unbound: bool
    owns: bool
    makes: bool
    quoted: str
    database: str


def refuse_unfit(url: str, role: Role, variable: str) -> None:
    """Sign in once with the address from ``variable`` and raise AddressProblem where it will not do as ``role``."""
    parts = {"connect_timeout": CONNECT_SECONDS, **read_address(url, variable)}
    try:
        with psycopg.connect(**parts, autocommit=True) as connection:  # type: ignore[arg-type]
            refuse_old(connection.info.server_version)
            seen = connection.cursor(row_factory=class_row(_Seen)).execute(_LOOK).fetchall()[0]
    except psycopg.OperationalError as problem:
        raise AddressProblem(_no_answer(problem, role, variable)) from None
    if seen.encoding != "UTF8":
        message = (
            f"The database {seen.database} holds {seen.encoding}: make one with ENCODING 'UTF8'."
        )
        raise AddressProblem(message)
    if role == "owner":
        _refuse_powerless(seen)
    elif seen.unbound or seen.owns:
        raise AddressProblem(too_strong(seen.quoted))


def refuse_old(server_version: int) -> None:
    """Raise AddressProblem for a server before PostgreSQL 15 (``server_version`` as libpq counts: 150004 is 15.4)."""
    if server_version < OLDEST_MAJOR * 10_000:
        message = (
            f"The database server is PostgreSQL {server_version // 10_000};"
            f" CareSpace needs {OLDEST_MAJOR} or newer."
        )
        raise AddressProblem(message)


def too_strong(quoted: str) -> str:
    """Return the refusal of a role that row security would not bind."""
    return (
        f"The role {quoted} can bypass row security: it may do so itself, or it owns CareSpace's tables,"
        " or it is a member of a role that does. Let your database's administrator take that from it"
        f" (ALTER ROLE {quoted} NOSUPERUSER NOBYPASSRLS; REVOKE …) or name another role."
    )


def _refuse_powerless(seen: _Seen) -> None:
    if not seen.makes:
        message = (
            f"The role {seen.quoted} may not make tables here. Let your database's administrator run:"
            f" ALTER DATABASE {seen.database} OWNER TO {seen.quoted};"
        )
        raise AddressProblem(message)


def _no_answer(problem: psycopg.OperationalError, role: Role, variable: str) -> str:
    told = " ".join(str(problem).split())
    message = f"The database did not let CareSpace in ({told})."
    if role != "owner" and "authentication failed" in told:
        message += f" Set {variable} to an address with this role's password."
    return message
