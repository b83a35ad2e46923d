"""The demo's part of the home folder: one demo at a time, its logs, and the feed as it was generated.

Promises: a second demo on the same home learns where the first one is; a lock is the kernel's, so a killed demo leaves
none behind; a feed folder is complete or not there.
"""

import fcntl
import json
import os
import shutil
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from carespace.demo.cast import TIME_ZONE
from carespace.demo.generate import generate_practice

KEEPER_PATIENCE_SECONDS = 15.0
POLL_SECONDS = 0.1


class RunsAlready(RuntimeError):
    """Another demo runs on this home; the message says where."""


class DemoHome:
    """``$CARESPACE_HOME/demo``, held by one running demo."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        self._folder = home / "demo"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.logs = self._folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self._lock = (self._folder / "running.json").open("a+", encoding="utf-8")
        self._hold()

    def note(self, **facts: Any) -> None:
        """Write what another demo should know of this one."""
        self._lock.seek(0)
        self._lock.truncate()
        json.dump({"pid": os.getpid(), **facts}, self._lock)
        self._lock.flush()

    def left_database_running(self) -> bool:
        """Whether an earlier demo that started the database was killed before it could stop it."""
        return bool(self._noted().get("database"))

    def forget(self) -> None:
        """Let the home go, after a stop in good order."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.close()

    def feed(self) -> Path:
        """Return the folder of the generated feed; made for today at the practice when it is not there."""
        whole = sorted(self._folder.glob("feed-*"))
        if whole:
            return whole[0]
        today = datetime.now(ZoneInfo(TIME_ZONE)).date()
        unfinished = self._folder / "unfinished-feed"
        shutil.rmtree(unfinished, ignore_errors=True)
        generate_practice(unfinished, today=today, zone=TIME_ZONE)
        return unfinished.rename(self._folder / f"feed-{today.isoformat()}")

    def start_anew(self) -> None:
        """Remove the demo's data: database, files, mail, audit heads and feed. The server must have stopped."""
        for name in ("postgres/data", "files", "mail", "audit"):
            shutil.rmtree(self.home / name, ignore_errors=True)
        for folder in self._folder.glob("*feed*"):
            shutil.rmtree(folder)

    @property
    def lock(self) -> int:
        """The descriptor of the lock."""
        return self._lock.fileno()

    def _hold(self) -> None:
        deadline = time.monotonic() + KEEPER_PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                noted = self._noted()
                # A killed demo's keeper still ends its children: it is done in seconds.
                if _lives(noted.get("pid")) or time.monotonic() > deadline:
                    raise RunsAlready(_running_where(self.home, noted)) from None
            else:
                return
            time.sleep(POLL_SECONDS)

    def _noted(self) -> dict[str, Any]:
        self._lock.seek(0)
        try:
            noted = json.loads(self._lock.read() or "{}")
        except ValueError:
            return {}
        return noted if isinstance(noted, dict) else {}


def _lives(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _running_where(home: Path, noted: dict[str, Any]) -> str:
    where = f"at {noted['url']}" if "url" in noted else "and is just starting"
    return f"A demo of {home} is running already {where} (process {noted.get('pid', 'unknown')})."


def age_days(made_on: date) -> int:
    """Return how many days ago, at the practice, the demo's records were made."""
    return (datetime.now(ZoneInfo(TIME_ZONE)).date() - made_on).days
