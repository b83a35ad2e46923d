"""When somebody looked at a page last: what came after that is new to them (ui.md section 6, "New for Maria").

Promises: each person's looks are their own; staff who open a record leave none; the first look marks nothing as new, for
everything would be.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from carespace.access.chart import Chart
from carespace.records.models import Look

# Before the name of a page that its reader leaves for their care team: "wait:report:<id>".
WAITING = "wait:"
ONE_VISIT = timedelta(minutes=30)
# One statement, for two tabs may ask at once; the row is the reader's own, and theirs to see (row security).
_NOTE = """
INSERT INTO records_look (id, practice_id, patient_id, user_id, page, seen_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, patient_id, page) DO UPDATE SET seen_at = EXCLUDED.seen_at,
    since = CASE WHEN records_look.seen_at < %s THEN records_look.seen_at ELSE records_look.since END
RETURNING since
"""


def note_look(chart: Chart, page: str) -> datetime | None:
    """Note that the reader looks at ``page`` ("labs", "report:<id>") now; return since when things are new to them there.

    None on the first look, and for staff.
    """
    reader = _reader(chart)
    if reader is None:
        return None
    now = timezone.now()
    whose = (chart.practice.pk, chart.patient.pk, reader)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [uuid4(), *whose, page, now, now - ONE_VISIT])
        (since,) = cursor.fetchone()
    return since if since is None or isinstance(since, datetime) else None


def last_looks(chart: Chart) -> dict[str, datetime]:
    """Return when the reader last looked at each page of this record; nothing for staff."""
    reader = _reader(chart)
    if reader is None:
        return {}
    mine = Look.objects.filter(user=reader, patient=chart.patient, practice=chart.practice)
    return dict(mine.values_list("page", "seen_at"))


def left_waiting(chart: Chart, what: str) -> frozenset[str]:
    """Return the ids of the ``what`` ("report" or "document") that the reader left for their care team, not opened since."""
    looks = last_looks(chart)
    start = f"{WAITING}{what}:"
    left = {page.removeprefix(start) for page in looks if page.startswith(start)}
    return frozenset(each for each in left if f"{what}:{each}" not in looks)


def _reader(chart: Chart) -> UUID | None:
    return None if chart.by_staff else chart.actor.user_id
