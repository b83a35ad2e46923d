"""``carespace serve``: the portal's pages, by gunicorn.

Promises: records are never served where they could be read on their way (a plain http address other than this machine's
own) or where an error shows what the program knew (debug); ``carespace demo`` and the tests may (ASVS 12.2.1).
"""

import importlib
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.core.management import call_command

from carespace.config.demo_home import refuse_known_passwords
from carespace.config.schema import refuse_other_schema
from carespace.config.web_server import THREADS, WebServer, options

OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=0, help="Processes; by default one for each core.")
@click.option("--threads", default=THREADS, show_default=True)
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal's pages."""
    refuse_unsafe_settings()
    refuse_other_schema()
    refuse_known_passwords()
    call_command("collectstatic", interactive=False, verbosity=0)
    chosen = options(f"{host}:{port}", settings.CARESPACE_HOME, workers=workers, threads=threads)
    WebServer(chosen, _portal).run()


def refuse_unsafe_settings() -> None:
    """End a production process politely where its settings would lay records open."""
    if settings.CARESPACE_MODE != "production":
        return
    if settings.DEBUG:
        message = "CARESPACE_DEBUG shows the program’s inside to everybody: unset it."
        raise click.ClickException(message)
    address = urlsplit(settings.CARESPACE_ORIGIN)
    if address.scheme != "https" and address.hostname not in OWN_MACHINE:
        message = (
            f"CARESPACE_ORIGIN is {settings.CARESPACE_ORIGIN}, and what people read would travel in the open. Set it to"
            " the https:// address of the TLS proxy in front (http:// is for localhost only)."
        )
        raise click.ClickException(message)


def _portal() -> object:
    # Each worker process loads its own.
    return importlib.import_module("carespace.config.wsgi").application
