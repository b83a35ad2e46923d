"""What ``carespace doctor`` looks at in a running installation: clock, signatures, waiting mail, disk, file modes.

Promises: each check answers with one sentence and, where something must be mended, the remedy; a check changes nothing.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from carespace.access.signing import CHART, sign
from carespace.config.finding import Finding
from carespace.config.processes import address_to_look
from carespace.outbox.models import OutboxMessage

MOST_CLOCK_SECONDS = 5
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_LATELY = timedelta(days=7)
LEAST_FREE_BYTES = 1_000_000_000
# What nobody but CareSpace's own account may look into.
CLOSED = (
    "keys",
    "keys/master.key",
    "files",
    "audit",
    "mail",
    "postgres/superuser",
    "postgres/data",
)


def clock() -> Finding:
    """Signed settings, links and sessions end by the clock of one side and are checked by the other's."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    ours = before + (timezone.now() - before) / 2
    apart_seconds = abs((theirs - ours).total_seconds())
    if apart_seconds > MOST_CLOCK_SECONDS:
        told = f"The database’s clock and this machine’s are {apart_seconds:.0f} seconds apart."
        return Finding("clock", told, "Let both machines keep time by NTP.")
    return Finding("clock", "The database and this machine have the same time.")


def signature() -> Finding:
    """Sign a chart as ``serve`` does, signed in as ``serve`` is, and ask the database whose it is."""
    patient = uuid4()
    url = address_to_look("web", database=str(connection.settings_dict["NAME"]))
    try:
        answered = _chart_patient(url, patient)
    except psycopg.Error as problem:
        told = f"The web role cannot ask the database ({str(problem).splitlines()[0]})."
        remedy = "Run: carespace migrate. On a server of your own, check DATABASE_WEB_URL."
        return Finding("signatures", told, remedy)
    if answered != patient:
        told = "The database does not believe what this program signs: nobody can open a record."
        remedy = "If the keys are the right ones, run: carespace migrate"
        return Finding("signatures", told, remedy)
    return Finding("signatures", "The database believes what this program signs.")


def waiting_mail() -> Finding:
    """Mail that nobody sends, or that was given up in the last days."""
    now = timezone.now()
    waiting = OutboxMessage.objects.filter(
        state=OutboxMessage.State.QUEUED, queued_at__lt=now - LONGEST_WAIT
    )
    given_up = OutboxMessage.objects.filter(
        state=OutboxMessage.State.GIVEN_UP, queued_at__gt=now - GIVEN_UP_LATELY
    )
    late = (waiting | given_up).order_by("-queued_at")
    if errors := list(late.values_list("last_error", flat=True)):
        told = f"Mail has waited for over an hour: {waiting.count()}. Given up in the last week: {given_up.count()}."
        if last := next(filter(None, errors), ""):
            told += f" The last trouble was: {last}."
        remedy = "See whether carespace worker runs, and whether EMAIL_URL leads to a mail server that takes mail."
        return Finding("waiting mail", told, remedy)
    return Finding("waiting mail", "No mail waits for long.")


def disk() -> Finding:
    """Room for the database and stored files."""
    free_bytes = shutil.disk_usage(settings.CARESPACE_HOME).free
    told = f"{free_bytes / 1e9:.1f} GB are free below {settings.CARESPACE_HOME}."
    if free_bytes < LEAST_FREE_BYTES:
        return Finding("disk", told, "Free some space, or move the home to a larger disk.")
    return Finding("disk", told)


def modes() -> Finding:
    """Whether other accounts of this machine can look into the home."""
    found = list(_open_to_others(settings.CARESPACE_HOME))
    if found:
        names = " ".join(str(path) for path in found)
        return Finding("file modes", f"Other accounts can get at {names}.", f"chmod go-rwx {names}")
    return Finding("file modes", "Keys, files, mail and the audit’s heads are closed to others.")


def _open_to_others(home: Path) -> Iterator[Path]:
    if home.stat().st_mode & 0o022:
        yield home
    for path in (home / name for name in CLOSED):
        if path.exists() and path.stat().st_mode & 0o077:
            yield path


def _chart_patient(url: str, patient: UUID) -> UUID | None:
    with psycopg.connect(url, connect_timeout=10) as web, web.transaction(force_rollback=True):
        web.execute("SELECT set_config(%s, %s, true)", [CHART, sign(CHART, patient, uuid4())])
        row = web.execute("SELECT carespace.chart_patient()").fetchone()
    return row[0] if row else None
