"""Change the email address (S-31, T6, T8, AUTH-12, ASVS 7.5.1)."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from carespace.access import own_account
from carespace.accounts import addresses
from carespace.accounts.actions import add_factor, unlock
from carespace.accounts.address_holds import AddressHeld
from carespace.accounts.factors import APP, app_data, new_secret
from carespace.accounts.models import User
from carespace.accounts.proof import note_proof
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from tests.conftest import WebClient
from tests.people import PASSWORD, make_person, sign_in
from tests.portal_security_address.conftest import (
    EVERY_PRESET,
    NEW,
    NEW_PASSWORD,
    OLD,
    ask_for,
    is_in,
    link_in,
    mailed_link,
    send_all,
    signed_in,
    text_of,
    to,
)

pytestmark = pytest.mark.django_db
ENDED = "This link has ended"


def address_of(user: User) -> str:
    user.refresh_from_db()
    return user.email


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move Django's clock on."""

    def move(by: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: datetime.now(tz=UTC) + by)

    return move


@EVERY_PRESET
def test_the_address_changes_once_its_link_is_confirmed(home: WebClient, maria: User) -> None:
    assert ask_for(home)["Location"] == "/settings/email/sent/"
    page = text_of(home.get("/settings/email/sent/"))
    assert f"We sent an email to {NEW}." in page
    assert f"Until you confirm, sign in with {OLD}" in page
    assert address_of(maria) == OLD
    (to_new,) = to(NEW, send_all())
    path = link_in(to_new)
    assert f"You sign in with {OLD} now. From now on, sign in with: {NEW}" in text_of(
        home.get(path)
    )
    assert address_of(maria) == OLD, "looking at the link changes nothing"
    assert home.post(path)["Location"] == "/settings/"
    assert address_of(maria) == NEW
    assert f"Your email address is now {NEW}." in text_of(home.get("/settings/"))
    assert AuditEvent.objects.filter(action="address.change", actor_id=maria.pk).count() == 1
    assert signed_in(WebClient(), NEW)
    given = {"email": OLD, "password": PASSWORD}
    assert WebClient().post("/sign-in/", given).status_code == 200


def test_the_old_address_is_told_at_once_and_both_when_it_is_done(home: WebClient) -> None:
    ask_for(home)
    asked = send_all()
    (notice,) = to(OLD, asked)
    assert "Somebody signed in as you asked to change" in str(notice.body)
    assert "Change your password, or call Lakeside Cancer Associates: (555) 010-0142." in str(
        notice.body
    )
    assert NEW not in str(notice.message())
    (to_new,) = to(NEW, asked)
    home.post(link_in(to_new))
    done = send_all()
    assert sorted(each.to[0] for each in done) == sorted([OLD, NEW])
    assert {each.subject for each in done} == {"Your CareSpace email address was changed"}


def test_the_mail_to_an_address_nobody_has_confirmed_names_neither_person_nor_practice(
    home: WebClient,
) -> None:
    ask_for(home)
    (message,) = to(NEW, send_all())
    whole = str(message.message()) + str(message.alternatives)
    for word in ("Maria", "Reyes", "Lakeside", "Cancer", "health", "record", "patient", OLD):
        assert word not in whole, word


def test_the_address_cannot_be_read_in_the_link_nor_the_link_at_rest(home: WebClient) -> None:
    path = mailed_link(home)
    assert "maria" not in path
    key = path.strip("/").rpartition("/")[2]
    home.get(path)
    with connection.cursor() as cursor:
        for table in ("outbox_outboxmessage", "procrastinate_jobs", "django_session"):
            cursor.execute(SQL("SELECT t::text FROM {} t").format(Identifier(table)))
            assert all(key not in row for (row,) in cursor.fetchall())


def test_every_other_session_ends_and_this_one_gets_a_new_key(home: WebClient, maria: User) -> None:
    phone = signed_in(WebClient())
    before = home.session.session_key
    home.post(mailed_link(home))
    assert is_in(home)
    assert home.session.session_key != before
    assert not is_in(phone)
    assert "This device" in text_of(home.get("/settings/devices/"))


def test_a_stolen_session_alone_asks_for_nothing_without_a_fresh_proof(
    home: WebClient, maria: User
) -> None:
    session = home.session
    session["proved_at"] = int(time.time()) - 15 * 60 - 1
    session.save()
    answer = home.post("/settings/email/", {"email": NEW})
    assert "Enter your password" in text_of(answer)
    assert not OutboxMessage.objects.exists()


def test_a_stolen_fresh_session_asks_for_nothing_without_the_password(
    home: WebClient, maria: User
) -> None:
    thief = WebClient()
    thief.cookies = home.cookies
    answer = ask_for(thief, "thief@example.com", "Wrong-1-word!")
    assert "This is not your password. Try again." in text_of(answer)
    assert not OutboxMessage.objects.exists()
    assert address_of(maria) == OLD


