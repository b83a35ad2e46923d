"""The private PostgreSQL server of one CareSpace home: start it, find it, stop it.

``ensure_running(home, roles=...)`` starts the server below ``home/postgres`` or finds it running;
two commands at once share one server, and one that was killed comes back with everything it had
committed. It listens on a Unix socket only, in a folder closed to others, and asks every role for
a password. Promised by the decision "PostgreSQL only, with an embedded default" (``docs/adr``).

Layout of ``home/postgres``: ``data``, ``run`` (socket), ``log``, ``superuser`` (password), ``lock``,
``server.conf``, ``access.conf``, ``socket-folder`` (where the socket is if ``run`` has too long a
path) and ``programs-*`` (a copy, only where the server's account cannot reach the originals).
As root only ``data``, ``run`` and ``log`` belong to the server's account; the rest stays root's, so
that a broken-into server can change neither its settings nor its programs.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from carespace.config.postgres_programs import (
    Account,
    EmbeddedServerError,
    Programs,
    find_programs,
)
from carespace.config.postgres_roles import keep_role
from carespace.config.postgres_settings import ACCESS_RULES, PORT, SUPERUSER, server_settings

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

SOCKET_NAME = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT_BYTES = 107
START_PATIENCE_SECONDS = 60.0
LOCK_PATIENCE_SECONDS = 180.0
ORPHAN_PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 12
# Seen for a moment after a kill -9, while the old server's children still finish.
OLD_SERVER_STILL_LEAVING = re.compile(r"pre-existing shared memory|lock file .* already exists")


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


@dataclass(frozen=True)
class ServerStatus:
    """What is known of a home's server; ``size_bytes`` is all of its data folder."""

    running: bool
    pid: int | None
    version: str | None
    data_folder: Path
    size_bytes: int


class _Layout:
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
def _explained() -> Iterator[None]:
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


@_explained()
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
    layout = _Layout(home)
    _make_folders(layout)
    with _locked(layout):
        server = _find(layout) or _start(layout, patience_seconds)
        with _superuser(layout, server) as connection:
            for role, password in roles.items():
                keep_role(connection, role, password)
    return server


@_explained()
def create_database(home: Path, *, owner: str, name: str) -> None:
    """Create ``name`` for ``owner`` on the running server; nothing happens if it is there."""
    layout = _Layout(home)
    with _superuser(layout, _found(layout)) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [name]).fetchone():
            return
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        # Another command may create it between the look and the statement.
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))


@_explained()
def superuser_url(home: Path, database: str = "postgres") -> str:
    """The address for backups and tests; the application itself never signs in as superuser."""
    layout = _Layout(home)
    return _found(layout).url(SUPERUSER, _superuser_password(layout), database)


@_explained()
def stop(home: Path, *, patience_seconds: float = 10) -> None:
    """Stop the server if it runs: in good order first, at once after ``patience_seconds``."""
    layout = _Layout(home)
    if not layout.lock_file.exists():
        return
    with _locked(layout):
        pid = _postmaster(layout)
        for order, patience in ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 10.0)):
            if pid is None or _stopped_after(layout, pid, order, patience):
                return
    raise EmbeddedServerError(f"The private database server (process {pid}) does not stop.")


@_explained()
def status(home: Path) -> ServerStatus:
    """Whether the server runs, since which data and how big; starts and changes nothing."""
    layout = _Layout(home)
    pid = _postmaster(layout)
    major = _data_major(layout)
    return ServerStatus(
        running=pid is not None,
        pid=pid,
        version=_running_version(layout) or (str(major) if major else None),
        data_folder=layout.data,
        size_bytes=_size_bytes(layout.data),
    )


# ---- starting


def _make_folders(layout: _Layout) -> None:
    root = os.geteuid() == 0
    if not layout.home.exists():
        layout.home.mkdir(parents=True)
        # Root's server runs as another account, which passes through without reading.
        layout.home.chmod(0o711 if root else 0o700)
    if not layout.postgres.exists():
        layout.postgres.mkdir(exist_ok=True)
        layout.postgres.chmod(0o711 if root else 0o700)


def _start(layout: _Layout, patience_seconds: float) -> Server:
    account = Account.for_data_of(layout.data)
    programs = find_programs(_data_major(layout))
    _refuse_closed_folders(layout, account)
    programs = programs.reachable_by(account, layout.postgres)
    if not layout.data.exists():
        _initialise(layout, account, programs)
    for folder in (layout.run, layout.log):
        _own_folder(folder, account)
    server = Server(_choose_socket_folder(layout, account))
    _write_settings(layout, server)
    return _launch_until_it_answers(layout, account, programs, patience_seconds)


