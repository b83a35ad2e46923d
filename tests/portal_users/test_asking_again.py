"""An ended link, and its holder's wish for a new one (S-18, S-69, D-6, T8, T9)."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.utils import timezone

from carespace.access.actions import invite, resend, revoke, withdraw
from carespace.access.chart import actor_of
from carespace.access.models import Invitation
from carespace.accounts import throttle
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from tests.conftest import WebClient
from tests.people import PASSWORD, Cast, let_see, make_person, sign_in
from tests.portal_account.conftest import typed
from tests.portal_users.conftest import words_of

pytestmark = pytest.mark.django_db

ANA = "ana@example.com"
BORN = "1990-04-01"
HandOver = Callable[[str], str]
SAFE = "'="  # what Django leaves as it is in an address
PASSED_ON = "If we can send a new link, it comes by email."


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ended(cast: Cast, hand_over: HandOver) -> str:
    """The token of a link Ruth sent, whose time is over."""
    invite(
        patient=cast.ruths_record,
        email=ANA,
        kind="family",
        birth_date=timezone.localdate(),
        origin="patient",
        by=actor_of(cast.ruth),
    )
    token = hand_over(ANA)
    Invitation.objects.update(expires_at=timezone.now())
    return token


def ask(token: str) -> str:
    """Ask for a new link as its holder, and return the page that answers."""
    browser = WebClient()
    response = browser.post(f"/register/{token}/ask-again/")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"/register/{quote(token, safe=SAFE)}/?asked=yes",
    )
    return words_of(browser.get(f"/register/{token}/?asked=yes"))


def invited_by_stan(cast: Cast, hand_over: HandOver) -> str:
    """The token of a link to Stan's record, sent to Luis."""
    invite(
        patient=cast.stans_record,
        email=cast.luis.email,
        kind="family",
        birth_date=date.fromisoformat(BORN),
        origin="patient",
        by=actor_of(cast.stan),
    )
    return hand_over(cast.luis.email)


def told() -> list[tuple[str, str]]:
    """To whom which mails of asking and stopping wait."""
    mails = OutboxMessage.objects.exclude(template__in=("invitation", "access-changed"))
    mails = mails.order_by("queued_at")
    return list(mails.values_list("to_address", "template"))


def test_the_page_of_an_ended_link_says_what_to_do_and_offers_to_ask(ended: str) -> None:
    page = words_of(WebClient().get(f"/register/{ended}/"))
    assert "Ask the person who invited you for a new one" in page
    assert "or call your practice" in page
    assert ">Ask for a new link</button>" in page


def test_who_has_asked_is_thanked_and_not_asked_to_ask_again(ended: str) -> None:
    page = ask(ended)
    assert "<h1>Thank you</h1>" in page
    assert "Nothing by tomorrow? Ask the person who invited you, or call your practice." in page
    assert "Ask for a new link" not in page
    assert "Go to sign-in" in page


def test_the_wish_reaches_the_patient_who_sent_the_link_once(
    cast: Cast, ruths: WebClient, ended: str
) -> None:
    for _ in range(3):
        assert PASSED_ON in ask(ended)
    assert Invitation.objects.get().asked_again_at is not None
    assert told() == [(cast.ruth.email, "asked-again")]
    assert AuditEvent.objects.filter(action="invitation.ask-again").count() == 1
    assert "Asks for a new link" in words_of(ruths.get(f"/p/{cast.ruths_record.pk}/users/"))


def test_the_mail_about_it_tells_nothing(cast: Cast, ended: str) -> None:
    ask(ended)
    assert _deliver(str(OutboxMessage.objects.get(template="asked-again").pk)) == ""
    message = mail.outbox[-1]
    written = message.message().as_string() + str(message.body)
    assert "Manage Users" in message.body
    for secret in ("Ruth", "Adler", ANA, "1951", str(cast.ruths_record.pk), ended):
        assert secret not in written.replace(cast.ruth.email, ""), secret


