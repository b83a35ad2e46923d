"""Whoever opens a door to a record, the patient hears of it by mail; links die with the access of who sent them (T4, T5)."""

from typing import Any

import pytest
from django.utils import timezone

from carespace.access.actions import invite, note_handed_over, resend, revoke
from carespace.access.chart import actor_of
from carespace.access.models import Grant, Invitation
from carespace.access.owners import ACCESS_MAIL
from carespace.access.policies import plain_address
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import PASSWORD, Cast, let_see, make_cast, make_patient, make_person, sign_in

pytestmark = pytest.mark.django_db

ANA = "ana@example.com"
BORN = {"birth_date_month": "4", "birth_date_day": "1", "birth_date_year": "1990"}
AS_REPRESENTATIVE = {
    "email": ANA,
    **BORN,
    "right": "legal guardian",
    "evidence": "the court's paper",
    "confirmed": "yes",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def rosa(cast: Cast) -> User:
    rosa = make_person("Rosa Adler", email="rosa@example.com")
    let_see(rosa, cast.ruths_record, "representative")
    return rosa


def seat(person: User) -> WebClient:
    browser = WebClient()
    sign_in(browser, person)
    return browser


def told() -> list[tuple[str, str]]:
    """Who was mailed about access, and of what, in order."""
    mails = OutboxMessage.objects.filter(template=ACCESS_MAIL).order_by("queued_at")
    return [(mail.to_address, mail.context["change"]) for mail in mails]


def send_from_desk(cast: Cast, **more: str) -> str:
    path = f"/staff/patients/{cast.ruths_record.pk}/representative/"
    answer = seat(cast.fay).post(path, {**AS_REPRESENTATIVE, **more}, follow=True)
    return answer.content.decode()


def send_in_manage_users(person: User, cast: Cast, email: str = ANA) -> Any:
    path = f"/p/{cast.ruths_record.pk}/users/"
    return seat(person).post(path, {"email": email, **BORN}, follow=True)


def newest(email: str = ANA) -> Invitation:
    return Invitation.objects.filter(email=email).latest("created_at")


def register(email: str = ANA) -> Any:
    link = newest(email)
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    given = {"name": "Ana", "password": PASSWORD, "terms": "on", **BORN}
    return WebClient().post(f"/register/{token_for(link.pk)}/", given)


def add_record(person: User) -> Any:
    """Accept the newest link with the password of the sign-in that is there."""
    link = newest(person.email)
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    born = person.birth_date
    assert born is not None
    given = {"current_password": PASSWORD, "terms": "on", "birth_date_month": born.month}
    given |= {"birth_date_day": born.day, "birth_date_year": born.year}
    return WebClient().post(f"/register/{token_for(link.pk)}/", given)


def test_the_patient_hears_of_whom_the_desk_invites_and_that_they_accepted(cast: Cast) -> None:
    assert "is on its way" in send_from_desk(cast)
    assert told() == [("ruth@example.com", "invited")]
    assert register().status_code == 302
    assert told() == [("ruth@example.com", "invited"), ("ruth@example.com", "may-see")]
    assert Grant.objects.filter(user__email=ANA, kind="representative").exists()


def test_the_patient_hears_of_whom_a_representative_invites(cast: Cast, rosa: User) -> None:
    send_in_manage_users(rosa, cast)
    assert told() == [("ruth@example.com", "invited")]
    register()
    assert told()[1:] == [("ruth@example.com", "may-see")]


def test_who_invites_themselves_is_asked_whether_it_was_them(cast: Cast) -> None:
    send_in_manage_users(cast.ruth, cast)
    assert told() == [("ruth@example.com", "invited-by-you")]
    send_in_manage_users(cast.ruth, cast)
    assert len(told()) == 1, "a second click tells nothing new"


def test_a_new_link_to_the_same_address_tells_nothing_new(cast: Cast) -> None:
    link = invite(patient=cast.ruths_record, email=ANA, kind="family", by=SYSTEM)
    again = resend(invitation=link, by=actor_of(cast.fay), origin="desk")
    assert len(told()) == 1
    resend(invitation=again, by=actor_of(cast.fay), origin="desk", email="other@example.com")
    assert told() == [("ruth@example.com", "invited")] * 2


def test_of_another_record_nobody_hears(cast: Cast) -> None:
    invite(patient=cast.stans_record, email=ANA, kind="family", by=SYSTEM)
    register()
    assert {address for address, _ in told()} == {"stan@example.com"}


def test_who_hears_is_who_sees_the_record_as_their_own_now(cast: Cast) -> None:
    cast.ruth.grants.update(ends_at=timezone.now())
    invite(patient=cast.ruths_record, email=ANA, kind="family", by=SYSTEM)
    assert told() == []


def test_where_the_patient_does_not_sign_in_who_stands_for_them_hears(
    cast: Cast, rosa: User
) -> None:
    revoke(grant=Grant.objects.get(user=cast.ruth), reason="asked by phone", by=actor_of(cast.fay))
    before = len(told())
    send_from_desk(cast)
    assert told()[before:] == [(rosa.email, "invited")]


def test_a_patient_whose_own_access_the_office_ends_is_told(cast: Cast) -> None:
    def end(person: User) -> None:
        grant = person.grants.get(revoked_at__isnull=True)
        path = f"/staff/patients/{cast.ruths_record.pk}/people/{grant.pk}/revoke/"
        answer = seat(cast.fay).post(path, {"reason": "x"}, follow=True)
        assert "has ended. It does not come back." in answer.content.decode()

    end(cast.luis)
    assert told() == [], "of family's nobody is mailed (PRX-4)"
    end(cast.ruth)
    assert told() == [("ruth@example.com", "ended")]


def test_ones_own_act_is_no_news_to_oneself(cast: Cast) -> None:
    revoke(grant=cast.ruth.grants.get(), reason="x", by=actor_of(cast.ruth))
    assert told() == []


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("fay+mom@example.com", "This is your own address"),
        (" FAY+1@Example.com ", "This is your own address"),
        ("mina+x@example.com", "belongs to somebody who works here"),
        ("nia@example.com", "belongs to somebody who works here"),
    ],
)
def test_a_tag_makes_no_other_mailbox_of_a_colleagues(cast: Cast, email: str, words: str) -> None:
    for name, role, address in (
        ("Mina Manager", "manager", "mina@example.com"),
        ("Nia Nurse", "care-team", "nia+work@example.com"),
    ):
        colleague = make_person(name, email=address)
        add_staff(user=colleague, practice=cast.practice, role=role, by=SYSTEM)
    assert words in send_from_desk(cast, email=email)
    patient = make_patient(cast.practice, mrn="M-1", born="1961-04-27")
    given = {"email": email, "confirmed": "yes"}
    answer = seat(cast.fay).post(f"/staff/patients/{patient.pk}/invite/", given)
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_record_at_ones_own_address_with_a_tag_is_ones_own(cast: Cast) -> None:
    patient = make_patient(cast.practice, mrn="M-1", born="1961-04-27")
    patient.email = "Fay+me@example.com"
    patient.save(update_fields=["email"])
    given = {"email": ANA, "confirmed": "yes"}
    answer = seat(cast.fay).post(f"/staff/patients/{patient.pk}/invite/", given)
    assert "This is your own record" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("email", "plain"),
    [
        (" Fay+Mom+2@Example.com ", "fay@example.com"),
        ("fay@example.com", "fay@example.com"),
        ("+x@example.com", "@example.com"),
        ("f.a.y@example.com", "f.a.y@example.com"),
    ],
)
def test_a_mailbox_is_known_without_its_tag(email: str, plain: str) -> None:
    assert plain_address(email) == plain


