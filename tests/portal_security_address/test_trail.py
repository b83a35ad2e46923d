"""A change of one's own sign-in and its event are one: without the event nothing of the change is kept (HIP-1)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError

from carespace.access import own_account
from carespace.access.chart import actor_of
from carespace.accounts import addresses
from carespace.accounts.models import SignIn, User
from carespace.accounts.sessions import SessionStore, row_key
from carespace.audit import recording
from carespace.outbox.models import OutboxMessage
from tests.portal_security_address.conftest import NEW, NEW_PASSWORD, OLD

pytestmark = pytest.mark.django_db
KEY = "a" * 32
ACTS: dict[str, Callable[[User], Any]] = {
    "password": lambda maria: own_account.change_password(
        user=maria, password=NEW_PASSWORD, session=SessionStore(KEY)
    ),
    "asking": lambda maria: own_account.ask_for_address(user=maria, address=NEW),
    "address": lambda maria: own_account.confirm_address(
        user=maria,
        key=addresses.key_for(maria, NEW, addresses.asked_by(maria)),
        session=SessionStore(),
    ),
    "others": lambda maria: own_account.end_other_sessions(
        user=maria, keep_session_key="", by=actor_of(maria)
    ),
    "one": lambda maria: own_account.end_session(user=maria, device_id=SignIn.objects.get().pk),
}


def kept(maria: User) -> tuple[object, ...]:
    fresh = User.objects.get(pk=maria.pk)
    return fresh.email, fresh.password, SignIn.objects.count(), OutboxMessage.objects.count()


@pytest.mark.parametrize("name", ACTS)
def test_without_its_event_nothing_is_kept(
    maria: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise DatabaseError("the trail is closed")

    SignIn.objects.create(user=maria, session_row=row_key(KEY))
    SessionStore(KEY).save(must_create=True)
    before = kept(maria)
    assert before[0] == OLD
    with monkeypatch.context() as patched:
        patched.setattr(recording, "_write", refuse)
        with pytest.raises(DatabaseError, match="trail is closed"):
            ACTS[name](User.objects.get(pk=maria.pk))
    assert kept(maria) == before
    ACTS[name](User.objects.get(pk=maria.pk))
    assert kept(maria) != before, "with the trail open the same act changes something"
