"""``carespace worker``: the process that does queued work."""

from typing import TYPE_CHECKING, cast

import click
from procrastinate.contrib.django import app

from carespace.config.schema import refuse_other_schema

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector


@click.command("worker")
@click.option("--concurrency", default=2, show_default=True)
@click.option("--once", is_flag=True, help="Do what is queued, then end.")
def command(concurrency: int, once: bool) -> None:
    """Send mail, seal the audit trail, and do other queued work."""
    refuse_other_schema()
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker:
        worker.run_worker(
            concurrency=concurrency,
            wait=not once,
            install_signal_handlers=True,
            delete_jobs="successful",
            shutdown_graceful_timeout=5,
            fetch_job_polling_interval=2,
        )
