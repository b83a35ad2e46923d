"""Connections to one private server: its address, and the superuser's own connection."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from carespace.config.postgres_home import Layout, known_socket_folder
from carespace.config.postgres_programs import EmbeddedServerError
from carespace.config.postgres_settings import PORT, SOCKET_NAME, SUPERUSER


@dataclass(frozen=True)
class Server:
    """Where a running private server answers."""

    socket_folder: Path
    port: int = PORT

    def url(self, role: str, password: str, database: str) -> str:
        """A libpq address; the socket folder is its percent-encoded host.

        Read it with ``psycopg.conninfo.conninfo_to_dict``: ``urlsplit().hostname`` would turn the
        folder into lower case.
        """
        host, user, secret, name = (
            quote(part, safe="") for part in (str(self.socket_folder), role, password, database)
        )
        return f"postgresql://{user}:{secret}@{host}:{self.port}/{name}"


def find(layout: Layout) -> Server | None:
    """The server, if it answers now."""
    folder = known_socket_folder(layout)
    if folder is None or not (folder / SOCKET_NAME).exists():
        return None
    server = Server(folder)
    try:
        with superuser(layout, server):
            return server
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise EmbeddedServerError(
                f"The database does not accept the password in {layout.superuser_file}. Restore "
                f"that file from a backup made together with the database folder."
            ) from error
        return None


def found_server(layout: Layout) -> Server:
    """The server that answers now, or an error that says it is not running."""
    server = find(layout)
    if server is None:
        raise EmbeddedServerError(f"The private database server of {layout.home} is not running.")
    return server


@contextlib.contextmanager
def superuser(layout: Layout, server: Server) -> Iterator[psycopg.Connection]:
    """A connection that commits each statement, signed in as the superuser."""
    with psycopg.connect(
        server.url(SUPERUSER, superuser_password(layout), "postgres"),
        autocommit=True,
        connect_timeout=5,
        # Named here so that PG* variables of the caller's environment do not lead elsewhere.
        hostaddr="",
        options="",
        sslmode="disable",
        gssencmode="disable",
        channel_binding="prefer",
        require_auth="scram-sha-256",
        target_session_attrs="any",
        client_encoding="UTF8",
    ) as connection:
        yield connection


def superuser_password(layout: Layout) -> str:
    """The random password made at the first start, readable by whoever starts the server."""
    return layout.superuser_file.read_text(encoding="utf-8").strip()
