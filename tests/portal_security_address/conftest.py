"""What the tests of a person's own sign-in share: Maria, her practice, her mailbox and her browsers."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from carespace.accounts.models import User
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from tests.conftest import WebClient
from tests.people import PASSWORD, let_see, make_patient, make_person, make_practice
from tests.portal_account.conftest import typed

OLD, NEW = "maria@example.com", "maria.new@example.com"
EVERY_PRESET = pytest.mark.parametrize("maria", ["echo", "highlands", "classic"], indirect=True)
NEW_PASSWORD = "Quiet-Harbor-9!"
ON_A_PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def maria(request: pytest.FixtureRequest) -> User:
    """A patient of the only practice, with a record of her own; a test may name the practice's preset."""
    maria = make_person("Maria Reyes", email=OLD)
    practice = make_practice(preset=getattr(request, "param", "highlands"))
    let_see(maria, make_patient(practice, mrn="M-1", born="1961-04-27"), "self")
    return maria


@pytest.fixture
def home(client: WebClient, maria: User) -> WebClient:
    """Maria's browser at home, in which she has just signed in."""
    return signed_in(client)


def signed_in(client: WebClient, email: str = OLD, password: str = PASSWORD, **more: Any) -> Any:
    """Sign somebody in at the sign-in page, which may ask the birth date, and return the browser."""
    given = {"email": email, "password": password, **typed("1961-04-27")}
    answer = client.post("/sign-in/", given, **more)
    assert answer.status_code == 302, answer.content.decode()
    return client


def is_in(client: WebClient) -> bool:
    """Whether the next page in this browser is one of somebody signed in."""
    return client.get("/settings/").status_code == 200


def send_all() -> list[EmailMultiAlternatives]:
    """Send what waits, and return it."""
    before = len(mail.outbox)
    for message in OutboxMessage.objects.filter(state="queued").order_by("queued_at"):
        _deliver(str(message.pk))
    return mail.outbox[before:]  # type: ignore[return-value]


def to(address: str, mails: list[EmailMultiAlternatives]) -> list[EmailMultiAlternatives]:
    return [each for each in mails if each.to == [address]]


def ask_for(client: WebClient, email: str = NEW, password: str = PASSWORD) -> Any:
    return client.post("/settings/email/", {"email": email, "password": password})


def link_in(message: EmailMultiAlternatives) -> str:
    """The path of the link in a mail to a new address."""
    found = re.search(r"http://localhost:8000(/confirm-email/\S+)", str(message.body))
    assert found
    return found[1]


def mailed_link(client: WebClient, email: str = NEW) -> str:
    """Ask for a new address, and return the path of the link that was mailed there."""
    assert ask_for(client, email).status_code == 302
    (message,) = to(email, send_all())
    return link_in(message)


def text_of(answer: Any) -> str:
    """A page's words, with one space between them."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
