"""Threads and messages to a login as the web role: what an attacker with SQL injection finds (T1, T5)."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from carespace.access import signing
from carespace.messaging.models import Communication, Thread
from tests.access.conftest import committed_cast, open_setting  # noqa: F401  fixtures
from tests.access.test_row_security import count
from tests.people import Cast

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("messaging_thread", "messaging_communication")
CLOSE = (
    "UPDATE messaging_thread SET state = 'closed', closed_at = now(), closed_by = %s,"
    " closed_by_name = 'x', outcome = 'x' WHERE id = %s"
)
ASK = (
    "INSERT INTO messaging_thread (id, practice_id, patient_id, category, subject, wish, phone, form_id,"
    " opened_by_id, opened_by_name, opened_at, state, closed_by_name, outcome)"
    " VALUES (%s, %s, %s, 'appointment', 'x', 'change', '', %s, %s, 'x', now(), 'open', '', '')"
)


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:  # noqa: F811
    for patient, user in (
        (committed_cast.ruths_record, committed_cast.ruth),
        (committed_cast.stans_record, committed_cast.stan),
    ):
        for category in ("appointment", "other"):
            whose = {"practice": committed_cast.practice, "patient": patient}
            thread = Thread.objects.create(
                **whose,
                category=category,
                subject=category,
                form_id=uuid4(),
                opened_by=user,
                opened_by_name=user.name,
            )
            Communication.objects.create(**whose, thread=thread, sender=user, body="Words")
    return committed_cast


def thread_of(cast: Cast) -> UUID:
    return Thread.objects.get(patient=cast.ruths_record, category="appointment").pk


def test_without_a_setting_there_is_nothing(cast: Cast, web_connection: psycopg.Connection) -> None:
    assert [count(web_connection, table) for table in TABLES] == [0, 0]


def test_an_open_chart_shows_its_own(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
) -> None:
    open_setting(
        web_connection, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk
    )
    for table in TABLES:
        rows = web_connection.execute(f"SELECT patient_id FROM {table}").fetchall()  # noqa: S608
        assert rows == [(cast.ruths_record.pk,)] * 2


@pytest.mark.parametrize(
    ("role", "other", "number"),
    [
        ("front-desk", False, 2),
        ("manager", False, 2),
        ("care-team", False, 0),
        ("clinician", False, 0),
        ("feed", False, 0),
        ("front-desk", True, 0),
    ],
)
def test_a_desk_sees_what_is_about_appointments_in_its_own_practice(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
    role: str,
    other: bool,
    number: int,
) -> None:
    practice = cast.other_practice if other else cast.practice
    open_setting(web_connection, signing.PRACTICE, practice.pk, role)
    assert [count(web_connection, table) for table in TABLES] == [number, number]


def test_only_a_desk_answers_and_in_its_own_name(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
) -> None:
    one = thread_of(cast)
    open_setting(
        web_connection, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk
    )
    open_setting(web_connection, signing.USER, cast.ruth.pk)
    assert web_connection.execute(CLOSE, [cast.ruth.pk, one]).rowcount == 0
    web_connection.rollback()
    open_setting(web_connection, signing.PRACTICE, cast.practice.pk, "front-desk")
    open_setting(web_connection, signing.USER, cast.fay.pk)
    with pytest.raises(errors.InsufficientPrivilege), web_connection.transaction():
        web_connection.execute(CLOSE, [cast.ruth.pk, one])
    assert web_connection.execute(CLOSE, [cast.fay.pk, one]).rowcount == 1
    assert web_connection.execute(CLOSE, [cast.fay.pk, one]).rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege):
        web_connection.execute("UPDATE messaging_thread SET subject = 'x'")


@pytest.mark.parametrize(
    ("asker", "named", "may"),
    [("ruth", "ruth", True), ("luis", "luis", True), ("ruth", "luis", False), ("nora", "nora", False), ("fay", "fay", False)],
)  # fmt: skip
def test_who_asks_has_a_grant_and_asks_in_their_own_name(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
    asker: str,
    named: str,
    may: bool,
) -> None:
    """Even with the chart open: staff who visit, and who lost access, ask nothing."""
    who, whom = getattr(cast, asker), getattr(cast, named)
    open_setting(web_connection, signing.CHART, cast.ruths_record.pk, cast.practice.pk, who.pk)
    open_setting(web_connection, signing.USER, who.pk)
    values = [uuid4(), cast.practice.pk, cast.ruths_record.pk, uuid4(), whom.pk]
    if may:
        assert web_connection.execute(ASK, values).rowcount == 1
        return
    with pytest.raises(errors.InsufficientPrivilege):
        web_connection.execute(ASK, values)


def test_nothing_is_written_into_anothers_thread(
    cast: Cast,
    web_connection: psycopg.Connection,
    open_setting: Any,  # noqa: F811
) -> None:
    theirs = Thread.objects.filter(patient=cast.stans_record).first()
    assert theirs is not None
    open_setting(
        web_connection, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk
    )
    open_setting(web_connection, signing.USER, cast.ruth.pk)
    add = (
        "INSERT INTO messaging_communication (id, practice_id, patient_id, thread_id, sent_at, sender_id,"
        " sender_name, on_behalf_of, from_practice, body)"
        " VALUES (%s, %s, %s, %s, now(), %s, 'x', '', %s, 'x')"
    )
    mine = [uuid4(), cast.practice.pk, cast.ruths_record.pk]
    for thread, from_practice in ((theirs.pk, False), (thread_of(cast), True)):
        with pytest.raises(errors.InsufficientPrivilege), web_connection.transaction():
            web_connection.execute(add, [*mine, thread, cast.ruth.pk, from_practice])
    assert web_connection.execute(
        add, [*mine, thread_of(cast), cast.ruth.pk, False]
    ).rowcount == 1  # fmt: skip
