"""Two who change the access to one record in the same moment: one waits, none fails, and who ends access wins (T4).

Each is a transaction of its own, as the web role; the first holds the record until the database says that the second
waits for it, so that the order is known and no clock is asked.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from carespace.access import signing
from carespace.access.actions import (
    LinkEnded,
    accept,
    ask_again,
    hold,
    invite,
    note_bounced,
    note_handed_over,
    one_at_a_time,
    revoke,
)
from carespace.access.chart import NotFound, actor_of, open_chart
from carespace.access.models import Grant, Invitation
from carespace.access.people import end_access, resend_to_family, withdraw_invitation
from carespace.access.permissions import Permission
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.patients.models import Patient
from tests.conftest import WebClient
from tests.people import Cast, let_see, make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])

PATIENCE_SECONDS = 60


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    return committed_cast


def sent(cast: Cast, person: User, kind: str = "family", origin: str = "patient") -> Invitation:
    by = actor_of(cast.ruth)
    link = invite(patient=cast.ruths_record, email=person.email, kind=kind, origin=origin, by=by)
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    return link


@contextmanager
def as_web() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {settings.CARESPACE_WEB_ROLE}")
        yield


def take_up(link: Invitation, person: User) -> None:
    """Accept ``link`` in the running transaction, as its page does."""
    signing.set_signed(signing.TOKEN, link.pk)
    signing.set_signed(signing.USER, person.pk)
    accept(invitation=hold(link), user=person, by=actor_of(person))


def second_waits_for(
    first: Callable[[], object], patient: Patient, second: Callable[[], Any]
) -> Any:
    """Do ``first`` while ``second`` waits for the record; return what ``second`` answered when ``first`` was kept."""
    with ThreadPoolExecutor(1) as pool:
        with as_web():
            one_at_a_time(patient)
            answer = pool.submit(closing(second))
            until_it_waits(answer)
            first()
        return answer.result(timeout=PATIENCE_SECONDS)


def closing(act: Callable[[], Any]) -> Callable[[], Any]:
    def done() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    return done


def until_it_waits(answer: Future[Any]) -> None:
    """Return as soon as another connection waits for an advisory lock; fail when it is done without."""
    began = monotonic()
    with connection.cursor() as cursor:
        while monotonic() - began < PATIENCE_SECONDS:
            cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone():
                return
            if answer.done():
                pytest.fail(f"it did not wait: {answer.exception() or answer.result()}")
    pytest.fail("it never asked for the record")


def at_ruths(cast: Cast, act: Callable[..., Any], **more: Any) -> Callable[[], Any]:
    """``act`` in the open record of Ruth, by her, in a transaction of the web role."""

    def acted() -> Any:
        with as_web():
            chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
            return act(chart=chart, **more)

    return acted


def open_grants(person: User) -> int:
    return Grant.objects.filter(user=person, revoked_at__isnull=True).count()


def test_who_ends_access_wins_over_who_comes_back_at_once(cast: Cast) -> None:
    """Luis, family, takes up a link as representative; Ruth's page still shows him as family."""
    link, old = sent(cast, cast.luis, "representative", "desk"), cast.luis.grants.get()
    ended = second_waits_for(
        lambda: take_up(link, cast.luis),
        cast.ruths_record,
        at_ruths(cast, end_access, grant_id=old.pk),
    )
    assert ended.grant.kind == "representative"
    assert open_grants(cast.luis) == 0


def test_who_comes_second_finds_the_link_withdrawn_with_the_access(cast: Cast) -> None:
    link, old = sent(cast, cast.luis, "representative", "desk"), cast.luis.grants.get()

    def come_back() -> str:
        try:
            with as_web():
                take_up(link, cast.luis)
        except LinkEnded:
            return "ended"
        return "in"

    def end() -> None:
        chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
        end_access(chart=chart, grant_id=old.pk)

    assert second_waits_for(end, cast.ruths_record, come_back) == "ended"
    assert open_grants(cast.luis) == 0


def test_a_second_address_is_shut_out_with_who_invited_it(cast: Cast) -> None:
    """Whichever is first: the link is withdrawn, or the patient finds one more person in the list."""
    rosa, two = make_person("Rosa Adler"), make_person("Rosa Two", email="two@example.com")
    let_see(rosa, cast.ruths_record, "representative")
    link = invite(
        patient=cast.ruths_record,
        email=two.email,
        kind="family",
        origin="patient",
        by=actor_of(rosa),
    )
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)

    def come() -> str:
        try:
            with as_web():
                take_up(link, two)
        except LinkEnded:
            return "ended"
        return "in"

    def end() -> None:
        chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
        end_access(chart=chart, grant_id=rosa.grants.get().pk)

    assert second_waits_for(end, cast.ruths_record, come) == "ended"
    assert open_grants(two) == 0


def test_of_two_who_end_the_same_access_one_does(cast: Cast) -> None:
    grant = cast.luis.grants.get()
    again = second_waits_for(
        lambda: end_access(
            chart=open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE),
            grant_id=grant.pk,
        ),
        cast.ruths_record,
        at_ruths(cast, end_access, grant_id=grant.pk),
    )
    assert again is None
    assert open_grants(cast.luis) == 0


