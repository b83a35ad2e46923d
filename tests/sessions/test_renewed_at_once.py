"""Requests at the same moment with one cookie: no session lives on that nobody can see and end (T10, ASVS 7.4, 7.5.2)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections, transaction

from carespace.access import own_account
from carespace.access.chart import actor_of
from carespace.access.own_account import NO_SESSION, end_other_sessions
from carespace.accounts.models import SignIn, User
from carespace.accounts.proof import note_proof
from carespace.accounts.sessions import SessionEnded, SessionStore, row_key
from carespace.audit.models import AuditEvent
from carespace.portal.security import confirm_views
from tests.conftest import WebClient
from tests.people import PASSWORD, enter, let_see, make_patient, make_person, make_practice

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
CLICKS = 4
NEW_PASSWORD = "Quiet-Harbor-9!"
CONFIRM, CHANGE, DEVICES = "/settings/confirm/", "/settings/password/", "/settings/devices/"
Act = Callable[[], Any]


@pytest.fixture
def maria() -> User:
    maria = make_person("Maria Reyes")
    let_see(maria, make_patient(make_practice(), mrn="M-1", born="1961-04-27"), "self")
    return maria


@pytest.fixture
def home(maria: User) -> WebClient:
    home = WebClient()
    enter(home, maria)
    return home


def copy_of(client: WebClient) -> WebClient:
    """Another browser, or another click, with the same cookie."""
    copy = WebClient()
    copy.cookies["carespace"] = client.cookies["carespace"].value
    return copy


def all_at_once(acts: list[Act]) -> list[Any]:
    """Do each in a thread of its own, with connections of its own."""

    def alone(act: Act) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result() for each in [pool.submit(alone, act) for act in acts]]


def let_meet(monkeypatch: pytest.MonkeyPatch, parties: int) -> Barrier:
    """Let requests go on from the question for the password together: each has read its session by then."""
    together, is_right = Barrier(parties), own_account.is_own_password

    def met(**given: Any) -> bool:
        together.wait(timeout=20)
        return is_right(**given)

    monkeypatch.setattr(own_account, "is_own_password", met)
    monkeypatch.setattr(confirm_views, "is_own_password", met)
    return together


def is_in(client: WebClient) -> bool:
    return client.get("/settings/").status_code == 200


def row_of(client: WebClient) -> str:
    return row_key(client.cookies["carespace"].value)


def all_are_listed() -> bool:
    rows = set(Session.objects.values_list("session_key", flat=True))
    return rows == set(SignIn.objects.values_list("session_row", flat=True))


@pytest.mark.parametrize(
    ("path", "given"),
    [
        (CONFIRM, {"password": PASSWORD, "next": DEVICES}),
        (CHANGE, {"current_password": PASSWORD, "password": NEW_PASSWORD}),
    ],
)
def test_of_renewals_at_once_one_lives_and_is_listed(
    maria: User, home: WebClient, monkeypatch: pytest.MonkeyPatch, path: str, given: dict[str, str]
) -> None:
    clicks = [copy_of(home) for _ in range(CLICKS)]
    let_meet(monkeypatch, CLICKS)
    answers = all_at_once([partial(each.post, path, given) for each in clicks])
    assert [each.status_code for each in answers] == [302] * CLICKS
    led_on = [each for each in answers if not each["Location"].startswith("/sign-in/")]
    assert len(led_on) == 1
    assert Session.objects.count() == SignIn.objects.count() == 1
    assert all_are_listed()
    assert [is_in(each) for each in clicks].count(True) == 1
    assert not is_in(home)
    # Who came second keeps the cookie: it may be the first one's new one.
    assert sum("carespace" in each.cookies for each in answers) == 1


@pytest.mark.parametrize("kept", [False, True])
def test_what_signs_out_everywhere_leaves_no_other_whatever_happens_meanwhile(
    maria: User, home: WebClient, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    for _ in range(5):
        enter(home, maria)
        phone = WebClient()
        enter(phone, maria)
        together = let_meet(monkeypatch, 2)
        key = str(phone.session.session_key) if kept else NO_SESSION

        def end(together: Barrier = together, key: str = key) -> int:
            together.wait(timeout=20)
            with transaction.atomic():
                return end_other_sessions(user=maria, keep_session_key=key, by=actor_of(maria))

        click = copy_of(home)
        given = {"password": PASSWORD}
        all_at_once([partial(click.post, CONFIRM, given), end])
        monkeypatch.undo()
        assert Session.objects.count() == int(kept)
        assert all_are_listed()
        assert not is_in(click)
        assert is_in(phone) == kept
        Session.objects.all().delete()
        SignIn.objects.all().delete()


@pytest.mark.parametrize("path", ["/sign-out/", DEVICES])
def test_signing_out_and_renewing_at_once_leave_nothing_unlisted(
    maria: User, home: WebClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for _ in range(5):
        enter(home, maria)
        session = home.session
        note_proof(session)
        session.save()
        line = SignIn.objects.get(session_row=row_key(str(session.session_key)))
        together = let_meet(monkeypatch, 2)
        clicks = [copy_of(home), copy_of(home)]

        def renew(click: WebClient = clicks[0]) -> Any:
            return click.post(CONFIRM, {"password": PASSWORD})

        def leave(
            click: WebClient = clicks[1], together: Barrier = together, line: SignIn = line
        ) -> Any:
            together.wait(timeout=20)
            return click.post(path, {"device": str(line.pk)})

        answers = all_at_once([renew, leave])
        monkeypatch.undo()
        # 400: the session was ended between the page and the saving of its session.
        assert {each.status_code for each in answers} <= {302, 400}
        listed = set(SignIn.objects.values_list("session_row", flat=True))
        assert {row_of(each) for each in clicks if is_in(each)} == listed
        Session.objects.all().delete()
        SignIn.objects.all().delete()


def test_a_session_that_was_ended_gets_no_new_key(maria: User, home: WebClient) -> None:
    key = str(home.session.session_key)
    late = SessionStore(key)
    assert late["_auth_user_id"] == str(maria.pk)  # read before its end
    SignIn.objects.all().delete()
    Session.objects.all().delete()
    with pytest.raises(SessionEnded), transaction.atomic():
        own_account.renew_key(user=maria, session=late)
    with pytest.raises(SessionEnded), transaction.atomic():
        late.cycle_key()
    assert not Session.objects.exists()


def test_a_line_without_its_session_gets_no_new_key(maria: User, home: WebClient) -> None:
    late = SessionStore(str(home.session.session_key))
    assert late["_auth_user_id"]
    Session.objects.all().delete()
    with pytest.raises(SessionEnded), transaction.atomic():
        own_account.renew_key(user=maria, session=late)
    assert not Session.objects.exists()


def test_a_session_on_no_list_ends_when_it_is_used(maria: User, home: WebClient) -> None:
    SignIn.objects.all().delete()
    assert home.get("/settings/")["Location"].startswith("/sign-in/")


def test_who_is_signed_out_is_written_down(maria: User, home: WebClient) -> None:
    home.post("/sign-out/")
    event = AuditEvent.objects.get(action="user.sign-out")
    assert (event.actor_id, event.entity_id) == (maria.pk, str(maria.pk))
    assert not Session.objects.filter(session_key__in=SignIn.objects.values("session_row")).exists()
    assert not SignIn.objects.exists()
