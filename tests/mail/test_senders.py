"""Who a mail comes from, and that no name, address or subject makes it another mail (S-14, ASVS-9)."""

import smtplib
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

import pytest
from click.testing import CliRunner
from django.core import signing
from django.core.mail import BadHeaderError
from hypothesis import given
from hypothesis import strategies as some
from lxml import html as markup

from carespace.access.actions import invite
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.config.commands import mail as mail_command
from carespace.config.commands import practice as practice_command
from carespace.outbox.composing import composed, one_line
from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail
from carespace.practices.actions import PracticeRefused, set_sender
from carespace.practices.models import Practice
from tests.mail.post import Office, Taken
from tests.people import make_patient, make_practice

pytestmark = pytest.mark.django_db
HEADS = [
    *("content-type", "mime-version", "subject", "from", "to", "date"),
    *("message-id", "auto-submitted"),
]
NAMES = [
    "Lakeside & Sons <Cancer> “Associates”",
    'Dr. "Bob" O\'Neil, Müller; Oncology (West)',
    "Clínica Oncológica Ñandú – Zürich",
    "がんクリニック 東京",
    "मरीज़ क्लिनिक",
    "L" * 200,
    "Ж" * 200,
    ("Cancer Care of the Greater Lakeside Valley and Hills " * 4)[:200].strip(),
]


def invitation_from(office: Office, **practice: Any) -> Taken:
    """The mail of an invitation by such a practice, as the server took it."""
    sender = practice.pop("sender", "noreply@lakeside.example.org")
    patient = make_patient(make_practice(**practice), mrn="M-1", born="1961-04-27")
    set_sender(practice=patient.practice, address=sender, by=SYSTEM)
    invite(patient=patient, email="maria@example.com", kind="self", by=SYSTEM)
    message = OutboxMessage.objects.get()
    deliver(signing.dumps(str(message.pk), salt=SALT))
    (taken,) = office.taken
    return taken


def addressed(taken: Taken, head: str) -> list[tuple[str, str]]:
    """The names and addresses of a head, read as RFC 2047 says (the email package's newer way puts spaces in)."""
    written = " ".join(str(message_from_bytes(taken.raw)[head]).split())
    return [(decoded(name), address) for name, address in getaddresses([written])]


def decoded(written: str) -> str:
    return str(make_header(decode_header(written)))


def first_sentence_of(taken: Taken) -> Any:
    """The element below the one heading, which names the practice."""
    page = taken.mail.get_body(("html",))
    assert page is not None
    tree: Any = markup.fromstring(page.get_content())
    (heading,) = tree.xpath("//h1")
    return heading.getnext()


def test_mail_comes_from_the_practices_own_address(office: Office) -> None:
    taken = invitation_from(office, name="Lakeside Cancer Associates")
    assert addressed(taken, "From") == [
        ("Lakeside Cancer Associates", "noreply@lakeside.example.org")
    ]
    assert taken.sender == "noreply@lakeside.example.org"
    assert taken.message_id == f"<{OutboxMessage.objects.get().pk}@lakeside.example.org>"
    assert taken.mail["Auto-Submitted"] == "auto-generated"
    assert taken.mail["Reply-To"] is None
    assert sorted(name.lower() for name in taken.mail) == sorted(HEADS)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_practice_arrives_as_it_is(office: Office, name: str) -> None:
    taken = invitation_from(office, name=name)
    assert addressed(taken, "From") == [(name, "noreply@lakeside.example.org")]
    subject = "".join(message_from_bytes(taken.raw)["Subject"].splitlines())
    assert decoded(subject) == f"Your invitation to the {name} patient portal"
    plain = taken.mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().startswith(f"{name} invites you to its patient portal")
    assert (
        first_sentence_of(taken).text.strip()
        == f"{name} invites you to its patient portal, CareSpace."
    )
    assert max(len(line) for line in taken.raw.splitlines()) <= 998, "RFC 5321, 4.5.3.1.6"


@pytest.mark.parametrize(
    "break_", ["\r\n", "\n", "\r", "\r\n ", "\x00", "\x0b", "\x85", "\u2028", "%0d%0a", "\\r\\n"]
)
def test_a_name_with_line_ends_adds_no_head(office: Office, break_: str) -> None:
    name = f"Lakeside{break_}Bcc: everybody@example.com{break_}{break_}<h1>Hello</h1>"
    practice = make_practice()
    Practice.objects.filter(pk=practice.pk).update(name=name.replace("\x00", ""))
    patient = make_patient(practice, mrn="M-1", born="1961-04-27")
    invite(patient=patient, email="maria@example.com", kind="self", by=SYSTEM)
    deliver(signing.dumps(str(OutboxMessage.objects.get().pk), salt=SALT))
    (taken,) = office.taken
    assert taken.recipient == "maria@example.com"
    assert sorted(head.lower() for head in taken.mail) == sorted(HEADS)
    assert len(addressed(taken, "From")) == len(addressed(taken, "To")) == 1
    assert len(first_sentence_of(taken)) == 0


