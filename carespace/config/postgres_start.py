"""How one private server starts: make its data folder once, launch it, wait until it answers."""

import os
import re
import secrets
import shlex
import shutil
import tempfile
import time
from pathlib import Path

from carespace.config.postgres_connection import Server, find, superuser_password
from carespace.config.postgres_home import Layout, data_major, known_socket_folder
from carespace.config.postgres_process import end_orphans, forget_recycled_pid, listens, postmaster
from carespace.config.postgres_programs import (
    Account,
    EmbeddedServerError,
    Programs,
    find_programs,
)
from carespace.config.postgres_settings import ACCESS_RULES, SUPERUSER, server_settings

ORPHAN_PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 12
# Seen for a moment after a kill -9, while the old server's children still finish.
OLD_SERVER_STILL_LEAVING = re.compile(r"pre-existing shared memory|lock file .* already exists")


def start(layout: Layout, patience_seconds: float) -> Server:
    """Start the server, with its data folder made first if there is none; hold the lock."""
    account = Account.for_data_of(layout.data)
    programs = find_programs(data_major(layout))
    _refuse_closed_folders(layout, account)
    programs = programs.reachable_by(account, layout.postgres)
    if not layout.data.exists():
        _initialise(layout, account, programs)
    for folder in (layout.run, layout.log):
        _own_folder(folder, account)
    server = Server(_choose_socket_folder(layout, account))
    _write_settings(layout, server)
    return _launch_until_it_answers(layout, account, programs, patience_seconds)


def _refuse_closed_folders(layout: Layout, account: Account) -> None:
    if account.switch:
        layout.postgres.chmod(0o711)  # to pass through, not to read
    closed = account.first_closed_folder(layout.postgres)
    if closed == layout.home and layout.home != Path.home():
        # CareSpace's own folder, and the only one it opens; a login folder stays as it is.
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


def _initialise(layout: Layout, account: Account, programs: Programs) -> None:
    """Make the data folder under another name first: half a data folder is never mistaken."""
    for abandoned in layout.postgres.glob("data.unfinished-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    # Never the same name twice: an initdb whose caller was killed may still be writing.
    unfinished = layout.postgres / f"data.unfinished-{secrets.token_hex(4)}"
    password_copy = layout.postgres / "superuser.unfinished"
    if not layout.superuser_file.exists():
        _replace_file(layout.superuser_file, secrets.token_urlsafe(32))
    _own_folder(unfinished, account)
    try:
        _replace_file(password_copy, superuser_password(layout))
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
    _sync_folder(layout.postgres)


def _choose_socket_folder(layout: Layout, account: Account) -> Path:
    known = known_socket_folder(layout)
    if known is not None and (known == layout.run or _is_private(known, account)):
        return known
    short = Path(tempfile.mkdtemp(prefix="carespace-", dir="/tmp"))
    account.own(short)
    _replace_file(layout.socket_note, str(short))
    return short


def _is_private(folder: Path, account: Account) -> bool:
    """After a reboot the folder is gone, and somebody else may have made one of that name."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and found.st_uid == account.uid and found.st_mode & 0o7777 == 0o700


def _write_settings(layout: Layout, server: Server) -> None:
    text = server_settings(
        socket_folder=server.socket_folder, log_folder=layout.log, access_file=layout.access_file
    )
    for path, content in ((layout.settings_file, text), (layout.access_file, ACCESS_RULES)):
        _replace_file(path, content, mode=0o644)  # nothing secret; the server's account reads it


def _launch_until_it_answers(
    layout: Layout, account: Account, programs: Programs, patience_seconds: float
) -> Server:
    begun = time.monotonic()
    while True:
        waited = time.monotonic() - begun
        if postmaster(layout) is None and not listens(layout):
            _launch(layout, account, programs, patience_seconds - waited)
        server = find(layout)
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
        if waited > ORPHAN_PATIENCE_SECONDS and postmaster(layout) is None:
            end_orphans(layout)
        time.sleep(POLL_SECONDS)


def _launch(layout: Layout, account: Account, programs: Programs, patience: float) -> None:
    forget_recycled_pid(layout)
    startup_log = layout.log / "startup.log"
    startup_log.unlink(missing_ok=True)
    options = shlex.quote(f"config_file={layout.settings_file}")
    order = f"start -w -t {max(1, round(patience))} -l {startup_log.name}".split()
    done = account.run(
        [programs.program("pg_ctl"), *order, "-o", f"-c {options}"],
        folder=layout.log,
        extra={"PGDATA": str(layout.data)},
    )
    if done.returncode == 0 or postmaster(layout) is not None:
        return
    said = _log_tail(layout) or done.stdout
    if not OLD_SERVER_STILL_LEAVING.search(said):
        raise EmbeddedServerError(_reason("The private database server did not start", said))


def _own_folder(folder: Path, account: Account) -> None:
    folder.mkdir(exist_ok=True)
    account.own(folder)
    folder.chmod(0o700)


def _replace_file(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace ``path``; follow no link, and let root's file belong to the folder's owner."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make new names in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _log_tail(layout: Layout) -> str:
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
