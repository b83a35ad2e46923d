"""The demo's child processes: each in a session of its own, all ended when the demo ends.

Promises: Ctrl-C reaches the demo only, which then ends its children in order: SIGTERM, and SIGKILL to the whole group
after ``PATIENCE_SECONDS``; when the demo is killed with -9, the keeper does it.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from carespace.demo.commands import command_line, environment, keeper_line
from carespace.demo.keeper import DATABASE, PATIENCE_SECONDS

TAIL_LINES = 20
ASK_POLL_SECONDS = 0.02


class StopAsked(Exception):
    """Ctrl-C or SIGTERM came: everything is to end in good order."""


class ChildProblem(RuntimeError):
    """A child ended badly; the message says which, and holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Child:
    """One running process; ``log`` is the file that holds what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self) -> str:
        """Return the last lines it said."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-TAIL_LINES:])


class Children:
    """All processes of one demo; leave its ``with`` block and they are gone."""

    def __init__(self, logs: Path, stop_asked: threading.Event, lock: int) -> None:
        """``lock`` is the descriptor of the home's lock: the keeper holds it to the end of its work."""
        self._logs = logs
        self._stop_asked = stop_asked
        self._running: list[Child] = []
        self._stops_database = False
        self._keeper = subprocess.Popen(
            keeper_line(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
            pass_fds=[lock],
        )

    def __enter__(self) -> "Children":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self, name: str, *arguments: str, origin: str = "") -> Child:
        """Start ``carespace ARGUMENTS``; what it says goes to ``NAME.log``."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as file:
            return self._start(name, log, command_line(*arguments), file, file, origin)

    def ask(self, name: str, *arguments: str) -> str:
        """Run ``carespace ARGUMENTS`` to its end and return what it printed; ChildProblem if it ends badly."""
        answer, log = self._logs / f"{name}.out", self._logs / f"{name}.log"
        with answer.open("wb") as out, log.open("wb") as error:
            child = self._start(name, log, command_line(*arguments), out, error)
        while child.process.poll() is None:
            self.pause(ASK_POLL_SECONDS)
        self._forget(child)
        if child.process.returncode:
            said = child.tail().removeprefix("Error: ").removeprefix("CommandError: ")
            raise ChildProblem(said or f"{name} ended with {child.process.returncode}.")
        return answer.read_text(encoding="utf-8")

    def pause(self, seconds: float) -> None:
        """Wait; raise StopAsked where the demo is to end. The only place where it can be raised."""
        if self._stop_asked.wait(seconds):
            raise StopAsked

    def own_database(self) -> None:
        """Note that the database was started for this demo, so it ends with it."""
        self._stops_database = True
        self._tell(f"+{DATABASE}")

    def fallen(self) -> Child | None:
        """Return a child that ended although it should run."""
        return next((each for each in self._running if each.process.poll() is not None), None)

    def stop(self) -> None:
        """End every child, then the database if it is ours, then the keeper."""
        for child in self._running:
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for child in list(self._running):
            self._end(child, deadline)
        if self._stops_database:
            subprocess.run(command_line("database", "stop"), env=environment(), check=False)
            self._tell(f"-{DATABASE}")
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait()

    def _start(
        self,
        name: str,
        log: Path,
        line: list[str],
        out: IO[bytes],
        error: IO[bytes],
        origin: str = "",
    ) -> Child:
        process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=error,
            env=environment(origin),
            start_new_session=True,
        )
        self._tell(f"+{process.pid}")
        child = Child(name, process, log)
        self._running.append(child)
        return child

    def _end(self, child: Child, deadline: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(deadline - time.monotonic(), 0))
        # The group may outlive its leader: gunicorn's workers, when it was killed.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self._forget(child)

    def _forget(self, child: Child) -> None:
        self._running.remove(child)
        self._tell(f"-{child.process.pid}")

    def _tell(self, line: str) -> None:
        # A keeper that somebody ended is missed only if the demo is killed too.
        with contextlib.suppress(BrokenPipeError):
            if self._keeper.stdin:
                self._keeper.stdin.write(f"{line}\n".encode())
                self._keeper.stdin.flush()
