"""The folder of one private server: its layout, its lock and what its files say.

Layout of ``home/postgres``: ``data``, ``run`` (socket), ``log``, ``superuser`` (password), ``lock``,
``server.conf``, ``access.conf``, ``socket-folder`` (where the socket is if ``run`` has too long a
path) and ``programs-*`` (a copy, only where the server's account cannot reach the originals).
As root only ``data``, ``run`` and ``log`` belong to the server's account; the rest stays root's, so
that a broken-into server can change neither its settings nor its programs.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from carespace.config.postgres_programs import EmbeddedServerError
from carespace.config.postgres_settings import SOCKET_NAME

SOCKET_PATH_LIMIT_BYTES = 107
LOCK_PATIENCE_SECONDS = 180.0
LOCK_POLL_SECONDS = 0.05


class Layout:
    """The paths below ``home/postgres``."""

    def __init__(self, home: Path) -> None:
        self.home = home.expanduser().resolve()
        self.postgres = self.home / "postgres"
        self.data = self.postgres / "data"
        self.run = self.postgres / "run"
        self.log = self.postgres / "log"
        self.superuser_file = self.postgres / "superuser"
        self.lock_file = self.postgres / "lock"
        self.settings_file = self.postgres / "server.conf"
        self.access_file = self.postgres / "access.conf"
        self.socket_note = self.postgres / "socket-folder"


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """An error of the operating system becomes one that names the file and what to do."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EmbeddedServerError(
            f"The private database server cannot use its folder{where}: "
            f"{error.strerror or error}. Check free disk space and who owns the folder, or set "
            f"CARESPACE_HOME to another one."
        ) from error


def make_folders(layout: Layout) -> None:
    """Make the home and its ``postgres`` folder, unreadable for others; two may do so at once."""
    way = [layout.postgres, layout.home, *layout.home.parents]
    for folder in reversed([step for step in way if not step.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # made here: root's server, another account, passes through


@contextlib.contextmanager
def locked(layout: Layout) -> Iterator[None]:
    """One command at a time looks and starts; the next one finds the server running."""
    descriptor = os.open(layout.lock_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise EmbeddedServerError(
                        "Another CareSpace command has been starting or stopping the database "
                        "for minutes. End that command, then try again."
                    ) from error
                time.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def data_major(layout: Layout) -> int | None:
    """The major version of PostgreSQL that made the data, or None before the first start."""
    version_file = layout.data / "PG_VERSION"
    if not layout.data.exists():
        return None
    try:
        return int(version_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise EmbeddedServerError(
            f"The folder {layout.data} is not a complete PostgreSQL data folder. Restore it from "
            f"a backup, or move it away to begin with an empty database."
        ) from error


def known_socket_folder(layout: Layout) -> Path | None:
    """Where the socket is or will be; None if ``run`` has too long a path and none was chosen."""
    length_bytes = len(os.fsencode(layout.run / SOCKET_NAME))
    # libpq takes a comma for the start of a second host.
    if length_bytes <= SOCKET_PATH_LIMIT_BYTES and not set(str(layout.run)) & set(',"\n'):
        return layout.run
    if not layout.socket_note.exists():
        return None
    return Path(layout.socket_note.read_text(encoding="utf-8").strip())
