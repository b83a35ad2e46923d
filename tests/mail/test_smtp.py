"""What each answer of a real mail server means: nothing lost, nothing sent twice, who sent it told (F11)."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from carespace.access.actions import invite
from carespace.access.models import Invitation
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox import channels
from carespace.outbox.jobs import SALT, NotHandedOver, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.troubles import PATIENCE, PATIENCE_WITH_POLICIES
from tests.mail.conftest import UseServer
from tests.mail.post import (
    HANG_UP,
    HOST,
    TAKE_AND_HANG_UP,
    Office,
    certificate,
    free_port,
    running,
    silent,
)
from tests.people import make_patient, make_practice

pytestmark = pytest.mark.django_db
MARIA = "maria@example.com"


@pytest.fixture
def message() -> OutboxMessage:
    """A waiting invitation's mail."""
    return invited()


def invited() -> OutboxMessage:
    """Invite Maria and return the mail that waits."""
    patient = make_patient(make_practice(), mrn="M-1", born="1961-04-27")
    invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    return OutboxMessage.objects.get(template="invitation")


def try_once(message: OutboxMessage) -> str:
    """Do the mail's job once: what was wrong if it is to be tried again, else nothing."""
    try:
        deliver(signing.dumps(str(message.pk), salt=SALT))
    except NotHandedOver as trouble:
        return str(trouble)
    finally:
        message.refresh_from_db()
    return ""


def standing(message: OutboxMessage) -> tuple[str, str]:
    """How the mail stands, and how its invitation does."""
    return message.state, Invitation.objects.get().state


def test_a_mail_that_the_server_takes_is_sent_once(office: Office, message: OutboxMessage) -> None:
    assert try_once(message) == ""
    assert try_once(message) == ""
    (taken,) = office.taken
    assert (taken.sender, taken.recipient) == ("noreply@carespaceportal.com", MARIA)
    assert taken.message_id == f"<{message.pk}@carespaceportal.com>"
    assert standing(message) == ("sent", "sent")


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("RCPT", "550 5.1.1 No such user <maria@example.com>", "refused: 550 5.1.1"),
        ("RCPT", "550 no mailbox for maria@example.com", "refused: 550"),
        ("RCPT", "553 5.1.3 Bad address", "refused: 553 5.1.3"),
        ("RCPT", "552 5.2.2 Mailbox full", "refused: 552 5.2.2"),
        ("DATA", "552 5.2.2 Mailbox full", "refused: 552 5.2.2"),
        ("DATA", "554 5.6.0 Not this", "refused: 554 5.6.0"),
    ],
)
def test_a_refusal_for_good_ends_the_mail_and_its_sender_reads_so(
    office: Office, message: OutboxMessage, command: str, answer: str, error: str
) -> None:
    office.steps[command].append(answer)
    assert try_once(message) == ""
    assert (message.last_error, message.attempts) == (error, 1)
    assert standing(message) == ("refused", "bounced")
    assert try_once(message) == ""
    assert office.taken == []
    told = AuditEvent.objects.get(action="mail.refused")
    assert told.detail == {"template": "invitation", "error": error}
    assert AuditEvent.objects.get(action="invitation.bounce").detail == {"why": "refused"}


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("RCPT", "451 4.7.1 Greylisted, try again", "put off: 451 4.7.1"),
        ("RCPT", "450 4.2.0 Busy", "put off: 450 4.2.0"),
        ("RCPT", "421 4.3.2 Going down", "put off: 421 4.3.2"),
        ("MAIL", "421 4.3.2 Going down", "put off: 421 4.3.2"),
        ("MAIL", "550 5.7.60 You are not this sender", "put off: 550 5.7.60"),
        ("MAIL", "530 5.7.0 Sign in first", "put off: 530 5.7.0"),
        ("DATA", "451 4.3.0 Later", "put off: 451 4.3.0"),
        ("DATA", "452 4.2.2 Full for now", "put off: 452 4.2.2"),
        ("DATA", "421 4.3.2 Going down", "put off: 421 4.3.2"),
        ("MAIL", HANG_UP, "SMTPServerDisconnected"),
        ("RCPT", HANG_UP, "SMTPServerDisconnected"),
        ("DATA", HANG_UP, "SMTPServerDisconnected"),
    ],
)
def test_what_a_later_try_may_mend_delays_the_mail_and_does_not_double_it(
    office: Office, message: OutboxMessage, command: str, answer: str, error: str
) -> None:
    office.steps[command] += [answer, answer]
    assert try_once(message) == error
    assert standing(message) == ("queued", "queued")
    assert try_once(message) == error
    assert office.taken == []
    assert try_once(message) == ""
    assert [each.recipient for each in office.taken] == [MARIA]
    assert standing(message) == ("sent", "sent")
    assert message.attempts == 3


