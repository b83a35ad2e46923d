"""From the mailed link to the sign-in page (S-12 to S-24, T8, T9)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from carespace.access.actions import invite
from carespace.access.models import Grant, Invitation
from carespace.access.registration import masked
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.patients.models import Patient
from carespace.practices.models import TermsAcceptance
from carespace.practices.terms import CURRENT_VERSION
from carespace.ui.forms import DATE_EXAMPLE
from tests.conftest import WebClient
from tests.people import PASSWORD, enter, let_see, make_patient, make_person, make_practice
from tests.portal_account.conftest import invitation_of, mailed_link, typed

pytestmark = pytest.mark.django_db

BORN = "1961-04-27"
ENDED = "This link no longer works"


def maria_of(preset: str = "highlands") -> Patient:
    return make_patient(make_practice(preset=preset), mrn="M-1", born=BORN)


def answers(**more: str) -> dict[str, str]:
    """What somebody posts who does everything right in a practice that asks everything."""
    return {"password": PASSWORD, "terms": "on", **typed(BORN), **more}


def post(client: WebClient, token: str, given: dict[str, str] | None = None) -> Any:
    return client.post(f"/register/{token}/", answers() if given is None else given)


@pytest.mark.parametrize(
    ("preset", "asks_birth_date", "asks_terms"),
    [("echo", False, False), ("highlands", True, True), ("classic", False, False)],
)
def test_each_preset_asks_what_its_practice_asks(
    client: WebClient, preset: str, asks_birth_date: bool, asks_terms: bool
) -> None:
    page = client.get(f"/register/{mailed_link(maria_of(preset))}/").content.decode()
    assert ("Date of birth" in page) is asks_birth_date
    assert ('name="terms"' in page) is asks_terms
    assert ">Create Password</button>" in page
    assert "Set up your account" in page


@pytest.mark.parametrize("preset", ["echo", "highlands", "classic"])
def test_a_patient_of_each_practice_registers_and_then_signs_in(
    client: WebClient, preset: str
) -> None:
    patient = maria_of(preset)
    response = post(client, mailed_link(patient))
    assert response["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session
    page = client.get("/sign-in/").content.decode()
    assert "Your password is set. Sign in to see your record." in page
    user = User.objects.get(email="maria@example.com")
    assert user.name == "Maria Reyes"
    assert user.birth_date == (date(1961, 4, 27) if preset == "highlands" else None)
    assert Grant.objects.active().get(user=user).kind == "self"
    assert EmailAddress.objects.get(user=user, verified=True, primary=True).email == user.email
    assert TermsAcceptance.objects.filter(user=user).count() == (preset == "highlands")
    given = {"email": user.email, "password": PASSWORD, "next": "/terms/", **typed(BORN)}
    assert client.post("/sign-in/", given)["Location"] == "/terms/"
    acts = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"user.add", "invitation.accept", "grant.create", "user.sign-in"} <= acts


def test_the_page_masks_the_address_and_names_no_patient(client: WebClient) -> None:
    patient = maria_of()
    token = mailed_link(patient)
    page = client.get(f"/register/{token}/").content.decode()
    assert "m•••@example.com" in page
    page = page.replace(str(DATE_EXAMPLE), "")  # it happens to be Maria's
    for secret in ("maria@", "Maria", "Reyes", BORN, "April", "M-1"):
        assert secret not in page
    assert "Lakeside Cancer Associates" in page
    deadline = timezone.localtime(invitation_of(patient).expires_at, patient.practice.zone)
    assert f"{deadline:%A}" in page
    assert str(deadline.tzname()) in page


def test_looking_changes_nothing(client: WebClient) -> None:
    patient = maria_of()
    token = mailed_link(patient)
    before = (Invitation.objects.values().get(), AuditEvent.objects.count(), User.objects.count())
    for _ in range(3):
        assert client.get(f"/register/{token}/").status_code == 200
    assert client.head(f"/register/{token}/").status_code == 200
    after = (Invitation.objects.values().get(), AuditEvent.objects.count(), User.objects.count())
    assert after == before


def test_the_link_works_for_96_hours_less_a_second(
    client: WebClient, clock: Callable[[timedelta], None]
) -> None:
    patient = maria_of()
    token = mailed_link(patient)
    sent, ends = invitation_of(patient).sent_at, invitation_of(patient).expires_at
    assert sent is not None
    assert ends is not None
    assert ends - sent == timedelta(hours=96)
    clock(ends - timezone.now() - timedelta(seconds=1))
    assert client.get(f"/register/{token}/").status_code == 200
    clock(timedelta(seconds=1))
    assert client.get(f"/register/{token}/").status_code == 410
    assert post(client, token).status_code == 410
    assert not User.objects.exists()


def test_a_link_whose_mail_is_not_out_does_not_work_yet(client: WebClient) -> None:
    invitation = invite(patient=maria_of(), email="maria@example.com", kind="self", by=SYSTEM)
    assert client.get(f"/register/{token_for(invitation.pk)}/").status_code == 410


def end_by(reason: str, client: WebClient, patient: Patient) -> str:
    """Return the token of a link that ended for ``reason``."""
    if reason in MADE_UP:
        return MADE_UP[reason]
    token = mailed_link(patient)
    if reason == "used":
        assert post(client, token).status_code == 302
    elif reason == "replaced":
        mailed_link(patient)
    elif reason == "locked":
        for _ in range(5):
            post(client, token, answers(birth_date_day="28"))
    elif reason == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    else:
        Invitation.objects.update(state="withdrawn")
    return token


FORM_KEY = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')  # another one each time
MADE_UP = {"made up": "A" * 43, "odd": "x' OR 1=1 --"}
REASONS = [*MADE_UP, "used", "replaced", "locked", "expired", "withdrawn"]


def test_a_link_that_ended_answers_alike_whatever_the_reason(client: WebClient) -> None:
    patient = maria_of()
    told: set[tuple[int, bytes]] = set()
    for reason in REASONS:
        token = end_by(reason, client, patient)
        for response in (WebClient().get(f"/register/{token}/"), post(WebClient(), token)):
            told.add((response.status_code, FORM_KEY.sub(b"", response.content)))
        Grant.objects.all().delete()
        Invitation.objects.all().delete()
        TermsAcceptance.objects.all().delete()
        User.objects.all().delete()
    ((status, content),) = told
    assert status == 410
    assert ENDED in content.decode()
    assert "(555) 010-0142" in content.decode()


def test_the_fifth_wrong_birth_date_ends_the_link(client: WebClient) -> None:
    patient = maria_of()
    token = mailed_link(patient)
    for left in (4, 3, 2, 1):
        response = post(client, token, answers(birth_date_day="28"))
        assert response.status_code == 200
        assert "This is not the date of birth we have." in response.content.decode()
        assert invitation_of(patient).wrong_birth_dates == 5 - left
    assert post(client, token, answers(birth_date_day="28")).status_code == 410
    assert invitation_of(patient).state == "locked"
    assert post(client, token).status_code == 410
    assert not User.objects.exists()


def test_a_right_birth_date_after_four_wrong_ones_is_accepted(client: WebClient) -> None:
    token = mailed_link(maria_of())
    for _ in range(4):
        post(client, token, answers(birth_date_day="28"))
    assert post(client, token)["Location"] == "/sign-in/"


def test_a_password_that_does_not_meet_the_rules_costs_no_try(
    client: WebClient, hashes: list[str]
) -> None:
    patient = maria_of()
    token = mailed_link(patient)
    response = post(client, token, answers(password="lakeside", birth_date_day="28"))
    page = response.content.decode()
    assert "Your password still needs: an uppercase letter" in page
    assert "This password is too easy to guess. Try three words" in page
    assert invitation_of(patient).wrong_birth_dates == 0
    assert hashes == []


def test_the_terms_must_be_agreed_to(client: WebClient) -> None:
    given = answers()
    del given["terms"]
    page = post(client, mailed_link(maria_of()), given).content.decode()
    assert "Read the terms of service and tick the box to agree" in page
    assert not User.objects.exists()


def test_a_second_click_finds_the_link_used_and_makes_nobody_twice(client: WebClient) -> None:
    token = mailed_link(maria_of())
    assert post(client, token).status_code == 302
    assert post(client, token).status_code == 410
    assert (User.objects.count(), Grant.objects.count()) == (1, 1)


def test_an_address_that_got_a_sign_in_meanwhile_is_asked_for_its_password(
    client: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two practices' invitations to one new address, both sent off at the same moment."""
    token = mailed_link(maria_of())
    make_person("Maria R", email="maria@example.com")
    monkeypatch.setattr("carespace.access.registration.user_with_email", lambda _email: None)
    response = post(client, token)
    assert (response.status_code, response["Location"]) == (302, f"/register/{token}/")
    monkeypatch.undo()
    assert (User.objects.count(), Grant.objects.count()) == (1, 0)
    assert "You already have a sign-in." in client.get(f"/register/{token}/").content.decode()


