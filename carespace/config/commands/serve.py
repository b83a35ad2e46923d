"""``carespace serve``: the portal's pages, by gunicorn."""

import os
from typing import Any

import click
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from gunicorn.app.base import BaseApplication

from carespace.config.demo_home import refuse_known_passwords
from carespace.config.schema import refuse_other_schema

REQUEST_SECONDS = 60
MOST_HEADER_BYTES = 8190


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        from carespace.config.wsgi import application  # noqa: PLC0415  each worker loads its own

        return application


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=0, help="Processes; by default one for each core.")
@click.option("--threads", default=3, show_default=True)
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal's pages."""
    refuse_other_schema()
    refuse_known_passwords()
    call_command("collectstatic", interactive=False, verbosity=0)
    _Server(
        {
            "bind": f"{host}:{port}",
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
            "worker_tmp_dir": str(settings.CARESPACE_HOME),
        }
    ).run()
