"""``carespace worker``: the process that does queued work."""

import asyncio
from typing import TYPE_CHECKING, cast

import click
from procrastinate import App
from procrastinate.contrib.django import app

from carespace.config.jobs import requeue_stalled
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
        asyncio.run(_work(worker, concurrency=concurrency, once=once))


async def _work(worker: App, *, concurrency: int, once: bool) -> None:
    async with worker.open_async():
        await requeue_stalled(worker)
        await worker.run_worker_async(
            concurrency=concurrency,
            wait=not once,
            install_signal_handlers=True,
            delete_jobs="successful",
            shutdown_graceful_timeout=5,
            fetch_job_polling_interval=2,
        )
