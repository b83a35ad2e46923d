"""Which database a process uses, and as which role.

Promises: the command that starts a process decides its role (owner, web or worker) and hands it one URL,
``CARESPACE_DATABASE``; a web process never holds the owner's.
"""

import os
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict

Role = Literal["owner", "web", "worker"]
VARIABLE = "CARESPACE_DATABASE"
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


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
    """Return ``url`` for another role: same server, same database."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(role, safe='')}:{quote(password, safe='')}@{address}"
    return urlunsplit(parts._replace(netloc=netloc))
