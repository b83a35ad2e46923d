"""The mails about what happened to a sign-in: whom they name, what they say, and to whom (AUTH-13)."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import get_args

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from carespace.access.actions import revoke
from carespace.access.belonging import practice_of_person
from carespace.access.chart import actor_of
from carespace.access.models import Grant
from carespace.accounts.actions import tell_security_event
from carespace.accounts.models import User
from carespace.accounts.security_events import WORDS, Event
from carespace.audit.recording import SYSTEM
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff, end_staff
from tests.people import let_see, make_patient, make_person, make_practice
from tests.portal_security_address.conftest import send_all

pytestmark = pytest.mark.django_db
EVENTS = get_args(Event)
HARD_WORDS = re.compile(
    r"\b(abnormal|invalid|failed|please be advised|unauthorized|session)\b", re.I
)


@pytest.fixture
def as_worker() -> Callable[[], AbstractContextManager[None]]:
    """A block that runs as the role that sends mails, which sees no grant and no membership."""

    @contextmanager
    def block() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE carespace_worker")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    return block


def test_the_table_has_words_for_every_event() -> None:
    assert set(WORDS) == set(EVENTS)


@pytest.mark.parametrize("event", EVENTS)
def test_each_mail_says_what_happened_and_whom_to_call(maria: User, event: Event) -> None:
    tell_security_event(user=maria, event=event)
    (message,) = send_all()
    words = WORDS[event]
    assert (message.subject, message.to) == (words.subject, [maria.email])
    assert message.from_email.startswith("Lakeside Cancer Associates <")
    for text in (str(message.body), str(message.alternatives[0][0])):
        plain = " ".join(text.split())
        assert str(words.happened) in plain
        assert "(555) 010-0142" in plain
        for word in ("Maria", "Reyes", "1961", maria.email):
            assert word not in plain
        assert not HARD_WORDS.search(plain)
    assert "http" not in str(message.body), "nobody learns to follow links in such mails"


def test_the_mail_goes_to_another_address_where_one_is_given(maria: User) -> None:
    tell_security_event(user=maria, event="address-changed", to_address="old@example.com")
    (message,) = send_all()
    assert message.to == ["old@example.com"]


def test_the_practice_of_staff_is_named_too() -> None:
    practice, fay = make_practice(), make_person("Fay Desk")
    membership = add_staff(user=fay, practice=practice, role="front-desk", by=SYSTEM)
    assert practice_of_person(fay.pk) == practice
    end_staff(membership=membership, reason="left", by=SYSTEM)
    assert practice_of_person(fay.pk) is None


def test_who_belongs_to_two_practices_is_told_of_none(maria: User) -> None:
    elsewhere = make_patient(make_practice("hillside"), mrn="H-1", born="1961-04-27")
    let_see(maria, elsewhere, "self")
    tell_security_event(user=maria, event="factor-added")
    (message,) = send_all()
    whole = f"{message.message()}{message.alternatives}"
    assert "Lakeside" not in whole
    assert "Hillside" not in whole
    assert "call your practice." in str(message.body)
    assert message.from_email.startswith("CareSpace <")


def test_two_records_at_one_practice_are_one_practice(maria: User) -> None:
    mothers = make_patient(
        Grant.objects.get(user=maria).practice, given="Rosa", mrn="M-2", born="1931-01-01"
    )
    let_see(maria, mothers, "family")
    assert practice_of_person(maria.pk) == mothers.practice


@pytest.mark.parametrize("how", ["revoked", "over", "to come"])
def test_access_that_does_not_count_names_no_practice(maria: User, how: str) -> None:
    grant = Grant.objects.get(user=maria)
    day = timedelta(days=1)
    if how == "revoked":
        revoke(grant=grant, reason="x", by=actor_of(maria))
    elif how == "over":
        Grant.objects.filter(pk=grant.pk).update(ends_at=timezone.now() - day)
    else:
        Grant.objects.filter(pk=grant.pk).update(starts_at=timezone.now() + day)
    assert practice_of_person(maria.pk) is None


def test_the_worker_writes_the_mails_though_it_sees_nobodys_grants(
    maria: User, as_worker: Callable[[], AbstractContextManager[None]]
) -> None:
    tell_security_event(user=maria, event="password-changed")
    (queued,) = OutboxMessage.objects.all()
    with as_worker():
        assert not Grant.objects.exists()
        _deliver(str(queued.pk))
    queued.refresh_from_db()
    assert queued.state == "sent"
    assert "Lakeside Cancer Associates" in str(mail.outbox[-1].body)


def test_pages_may_not_ask_where_somebody_belongs(maria: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('carespace_web', 'carespace.practice_of_person(uuid)', 'EXECUTE')"
        )
        assert cursor.fetchone() == (False,)
