"""The table of sessions is of no use to whoever can only read or write it (T10)."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carespace.accounts.sessions import SessionStore, row_key
from tests.conftest import WebClient
from tests.people import make_person, make_practice, sign_in

pytestmark = pytest.mark.django_db
COOKIE = "carespace"


def kept(**values: Any) -> SessionStore:
    session = SessionStore()
    session.update(values)
    session.save()
    return session


def signed_in(client: WebClient) -> bool:
    return client.get("/sign-in/").status_code == 302


@pytest.fixture
def maria(client: WebClient) -> WebClient:
    make_practice()
    sign_in(client, make_person("Maria Reyes"))
    assert signed_in(client)
    return client


def test_what_is_kept_comes_back_under_its_own_key() -> None:
    session = kept(color="green")
    assert SessionStore(session.session_key).load() == {"color": "green"}
    assert SessionStore().exists(session.session_key)
    assert not SessionStore().exists("unknown1")
    assert not SessionStore().exists(None)


def test_the_table_holds_no_key_that_is_a_cookie(maria: WebClient) -> None:
    row = Session.objects.get()
    cookie = maria.cookies[COOKIE].value
    assert cookie not in (row.session_key, row.session_data)
    assert row.session_key == row_key(cookie)
    assert len(row.session_key) == 40
    thief = WebClient()
    thief.cookies[COOKIE] = row.session_key
    assert not signed_in(thief)


def test_no_statement_carries_a_cookie(maria: WebClient) -> None:
    """Other sessions of the same database role may read statements."""
    cookie = maria.cookies[COOKIE].value
    with CaptureQueriesContext(connection) as queries:
        maria.get("/terms/")
    assert any("django_session" in each["sql"] for each in queries)
    assert not any(cookie in each["sql"] for each in queries)


def test_a_copied_row_signs_nobody_in(maria: WebClient) -> None:
    stolen = Session.objects.get().session_data
    thief = WebClient()
    thief.cookies[COOKIE] = str(kept(mine=1).session_key)
    own = row_key(thief.cookies[COOKIE].value)
    assert Session.objects.filter(session_key=own).update(session_data=stolen) == 1
    assert not signed_in(thief)
    assert SessionStore(thief.cookies[COOKIE].value).load() == {}
    assert signed_in(maria)


def test_a_new_key_keeps_the_data_and_ends_the_old_one() -> None:
    session = kept(color="green")
    old = session.session_key
    session.cycle_key()
    session.save()
    assert session.session_key != old
    assert not SessionStore().exists(old)
    assert SessionStore(old).load() == {}
    assert SessionStore(session.session_key).load() == {"color": "green"}
    assert Session.objects.count() == 1


def test_flush_and_delete_take_the_row_away() -> None:
    first, second = kept(a=1), kept(a=2)
    first.flush()
    assert first.session_key is None
    SessionStore().delete(second.session_key)
    SessionStore().delete("unknown1")
    SessionStore().delete()
    assert not Session.objects.exists()


def test_an_expired_session_is_empty_and_cleared_away() -> None:
    session = kept(a=1)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(session.session_key)
    assert late.get("a") is None
    assert late.session_key is None
    SessionStore.clear_expired()
    assert not Session.objects.exists()


def test_saving_a_session_that_was_ended_meanwhile_does_not_bring_it_back() -> None:
    session = kept(a=1)
    other = SessionStore(session.session_key)
    other["a"] = 2
    session.flush()
    with pytest.raises(UpdateError):
        other.save()
    assert not Session.objects.exists()


def test_a_key_that_is_taken_is_not_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = kept(a=1).session_key
    twin = SessionStore(taken)
    with pytest.raises(CreateError):
        twin.save(must_create=True)
    assert SessionStore(taken).load() == {"a": 1}


@pytest.mark.django_db(transaction=True)
def test_the_same_holds_where_the_caller_is_asynchronous() -> None:
    async def use() -> tuple[Any, ...]:
        session = SessionStore()
        await session.aset("a", 1)
        await session.asave()
        key = str(session.session_key)
        read = await SessionStore(key).aload()
        known = await SessionStore().aexists(key)
        raw = await SessionStore().aexists(row_key(key))
        await SessionStore().adelete(key)
        gone = await SessionStore(key).aload()
        return read, known, raw, gone

    assert async_to_sync(use)() == ({"a": 1}, True, False, {})
