"""The processes of one private server: which is its main one, and how it ends.

A process number in a file may belong to another program by now (after a reboot, in a container);
PostgreSQL works in its data folder, and that is what tells its processes from others.
"""

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

from carespace.config.postgres_home import Layout, known_socket_folder
from carespace.config.postgres_settings import SOCKET_NAME

POLL_SECONDS = 0.05


def postmaster(layout: Layout) -> int | None:
    """The main process of the server that runs on this data, if one does."""
    pid = recorded_pid(layout)
    return pid if pid is not None and works_in(pid, layout.data) else None


def listens(layout: Layout) -> bool:
    """Whether anybody listens on the socket, answering or not.

    A server in another container that shares this folder has no process here, and is alive.
    """
    folder = known_socket_folder(layout)
    if folder is None:
        return False
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(folder / SOCKET_NAME))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def recorded_pid(layout: Layout) -> int | None:
    """The process number in the server's own file, which may be out of date."""
    try:
        lines = (layout.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None


def works_in(pid: int, data: Path) -> bool:
    """Whether the process is at work in ``data`` (a process that has ended is in no folder)."""
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


def forget_recycled_pid(layout: Layout) -> None:
    """After a reboot the old server's number may be another process, and PostgreSQL would wait."""
    pid = recorded_pid(layout)
    if pid is None or not _is_alive(pid) or works_in(pid, layout.data):
        return
    (layout.data / "postmaster.pid").unlink(missing_ok=True)
    folder = known_socket_folder(layout) or layout.run
    (folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def end_orphans(layout: Layout) -> None:
    """End sessions that outlived a killed server: they hold its memory, and recovery waits."""
    for entry in Path("/proc").glob("[0-9]*"):
        if works_in(int(entry.name), layout.data) and _is_postgres(entry):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(entry.name), signal.SIGQUIT)


def _is_postgres(process: Path) -> bool:
    try:
        return (process / "comm").read_text(encoding="utf-8").startswith("postgres")
    except OSError:
        return False


def stopped_after(layout: Layout, pid: int, order: signal.Signals, patience: float) -> bool:
    """Send ``order``; whether the process has ended within ``patience`` seconds."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, order)
    deadline = time.monotonic() + patience
    while works_in(pid, layout.data):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
