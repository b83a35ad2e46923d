"""``carespace serve``: the portal's pages, by gunicorn."""

import importlib

import click
from django.conf import settings
from django.core.management import call_command

from carespace.config.demo_home import refuse_known_passwords
from carespace.config.schema import refuse_other_schema
from carespace.config.web_server import THREADS, WebServer, leave_no_connection, options


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=0, help="Processes; by default one for each core.")
@click.option("--threads", default=THREADS, show_default=True)
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal's pages."""
    refuse_other_schema()
    refuse_known_passwords()
    call_command("collectstatic", interactive=False, verbosity=0)
    leave_no_connection()
    chosen = options(f"{host}:{port}", settings.CARESPACE_HOME, workers=workers, threads=threads)
    WebServer(chosen, _portal).run()


def _portal() -> object:
    # Each worker process loads its own.
    return importlib.import_module("carespace.config.wsgi").application
