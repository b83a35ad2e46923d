"""Sign in and out (S-26, S-27, T5, T6, T7, T10, T11, T15)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carespace.accounts.models import User
from carespace.accounts.passwords import PracticeArgon2Hasher
from carespace.accounts.sessions import SessionStore
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import PASSWORD, let_see, make_patient, make_person, make_practice
from tests.people import sign_in as force_sign_in
from tests.portal_account.conftest import typed

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
PLAIN = "We could not sign you in. Check your email and password."
WITH_DATE = "We could not sign you in. Check your email, password and birth date."
BORN = date(1961, 4, 27)


def enter(client: WebClient, email: str = "maria@example.com", **more: Any) -> Any:
    given = {"email": email, "password": more.pop("password", PASSWORD), **more}
    return client.post(SIGN_IN, given)


def signed_in(client: WebClient) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def maria() -> User:
    return make_person("Maria Reyes", BORN)


@pytest.fixture
def plain(maria: User) -> Any:
    """A practice that asks no birth date, the only one of its server, with Maria's record."""
    practice = make_practice(preset="highlands")
    let_see(maria, make_patient(practice, mrn="M-1", born="1961-04-27"), "self")
    return practice


@pytest.fixture
def classic(maria: User) -> Any:
    practice = make_practice(preset="classic")
    let_see(maria, make_patient(practice, mrn="M-1", born="1961-04-27"), "self")
    return practice


@pytest.mark.parametrize(
    ("preset", "asks", "words"),
    [
        ("echo", False, "I forgot my password"),
        ("highlands", False, "Forgot Password"),
        ("classic", True, "Forgot password"),
    ],
)
def test_each_preset_asks_what_its_practice_asks_in_its_words(
    client: WebClient, preset: str, asks: bool, words: str
) -> None:
    make_practice(preset=preset)
    page = client.get(SIGN_IN).content.decode()
    assert ("Date of birth" in page) is asks
    assert f">{words}</a>" in page
    assert "(555) 010-0142" in page


def test_the_right_password_leads_to_the_start(client: WebClient, plain: Any, maria: User) -> None:
    response = enter(client)
    assert (response.status_code, response["Location"]) == (302, reverse("portal:start"))
    assert client.session["_auth_user_id"] == str(maria.pk)
    assert client.session["is_staff"] is False
    assert AuditEvent.objects.filter(action="user.sign-in", actor_id=maria.pk).count() == 1


def test_the_address_may_be_typed_in_capitals(client: WebClient, plain: Any) -> None:
    assert enter(client, email=" Maria@Example.COM ").status_code == 302


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("maria@example.com", "Wrong-1-word!"),
        ("nobody@example.com", PASSWORD),
        ("unset@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
    ],
)
def test_every_mistake_has_the_same_answer_and_the_same_cost(
    client: WebClient, plain: Any, hashes: list[str], email: str, password: str
) -> None:
    make_person("Unset", email="unset@example.com", password=None)
    User.objects.filter(pk=make_person("Gone", email="gone@example.com").pk).update(is_active=False)
    client.get(SIGN_IN)
    hashes.clear()
    response = enter(client, email=email, password=password)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count(PLAIN) == 1
    assert len(hashes) == 1
    assert not signed_in(client)


@pytest.mark.parametrize("preset", ["highlands", "classic"])
def test_every_mistake_asks_the_database_the_same(
    client: WebClient, maria: User, preset: str
) -> None:
    let_see(maria, make_patient(make_practice(preset=preset), mrn="M-1", born="1961-04-27"), "self")
    costs, pages = set(), set()
    for email, password in [
        ("maria@example.com", "Wrong-1-word!"),
        ("nobody@example.com", PASSWORD),
        ("maria@example.com", PASSWORD) if preset == "classic" else ("other@example.com", "x"),
    ]:
        fresh = WebClient()
        with CaptureQueriesContext(connection) as queries:
            response = enter(fresh, email=email, password=password, **typed("1961-04-28"))
        assert not signed_in(fresh)
        costs.add(tuple(re.sub(r"'[^']*'|\d+", "?", each["sql"])[:80] for each in queries))
        page = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', "", response.content.decode())
        pages.add(page.replace(email, "…"))
    assert len(costs) == 1
    assert len(pages) == 1


