"""A mail server that takes a mail and does not answer holds up nobody: no transaction is open, no row is locked."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection, connections, transaction
from django.utils import timezone

from carespace.access.actions import LinkEnded, open_link, resend, withdraw
from carespace.access.models import Invitation
from carespace.access.states import Origin
from carespace.access.tokens import token_for
from carespace.access.wording import deadline_text
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM, About, record
from carespace.audit.seal import seal_events, verify
from carespace.outbox.actions import note_returned
from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.returned import Returned
from tests.mail.conftest import UseServer
from tests.mail.test_smtp import invited
from tests.outbox.post_office import HOLD_SECONDS, PostOffice

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])


@pytest.fixture
def silent(use_server: UseServer) -> Iterator[PostOffice]:
    """A server that has a mail and does not answer until it is ``opened``."""
    with PostOffice(is_silent=True) as office:
        use_server(office.url)
        yield office


@pytest.fixture
def message() -> OutboxMessage:
    """A waiting invitation's mail."""
    return invited()


@pytest.fixture
def hanging(silent: PostOffice, message: OutboxMessage) -> Iterator["Future[None]"]:
    """A worker's job that has given the mail's last line to the server, and waits."""
    with ThreadPoolExecutor(1) as thread:
        job = thread.submit(work, message)
        try:
            assert silent.has_one.wait(HOLD_SECONDS)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")  # whoever waits for a row fails
            yield job
        finally:
            silent.opened.set()
            connection.close()


def work(message: OutboxMessage) -> None:
    try:
        deliver(signing.dumps(str(message.pk), salt=SALT))
    finally:
        connections.close_all()


def let_answer(silent: PostOffice, job: "Future[None]") -> None:
    silent.opened.set()
    job.result(HOLD_SECONDS)


def the_sends() -> int:
    return AuditEvent.objects.filter(action="invitation.send").count()


def take_back(invitation: Invitation) -> None:
    withdraw(invitation=invitation, reason="A wrong address.", by=SYSTEM)


def send_anew(invitation: Invitation) -> None:
    resend(invitation=invitation, by=SYSTEM, origin=Origin.DESK)


@pytest.mark.parametrize(("end", "state"), [(take_back, "withdrawn"), (send_anew, "replaced")])
def test_a_link_can_be_ended_while_its_mail_is_under_way_and_stays_ended(
    silent: PostOffice,
    message: OutboxMessage,
    hanging: "Future[None]",
    end: Callable[[Invitation], None],
    state: str,
) -> None:
    invitation = Invitation.objects.get()
    end(invitation)
    let_answer(silent, hanging)
    message.refresh_from_db()
    invitation.refresh_from_db()
    assert message.state == "sent", "it has left"
    assert (invitation.state, invitation.expires_at, the_sends()) == (state, None, 0)
    with pytest.raises(LinkEnded), transaction.atomic():
        open_link(token_for(invitation.pk))


@pytest.mark.usefixtures("hanging")
def test_no_transaction_is_open_while_the_server_thinks() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            " AND backend_type = 'client backend'"
        )
        assert cursor.fetchall() == []


@pytest.mark.usefixtures("hanging")
def test_sealing_goes_on_while_the_server_thinks() -> None:
    record("test.event", by=SYSTEM, about=About())
    seal_events()
    assert verify().unsealed == 0


def test_of_two_workers_at_one_mail_one_sends_it(
    silent: PostOffice, message: OutboxMessage, hanging: "Future[None]"
) -> None:
    work(message)
    let_answer(silent, hanging)
    work(message)
    message.refresh_from_db()
    assert len(silent.taken) == 1
    assert (message.state, message.attempts, the_sends()) == ("sent", 1, 1)


def test_a_lock_is_given_back_with_its_mail(
    silent: PostOffice, message: OutboxMessage, hanging: "Future[None]"
) -> None:
    let_answer(silent, hanging)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)


def test_a_mail_that_came_back_before_its_answer_stays_returned(
    silent: PostOffice, message: OutboxMessage, hanging: "Future[None]"
) -> None:
    assert note_returned(returned=Returned(message.pk, "5.1.1"))
    let_answer(silent, hanging)
    message.refresh_from_db()
    assert (message.state, Invitation.objects.get().state) == ("refused", "bounced")


def test_the_deadline_that_counts_is_the_one_printed_however_long_the_server_thinks(
    silent: PostOffice,
    hanging: "Future[None]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = timezone.now() + timedelta(hours=7)
    monkeypatch.setattr(timezone, "now", lambda: later)
    let_answer(silent, hanging)
    invitation = Invitation.objects.select_related("practice").get()
    assert invitation.sent_at
    assert invitation.expires_at == invitation.sent_at + timedelta(hours=96)
    words = deadline_text(invitation.expires_at, invitation.practice.zone)
    assert words in re.sub(r"=\n|\r", "", silent.taken[0]).replace("\n", " ")
