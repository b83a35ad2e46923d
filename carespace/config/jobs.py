"""Jobs of a worker that died are taken up again.

Promises: what a killed worker was doing is queued again within two minutes, or at once when the next worker starts;
a job that somebody else has queued meanwhile is not queued twice. A worker counts as dead when it gave no sign of life
for ``DEAD_AFTER_SECONDS``; were it alive after all, the locks of the jobs keep their work from being done twice.
"""

from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

DEAD_AFTER_SECONDS = 30


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", queueing_lock="upkeep.stalled", pass_context=True)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Each minute: queue again what dead workers left; ``timestamp`` is the minute's."""
    await requeue_stalled(context.app)


async def requeue_stalled(worker: App) -> int:
    """Queue again every job whose worker is dead, through an open ``worker``; return how many."""
    stalled = await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
    return sum([await _requeue(worker, job) for job in stalled])


async def _requeue(worker: App, job: Job) -> bool:
    try:
        await worker.job_manager.retry_job(job)
    except UniqueViolation:
        # The same work waits already: a stalled one must not stand in its way.
        await worker.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        return False
    except ConnectorException:
        return False  # another worker took it up, or it ended after all
    return True
