"""A mail that comes back is read, marks the one mail it names, and nothing else (RFC 3464)."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from django.core import signing
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as some

from carespace.access.actions import accept, invite, withdraw
from carespace.access.models import Invitation
from carespace.access.wording import state_words
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.config.commands import mail as command
from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.returned import MOST_BYTES, Returned, read_report
from tests.mail.post import Office
from tests.people import make_patient, make_person, make_practice

pytestmark = pytest.mark.django_db
MARIA = "maria@example.com"
REPORTS = Path(__file__).parent / "reports"
NAMES = sorted(path.name for path in REPORTS.glob("*.eml"))


def report(name: str, identity: UUID) -> bytes:
    """A report as a mail server wrote it, about our mail ``identity``."""
    return (REPORTS / name).read_bytes().replace(b"%ID%", str(identity).encode())


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("postfix-unknown-user.eml", "5.1.1"),
        ("postfix-expired.eml", "4.4.1"),
        ("exchange-heads-only.eml", "5.1.10"),
        ("gmail-full.eml", "5.2.2"),
        ("lower-case-no-report-type.eml", ""),
        ("two-recipients-one-failed.eml", "5.1.1"),
    ],
)
def test_reports_of_many_servers_name_the_mail(name: str, status: str) -> None:
    identity = uuid4()
    assert read_report(report(name, identity)) == Returned(identity, status)


@pytest.mark.parametrize(
    "name",
    ["delayed.eml", "delivered.eml", "holiday.eml", "not-ours.eml", "quoted-in-an-answer.eml"],
)
def test_what_reports_no_failure_of_ours_is_nothing(name: str) -> None:
    assert read_report(report(name, uuid4())) is None


def test_every_report_in_the_folder_is_tried() -> None:
    assert len(NAMES) == 11


@given(some.binary(max_size=2000))
def test_no_message_at_all_breaks_the_reader(raw: bytes) -> None:
    assert read_report(raw) is None


@given(
    some.sampled_from(NAMES),
    some.lists(some.tuples(some.integers(0, 3000), some.binary(max_size=4))),
)
def test_a_report_that_was_damaged_names_our_mail_or_none(
    name: str, damages: list[tuple[int, bytes]]
) -> None:
    identity = UUID("0b5c1a52-65c1-4f1e-9d0a-000000000001")
    raw = bytearray(report(name, identity))
    for place, scrap in damages:
        raw[place : place + len(scrap)] = scrap
    found = read_report(bytes(raw))
    assert found is None or isinstance(found.message_id, UUID)


@pytest.fixture
def message(office: Office) -> OutboxMessage:
    """An invitation's mail that the server has taken."""
    patient = make_patient(make_practice(), mrn="M-1", born="1961-04-27")
    invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    waiting = OutboxMessage.objects.get()
    deliver(signing.dumps(str(waiting.pk), salt=SALT))
    waiting.refresh_from_db()
    assert waiting.state == "sent"
    return waiting


def hand_in(raw: bytes) -> Any:
    return CliRunner().invoke(command.command, ["returned"], input=raw)


def test_a_returned_mail_ends_the_link_and_who_sent_it_reads_so(message: OutboxMessage) -> None:
    told = hand_in(report("postfix-unknown-user.eml", message.pk))
    assert (told.exit_code, told.output) == (0, f"The mail {message.pk} is noted as returned.\n")
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("refused", "bounced: 5.1.1")
    invitation = Invitation.objects.get()
    assert invitation.state == "bounced"
    assert "did not arrive" in state_words(invitation)
    assert AuditEvent.objects.get(action="invitation.bounce").detail == {"why": "bounced"}
    told = AuditEvent.objects.get(action="mail.bounced")
    assert told.detail == {"template": "invitation", "error": "bounced: 5.1.1"}


def test_the_same_report_twice_changes_nothing_more(message: OutboxMessage) -> None:
    raw = report("gmail-full.eml", message.pk)
    hand_in(raw)
    told = hand_in(raw)
    assert told.exit_code == 0
    assert "noted already" in told.output
    assert AuditEvent.objects.filter(action="mail.bounced").count() == 1


def test_a_mail_that_waits_to_be_sent_again_and_came_back_is_not_sent_again(
    message: OutboxMessage, office: Office
) -> None:
    """The server took it, went away before it answered, and found out later that nobody is there."""
    OutboxMessage.objects.update(state="queued")
    hand_in(report("postfix-unknown-user.eml", message.pk))
    deliver(signing.dumps(str(message.pk), salt=SALT))
    assert len(office.taken) == 1


@pytest.mark.parametrize("ended", ["accepted", "withdrawn"])
def test_a_link_that_was_used_or_ended_stays_as_it_is(message: OutboxMessage, ended: str) -> None:
    invitation = Invitation.objects.select_related("patient").get()
    if ended == "accepted":
        accept(invitation=invitation, user=make_person("Maria", email=MARIA), by=SYSTEM)
    else:
        withdraw(invitation=invitation, reason="x", by=SYSTEM)
    hand_in(report("postfix-unknown-user.eml", message.pk))
    message.refresh_from_db()
    assert (message.state, Invitation.objects.get().state) == ("refused", ended)


def test_a_report_of_a_mail_that_nobody_sent_changes_nothing(message: OutboxMessage) -> None:
    told = hand_in(report("postfix-unknown-user.eml", uuid4()))
    assert told.exit_code == 0
    assert "is not known" in told.output
    assert Invitation.objects.get().state == "sent"


@pytest.mark.parametrize("state", ["refused", "dropped", "given-up"])
def test_a_mail_that_ended_otherwise_stays_as_it_is(message: OutboxMessage, state: str) -> None:
    OutboxMessage.objects.update(state=state)
    hand_in(report("postfix-unknown-user.eml", message.pk))
    assert OutboxMessage.objects.get().state == state
    assert Invitation.objects.get().state == "sent"


def test_any_other_mail_ends_well_so_that_nobody_answers_it(message: OutboxMessage) -> None:
    for raw in (
        b"",
        b"\xff\xfe",
        report("holiday.eml", message.pk),
        report("delayed.eml", message.pk),
    ):
        told = hand_in(raw)
        assert told.exit_code == 0
        assert "nothing is changed" in told.output
    assert Invitation.objects.get().state == "sent"


def test_a_huge_message_is_read_to_its_end_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO(b"x" * (MOST_BYTES + 3 * 1024 * 1024))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    command.returned.callback()  # type: ignore[misc]
    assert stream.read() == b""


def test_without_a_database_the_mail_server_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(**_given: object) -> Callable[[], None]:
        raise OperationalError

    monkeypatch.setattr(command, "note_returned", away)
    assert hand_in(report("postfix-unknown-user.eml", uuid4())).exit_code == 75
