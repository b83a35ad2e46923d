"""A new password by mail (S-28, T6, T8, T24, AUTH-14)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.sql import SQL, Identifier

from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import PASSWORD, make_person, make_practice, sign_in

pytestmark = pytest.mark.django_db
NEW = "Quiet-Harbor-9!"


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def maria() -> User:
    make_practice(preset="echo")
    return make_person("Maria Reyes")


def ask(client: WebClient, email: str = "maria@example.com", **more: Any) -> Any:
    return client.post("/forgot-password/", {"email": email}, **more)


def send_all() -> None:
    for message in OutboxMessage.objects.filter(state="queued"):
        _deliver(str(message.pk))


def link() -> str:
    """The path of the link in the newest mail."""
    found = re.search(r"http://localhost:8000(/new-password/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def mailed(client: WebClient, email: str = "maria@example.com") -> str:
    ask(client, email)
    send_all()
    return link()


def test_the_page_uses_the_practices_words(client: WebClient, maria: User) -> None:
    assert "<h1>I forgot my password</h1>" in client.get("/forgot-password/").content.decode()


def test_a_link_comes_by_mail_and_sets_a_new_password(client: WebClient, maria: User) -> None:
    response = ask(client)
    assert response["Location"] == "/forgot-password/sent/"
    told = client.get("/forgot-password/sent/").content.decode()
    assert "we sent a link to it. It works for 30 minutes." in told
    send_all()
    path = link()
    assert client.get(path).status_code == 200
    response = client.post(path, {"password": NEW})
    assert response["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session
    maria.refresh_from_db()
    assert maria.check_password(NEW)
    send_all()
    assert mail.outbox[-1].subject == "Your CareSpace password was changed"
    assert mail.outbox[-1].to == ["maria@example.com"]


@pytest.mark.parametrize("email", ["maria@example.com", "nobody@example.com"])
def test_the_page_after_it_names_the_typed_address_known_or_not(
    client: WebClient, maria: User, email: str
) -> None:
    answer = ask(client, email)
    assert email not in answer["Location"]
    told = client.get(answer["Location"]).content.decode()
    assert f'If we know <b class="anywhere">{email}</b>, we sent a link to it.' in told


def test_a_known_and_an_unknown_address_cost_and_answer_the_same(
    client: WebClient, maria: User, hashes: list[str]
) -> None:
    answers, costs = [], []
    for email in ("maria@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            response = ask(WebClient(), email)
        answers.append((response.status_code, response["Location"], response.content))
        costs.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in queries])
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]
    assert hashes == []
    send_all()
    assert [message.to for message in mail.outbox] == [["maria@example.com"]]
    states = dict(OutboxMessage.objects.values_list("to_address", "state"))
    assert states == {"maria@example.com": "sent", "nobody@example.com": "dropped"}


def test_no_key_lies_at_rest(client: WebClient, maria: User) -> None:
    path = mailed(client)
    key = path.strip("/").rpartition("/")[2]
    client.get(path)
    with connection.cursor() as cursor:
        for table in ("outbox_outboxmessage", "procrastinate_jobs", "django_session"):
            cursor.execute(SQL("SELECT t::text FROM {} t").format(Identifier(table)))
            assert all(key.partition("-")[2] not in row for (row,) in cursor.fetchall())
    assert ProcrastinateJob.objects.count() == 1


def test_the_mail_leads_to_the_configured_origin_whatever_the_host_header_says(
    client: WebClient, maria: User, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    ask(client, headers={"host": "evil.example", "X-Forwarded-Host": "evil.example"})
    send_all()
    whole = str(mail.outbox[0].message())
    assert "evil" not in whole
    assert link()


def test_the_mail_names_nobody(client: WebClient, maria: User) -> None:
    mailed(client)
    message = mail.outbox[0]
    assert isinstance(message, EmailMultiAlternatives)
    whole = str(message.message()) + str(message.alternatives)
    for secret in ("Maria", "Reyes", "1961"):
        assert secret not in whole


def test_a_link_works_once(client: WebClient, maria: User) -> None:
    path = mailed(client)
    assert client.post(path, {"password": NEW}).status_code == 302
    assert client.post(path, {"password": "Other-Harbor-9!"}).status_code == 410
    assert client.get(path).status_code == 410


def test_looking_at_the_link_does_not_use_it_up(client: WebClient, maria: User) -> None:
    path = mailed(client)
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert client.post(path, {"password": NEW}).status_code == 302


@pytest.mark.parametrize("change", ["password", "email", "is_active", "last_login"])
def test_a_link_dies_with_what_it_was_made_for(client: WebClient, maria: User, change: str) -> None:
    path = mailed(client)
    if change == "password":
        maria.set_password(NEW)
    elif change == "email":
        maria.email = "maria.new@example.com"
    elif change == "is_active":
        maria.is_active = False
    else:
        sign_in(WebClient(), maria)
        maria.refresh_from_db()
    maria.save()
    assert client.get(path).status_code == 410


def test_a_link_works_for_30_minutes(
    client: WebClient, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mailed(client)
    for minutes, status in ((29, 200), (31, 410)):
        later = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005  as Django's generator
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _, at=later: at)
        assert client.get(path).status_code == status


def without_tokens(page: Any) -> str:
    """The page without what keeps its forms from being forged, which is another text each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())