def _refuse_closed_folders(layout: _Layout, account: Account) -> None:
    closed = account.first_closed_folder(layout.postgres)
    if closed == layout.home and layout.home != Path.home():
        # CareSpace's own folder, and the only one it opens: to pass through, not to read.
        layout.home.chmod(layout.home.stat().st_mode | 0o001)
        closed = account.first_closed_folder(layout.postgres)
    if closed is not None:
        raise EmbeddedServerError(
            f"The database server cannot run as root; it runs as another account, which cannot "
            f"pass the folder {closed} on the way to {layout.postgres}. Open that folder for "
            f"passing through (chmod o+x {shlex.quote(str(closed))}), or set CARESPACE_HOME to a "
            f"folder elsewhere (such as /var/lib/carespace), or set DATABASE_URL to a PostgreSQL "
            f"server of your own."
        )


def _initialise(layout: _Layout, account: Account, programs: Programs) -> None:
    """Make the data folder under another name first: half a data folder is never mistaken."""
    unfinished = layout.postgres / "data.unfinished"
    password_copy = layout.postgres / "superuser.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_copy.unlink(missing_ok=True)
    if not layout.superuser_file.exists():
        _write_private(layout.superuser_file, secrets.token_urlsafe(32))
    _own_folder(unfinished, account)
    try:
        _write_private(password_copy, _superuser_password(layout))
        account.own(password_copy)
        done = account.run(
            [
                programs.program("initdb"),
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_copy}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                # Built into PostgreSQL: an upgrade of the system's C library cannot change how
                # text sorts, which would break indexes.
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--data-checksums",
            ]
        )
    finally:
        password_copy.unlink(missing_ok=True)
    if done.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise EmbeddedServerError(_reason("The database folder could not be made", done.stdout))
    unfinished.rename(layout.data)


def _choose_socket_folder(layout: _Layout, account: Account) -> Path:
    known = _known_socket_folder(layout)
    if known is not None and (known == layout.run or _is_private(known, account)):
        return known
    short = Path(tempfile.mkdtemp(prefix="carespace-", dir="/tmp"))
    account.own(short)
    layout.socket_note.unlink(missing_ok=True)
    _write_private(layout.socket_note, str(short))
    return short


def _known_socket_folder(layout: _Layout) -> Path | None:
    length_bytes = len(os.fsencode(layout.run / SOCKET_NAME))
    # libpq takes a comma for the start of a second host.
    if length_bytes <= SOCKET_PATH_LIMIT_BYTES and not set(str(layout.run)) & set(',"\n'):
        return layout.run
    if not layout.socket_note.exists():
        return None
    return Path(layout.socket_note.read_text(encoding="utf-8").strip())


