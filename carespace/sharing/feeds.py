"""Reading calendar addresses: the reader's own on their page, and the one a calendar program asks for.

Promises: an address that never was, has ended, or whose person may see the record no more is answered with the same
NotFound (T1); what is opened is opened through ``open_chart()`` for the person who made the address, and noted as their
look. Programs that come too often, and guesses, wait (``throttle``): a working address never waits for others' guesses.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection

from carespace.access.chart import (
    Chart,
    NotFound,
    SecondFactorMissing,
    TermsNotAccepted,
    open_chart,
)
from carespace.access.permissions import Permission
from carespace.accounts import throttle
from carespace.accounts.authentication import user_with_id
from carespace.accounts.throttle import Limit
from carespace.sharing.actions import note_fetch
from carespace.sharing.models import CalendarFeed
from carespace.sharing.tokens import LETTERS, hash_of

# Calendar programs come every few minutes at most; one that is broken comes without a pause.
FETCHES_OF_ONE = Limit("calendar-fetch", 60, timedelta(hours=1), fixed=True)
# A calendar service goes on asking for addresses that have ended, many from one network: each is one query.
MISSES_OF_A_NETWORK = Limit(
    "calendar-miss", 120, timedelta(minutes=15), longest_wait=timedelta(minutes=15)
)


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """An address that works, with the record it is about; ``language`` is its person's choice."""

    chart: Chart
    with_words: bool
    language: str


def live_feed(chart: Chart) -> CalendarFeed | None:
    """Return the reader's address for this record that works now."""
    return CalendarFeed.objects.visible_in(chart).filter(ended_at__isnull=True).first()


def open_feed(token: str, network: str) -> OpenFeed:
    """Open the record that the calendar address ``token`` is for; ``network`` is where it is asked from.

    Raises NotFound, or throttle.TooManyTries. Must run in a transaction.
    """
    found = _found(token) if len(token) == LETTERS else None
    if found is None:
        throttle.take((MISSES_OF_A_NETWORK, network))
        raise NotFound
    identity, user_id, patient_id, with_words = found
    throttle.take((FETCHES_OF_ONE, str(identity)))
    user = user_with_id(user_id)
    if user is None:
        raise NotFound
    try:
        chart = open_chart(user, patient_id, Permission.APPOINTMENT_READ, category="calendar feed")
    except (SecondFactorMissing, TermsNotAccepted):
        raise NotFound from None
    if chart.by_staff:
        raise NotFound
    note_fetch(chart=chart, feed_id=identity)
    return OpenFeed(chart, with_words, user.language)


def _found(token: str) -> tuple[UUID, UUID, UUID, bool] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM carespace.find_calendar_feed(%s)", [hash_of(token)])
        row: tuple[UUID, UUID, UUID, bool] | None = cursor.fetchone()
    return row