@given(name=some.text(max_size=60), subject=some.text(max_size=60))
def test_no_name_and_no_subject_add_a_head(name: str, subject: str) -> None:
    mail = Mail(subject, "Words", "<p>Words</p>", name, "noreply@lakeside.example.org")
    made = composed(OutboxMessage(to_address="maria@example.com"), mail)
    heads = made.message()
    assert sorted(head.lower() for head, _ in heads.items()) == sorted(HEADS)
    assert "\n" not in one_line(name)
    assert made.recipients() == ["maria@example.com"]


@pytest.mark.parametrize(
    "address", ["maria@example.com\nBcc: x@example.com", "maria@example.com\r\n\r\nHello"]
)
def test_an_address_of_two_lines_gets_no_mail(office: Office, address: str) -> None:
    mail = Mail("Subject", "Words", "<p>Words</p>", "Lakeside")
    with pytest.raises((BadHeaderError, ValueError)):
        composed(OutboxMessage(to_address=address), mail).send()
    assert office.taken == []


def test_marks_that_turn_writing_round_are_left_out_of_a_name() -> None:
    assert one_line("Lake\u202eside\u2066 \u200bClinic\ud800") == "Lake side Clinic"
    assert one_line("क्\u200dष") == "क्\u200dष"


def test_a_sender_at_a_domain_beyond_ascii_is_written_in_its_ascii_form(office: Office) -> None:
    taken = invitation_from(office, sender="noreply@onkologie-zürich.example")
    assert taken.sender == "noreply@xn--onkologie-zrich-9vb.example"
    assert taken.message_id.endswith("@xn--onkologie-zrich-9vb.example>")


def test_without_an_address_of_its_own_a_practice_uses_the_portals(office: Office) -> None:
    taken = invitation_from(office, sender="")
    assert taken.sender == "noreply@carespaceportal.com"


def asked(*arguments: str) -> Any:
    return CliRunner().invoke(practice_command.command, ["sender", *arguments])


def test_the_command_sets_the_sender_and_takes_it_back() -> None:
    practice = make_practice()
    told = asked("--practice", "lakeside", "--email", "noreply@lakeside.example.org")
    assert (
        told.output
        == "Mail of Lakeside Cancer Associates comes from noreply@lakeside.example.org.\n"
    )
    practice.refresh_from_db()
    assert practice.sender_email == "noreply@lakeside.example.org"
    assert asked("--practice", "lakeside", "--default").exit_code == 0
    practice.refresh_from_db()
    assert practice.sender_email == ""
    assert AuditEvent.objects.filter(action="practice.set-sender").count() == 2


@pytest.mark.parametrize("arguments", [(), ("--email", "a@example.org", "--default")])
def test_the_command_wants_one_of_two(arguments: tuple[str, ...]) -> None:
    make_practice()
    told = asked("--practice", "lakeside", *arguments)
    assert told.exit_code == 1
    assert "either --email or --default" in told.output


@pytest.mark.parametrize("address", ["noreply", "a@b@c", "a@example.org\nBcc: b@example.org", "@x"])
def test_what_is_no_address_is_no_sender(address: str) -> None:
    practice = make_practice()
    with pytest.raises(PracticeRefused, match="is not an email address"):
        set_sender(practice=practice, address=address, by=SYSTEM)
    assert asked("--practice", "lakeside", "--email", address).exit_code == 1


def tried(*arguments: str) -> Any:
    return CliRunner().invoke(mail_command.command, ["try", "--to", "it@example.org", *arguments])


def test_a_test_mail_goes_out_at_once_and_names_its_sender(office: Office) -> None:
    practice = make_practice()
    set_sender(practice=practice, address="noreply@lakeside.example.org", by=SYSTEM)
    told = tried("--practice", "lakeside")
    assert told.output == "Handed over to the mail server, from noreply@lakeside.example.org.\n"
    (taken,) = office.taken
    assert (taken.recipient, taken.sender) == ("it@example.org", "noreply@lakeside.example.org")
    assert not OutboxMessage.objects.exists()
    assert AuditEvent.objects.filter(action="mail.try").count() == 1


def test_a_test_mail_that_is_not_taken_says_what_the_server_answered(office: Office) -> None:
    office.steps["MAIL"].append("550 5.7.60 Not your sender <noreply@carespaceportal.com>")
    told = tried()
    assert told.exit_code == 1
    assert "did not take it (put off: 550 5.7.60)" in told.output
    assert "Check EMAIL_URL" in told.output
    assert smtplib.SMTPSenderRefused.__name__ not in told.output
