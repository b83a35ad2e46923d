"""Calendar addresses to a login as the web role: one's own in the open chart, and one by its keyed hash."""

import secrets
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone
from psycopg import errors

from carespace.access import signing
from carespace.sharing.models import CalendarFeed
from carespace.sharing.tokens import hash_of, token_for
from tests.access.conftest import committed_cast, open_setting  # noqa: F401  fixtures
from tests.access.test_row_security import count
from tests.people import Cast

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "sharing_calendarfeed"
FIND = "SELECT id FROM carespace.find_calendar_feed(%s)"
MAKE = (
    "INSERT INTO sharing_calendarfeed (id, practice_id, patient_id, user_id, token_hash, with_words, created_at)"
    " VALUES (%s, %s, %s, %s, %s, true, now())"
)


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:  # noqa: F811
    for user in (committed_cast.ruth, committed_cast.luis):
        identity = uuid4()
        CalendarFeed.objects.create(
            id=identity,
            practice=committed_cast.practice,
            patient=committed_cast.ruths_record,
            user=user,
            token_hash=hash_of(token_for(identity)),
        )
    return committed_cast


def open_as(web: psycopg.Connection, open_setting: Any, cast: Cast, name: str) -> None:  # noqa: F811
    user = getattr(cast, name)
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, user.pk)
    open_setting(web, signing.USER, user.pk)


def test_each_sees_their_own_only(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
) -> None:
    assert count(web_connection, TABLE) == 0
    open_setting(web_connection, signing.USER, cast.ruth.pk)
    assert count(web_connection, TABLE) == 0, "no chart is open"
    open_as(web_connection, open_setting, cast, "ruth")
    assert count(web_connection, TABLE) == 1


def test_one_is_found_by_its_hash_while_it_works(
    cast: Cast, web_connection: psycopg.Connection
) -> None:
    feed = CalendarFeed.objects.get(user=cast.luis)
    found = web_connection.execute(FIND, [bytes(feed.token_hash)]).fetchall()
    assert found == [(feed.pk,)]
    assert web_connection.execute(FIND, [secrets.token_bytes(32)]).fetchall() == []
    assert web_connection.execute(FIND, [b""]).fetchall() == []
    cast.luis.grants.update(ends_at=timezone.now())
    assert web_connection.execute(FIND, [bytes(feed.token_hash)]).fetchall() == []


def test_an_older_address_is_not_found_under_a_younger_grant(
    cast: Cast, web_connection: psycopg.Connection
) -> None:
    feed = CalendarFeed.objects.get(user=cast.luis)
    cast.luis.grants.update(starts_at=timezone.now())
    assert web_connection.execute(FIND, [bytes(feed.token_hash)]).fetchall() == []


def test_who_ends_a_grant_ends_the_address_although_it_is_anothers(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
) -> None:
    open_as(web_connection, open_setting, cast, "ruth")
    end = "UPDATE access_grant SET revoked_at = now(), revoked_by = %s, reason = 'x' WHERE user_id = %s"
    assert web_connection.execute(end, [cast.ruth.pk, cast.luis.pk]).rowcount == 1
    web_connection.commit()
    live = CalendarFeed.objects.filter(ended_at__isnull=True)
    assert [feed.user_id for feed in live] == [cast.ruth.pk]


@pytest.mark.parametrize(
    ("maker", "named", "may"),
    [("nora", "nora", False), ("fay", "fay", False), ("ruth", "luis", False), ("stan", "stan", False)],
)  # fmt: skip
def test_nobody_makes_one_without_a_grant_or_for_another(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
    maker: str,
    named: str,
    may: bool,
) -> None:
    CalendarFeed.objects.all().delete()
    open_as(web_connection, open_setting, cast, maker)
    whose = getattr(cast, named).pk
    values = [uuid4(), cast.practice.pk, cast.ruths_record.pk, whose, secrets.token_bytes(32)]
    with pytest.raises(errors.InsufficientPrivilege):
        web_connection.execute(MAKE, values)


def test_what_has_ended_stays_ended_and_no_hash_is_changed(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
) -> None:
    open_as(web_connection, open_setting, cast, "ruth")
    end = "UPDATE sharing_calendarfeed SET ended_at = now()"
    assert web_connection.execute(end).rowcount == 1
    for change in (
        "UPDATE sharing_calendarfeed SET ended_at = NULL",
        "UPDATE sharing_calendarfeed SET token_hash = 'x'",
        "DELETE FROM sharing_calendarfeed",
    ):
        with pytest.raises(errors.InsufficientPrivilege), web_connection.transaction():
            web_connection.execute(change)
