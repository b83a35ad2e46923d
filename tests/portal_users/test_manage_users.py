"""Manage Users: list, invite, resend, withdraw, revoke (S-61 to S-71, PRX-5 to PRX-8, D-7, T4)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from carespace.access.actions import LinkEnded, invite, open_link, revoke
from carespace.access.chart import NotFound, actor_of, open_chart
from carespace.access.models import Grant, Invitation
from carespace.access.people import people_with_access
from carespace.access.permissions import Permission
from carespace.access.policies import may_end_access, may_invite_family
from carespace.accounts import throttle
from carespace.accounts.models import User
from carespace.accounts.proof import FRESH_SECONDS
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.presets import PRESETS
from tests.conftest import Answer, WebClient
from tests.people import PASSWORD, Cast, let_see, make_patient, make_person, make_practice, sign_in
from tests.portal_account.conftest import typed
from tests.portal_users.conftest import words_of

pytestmark = pytest.mark.django_db

ANA = "ana@example.com"
BORN = "1990-04-01"
ANAS_ANSWERS = {"name": "Ana Reyes", "password": PASSWORD, "terms": "on", **typed(BORN)}


def users_of(patient: Patient) -> str:
    return f"/p/{patient.pk}/users/"


def send(browser: WebClient, patient: Patient, email: str = ANA, born: str = BORN) -> Answer:
    return browser.post(users_of(patient), {"email": email, **typed(born)})


def marias_record(preset: str) -> tuple[Patient, User]:
    patient = make_patient(make_practice(preset=preset), mrn="M-1", born="1961-04-27")
    maria = make_person("Maria Reyes")
    let_see(maria, patient, "self")
    return patient, maria


def newest(email: str = ANA) -> Invitation:
    return Invitation.objects.filter(email=email).latest("created_at")


def make_stale(browser: WebClient, seconds: int = FRESH_SECONDS + 1) -> None:
    session = browser.session
    session["proved_at"] -= seconds
    session.save()


def test_a_reader_whose_access_ends_while_the_page_is_made_finds_nothing(cast: Cast) -> None:
    chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.USERS_MANAGE)
    assert {each.name for each in people_with_access(chart)} == {"Ruth Adler", "Luis Adler"}
    revoke(grant=cast.ruth.grants.get(), reason="moved", by=actor_of(cast.fay))
    with pytest.raises(NotFound):
        people_with_access(chart)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_patient_invites_family_who_registers_reads_and_loses_access(
    preset: str, client: WebClient, hand_over: Callable[[str], str]
) -> None:
    patient, maria = marias_record(preset)
    sign_in(client, maria)
    home = f"/p/{patient.pk}/"
    assert "Manage Users" in words_of(client.get(home))
    assert send(client, patient).status_code == 302
    assert "Being sent" in words_of(client.get(users_of(patient)))

    anas, token = WebClient(), hand_over(ANA)
    assert anas.post(f"/register/{token}/", ANAS_ANSWERS).status_code == 302
    ana = Grant.objects.get(kind="family").user
    sign_in(anas, ana)
    assert anas.get(home).status_code == 200
    assert "Manage Users" not in words_of(anas.get(home))
    assert anas.get(users_of(patient)).status_code == 404

    listed = words_of(client.get(users_of(patient)))
    assert "Ana Reyes" in listed
    assert listed.count("Active") == 2
    revoke = re.search(rf'href="({users_of(patient)}[^"]+/revoke/)"', listed)
    assert revoke
    question = f"<b>Ana Reyes</b> ({ANA}) will lose access now. This is permanent"
    assert question in words_of(client.get(revoke[1]))
    assert anas.get(home).status_code == 200, "a GET changes nothing"
    mails = OutboxMessage.objects.count()
    assert client.post(revoke[1]).headers["Location"] == users_of(patient)
    assert anas.get(home).status_code == 404
    assert f"Ana Reyes ({ANA}) can no longer see" in words_of(client.get(users_of(patient)))
    assert "Ana Reyes" not in words_of(client.get(users_of(patient)))
    assert OutboxMessage.objects.count() == mails, "the person is not mailed"
    assert Grant.objects.get(user=ana).revoked_by == maria.pk
    # A second click, or a reload, is no mistake.
    assert client.post(revoke[1]).status_code == 302
    assert AuditEvent.objects.filter(action="grant.revoke").count() == 1


def test_somebody_who_lost_access_gets_a_new_grant_by_a_new_invite(
    cast: Cast, ruths: WebClient, hand_over: Callable[[str], str]
) -> None:
    assert send(ruths, cast.ruths_record, cast.nora.email, "1961-04-27").status_code == 302
    token = hand_over(cast.nora.email)
    given = {"current_password": PASSWORD, "terms": "on", **typed("1961-04-27")}
    assert WebClient().post(f"/register/{token}/", given).status_code == 302
    assert cast.nora.grants.filter(revoked_at__isnull=False).count() == 1
    assert cast.nora.grants.filter(revoked_at__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("email", "born", "words"),
    [
        ("ruth@example.com", BORN, "This is your own email address."),
        (" Luis@Example.com ", BORN, "This person can already see the record."),
        ("nobody", BORN, "Check their email address."),
        (ANA, "--", "Enter their date of birth"),
    ],
)
def test_who_cannot_be_invited_is_told_at_the_form(
    cast: Cast, ruths: WebClient, email: str, born: str, words: str
) -> None:
    response = send(ruths, cast.ruths_record, email, born)
    assert response.status_code == 200
    assert words in words_of(response)
    assert not Invitation.objects.exists()


def test_a_link_the_practice_sent_is_not_replaced_by_the_patient(
    cast: Cast, ruths: WebClient
) -> None:
    invite(patient=cast.ruths_record, email=ANA, kind="representative", origin="desk", by=SYSTEM)
    page = words_of(send(ruths, cast.ruths_record))
    assert "The practice has sent an invite to this address." in page
    assert newest().state == "queued"
    assert Invitation.objects.count() == 1


def test_a_double_click_makes_one_invitation_and_a_reload_none(
    cast: Cast, ruths: WebClient
) -> None:
    for _ in range(2):
        assert send(ruths, cast.ruths_record).headers["Location"] == users_of(cast.ruths_record)
    ruths.get(users_of(cast.ruths_record))
    assert Invitation.objects.count() == 1
    assert OutboxMessage.objects.filter(template="invitation").count() == 1


def test_another_birth_date_for_the_same_address_takes_the_place_of_the_first(
    cast: Cast, ruths: WebClient
) -> None:
    send(ruths, cast.ruths_record)
    send(ruths, cast.ruths_record, born="1991-05-02")
    assert newest().birth_date == date(1991, 5, 2)
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["queued", "replaced"]


def test_inviting_asks_who_is_there_and_keeps_what_was_typed(cast: Cast, ruths: WebClient) -> None:
    make_stale(ruths)
    response = send(ruths, cast.ruths_record)
    assert response.headers["Location"].startswith("/settings/confirm/?next=%2Fp%2F")
    assert not Invitation.objects.exists()
    page = words_of(ruths.get(users_of(cast.ruths_record)))
    assert f'value="{ANA}"' in page
    assert 'value="1990"' in page
    make_stale(ruths, -FRESH_SECONDS)
    assert send(ruths, cast.ruths_record).status_code == 302
    assert ANA not in re.sub(r"<b>.*?</b>|invite to .*? is", "", form_of(ruths, cast))


def form_of(browser: WebClient, cast: Cast) -> str:
    return words_of(browser.get(users_of(cast.ruths_record))).partition('id="invite-title"')[2]


def test_revoking_asks_for_no_proof(cast: Cast, ruths: WebClient) -> None:
    make_stale(ruths)
    grant = cast.luis.grants.get()
    assert ruths.post(f"{users_of(cast.ruths_record)}{grant.pk}/revoke/").status_code == 302
    grant.refresh_from_db()
    assert grant.revoked_at is not None


def test_resend_ends_the_old_link_and_a_second_click_sends_nothing(
    cast: Cast, ruths: WebClient, hand_over: Callable[[str], str]
) -> None:
    send(ruths, cast.ruths_record)
    first, old_token = newest(), hand_over(ANA)
    url = f"{users_of(cast.ruths_record)}invites/{first.pk}/resend/"
    assert ANA in words_of(ruths.get(url))
    for _ in range(2):
        assert ruths.post(url).headers["Location"] == users_of(cast.ruths_record)
    assert Invitation.objects.count() == 2
    assert newest().birth_date == first.birth_date
    assert newest().origin == "patient"
    with pytest.raises(LinkEnded):
        open_link(old_token)
    assert open_link(hand_over(ANA)).email == ANA


def test_resend_asks_who_is_there(cast: Cast, ruths: WebClient) -> None:
    send(ruths, cast.ruths_record)
    make_stale(ruths)
    url = f"{users_of(cast.ruths_record)}invites/{newest().pk}/resend/"
    for ask in (ruths.get, ruths.post):
        assert ask(url).headers["Location"].startswith("/settings/confirm/")
    assert Invitation.objects.count() == 1


def test_a_withdrawn_invite_opens_nothing_and_leaves_the_list(
    cast: Cast, ruths: WebClient, hand_over: Callable[[str], str]
) -> None:
    send(ruths, cast.ruths_record)
    token = hand_over(ANA)
    url = f"{users_of(cast.ruths_record)}invites/{newest().pk}/withdraw/"
    assert ANA in words_of(ruths.get(url))
    assert WebClient().get(f"/register/{token}/").status_code == 200
    for _ in range(2):
        assert ruths.post(url).status_code == 302
    assert WebClient().get(f"/register/{token}/").status_code == 410
    ruths.get(users_of(cast.ruths_record))
    assert ANA not in words_of(ruths.get(users_of(cast.ruths_record)))
    assert ruths.get(url).status_code == 404
    # Nor does the row of the page that was open before bring it back.
    ruths.post(f"{users_of(cast.ruths_record)}invites/{newest().pk}/resend/")
    assert Invitation.objects.count() == 1


def test_an_open_link_dies_with_the_access_it_would_give_back(
    cast: Cast, ruths: WebClient, hand_over: Callable[[str], str]
) -> None:
    invite(patient=cast.ruths_record, email=cast.luis.email, kind="family", by=SYSTEM)
    token = hand_over(cast.luis.email)
    ruths.post(f"{users_of(cast.ruths_record)}{cast.luis.grants.get().pk}/revoke/")
    assert WebClient().get(f"/register/{token}/").status_code == 410


def test_nobody_elses_ids_do_anything(cast: Cast, ruths: WebClient) -> None:
    stans = invite(patient=cast.stans_record, email=ANA, kind="family", by=actor_of(cast.stan))
    here = users_of(cast.ruths_record)
    for path in (
        f"{cast.stan.grants.get().pk}/revoke/",
        f"invites/{stans.pk}/resend/",
        f"invites/{stans.pk}/withdraw/",
    ):
        assert ruths.post(f"{here}{path}").status_code == 404, path
    stans.refresh_from_db()
    assert stans.state == "queued"
    assert not cast.stan.grants.get().revoked_at


def test_the_list_says_where_each_invite_stands(cast: Cast, ruths: WebClient) -> None:
    told = {
        "a@example.com": ("sent", {}, "Invited"),
        "b@example.com": ("sent", {"expires_at": timezone.now()}, "Link has ended"),
        "c@example.com": ("bounced", {}, "Mail came back"),
        "d@example.com": ("locked", {}, "Link stopped"),
        "e@example.com": ("locked", {"asked_again_at": timezone.now()}, "Asks for a new link"),
    }
    for email, (state, more, _) in told.items():
        send(ruths, cast.ruths_record, email)
        later = timezone.now() + timedelta(hours=96)
        values = {"state": state, "sent_at": timezone.now(), "expires_at": later, **more}
        Invitation.objects.filter(email=email).update(**values)
    page = words_of(ruths.get(users_of(cast.ruths_record)))
    rows = re.findall(r"<b>([^<]+@[^<]+)</b>(.*?)</li>", page)
    assert {
        email: words in row for email, row in rows for words in [told[email][2]]
    } == dict.fromkeys(told, True)
    assert all("Resend invite" in row for _, row in rows)


def test_invites_of_a_day_are_limited_for_each_patient(cast: Cast, ruths: WebClient) -> None:
    for number in range(throttle.INVITE.tries):
        send(ruths, cast.ruths_record, f"p{number}@example.com")
    response = send(ruths, cast.ruths_record, "one.more@example.com")
    assert response.status_code == 429
    assert "You sent many invites today." in words_of(response)
    assert Invitation.objects.count() == throttle.INVITE.tries
    stans = WebClient()
    sign_in(stans, cast.stan)
    assert send(stans, cast.stans_record).status_code == 302


def test_a_representative_manages_as_the_patient_does_but_for_the_patients_own_access(
    cast: Cast, client: WebClient
) -> None:
    rosa = make_person("Rosa Adler")
    let_see(rosa, cast.ruths_record, "representative")
    sign_in(client, rosa)
    here = users_of(cast.ruths_record)
    assert send(client, cast.ruths_record).status_code == 302
    page = words_of(client.get(here))
    own, luis = cast.ruth.grants.get(), cast.luis.grants.get()
    assert f"{own.pk}/revoke/" not in page
    assert f"{luis.pk}/revoke/" in page
    assert client.get(f"{here}{own.pk}/revoke/").status_code == 404
    assert client.post(f"{here}{own.pk}/revoke/").status_code == 302
    own.refresh_from_db()
    assert own.revoked_at is None
    assert client.post(f"{here}{luis.pk}/revoke/").status_code == 302
    luis.refresh_from_db()
    assert luis.revoked_by == rosa.pk


@pytest.mark.parametrize(
    ("kind", "by_patient", "of_age", "allowed"),
    [
        ("family", True, True, True),
        ("family", False, False, True),
        ("emergency", True, True, True),
        ("self", False, True, False),
        ("self", True, True, False),
        ("representative", True, True, True),
        ("representative", True, False, False),
        ("representative", False, True, False),
    ],
)
def test_whose_access_may_be_ended_in_manage_users(
    kind: str, by_patient: bool, of_age: bool, allowed: bool
) -> None:
    assert may_end_access(kind=kind, by_patient=by_patient, of_age=of_age).allowed is allowed


def test_the_rules_of_inviting_answer_with_a_reason() -> None:
    given: dict[str, Any] = {
        "email": ANA,
        "own_email": "ruth@example.com",
        "seeing": frozenset({"luis@example.com"}),
        "invited_otherwise": False,
        "birth_date": date(1990, 4, 1),
    }
    changes: dict[str, dict[str, Any]] = {
        "": {},
        "no-birth-date": {"birth_date": None},
        "own-address": {"email": "ruth@example.com"},
        "has-access": {"email": "luis@example.com"},
        "invited-otherwise": {"invited_otherwise": True},
    }
    for reason, change in changes.items():
        assert may_invite_family(**{**given, **change}).reason == reason


def test_a_minor_does_not_end_a_parents_access(client: WebClient) -> None:
    born = timezone.localdate() - timedelta(days=15 * 365)
    patient = make_patient(make_practice(), "Kid", "Tom", mrn="K-1", born=born.isoformat())
    tom, parent = make_person("Tom Kid"), make_person("Pat Kid")
    let_see(tom, patient, "self")
    let_see(parent, patient, "representative")
    sign_in(client, tom)
    grant = parent.grants.get()
    client.post(f"{users_of(patient)}{grant.pk}/revoke/")
    assert "The practice decides about this person." in words_of(client.get(users_of(patient)))
    grant.refresh_from_db()
    assert grant.revoked_at is None


def test_two_tabs_with_two_records_invite_to_the_one_on_their_page(
    cast: Cast, client: WebClient
) -> None:
    """T3: what was opened last in another tab changes nothing."""
    let_see(cast.ruth, cast.stans_record, "representative")
    sign_in(client, cast.ruth)
    client.get(users_of(cast.ruths_record))
    client.get(users_of(cast.stans_record))
    send(client, cast.ruths_record)
    assert newest().patient_id == cast.ruths_record.pk
    assert "Stan Moran" not in words_of(client.get(users_of(cast.ruths_record)))