def test_all_three_must_be_right_where_the_birth_date_is_asked(
    client: WebClient, classic: Any
) -> None:
    right, wrong = typed("1961-04-27"), typed("1961-04-28")
    for email, password, day in [
        ("maria@example.com", PASSWORD, wrong),
        ("maria@example.com", "Wrong-1-word!", right),
        ("maria@example.com", "Wrong-1-word!", wrong),
        ("nobody@example.com", PASSWORD, right),
    ]:
        response = enter(client, email, password=password, **day)
        assert (response.status_code, signed_in(client)) == (200, False)
        assert WITH_DATE in response.content.decode()
    assert enter(client, **right).status_code == 302
    assert signed_in(client)


def test_a_birth_date_counts_from_the_record_when_none_was_ever_confirmed(
    client: WebClient, classic: Any, maria: User
) -> None:
    User.objects.update(birth_date=None)
    assert not enter(client, **typed("1961-04-28")).has_header("Location")
    assert enter(client, **typed("1961-04-27")).has_header("Location")


def test_where_the_host_names_no_practice_the_birth_date_comes_on_a_second_page(
    client: WebClient, classic: Any
) -> None:
    make_practice("hillside")
    response = enter(client, next="/terms/")
    assert response["Location"] == "/sign-in/birth-date/"
    assert not signed_in(client)
    assert client.get("/staff/").status_code in {302, 404}
    response = client.post("/sign-in/birth-date/", typed("1961-04-28"))
    assert WITH_DATE in response.content.decode()
    assert not signed_in(client)
    assert client.post("/sign-in/birth-date/", typed("1961-04-27"))["Location"] == "/terms/"
    assert signed_in(client)


def test_the_second_page_needs_the_first(client: WebClient, classic: Any) -> None:
    assert client.get("/sign-in/birth-date/")["Location"] == SIGN_IN
    assert client.post("/sign-in/birth-date/", typed("1961-04-27"))["Location"] == SIGN_IN


def test_the_second_page_waits_ten_minutes(client: WebClient, classic: Any) -> None:
    make_practice("hillside")
    enter(client)
    session = client.session
    session["account_login"]["initiated_at"] -= 601
    session.save()
    response = client.post("/sign-in/birth-date/", typed("1961-04-27"))
    assert response["Location"] == SIGN_IN
    assert not signed_in(client)


def test_a_practice_that_asks_is_asked_for_on_its_own_host_at_once(client: WebClient) -> None:
    make_practice("hillside")
    make_practice(preset="classic", hosts=("testserver",))
    assert "Date of birth" in client.get(SIGN_IN).content.decode()


def test_five_tries_are_free_and_then_one_waits_longer_each_time(
    client: WebClient, plain: Any, hashes: list[str], clock: Callable[[timedelta], None]
) -> None:
    for _ in range(5):
        assert enter(client, password="Wrong-1-word!").status_code == 200
    hashes.clear()
    response = enter(client)
    assert response.status_code == 429
    words = (
        r"Too many tries\. Wait until .{4,45}, or use “Forgot Password”, or call \(555\) 010-0142\."
    )
    assert re.search(words, response.content.decode())
    assert hashes == []
    for seconds in (30, 60, 120):
        clock(timedelta(seconds=seconds - 1))
        assert enter(client, password="Wrong-1-word!").status_code == 429
        clock(timedelta(seconds=2))
        assert enter(client, password="Wrong-1-word!").status_code == 200
    clock(timedelta(hours=1))
    assert enter(client).status_code == 302


def test_an_address_nobody_has_is_limited_alike(client: WebClient, plain: Any) -> None:
    answers = [enter(client, email="nobody@example.com").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_success_forgets_the_wrong_tries(client: WebClient, plain: Any) -> None:
    for _ in range(2):
        for _ in range(4):
            enter(client, password="Wrong-1-word!")
        assert enter(client).status_code == 302
        client.post("/sign-out/")


def test_wrong_birth_dates_share_the_limit_and_a_right_password_forgets_nothing(
    client: WebClient, classic: Any
) -> None:
    make_practice("hillside")
    enter(client)
    answers = [
        client.post("/sign-in/birth-date/", typed(f"1961-04-0{day}")).status_code
        for day in range(1, 6)
    ]
    assert answers == [200] * 4 + [429]
    assert enter(client).status_code == 429


def test_one_network_is_limited_across_addresses(client: WebClient, plain: Any) -> None:
    for number in range(60):
        enter(client, email=f"p{number}@example.com")
    assert enter(client).status_code == 429
    response = client.post(
        SIGN_IN, {"email": "maria@example.com", "password": PASSWORD}, REMOTE_ADDR="192.0.2.9"
    )
    assert response.status_code == 302


def test_a_forwarded_address_counts_from_a_listed_proxy_only(
    client: WebClient, plain: Any, settings: Any
) -> None:
    for number in range(60):
        enter(client, email=f"p{number}@example.com")
    given = {"email": "maria@example.com", "password": PASSWORD}
    away = {"X-Forwarded-For": "203.0.113.7, 192.0.2.9"}
    assert client.post(SIGN_IN, given, headers=away).status_code == 429
    settings.CARESPACE_PROXIES = frozenset({"127.0.0.1"})
    assert client.post(SIGN_IN, given, headers=away).status_code == 302


def test_a_hash_made_with_older_settings_is_made_anew(
    client: WebClient, plain: Any, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PracticeArgon2Hasher, "time_cost", 2)
    before = maria.password
    enter(client)
    maria.refresh_from_db()
    assert maria.password != before
    assert ",t=2," in maria.password
    assert maria.last_login is not None
    assert client.get(SIGN_IN).status_code == 302


def test_the_session_gets_a_new_key(client: WebClient, plain: Any) -> None:
    client.session.save()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    assert SessionStore().exists(before)
    client.cookies["carespace"] = str(before)
    enter(client)
    assert client.session.session_key != before
    assert not SessionStore().exists(before)


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "/%252fevil.example",
        "javascript:alert(1)",
        "https://evil.example/",
        "https:evil.example",
        "///evil.example",
        "/\t/evil.example",
        "evil",
        "http://testserver/terms/",
    ],
)
def test_next_never_leads_away(client: WebClient, plain: Any, onward: str) -> None:
    page = client.get(SIGN_IN, {"next": onward}).content.decode()
    assert 'name="next"' not in page
    assert enter(client, next=onward)["Location"] == reverse("portal:start")


def test_next_leads_on_within_the_portal(client: WebClient, plain: Any) -> None:
    assert (
        'name="next" value="/terms/?a=1"'
        in client.get(SIGN_IN + "?next=/terms/%3Fa%3D1").content.decode()
    )
    assert enter(client, next="/terms/?a=1")["Location"] == "/terms/?a=1"
    assert client.get(SIGN_IN + "?next=/terms/")["Location"] == "/terms/"


def test_a_form_from_elsewhere_is_refused(plain: Any) -> None:
    strict = WebClient(enforce_csrf_checks=True)
    for path in (SIGN_IN, "/sign-out/", "/forgot-password/", "/register/x/", "/new-password/x/"):
        assert (
            strict.post(path, {"email": "maria@example.com", "password": PASSWORD}).status_code
            == 403
        )
    assert not signed_in(strict)


def test_a_wrong_host_is_refused(client: WebClient, plain: Any) -> None:
    assert client.get(SIGN_IN, headers={"host": "evil.example"}).status_code == 400


def test_staff_sessions_are_marked(client: WebClient, plain: Any, maria: User) -> None:
    add_staff(user=maria, practice=plain, role="front-desk", by=SYSTEM)
    enter(client)
    assert client.session["is_staff"] is True


def test_sign_out_ends_the_session_on_the_server(
    client: WebClient, plain: Any, maria: User
) -> None:
    force_sign_in(client, maria)
    key = client.session.session_key
    assert SessionStore().exists(key)
    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/")
    assert response["Location"] == SIGN_IN
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not SessionStore().exists(key)
    assert "You are signed out." in client.get(SIGN_IN).content.decode()


def test_it_says_why_a_session_ended(client: WebClient, plain: Any) -> None:
    session = client.session
    session["ended"] = True
    session.save()
    client.cookies["carespace"] = str(session.session_key)
    words = "You were signed out to keep the record safe."
    assert words in client.get(SIGN_IN).content.decode()
    assert words not in client.get(SIGN_IN).content.decode()


def test_missing_answers_are_named_and_count_for_nothing(
    client: WebClient, plain: Any, hashes: list[str]
) -> None:
    page = client.post(SIGN_IN, {}).content.decode()
    assert "Enter your email address" in page
    assert "Enter your password" in page
    assert hashes == []