def test_a_fresh_session_without_the_mailbox_changes_nothing(home: WebClient, maria: User) -> None:
    ask_for(home)
    guesses = ["x", "A" * 80, "A" * 81, "é", "0-1"]
    for guess in guesses:
        assert home.post(f"/confirm-email/{guess}/").status_code == 410, guess
    assert address_of(maria) == OLD


def test_a_link_that_is_not_fresh_asks_who_it_is_first(home: WebClient, maria: User) -> None:
    path = mailed_link(home)
    session = home.session
    session["proved_at"] = 0
    session.save()
    for answer in (home.get(path), home.post(path)):
        assert answer["Location"].startswith("/settings/confirm/?next=%2Fconfirm-email%2F")
    assert address_of(maria) == OLD


def test_signed_out_the_link_leads_through_the_sign_in_page_and_back(
    home: WebClient, maria: User
) -> None:
    path = mailed_link(home)
    phone = WebClient()
    for answer in (phone.get(path), phone.post(path)):
        assert answer["Location"] == f"/sign-in/?next={path}"
    assert address_of(maria) == OLD, "a mail scanner is nobody"
    given = {"email": OLD, "password": PASSWORD, "next": path}
    assert phone.post("/sign-in/", given)["Location"] == path
    assert phone.post(path).status_code == 302
    assert address_of(maria) == NEW


def test_the_longest_address_fits_through_the_sign_in_page(home: WebClient, maria: User) -> None:
    longest = f"{'m' * 64}@{'.'.join(['e' * 61] * 3)}.com"
    assert len(longest) <= 254
    path = mailed_link(home, longest)
    given = {"email": OLD, "password": PASSWORD, "next": path}
    assert WebClient().post("/sign-in/", given)["Location"] == path


def test_the_link_of_another_person_has_ended(home: WebClient, maria: User) -> None:
    path = mailed_link(home)
    stan = make_person("Stan Moran")
    other = WebClient()
    sign_in(other, stan)
    for answer in (other.get(path), other.post(path)):
        assert answer.status_code == 410
        assert ENDED in text_of(answer)
    assert (address_of(maria), address_of(stan)) == (OLD, "stan@example.com")


def test_a_link_works_once(home: WebClient, maria: User) -> None:
    path = mailed_link(home)
    assert home.post(path).status_code == 302
    send_all()
    for answer in (home.get(path), home.post(path)):
        assert answer.status_code == 410
        assert ENDED in text_of(answer)
    assert send_all() == []


def test_a_link_dies_with_the_next_password(home: WebClient, maria: User) -> None:
    path = mailed_link(home)
    given = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    assert home.post("/settings/password/", given).status_code == 302
    assert home.get(path).status_code == 410
    assert home.post(path).status_code == 410
    assert address_of(maria) == OLD


def test_a_link_dies_with_the_next_address(home: WebClient, maria: User) -> None:
    first, second = mailed_link(home), mailed_link(home, "maria.third@example.com")
    assert home.post(second).status_code == 302
    assert home.post(first).status_code == 410
    assert address_of(maria) == "maria.third@example.com"


def test_a_link_works_for_24_hours_from_the_asking(
    home: WebClient, maria: User, later: Callable[[timedelta], None]
) -> None:
    ask_for(home)
    later(timedelta(hours=3))
    (message,) = to(NEW, send_all())
    path = link_in(message)
    for hours, status in ((23.9, 200), (24.1, 410)):
        later(timedelta(hours=hours))
        fresh = WebClient()
        sign_in(fresh, maria)
        assert fresh.get(path).status_code == status


def test_a_mail_that_waited_while_the_password_changed_is_not_sent(
    home: WebClient, maria: User
) -> None:
    ask_for(home)
    home.post("/settings/password/", {"current_password": PASSWORD, "password": NEW_PASSWORD})
    assert to(NEW, send_all()) == []


def test_a_reset_link_dies_with_the_change(home: WebClient, maria: User) -> None:
    path = mailed_link(home)
    WebClient().post("/forgot-password/", {"email": OLD})
    (reset,) = send_all()
    found = re.search(r"/new-password/\S+", str(reset.body))
    assert found
    assert WebClient().get(found[0]).status_code == 200
    home.post(path)
    assert WebClient().get(found[0]).status_code == 410


def test_an_address_that_has_a_sign_in_answers_alike_and_changes_nothing(
    home: WebClient, maria: User
) -> None:
    stan = make_person("Stan Moran")
    answers, costs = [], []
    home.get("/settings/email/")  # the first page after sign-in notes that the device was seen
    for email in (NEW, stan.email):
        with CaptureQueriesContext(connection) as queries:
            answer = ask_for(home, email)
        costs.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in queries])
        shown = text_of(home.get("/settings/email/sent/")).replace(email, "?")
        answers.append((answer.status_code, answer["Location"], answer.content, shown))
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]
    (message,) = to(stan.email, send_all())
    assert "There is a sign-in with this address already" in str(message.body)
    assert "/confirm-email/" not in str(message.body)
    assert message.subject == "Your email address for CareSpace"
    assert (address_of(maria), address_of(stan)) == (OLD, "stan@example.com")


