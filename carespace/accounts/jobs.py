"""What is kept no longer than it is needed: ended sessions, drafts, old throttles, finished jobs.

Promises: once a day sessions that ended, the devices of the days before, drafts older than a day and throttles that
hold nobody back any more are removed, and so are jobs that
came to no good end, 30 days after it (those that did are removed at once). Records, audit events, mail and grants are
kept: how long, the practice's law says, not this job (ASVS 14.2.4).
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from carespace.accounts.models import Draft, SignIn, Throttle
from carespace.accounts.sessions import SessionStore

FINISHED_JOBS_KEPT = timedelta(days=30)
# A row's window ends after its last wait (a year after it, for tries in a row): a day later no count of it matters.
THROTTLES_KEPT = timedelta(days=1)


@app.periodic(cron="40 3 * * *")
@app.task(queue="upkeep", queueing_lock="upkeep.stale-rows", pass_context=False)
def remove_stale_rows(timestamp: int) -> None:  # noqa: ARG001  procrastinate says for which minute
    """Remove ended sessions and what their browsers were called, what was typed long ago, and old throttles."""
    SessionStore.clear_expired()
    before = timezone.now() - THROTTLES_KEPT
    # No session is as old as a day, and no draft is shown after it; younger rows the worker may not see.
    SignIn.objects.filter(last_seen_at__lt=before).delete()
    Draft.objects.filter(saved_at__lt=before).delete()
    free = Q(blocked_until=None) | Q(blocked_until__lt=before)
    Throttle.objects.filter(free, window_ends_at__lt=before).delete()


@app.periodic(cron="50 3 * * *")
@app.task(queue="upkeep", queueing_lock="upkeep.finished-jobs", pass_context=True)
async def remove_finished_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Remove jobs that ended 30 days ago, whatever became of them."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=int(FINISHED_JOBS_KEPT.total_seconds() // 3600),
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )
