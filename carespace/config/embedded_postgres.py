"""The private PostgreSQL server of one CareSpace home: start it, find it, stop it.

``ensure_running(home, roles=...)`` starts the server below ``home/postgres`` or finds it running;
two commands at once share one server, and one that was killed comes back with everything it had
committed. It listens on a Unix socket only, in a folder closed to others, and asks every role for
a password. Promised by the decision "PostgreSQL only, with an embedded default" (``docs/adr``).
"""

import contextlib
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from carespace.config.postgres_connection import (
    Server,
    find,
    found_server,
    superuser,
    superuser_password,
)
from carespace.config.postgres_home import Layout, data_major, explained, locked, make_folders
from carespace.config.postgres_process import postmaster, stopped_after
from carespace.config.postgres_programs import EmbeddedServerError
from carespace.config.postgres_roles import keep_role
from carespace.config.postgres_settings import SUPERUSER
from carespace.config.postgres_start import start

__all__ = [
    "EmbeddedServerError",
    "Server",
    "ServerStatus",
    "create_database",
    "ensure_running",
    "status",
    "stop",
    "superuser_url",
]

START_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class ServerStatus:
    """What is known of a home's server; ``size_bytes`` is all of its data folder."""

    running: bool
    pid: int | None
    version: str | None
    data_folder: Path
    size_bytes: int


@explained()
def ensure_running(
    home: Path,
    *,
    roles: Mapping[str, str],
    patience_seconds: float = START_PATIENCE_SECONDS,
) -> Server:
    """Start this home's private server, or find it running; its ``roles`` (name to password) exist.

    The roles may sign in and nothing else: no superuser, no bypass of row security, no right to
    make roles or databases. Raises EmbeddedServerError with a remedy.
    """
    layout = Layout(home)
    make_folders(layout)
    with locked(layout):
        server = find(layout) or start(layout, patience_seconds)
        with superuser(layout, server) as connection:
            for role, password in roles.items():
                keep_role(connection, role, password)
    return server


@explained()
def create_database(home: Path, *, owner: str, name: str) -> None:
    """Create ``name`` for ``owner`` on the running server; nothing happens if it is there."""
    layout = Layout(home)
    with superuser(layout, found_server(layout)) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [name]).fetchone():
            return
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        # Another command may create it between the look and the statement.
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))


@explained()
def superuser_url(home: Path, database: str = "postgres") -> str:
    """The address for backups and tests; the application itself never signs in as superuser."""
    layout = Layout(home)
    return found_server(layout).url(SUPERUSER, superuser_password(layout), database)


@explained()
def stop(home: Path, *, patience_seconds: float = 10) -> None:
    """Stop the server if it runs: in good order first, at once after ``patience_seconds``."""
    layout = Layout(home)
    if not layout.lock_file.exists():
        return
    with locked(layout):
        pid = postmaster(layout)
        for order, patience in ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 10.0)):
            if pid is None or stopped_after(layout, pid, order, patience):
                return
    raise EmbeddedServerError(f"The private database server (process {pid}) does not stop.")


@explained()
def status(home: Path) -> ServerStatus:
    """Whether the server runs, since which data and how big; starts and changes nothing."""
    layout = Layout(home)
    pid = postmaster(layout)
    major = data_major(layout)
    version = _running_version(layout)
    return ServerStatus(
        running=pid is not None or version is not None,
        pid=pid,
        version=version or (str(major) if major else None),
        data_folder=layout.data,
        size_bytes=_size_bytes(layout.data),
    )


def _running_version(layout: Layout) -> str | None:
    server = find(layout) if layout.superuser_file.exists() else None
    if server is None:
        return None
    with superuser(layout, server) as connection:
        return connection.info.parameter_status("server_version")


def _size_bytes(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # the running server removes files
                total += Path(parent, name).lstat().st_size
    return total