def test_an_address_that_was_taken_in_the_meantime_stays_who_it_is(
    home: WebClient, maria: User
) -> None:
    path = mailed_link(home)
    make_person("Stan Moran", email=NEW)
    answer = home.post(path)
    assert answer.status_code == 410
    assert address_of(maria) == OLD
    assert not AuditEvent.objects.filter(action="address.change").exists()
    assert to(NEW, send_all()) == []
    assert is_in(home)


@pytest.mark.parametrize("email", [OLD, f"  {OLD.upper()} "])
def test_the_address_of_today_is_no_new_one(home: WebClient, email: str) -> None:
    assert "This is the address you sign in with now." in text_of(ask_for(home, email))
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("email", ["", "maria", "maria@", "a b@example.com", "x" * 250 + "@a.bc"])
def test_what_is_no_address_is_said_so(home: WebClient, email: str) -> None:
    answer = ask_for(home, email)
    assert answer.status_code == 200
    assert "email address" in text_of(answer)
    assert not OutboxMessage.objects.exists()


def test_capitals_make_no_other_address(home: WebClient, maria: User) -> None:
    ask_for(home, "Maria.New@Example.com")
    (message,) = to(NEW, send_all())
    home.post(link_in(message))
    assert address_of(maria) == NEW


def test_asking_again_and_again_is_limited_by_person_and_by_address(home: WebClient) -> None:
    assert [ask_for(home, NEW).status_code for _ in range(4)] == [302] * 3 + [429]
    others = [ask_for(home, f"maria{number}@example.com").status_code for number in range(3)]
    assert others == [302, 302, 429]


def test_the_mail_leads_to_the_configured_origin(home: WebClient, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    home.post(
        "/settings/email/",
        {"email": NEW, "password": PASSWORD},
        headers={"host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    (message,) = to(NEW, send_all())
    assert "evil" not in str(message.message())
    assert link_in(message)


def reset_by_mail(browser: WebClient) -> str:
    """Set a new password by a mailed link, as whoever reads the mail can; return the link's path."""
    browser.post("/forgot-password/", {"email": OLD})
    (reset,) = to(OLD, send_all())
    found = re.search(r"/new-password/\S+", str(reset.body))
    assert found
    assert browser.post(found[0], {"password": NEW_PASSWORD}).status_code == 302
    send_all()
    return found[0]


def test_after_a_new_password_by_mail_the_address_stays_for_a_day(
    maria: User, later: Callable[[timedelta], None]
) -> None:
    """A stolen mailbox alone does not move the sign-in away for good (T8)."""
    thief = WebClient()
    reset_by_mail(thief)
    signed_in(thief, password=NEW_PASSWORD)
    unlock(email=OLD, by=SYSTEM)
    for answer in (thief.get("/settings/email/"), ask_for(thief, "t@example.com", NEW_PASSWORD)):
        page = text_of(answer)
        assert "your address stays the same for one day" in page
        assert re.search(r"You can change it from \w+day, \w+ \d+, \d+:\d\d [ap]m on", page)
        assert "Call Lakeside Cancer Associates: (555) 010-0142" in page
    assert not OutboxMessage.objects.filter(to_address="t@example.com").exists()
    maria.refresh_from_db()
    key = addresses.key_for(maria, "t@example.com", addresses.asked_by(maria))
    for answer in (thief.get(f"/confirm-email/{key}/"), thief.post(f"/confirm-email/{key}/")):
        assert "your address stays the same for one day" in text_of(answer)
    with pytest.raises(AddressHeld):
        own_account.confirm_address(user=maria, key=key, session=thief.session)
    assert address_of(maria) == OLD
    third = "Patient-Anchor-8!"
    given = {"current_password": NEW_PASSWORD, "password": third}
    assert thief.post("/settings/password/", given).status_code == 302
    assert "your address stays the same" in text_of(ask_for(thief, NEW, third))
    later(timedelta(hours=24, minutes=1))
    assert ask_for(signed_in(WebClient(), password=third), NEW, third).status_code == 302


def test_without_a_second_factor_the_password_is_asked_once(home: WebClient, maria: User) -> None:
    page = home.get("/settings/email/").content.decode()
    assert 'type="password"' in page


def test_with_a_second_factor_the_page_that_confirms_asks_both_and_the_form_none(
    home: WebClient, maria: User
) -> None:
    secret = new_secret()
    add_factor(user=maria, kind=APP, data=app_data(secret, 0))
    session = home.session
    note_proof(session, second_factor="totp")  # a sign-in with all of its steps
    session.save()
    for answer in (home.get("/settings/email/"), ask_for(home)):
        assert answer["Location"] == "/settings/confirm/?next=%2Fsettings%2Femail%2F"
    session = home.session
    note_proof(session, second_factor="totp", again=True)
    session.save()
    page = home.get("/settings/email/").content.decode()
    assert 'type="password"' not in page
    assert home.post("/settings/email/", {"email": NEW}).status_code == 302