@pytest.mark.parametrize(
    "path", ["/new-password/x/", "/new-password/0-1/", f"/new-password/{'0' * 32}-1-2/"]
)
def test_a_made_up_link_answers_like_a_used_one(client: WebClient, maria: User, path: str) -> None:
    used = mailed(client)
    client.post(used, {"password": NEW})
    client.get("/sign-in/")
    assert without_tokens(client.get(path)) == without_tokens(client.get(used))


def test_a_new_password_must_meet_the_rules(client: WebClient, maria: User) -> None:
    path = mailed(client)
    page = client.post(path, {"password": "Maria-1!"}).content.decode()
    assert "This password is too easy to guess. Try three words" in page
    assert client.post(path, {"password": "short"}).status_code == 200
    assert client.post(path, {"password": NEW}).status_code == 302


def test_a_reset_ends_every_other_session(client: WebClient, maria: User) -> None:
    elsewhere = WebClient()
    sign_in(elsewhere, maria)
    assert elsewhere.get("/staff/").status_code == 404
    maria.refresh_from_db()
    client.post(mailed(client), {"password": NEW})
    assert elsewhere.get("/staff/").status_code == 302


def test_a_reset_lets_a_person_in_who_was_kept_waiting(client: WebClient, maria: User) -> None:
    wrong = {"email": "maria@example.com", "password": "Wrong-1-word!"}
    for _ in range(6):
        client.post("/sign-in/", wrong)
    client.post(mailed(client), {"password": NEW})
    given = {"email": "maria@example.com", "password": NEW, "next": "/terms/"}
    assert client.post("/sign-in/", given)["Location"] == "/terms/"


def test_staff_without_a_password_set_their_first_one(client: WebClient) -> None:
    practice = make_practice()
    fay = make_person("Fay Desk", password=None)
    add_staff(user=fay, practice=practice, role="front-desk", by=SYSTEM)
    assert not fay.has_usable_password()
    path = mailed(client, "fay@example.com")
    assert client.post(path, {"password": NEW}).status_code == 302
    given = {"email": "fay@example.com", "password": NEW, "next": "/staff/"}
    assert client.post("/sign-in/", given)["Location"] == "/staff/"
    assert client.get("/staff/")["Location"] == "/settings/second-factor/?next=%2Fstaff%2F"


def test_asking_again_and_again_is_limited(
    client: WebClient, maria: User, clock: Callable[[timedelta], None]
) -> None:
    for email in ("maria@example.com", "nobody@example.com"):
        assert [ask(client, email).status_code for _ in range(4)] == [302] * 3 + [429]
    clock(timedelta(minutes=2))
    assert ask(client).status_code == 302


def test_one_network_cannot_ask_for_everybody(client: WebClient, maria: User) -> None:
    for number in range(30):
        assert ask(client, f"p{number}@example.com").status_code == 302
    assert ask(client, "p31@example.com").status_code == 429


def test_only_a_person_with_the_old_password_keeps_it(client: WebClient, maria: User) -> None:
    path = mailed(client)
    client.post(path, {"password": ""})
    maria.refresh_from_db()
    assert maria.check_password(PASSWORD)
