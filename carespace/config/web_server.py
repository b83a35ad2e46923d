"""The web server: gunicorn with our settings, for the portal and for whatever is measured beside it.

Processes rather than threads: eight threads lose 1.6 times to the interpreter's lock (``performance.md`` part 0).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    }