def test_who_manages_the_record_no_more_is_not_mailed(cast: Cast, ended: str) -> None:
    ask(ended)
    revoke(grant=cast.ruth.grants.get(), reason="x", by=actor_of(cast.ruth))
    _deliver(str(OutboxMessage.objects.get(template="asked-again").pk))
    assert mail.outbox == []


def test_a_wish_that_was_answered_is_a_wish_no_more(
    cast: Cast, ruths: WebClient, ended: str, hand_over: HandOver
) -> None:
    ask(ended)
    page = words_of(ruths.get(f"/p/{cast.ruths_record.pk}/users/"))
    (again,) = re.findall(r'action="([^"]+/resend/)"', page)
    ruths.post(again)
    assert not Invitation.objects.filter(asked_again_at__isnull=False).exists()
    assert PASSED_ON in ask(ended)
    assert not Invitation.objects.filter(asked_again_at__isnull=False).exists(), "one is on its way"
    hand_over(ANA)
    ask(ended)
    assert not Invitation.objects.filter(asked_again_at__isnull=False).exists(), "one works"


@pytest.mark.parametrize("state", ["accepted", "withdrawn", "replaced", "corrected"])
def test_a_link_that_was_used_or_meant_to_end_passes_nothing_on(
    cast: Cast, ended: str, state: str, hand_over: HandOver
) -> None:
    sent = Invitation.objects.get()
    if state == "corrected":
        resend(invitation=sent, by=SYSTEM, origin="desk", email="anna@example.com")
    elif state == "withdrawn":
        withdraw(invitation=sent, reason="x", by=SYSTEM)
    else:
        who = {"accepted_at": timezone.now(), "accepted_by": cast.otto.pk}
        Invitation.objects.update(state=state, **(who if state == "accepted" else {}))
    assert PASSED_ON in ask(ended)
    assert not Invitation.objects.filter(asked_again_at__isnull=False).exists()
    assert told() == []


@pytest.mark.parametrize("state", ["expired", "locked", "bounced"])
def test_a_link_that_ended_by_itself_passes_the_wish_on(cast: Cast, ended: str, state: str) -> None:
    Invitation.objects.update(state=state)
    assert PASSED_ON in ask(ended)
    assert told() == [(cast.ruth.email, "asked-again")]


def test_the_front_desks_link_tells_its_list_and_mails_nobody(cast: Cast, ended: str) -> None:
    Invitation.objects.update(origin="desk", created_by=cast.fay.pk)
    ask(ended)
    assert Invitation.objects.get().asked_again_at is not None
    assert told() == []


@pytest.mark.parametrize("token", ["A" * 43, "x' OR 1=1 --"])
def test_an_unknown_token_gets_the_same_answer(cast: Cast, ended: str, token: str) -> None:
    keys = re.compile('name="csrfmiddlewaretoken" value="[^"]*"')
    assert keys.sub("", ask(token)) == keys.sub("", ask(ended))
    assert AuditEvent.objects.filter(action="invitation.ask-again").count() == 1


def test_a_wish_for_another_record_does_not_reach_it(
    cast: Cast, ended: str, hand_over: HandOver
) -> None:
    """One address, two patients: each link speaks for its own record only."""
    invite(
        patient=cast.stans_record,
        email=ANA,
        kind="family",
        origin="patient",
        by=actor_of(cast.stan),
    )
    hand_over(ANA)
    Invitation.objects.update(expires_at=timezone.now())
    ask(ended)
    asked = Invitation.objects.get(asked_again_at__isnull=False)
    assert asked.patient_id == cast.ruths_record.pk
    assert told() == [(cast.ruth.email, "asked-again")]


def test_asking_is_limited_by_network(ended: str) -> None:
    for _ in range(throttle.LINK_BY_NETWORK.tries):
        throttle.take((throttle.LINK_BY_NETWORK, "127.0.0.0/24"))
    assert WebClient().post(f"/register/{ended}/ask-again/").status_code == 429
    assert WebClient().get(f"/register/{ended}/ask-again/").status_code == 405