def test_an_address_in_an_answer_is_not_kept(office: Office, message: OutboxMessage) -> None:
    office.steps["RCPT"].append(f"451 4.7.1 <{MARIA}>: Recipient address rejected")
    try_once(message)
    office.steps["RCPT"].append(f"550 5.1.1 <{MARIA}>: Recipient address rejected")
    try_once(message)
    kept = f"{message.last_error} {AuditEvent.objects.values_list('detail')}"
    assert "maria" not in kept


def test_a_server_that_is_away_delays_the_mail(
    use_server: UseServer, message: OutboxMessage
) -> None:
    port, office = free_port(), Office()
    use_server(f"smtp://{HOST}:{port}?starttls=off")
    assert try_once(message) == "ConnectionRefusedError"
    assert try_once(message) == "ConnectionRefusedError"
    with running(office, port):
        assert try_once(message) == ""
    assert len(office.taken) == 1
    assert standing(message) == ("sent", "sent")


def test_the_clock_of_a_link_starts_when_a_late_mail_is_taken(
    office: Office, message: OutboxMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.steps["DATA"].append("451 4.3.0 Later")
    try_once(message)
    assert Invitation.objects.get().expires_at is None
    morning = timezone.now() + timedelta(hours=14)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    assert try_once(message) == ""
    assert Invitation.objects.get().expires_at == morning + timedelta(hours=96)


def test_a_server_that_says_nothing_is_left_in_time(
    use_server: UseServer, message: OutboxMessage, settings: Any
) -> None:
    with silent() as port:
        use_server(f"smtp://{HOST}:{port}?starttls=off")
        assert settings.EMAIL_TIMEOUT == 60
        settings.EMAIL_TIMEOUT = 0.2
        assert try_once(message) == "SMTPServerDisconnected"
    assert standing(message) == ("queued", "queued")


def test_a_mail_whose_answer_never_came_goes_out_again_under_the_same_name(
    office: Office, message: OutboxMessage
) -> None:
    """Whether the server kept it nobody can know (RFC 5321, 4.5.3.2.6): by its Message-ID it can tell."""
    office.steps["DATA"].append(TAKE_AND_HANG_UP)
    assert try_once(message) == "SMTPServerDisconnected"
    assert standing(message) == ("queued", "queued")
    assert try_once(message) == ""
    first, second = office.taken
    assert first.message_id == second.message_id == f"<{message.pk}@carespaceportal.com>"
    links = [
        re.findall(r"https?://\S+/register/\S+", each.mail.as_string()) for each in (first, second)
    ]
    assert links[0] == links[1]
    assert standing(message) == ("sent", "sent")


@pytest.mark.parametrize("good_bye", [HANG_UP, "500 " + "x" * 9000, "421 4.3.2 Going down"])
def test_a_mail_that_was_taken_is_not_sent_again_however_the_talk_ends(
    office: Office, message: OutboxMessage, good_bye: str
) -> None:
    office.steps["QUIT"].append(good_bye)
    assert try_once(message) == ""
    assert try_once(message) == ""
    assert len(office.taken) == 1
    assert standing(message) == ("sent", "sent")


def test_a_server_that_thinks_about_a_mail_has_ten_minutes(
    use_server: UseServer, message: OutboxMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5321, 4.5.3.2.6: to leave sooner is to send a mail twice that a slow filter had taken."""
    waited: list[float | None] = []
    monkeypatch.setattr(channels._Plain, "getreply", _noting(waited, channels._Plain.getreply))
    office = Office()
    with running(office) as port:
        use_server(f"smtp://{HOST}:{port}?starttls=off")
        assert try_once(message) == ""
    assert waited[0] == 60
    assert max(each for each in waited if each) == 600


def _noting(waited: list[float | None], usual: Any) -> Any:
    def getreply(connection: Any) -> Any:
        waited.append(connection.sock.gettimeout() if connection.sock else None)
        return usual(connection)

    return getreply


def test_a_refusal_for_a_policy_is_tried_for_a_day(office: Office, message: OutboxMessage) -> None:
    """Relaying denied, a missing SPF record: often the set-up's fault, and nothing wrong with the address."""
    office.steps["RCPT"] += ["554 5.7.1 Relay access denied"] * 2
    assert try_once(message) == "refused: 554 5.7.1"
    assert standing(message) == ("queued", "queued")
    OutboxMessage.objects.update(queued_at=timezone.now() - PATIENCE_WITH_POLICIES)
    assert try_once(message) == ""
    assert standing(message) == ("refused", "bounced")


def test_a_mail_is_tried_for_four_days_and_then_its_sender_reads_that_it_never_left(
    office: Office, message: OutboxMessage
) -> None:
    office.steps["RCPT"] += ["451 4.3.0 Later"] * 2
    OutboxMessage.objects.update(queued_at=timezone.now() - PATIENCE + timedelta(minutes=1))
    assert try_once(message) == "put off: 451 4.3.0"
    OutboxMessage.objects.update(queued_at=timezone.now() - PATIENCE)
    assert try_once(message) == ""
    assert standing(message) == ("given-up", "bounced")
    assert AuditEvent.objects.get(action="invitation.bounce").detail == {"why": "given-up"}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_with_tls_and_a_password_gets_both(
    use_server: UseServer,
    message: OutboxMessage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    trusted, server_side = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    office = Office()
    with running(office, **tls(scheme, server_side()), authenticator=office.sign_in) as port:
        use_server(f"{scheme}://port%40al:right@{HOST}:{port}")
        assert try_once(message) == ""
    assert office.signed_in == [("port@al", "right")]
    assert office.over_tls == [True]
    assert standing(message) == ("sent", "sent")


def tls(scheme: str, context: Any) -> dict[str, Any]:
    if scheme == "smtps":
        return {"ssl_context": context, "auth_require_tls": False}
    return {"tls_context": context, "require_starttls": True}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail_and_no_password(
    use_server: UseServer, message: OutboxMessage, tmp_path: Path, scheme: str
) -> None:
    _, server_side = certificate(tmp_path)
    office = Office()
    with running(office, **tls(scheme, server_side()), authenticator=office.sign_in) as port:
        use_server(f"{scheme}://portal:right@{HOST}:{port}")
        assert try_once(message) == "SSLCertVerificationError"
    assert (office.taken, office.signed_in) == ([], [])
    assert standing(message) == ("queued", "queued")


def test_a_server_without_tls_gets_no_mail_unless_that_was_asked_for(
    use_server: UseServer, message: OutboxMessage
) -> None:
    office = Office()
    with running(office) as port:
        use_server(f"smtp://portal:right@{HOST}:{port}")
        assert try_once(message) == "SMTPNotSupportedError"
        assert (office.taken, office.signed_in) == ([], [])
        use_server(f"smtp://{HOST}:{port}?starttls=off")
        assert try_once(message) == ""
    assert len(office.taken) == 1


def test_a_wrong_password_delays_the_mail_until_it_is_put_right(
    use_server: UseServer,
    message: OutboxMessage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trusted, server_side = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    office = Office()
    with running(office, **tls("smtp", server_side()), authenticator=office.sign_in) as port:
        use_server(f"smtp://portal:wrong@{HOST}:{port}")
        assert try_once(message) == "put off: 535 5.7.8"
        use_server(f"smtp://portal:right@{HOST}:{port}")
        assert try_once(message) == ""
    assert len(office.taken) == 1