def test_a_person_whose_access_had_ended_gets_it_again_by_a_new_link(client: WebClient) -> None:
    patient = maria_of()
    maria = make_person("Maria R", email="maria@example.com")
    let_see(maria, patient, "family")
    Grant.objects.update(ends_at=timezone.now())
    given = {**answers(), "current_password": PASSWORD}
    assert post(client, mailed_link(patient), given)["Location"] == "/sign-in/"
    assert Grant.objects.active().filter(user=maria).count() == 1


def test_the_address_cannot_be_changed(client: WebClient) -> None:
    post(client, mailed_link(maria_of()), answers(email="thief@example.com", login="x"))
    assert User.objects.get().email == "maria@example.com"


def test_family_give_their_own_birth_date_and_name_in_every_practice(client: WebClient) -> None:
    patient = maria_of("echo")
    token = mailed_link(patient, "luis@example.com", kind="family", birth_date=date(1988, 2, 3))
    page = client.get(f"/register/{token}/").content.decode()
    assert "Your name" in page
    assert "Date of birth" in page
    given = {"password": PASSWORD, "name": "Luis Reyes", **typed(BORN)}
    assert post(client, token, given).status_code == 200
    assert post(client, token, {**given, **typed("1988-02-03")}).status_code == 302
    luis = User.objects.get()
    assert (luis.name, luis.birth_date) == ("Luis Reyes", date(1988, 2, 3))
    assert Grant.objects.get().kind == "family"


