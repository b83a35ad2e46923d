"""Writes about calendar addresses: make one, make another in its place, choose its words, end it.

Promises: one's own only, for a record that one's grant opens: staff who visit make none; of one person and one record
one address at most works; the old one is dead in the moment in which the new one is made; its person is told by mail of
each that is made, for whoever holds it reads on without signing in.
"""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from carespace.access.chart import Chart, NotFound
from carespace.accounts.actions import tell_security_event
from carespace.accounts.authentication import user_with_id
from carespace.audit.recording import About, Actor, record
from carespace.sharing.models import CalendarFeed
from carespace.sharing.tokens import hash_of, token_for

CATEGORY = "calendar address"


@transaction.atomic
def make_feed(*, chart: Chart, with_words: bool, by: Actor) -> CalendarFeed:
    """Make the reader's calendar address for this record; the one they have where there is one already."""
    user = user_with_id(by.user_id) if by.user_id else None
    if chart.by_staff or user is None:
        raise NotFound
    identity = uuid4()
    made = CalendarFeed(
        id=identity,
        practice=chart.practice,
        patient=chart.patient,
        user_id=user.pk,
        token_hash=hash_of(token_for(identity)),
        with_words=with_words,
    )
    # Of two clicks the second waits here, and then adds nothing.
    CalendarFeed.objects.bulk_create([made], ignore_conflicts=True)
    live = CalendarFeed.objects.visible_in(chart).get(ended_at__isnull=True)
    if live.pk == identity:
        record("calendar.make", by=by, about=_about(live), detail={"with_words": with_words})
        tell_security_event(user=user, event="calendar-address-made")
    return live


@transaction.atomic
def reset_feed(*, chart: Chart, by: Actor) -> CalendarFeed:
    """End the address there is and make another one that says as much."""
    ended = _live(chart)
    end_feed(chart=chart, by=by)
    return make_feed(chart=chart, with_words=ended is not None and ended.with_words, by=by)


@transaction.atomic
def choose_words(*, chart: Chart, with_words: bool, by: Actor) -> None:
    """Let the address say what each appointment is, or only that there is one; it stays the same address."""
    live = _live(chart)
    if live is not None and live.with_words != with_words:
        live.with_words = with_words
        live.save(update_fields=["with_words"])
        record("calendar.choose", by=by, about=_about(live), detail={"with_words": with_words})


@transaction.atomic
def end_feed(*, chart: Chart, by: Actor) -> None:
    """Let the address work no more; nothing happens where there is none."""
    live = _live(chart)
    if live is not None:
        live.ended_at = timezone.now()
        live.save(update_fields=["ended_at"])
        record("calendar.end", by=by, about=_about(live))


def note_fetch(*, chart: Chart, feed_id: UUID) -> None:
    """Note when a calendar program came last; who looked is in the trail already."""
    mine = CalendarFeed.objects.visible_in(chart).filter(pk=feed_id, ended_at__isnull=True)
    mine.update(last_fetched_at=timezone.now())


def _live(chart: Chart) -> CalendarFeed | None:
    mine = CalendarFeed.objects.visible_in(chart).filter(ended_at__isnull=True)
    return mine.select_for_update().first()


def _about(feed: CalendarFeed) -> About:
    return About(feed.practice_id, feed.patient_id, CATEGORY, "CalendarFeed", str(feed.pk))