def _is_private(folder: Path, account: Account) -> bool:
    """After a reboot the folder is gone, and somebody else may have made one of that name."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and found.st_uid == account.uid and found.st_mode & 0o7777 == 0o700


def _write_settings(layout: _Layout, server: Server) -> None:
    text = server_settings(
        socket_folder=server.socket_folder, log_folder=layout.log, access_file=layout.access_file
    )
    for path, content in ((layout.settings_file, text), (layout.access_file, ACCESS_RULES)):
        path.write_text(content, encoding="utf-8")
        path.chmod(0o644)  # nothing secret; the server's account reads them


def _launch_until_it_answers(
    layout: _Layout, account: Account, programs: Programs, patience_seconds: float
) -> Server:
    begun = time.monotonic()
    while True:
        waited = time.monotonic() - begun
        if _postmaster(layout) is None:
            _launch(layout, account, programs, patience_seconds - waited)
        server = _find(layout)
        if server is not None:
            return server
        if waited > patience_seconds:
            raise EmbeddedServerError(
                _reason(
                    f"The private database server did not answer in {patience_seconds:.0f} "
                    f"seconds. After a crash it may still be repairing its files: try again in a "
                    f"few minutes",
                    _log_tail(layout),
                )
            )
        if waited > ORPHAN_PATIENCE_SECONDS and _postmaster(layout) is None:
            _end_orphans(layout)
        time.sleep(POLL_SECONDS)


def _launch(layout: _Layout, account: Account, programs: Programs, patience: float) -> None:
    _forget_recycled_pid(layout)
    startup_log = layout.log / "startup.log"
    startup_log.unlink(missing_ok=True)
    options = shlex.quote(f"config_file={layout.settings_file}")
    order = f"start -w -t {max(1, round(patience))} -l {startup_log.name}".split()
    done = account.run(
        [programs.program("pg_ctl"), *order, "-o", f"-c {options}"],
        folder=layout.log,
        extra={"PGDATA": str(layout.data)},
    )
    if done.returncode == 0 or _postmaster(layout) is not None:
        return
    said = _log_tail(layout) or done.stdout
    if not OLD_SERVER_STILL_LEAVING.search(said):
        raise EmbeddedServerError(_reason("The private database server did not start", said))


# ---- the server's process


def _postmaster(layout: _Layout) -> int | None:
    """The main process of the server that runs on this data, if one does."""
    pid = _recorded_pid(layout)
    return pid if pid is not None and _works_in(pid, layout.data) else None


def _recorded_pid(layout: _Layout) -> int | None:
    try:
        lines = (layout.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None


def _works_in(pid: int, data: Path) -> bool:
    """A number alone may belong to another process by now; PostgreSQL works in its data folder."""
    if not Path("/proc/self/cwd").exists():
        return _is_alive(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _forget_recycled_pid(layout: _Layout) -> None:
    """After a reboot the old server's number may be another process, and PostgreSQL would wait."""
    pid = _recorded_pid(layout)
    if pid is None or not _is_alive(pid) or _works_in(pid, layout.data):
        return
    (layout.data / "postmaster.pid").unlink(missing_ok=True)
    folder = _known_socket_folder(layout) or layout.run
    (folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _end_orphans(layout: _Layout) -> None:
    """End sessions that outlived a killed server: they hold its memory, and recovery waits."""
    for entry in Path("/proc").glob("[0-9]*"):
        if _works_in(int(entry.name), layout.data) and _is_postgres(entry):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(entry.name), signal.SIGQUIT)


def _is_postgres(process: Path) -> bool:
    try:
        return (process / "comm").read_text(encoding="utf-8").startswith("postgres")
    except OSError:
        return False


def _stopped_after(layout: _Layout, pid: int, order: signal.Signals, patience: float) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, order)
    deadline = time.monotonic() + patience
    while _works_in(pid, layout.data):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


# ---- connections


def _find(layout: _Layout) -> Server | None:
    """The server, if it answers now."""
    folder = _known_socket_folder(layout)
    if folder is None or not (folder / SOCKET_NAME).exists():
        return None
    server = Server(folder)
    try:
        with _superuser(layout, server):
            return server
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise EmbeddedServerError(
                f"The database does not accept the password in {layout.superuser_file}. Restore "
                f"that file from a backup made together with the database folder."
            ) from error
        return None


def _found(layout: _Layout) -> Server:
    server = _find(layout)
    if server is None:
        raise EmbeddedServerError(f"The private database server of {layout.home} is not running.")
    return server


@contextlib.contextmanager
def _superuser(layout: _Layout, server: Server) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        server.url(SUPERUSER, _superuser_password(layout), "postgres"),
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


def _superuser_password(layout: _Layout) -> str:
    return layout.superuser_file.read_text(encoding="utf-8").strip()


def _running_version(layout: _Layout) -> str | None:
    server = _find(layout) if layout.superuser_file.exists() else None
    if server is None:
        return None
    with _superuser(layout, server) as connection:
        return connection.info.parameter_status("server_version")


# ---- files


@contextlib.contextmanager
def _locked(layout: _Layout) -> Iterator[None]:
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
                time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _own_folder(folder: Path, account: Account) -> None:
    folder.mkdir(exist_ok=True)
    account.own(folder)
    folder.chmod(0o700)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _data_major(layout: _Layout) -> int | None:
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


def _size_bytes(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # the running server removes files
                total += Path(parent, name).lstat().st_size
    return total


def _log_tail(layout: _Layout) -> str:
    """The last lines of the newest logs (which hold no statements and no values)."""
    logs = sorted(layout.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in logs[-2:])
    return "\n".join(text.splitlines()[-LOG_TAIL_LINES:])


def _reason(what: str, said: str) -> str:
    remedy = "See the lines below, or set DATABASE_URL to a PostgreSQL server of your own."
    if "No space left on device" in said or "Disk quota exceeded" in said:
        remedy = "The disk is full: free some space, then try again. Nothing committed is lost."
    last = "\n".join(said.strip().splitlines()[-LOG_TAIL_LINES:])
    return f"{what}. {remedy}\n{last}".rstrip()