def test_five_wrong_birth_dates_stop_the_link_and_tell_who_sent_it(
    cast: Cast, ruths: WebClient, hand_over: HandOver
) -> None:
    ruths.post(f"/p/{cast.ruths_record.pk}/users/", {"email": ANA, **typed(BORN)})
    token = hand_over(ANA)
    answers = {"name": "X", "password": PASSWORD, "terms": "on", **typed("1951-03-04")}
    for _ in range(4):
        assert WebClient().post(f"/register/{token}/", answers).status_code == 200
        assert told() == []
    # The patient's own birth date, right on file, is none of the invited person's.
    assert WebClient().post(f"/register/{token}/", answers).status_code == 410
    right = {**answers, **typed(BORN)}
    assert WebClient().post(f"/register/{token}/", right).status_code == 410
    assert told() == [(cast.ruth.email, "link-locked")]
    assert "Link stopped" in words_of(ruths.get(f"/p/{cast.ruths_record.pk}/users/"))
    _deliver(str(OutboxMessage.objects.get(template="link-locked").pk))
    assert "five times" in mail.outbox[-1].body
    assert "Ruth" not in mail.outbox[-1].body


def test_a_signed_in_person_adds_the_record_without_the_password_again(
    cast: Cast, hand_over: HandOver
) -> None:
    """One address for two patients: one sign-in, two records, and nobody is signed out by it."""
    luis = WebClient()
    sign_in(luis, cast.luis)
    token = invited_by_stan(cast, hand_over)
    page = words_of(luis.get(f"/register/{token}/"))
    assert "You are signed in with this address." in page
    assert 'type="password"' not in page
    response = luis.post(f"/register/{token}/", {"terms": "on", **typed(BORN)})
    assert response.headers["Location"] == f"/p/{cast.stans_record.pk}/"
    page = words_of(luis.get(response.headers["Location"]))
    assert "You are viewing <b>Stan Moran</b>" in page
    assert "Switch person" in page


def test_a_signed_in_person_without_a_fresh_proof_is_asked_for_the_password(
    cast: Cast, hand_over: HandOver
) -> None:
    luis = WebClient()
    sign_in(luis, cast.luis)
    session = luis.session
    session["proved_at"] = 1
    session.save()
    token = invited_by_stan(cast, hand_over)
    answers = {"terms": "on", **typed(BORN)}
    assert "Enter your password" in words_of(luis.post(f"/register/{token}/", answers))
    response = luis.post(f"/register/{token}/", {**answers, "current_password": PASSWORD})
    assert response.headers["Location"] == f"/p/{cast.stans_record.pk}/"


def test_somebody_elses_browser_still_asks_for_the_invited_persons_password(
    cast: Cast, ruths: WebClient, hand_over: HandOver
) -> None:
    token = invited_by_stan(cast, hand_over)
    page = words_of(ruths.post(f"/register/{token}/", {"terms": "on", **typed(BORN)}))
    assert "Enter your password" in page
    assert not cast.stans_record.grants.filter(user=cast.ruth).exists()


def test_the_same_person_invited_twice_has_one_grant_and_less_is_told_kindly(
    cast: Cast, hand_over: HandOver
) -> None:
    invite(patient=cast.ruths_record, email=cast.luis.email, kind="family", by=SYSTEM)
    token = hand_over(cast.luis.email)
    answers = {"terms": "on", "current_password": PASSWORD, **typed("1951-03-04")}
    assert WebClient().post(f"/register/{token}/", answers).status_code == 302
    assert cast.luis.grants.count() == 1
    rosa = make_person("Rosa Adler")
    let_see(rosa, cast.ruths_record, "representative")
    invite(patient=cast.ruths_record, email=rosa.email, kind="family", by=SYSTEM)
    token = hand_over(rosa.email)
    response = WebClient().post(f"/register/{token}/", answers)
    assert response.status_code == 200
    assert "You can already see this record" in words_of(response)
    assert [grant.kind for grant in rosa.grants.all()] == ["representative"]