def test_links_die_with_the_access_of_who_sent_them(cast: Cast, rosa: User) -> None:
    send_in_manage_users(rosa, cast, "rosa.two@example.com")
    link = newest("rosa.two@example.com")
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    others = invite(patient=cast.stans_record, email=ANA, kind="family", by=actor_of(rosa))
    ruths = invite(patient=cast.ruths_record, email=ANA, kind="family", by=actor_of(cast.ruth))
    grant = rosa.grants.get()
    path = f"/p/{cast.ruths_record.pk}/users/{grant.pk}/revoke/"
    assert seat(cast.ruth).post(path).status_code == 302
    assert WebClient().get(f"/register/{token_for(link.pk)}/").status_code == 410
    link.refresh_from_db()
    assert link.state == "withdrawn"
    event = AuditEvent.objects.get(action="invitation.withdraw", entity_id=str(link.pk))
    assert (event.actor_id, event.reason) == (cast.ruth.pk, "the access of who sent it was ended")
    for kept in (others, ruths):
        kept.refresh_from_db()
        assert kept.state == "queued", "what others sent, and for other records, stays"


def test_links_stay_where_who_sent_them_could_not_manage(cast: Cast) -> None:
    """Luis works at the desk too, and sent it there; as family he has no links."""
    link = invite(
        patient=cast.ruths_record, email=ANA, kind="family", origin="desk", by=actor_of(cast.luis)
    )
    revoke(grant=cast.luis.grants.get(), reason="x", by=actor_of(cast.ruth))
    link.refresh_from_db()
    assert link.state == "queued"


def test_one_address_in_other_letters_is_one_person(cast: Cast) -> None:
    send_in_manage_users(cast.ruth, cast, "  ANA@Example.COM ")
    assert newest().kind == "family"
    page = send_in_manage_users(cast.ruth, cast, "Ana@example.com").content.decode()
    assert page.count("<b>ana@example.com</b>") == 1
    assert Invitation.objects.filter(state="queued").count() == 1


def test_the_other_parent_who_stands_for_the_patient_already_is_not_invited(
    cast: Cast, rosa: User
) -> None:
    page = send_in_manage_users(cast.ruth, cast, rosa.email.upper()).content.decode()
    assert "This person can already see the record." in page
    assert not Invitation.objects.exists()
    assert rosa.grants.get().kind == "representative"


def test_a_representative_whose_time_is_over_is_invited_as_family_and_gets_that(
    cast: Cast, rosa: User
) -> None:
    rosa.grants.update(ends_at=timezone.now())
    assert seat(rosa).get(f"/p/{cast.ruths_record.pk}/users/").status_code == 404
    send_in_manage_users(cast.ruth, cast, rosa.email)
    link = newest(rosa.email)
    Invitation.objects.filter(pk=link.pk).update(birth_date=rosa.birth_date)
    assert add_record(rosa).status_code == 302
    assert rosa.grants.get(revoked_at__isnull=True).kind == "family"
    assert seat(rosa).get(f"/p/{cast.ruths_record.pk}/").status_code == 200
    assert seat(rosa).get(f"/p/{cast.ruths_record.pk}/users/").status_code == 404


def test_a_link_whose_right_is_over_gives_nothing(cast: Cast) -> None:
    send_from_desk(cast)
    link = newest()
    Invitation.objects.filter(pk=link.pk).update(access_ends_at=timezone.now())
    assert register().status_code == 410
    assert not User.objects.filter(email=ANA).exists()
    desk = seat(cast.fay).post(f"/staff/invitations/{link.pk}/resend/").content.decode()
    assert "The time this access was for is over" in desk
    path = f"/p/{cast.ruths_record.pk}/users/invites/{link.pk}/resend/"
    page = seat(cast.ruth).post(path, follow=True).content.decode()
    assert "The time this invite was for is over." in page
    assert Invitation.objects.count() == 1


def test_somebody_invited_right_after_their_access_ended_gets_a_new_grant(cast: Cast) -> None:
    old = cast.luis.grants.get()
    seat(cast.ruth).post(f"/p/{cast.ruths_record.pk}/users/{old.pk}/revoke/")
    send_in_manage_users(cast.ruth, cast, cast.luis.email)
    Invitation.objects.filter(email=cast.luis.email).update(birth_date=cast.luis.birth_date)
    assert add_record(cast.luis).status_code == 302
    new = cast.luis.grants.get(revoked_at__isnull=True)
    assert new.pk != old.pk
    # A page that still shows the old one ends nothing new.
    seat(cast.ruth).post(f"/p/{cast.ruths_record.pk}/users/{old.pk}/revoke/")
    assert cast.luis.grants.filter(pk=new.pk, revoked_at__isnull=True).exists()
