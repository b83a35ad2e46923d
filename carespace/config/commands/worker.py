"""``carespace worker``: the process that does queued work.

Promises: mail has slots of its own, and threads and connections are there for every slot: a mail server that hangs
never stops sealing, upkeep or other work. Each kind of work has a worker with a sign of life of its own
(``config/jobs.py``); where one of them ends, for whatever reason, the process does. SIGTERM and Ctrl-C let what is under
way come to its end; a second one ends at once, and the next worker takes it up.
"""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import click
from django.db import connections
from procrastinate import App
from procrastinate.contrib.django import app

from carespace.config.jobs import requeue_stalled
from carespace.config.schema import refuse_other_schema
from carespace.outbox.jobs import QUEUE as MAIL

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper
    from procrastinate.contrib.django.django_connector import DjangoConnector

SPARE = 2
STOPPING = (signal.SIGINT, signal.SIGTERM)


@click.command("worker")
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Mails at a time, and as many other jobs beside them.",
)
@click.option("--once", is_flag=True, help="Do what is queued, then end.")
def command(concurrency: int, once: bool) -> None:
    """Send mail, seal the audit trail, and do other queued work."""
    refuse_other_schema()
    _connect_each(2 * concurrency)
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker:
        asyncio.run(_work(worker, concurrency=concurrency, once=once))


def _connect_each(slots: int) -> None:
    """Let every slot have a connection, however many wait for a mail server."""
    for each in connections.all():
        each.close()
        pool = cast("DatabaseWrapper", each).pool
        if pool is not None:
            pool.resize(pool.min_size, max(pool.max_size, slots + SPARE))


async def _work(worker: App, *, concurrency: int, once: bool) -> None:
    threads = ThreadPoolExecutor(2 * concurrency + SPARE)  # Python's own number knows no slots
    asyncio.get_running_loop().set_default_executor(threads)
    async with worker.open_async():
        await requeue_stalled(worker)
        workers = [
            worker.run_worker_async(
                name=name,
                queues=queues,
                concurrency=concurrency,
                wait=not once,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=5,
                fetch_job_polling_interval=2,
            )
            for name, queues in (("work", _other_queues(worker)), ("mail", [MAIL]))
        ]
        await _until_stopped(_one_by_one(workers) if once else _together(workers))


def _other_queues(worker: App) -> list[str]:
    worker.perform_import_paths()  # type: ignore[no-untyped-call]
    return sorted({task.queue for task in worker.tasks.values()} - {MAIL})


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do ``work`` until it ends or a signal comes: a worker that is cancelled lets its jobs end."""
    running, loop = asyncio.create_task(work), asyncio.get_running_loop()

    def stop() -> None:
        for each in STOPPING:
            loop.remove_signal_handler(each)  # the second one ends at once
        running.cancel()

    for each in STOPPING:
        loop.add_signal_handler(each, stop)
    with suppress(asyncio.CancelledError):
        await running


async def _one_by_one(workers: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Mail comes last: other work may have queued some."""
    try:
        for each in workers:
            await each
    finally:
        for each in workers:
            each.close()


async def _together(workers: Sequence[Coroutine[Any, Any, None]]) -> None:
    running = [asyncio.create_task(each) for each in workers]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in running:
            each.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error
