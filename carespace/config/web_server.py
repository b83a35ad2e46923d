"""The web server: gunicorn with our settings, for the portal and for whatever is measured beside it.

Processes rather than threads: eight threads lose 1.6 times to the interpreter's lock (``performance.md`` part 0).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from gunicorn.app.base import BaseApplication

THREADS = 3
REQUEST_SECONDS = 60
MOST_HEADER_BYTES = 8190


class WebServer(BaseApplication):  # type: ignore[misc]
    """Serves what ``load`` returns, called once in each worker process."""

    def __init__(self, options: dict[str, Any], load: Callable[[], object]) -> None:
        self._options = options
        self._load = load
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        return self._load()

    def run(self) -> None:
        leave_no_connection()
        super().run()


class SharedConnection(RuntimeError):
    """A worker process inherited a database connection: two requests could meet on it."""


def leave_no_connection() -> None:
    """Close every database connection and pool of this process, before it makes workers.

    A forked worker that used its parent's socket would mix its requests with another worker's: one person's chart
    in another's transaction.
    """
    for each in connections.all():
        each.close()
        each.close_pool()  # type: ignore[attr-defined]


def refuse_shared_connections(_server: object, _worker: object) -> None:
    """Refuse to start a worker that holds its parent's pools; gunicorn calls this just after the fork."""
    # Django names no other way to see its pools.
    if DatabaseWrapper._connection_pools:  # type: ignore[attr-defined]  # noqa: SLF001
        raise SharedConnection


def options(
    address: str, home: Path, *, workers: int = 0, threads: int = THREADS
) -> dict[str, Any]:
    """Return gunicorn's settings; ``address`` such as ``127.0.0.1:8000``, no ``workers`` is one for each core."""
    return {
        "bind": address,
        "workers": workers or max(os.cpu_count() or 1, 2),
        "threads": threads,
        "worker_class": "gthread",
        "timeout": REQUEST_SECONDS,
        "graceful_timeout": 5,
        "keepalive": 5,
        "limit_request_line": MOST_HEADER_BYTES,
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "carespace",
        "control_socket_disable": True,
        "forwarded_allow_ips": os.environ.get("CARESPACE_PROXIES", ""),
        "worker_tmp_dir": str(home),
        "post_fork": refuse_shared_connections,
    }
