"""Which database a process uses, and as which role.

Promises: the command that starts a process decides its role (owner, web or worker) and hands it one address,
``CARESPACE_DATABASE``; a web process never holds the owner's. An address is all there is: what libpq would take from
``PG…`` variables does not change where a process looks.
"""

import os
from typing import Any, Literal

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

Role = Literal["owner", "web", "worker"]
VARIABLE = "CARESPACE_DATABASE"
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"
# Of libpq's variables; those about certificates and passwords (PGSSL…, PGPASSFILE) stay.
ELSEWHERE = (
    *("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGSERVICEFILE"),
    *("PGOPTIONS", "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS", "PGCLIENTENCODING"),
    *("PGDATESTYLE", "PGTZ"),
)


class AddressProblem(click.ClickException):
    """An address of a database cannot be used; the message is the remedy and repeats no password."""


def django_database(*, pool: bool) -> dict[str, Any]:
    """Return Django's entry for this process's URL; tools that only read settings get one that leads nowhere."""
    parts = conninfo_to_dict(os.environ.get(VARIABLE) or NOWHERE)
    known = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    database: dict[str, Any] = {django: str(parts.pop(name, "")) for name, django in known.items()}
    options: dict[str, Any] = {name: str(value) for name, value in parts.items()}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 6, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **database,
        "OPTIONS": options,
        "TEST": {"NAME": database["NAME"]},
    }


def with_role(url: str, role: str, password: str) -> str:
    """Return the address of the same database for another role."""
    return make_conninfo(url, user=role, password=password)


def read_address(url: str, variable: str) -> dict[str, str]:
    """Return the parts of the address in ``variable`` by libpq's names, or raise AddressProblem."""
    _refuse_second_at_sign(url, variable)
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        # libpq's own words would repeat the address, and with it a password.
        message = (
            f"{variable} cannot be read. Write it as postgresql://ROLE:PASSWORD@HOST:5432/DATABASE,"
            " with @ : / % and spaces in the password as %40 %3A %2F %25 %20."
        )
        raise AddressProblem(message) from None
    if not (parts.get("dbname") or parts.get("service")):
        message = f"{variable} names no database: add its name after the server's, as in …:5432/carespace."
        raise AddressProblem(message)
    return parts


def forget_ambient_server() -> None:
    """Take the ``PG…`` variables that lead elsewhere out of this process and its children."""
    for name in ELSEWHERE:
        os.environ.pop(name, None)


def _refuse_second_at_sign(url: str, variable: str) -> None:
    """A plain @ in a password would quietly make its rest the server's name."""
    scheme, _, rest = url.partition("://")
    if scheme.startswith("postgres") and rest.partition("?")[0].count("@") > 1:
        message = f"{variable} holds more than one @: write the one in the password as %40."
        raise AddressProblem(message)