def test_a_person_with_a_sign_in_adds_the_record_with_their_own_password(
    client: WebClient, hashes: list[str]
) -> None:
    patient = maria_of()
    maria = make_person("Maria R", date(1961, 4, 27), email="maria@example.com")
    token = mailed_link(patient)
    page = client.get(f"/register/{token}/").content.decode()
    assert "You already have a sign-in. Enter its password to add this record." in page
    assert "New password" not in page
    hashes.clear()
    wrong = post(client, token, {**answers(), "current_password": "Wrong-1-word!"})
    assert "This is not the password of your sign-in. Try again." in wrong.content.decode()
    assert hashes == ["verify"]
    right = post(client, token, {**answers(), "current_password": PASSWORD})
    assert right["Location"] == "/sign-in/"
    assert Grant.objects.get().user == maria
    assert User.objects.get().name == "Maria R"
    assert "_auth_user_id" not in client.session


def test_guessing_the_password_of_a_sign_in_there_is_limited(client: WebClient) -> None:
    patient = maria_of()
    make_person("Maria", email="maria@example.com")
    token = mailed_link(patient)
    given = {**answers(), "current_password": "Wrong-1-word!"}
    assert [post(client, token, given).status_code for _ in range(6)] == [200] * 5 + [429]


def test_registering_ends_the_session_of_whoever_sat_there_before(client: WebClient) -> None:
    patient = maria_of()
    other = make_person("Stan Moran")
    let_see(other, patient, "family")
    enter(client, other)
    assert post(client, mailed_link(patient)).status_code == 302
    assert "_auth_user_id" not in client.session


def test_guessing_links_is_limited_by_network(client: WebClient) -> None:
    make_practice()
    answers_given = [client.get(f"/register/{n:043}/").status_code for n in range(121)]
    assert answers_given == [410] * 120 + [429]
    assert client.get("/register/x/", REMOTE_ADDR="192.0.2.9").status_code == 410


def test_a_masked_address_shows_one_letter() -> None:
    assert masked("maria@example.com") == "m•••@example.com"
    assert masked("m@example.com") == "m•••@example.com"


def test_the_terms_are_public_and_name_the_practice(client: WebClient) -> None:
    make_practice()
    page = client.get("/terms/").content.decode()
    assert "Lakeside Cancer Associates" in page
    assert "Who can see your record" in page
    assert f"Version {CURRENT_VERSION}" in page