def test_who_is_shut_out_meanwhile_shuts_out_nobody(cast: Cast) -> None:
    rosa = make_person("Rosa Adler")
    let_see(rosa, cast.ruths_record, "representative")
    luis, hers = cast.luis.grants.get(), rosa.grants.get()

    def by_rosa() -> str:
        try:
            with as_web():
                chart = open_chart(rosa, cast.ruths_record.pk, Permission.USERS_MANAGE)
                end_access(chart=chart, grant_id=luis.pk)
        except NotFound:
            return "not there"
        return "done"

    def by_ruth() -> None:
        chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
        end_access(chart=chart, grant_id=hers.pk)

    assert second_waits_for(by_ruth, cast.ruths_record, by_rosa) == "not there"
    assert (open_grants(rosa), open_grants(cast.luis)) == (0, 1)


def test_a_new_link_asked_for_while_access_is_ended_is_not_sent(cast: Cast) -> None:
    link, old = sent(cast, cast.luis), cast.luis.grants.get()

    def again() -> str:
        try:
            at_ruths(cast, resend_to_family, invitation_id=link.pk)()
        except ValueError as refused:
            return str(refused)
        return "sent"

    def end() -> None:
        chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
        end_access(chart=chart, grant_id=old.pk)

    assert second_waits_for(end, cast.ruths_record, again) == "over"
    assert not Invitation.objects.filter(email=cast.luis.email, state="queued").exists()


def test_who_asks_again_while_a_new_link_is_sent_has_it(cast: Cast) -> None:
    link = sent(cast, cast.stan)
    Invitation.objects.filter(pk=link.pk).update(expires_at=link.sent_at)

    def ask() -> None:
        with as_web():
            ask_again(token=token_for(link.pk))

    def again() -> None:
        chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
        resend_to_family(chart=chart, invitation_id=link.pk)

    second_waits_for(again, cast.ruths_record, ask)
    assert not Invitation.objects.filter(asked_again_at__isnull=False).exists()
    assert Invitation.objects.get(state="queued").email == cast.stan.email


def test_a_mail_that_comes_back_while_the_link_is_withdrawn_is_no_failure(cast: Cast) -> None:
    link = sent(cast, cast.stan)
    withdrawn = second_waits_for(
        lambda: None, cast.ruths_record, at_ruths(cast, withdraw_invitation, invitation_id=link.pk)
    )
    assert withdrawn.pk == link.pk
    other = sent(cast, cast.otto)
    note_bounced(invitation=other, why="bounced", by=SYSTEM)
    assert at_ruths(cast, withdraw_invitation, invitation_id=other.pk)() is None


@pytest.mark.parametrize("act", ["withdraw", "resend"])
def test_manage_users_says_that_they_accepted_while_its_page_was_open(cast: Cast, act: str) -> None:
    link = sent(cast, cast.stan)
    here = f"/p/{cast.ruths_record.pk}/users/"
    page = pressed(cast.ruth, f"{here}invites/{link.pk}/{act}/", {})
    answer = second_waits_for(lambda: take_up(link, cast.stan), cast.ruths_record, page)
    assert answer.redirect_chain == [(here, 302)]
    words = answer.content.decode()
    assert "They have accepted meanwhile" in words
    assert "Stan Moran" in words
    assert open_grants(cast.stan) == 2
    shown = pressed(cast.ruth, f"{here}invites/{link.pk}/{act}/", None)()
    assert "They have accepted meanwhile" in shown.content.decode(), (
        "nor does its link lead nowhere"
    )


@pytest.mark.parametrize("act", ["withdraw", "resend", "fix-address"])
def test_the_desk_is_told_that_they_accepted_while_its_page_was_open(cast: Cast, act: str) -> None:
    link = sent(cast, cast.stan, "representative", "desk")
    given = {"reason": "x", "email": "other@example.com", "confirmed": "yes"}
    page = pressed(cast.fay, f"/staff/invitations/{link.pk}/{act}/", given)
    answer = second_waits_for(lambda: take_up(link, cast.stan), cast.ruths_record, page)
    assert answer.redirect_chain == [(f"/staff/patients/{cast.ruths_record.pk}/", 302)]
    assert "They have accepted meanwhile" in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_the_desk_sends_no_second_link_to_a_patient_who_comes_in_meanwhile(cast: Cast) -> None:
    revoke(grant=cast.ruth.grants.get(), reason="x", by=actor_of(cast.ruth))
    link = sent(cast, cast.ruth, "self", "desk")
    given = {"email": "new@example.com", "confirmed": "yes"}
    page = pressed(cast.fay, f"/staff/patients/{cast.ruths_record.pk}/invite/", given)
    answer = second_waits_for(lambda: take_up(link, cast.ruth), cast.ruths_record, page)
    assert answer.status_code == 200
    assert "This patient has a sign-in" in answer.content.decode()
    assert Invitation.objects.count() == 1


def pressed(person: User, path: str, given: dict[str, str] | None) -> Callable[[], Any]:
    """A browser in which ``person`` is signed in, about to press a button (or, without a form, a link)."""
    browser = WebClient()
    sign_in(browser, person)
    if given is None:
        return lambda: browser.get(path, follow=True)
    return lambda: browser.post(path, given, follow=True)
