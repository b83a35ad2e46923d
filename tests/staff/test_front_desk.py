"""The front desk finds patients and invites them, in its own practice only (S-11 to S-13)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carespace.access.chart import NotFound
from carespace.access.desk import one_patient, open_desk
from carespace.access.models import Invitation
from carespace.access.permissions import Permission
from carespace.accounts.sessions import SessionStore
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, make_cast, make_patient, make_person, sign_in
from tests.portal_account.conftest import mailed_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def desk(client: WebClient, cast: Cast) -> WebClient:
    sign_in(client, cast.fay)
    return client


def names_on(page: str) -> list[str]:
    parts = page.split('<th role="rowheader" scope="row">')[1:]
    return [re.sub("<[^>]*>", "", part.partition("</a>")[0]) for part in parts]


def listed(client: WebClient, find: str = "") -> list[str]:
    answer = client.post("/staff/", {"find": find})
    assert answer["Location"] == ("/staff/?found=1" if find.strip() else "/staff/"), (
        "what was looked for is in no address"
    )
    return names_on(client.get(answer["Location"]).content.decode())


def test_every_row_has_two_identifiers_and_the_portal_status(desk: WebClient, cast: Cast) -> None:
    make_patient(cast.practice, "Zeta", "Ann", mrn="Z-9", born="1970-01-02")
    mailed_link(make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born="1980-05-06"))
    page = desk.get("/staff/").content.decode()
    assert names_on(page) == ["Ruth Adler", "Stan Moran", "Bea Young", "Ann Zeta"]
    for fact in ("March 4, 1951", "R-1", "January 2, 1970", "Z-9"):
        assert f">{fact}</td>" in page
    assert page.count("Has a sign-in") == 2
    assert page.count("No sign-in yet") == 1
    assert page.count("Invited, link ends ") == 1
    assert "Medical emergency? Call 911.</b> " not in page
    assert AuditEvent.objects.filter(action="desk.open", actor_id=cast.fay.pk).count() == 1


@pytest.mark.parametrize(
    ("find", "expected"),
    [
        ("ad", ["Ruth Adler"]),
        ("RUTH adl", ["Ruth Adler"]),
        ("adler ru", ["Ruth Adler"]),
        ("dler", []),
        ("1951-03-04", ["Ruth Adler"]),
        ("3/4/1951", ["Ruth Adler"]),
        ("03/04/51", ["Ruth Adler"]),
        ("3/5/51", []),
        ("ruth 3/4/1951", ["Ruth Adler"]),
        ("ruth 3/5/1951", []),
        ("r-1", ["Ruth Adler"]),
        ("R", ["Ruth Adler"]),
        ("13/45/1951", []),
        ("%", []),
        ("_dler", []),
        ("  ", ["Ruth Adler", "Stan Moran"]),
    ],
)
def test_a_patient_is_found_by_names_birth_date_or_number(
    desk: WebClient, find: str, expected: list[str]
) -> None:
    assert listed(desk, find) == expected


def test_accents_and_case_do_not_matter(desk: WebClient, cast: Cast) -> None:
    make_patient(cast.practice, "Núñez", "José", mrn="N-1", born="1950-01-01")
    assert listed(desk, "nunez jose") == ["José Núñez"]


def test_a_page_has_25_rows(desk: WebClient, cast: Cast) -> None:
    for number in range(28):
        make_patient(
            cast.practice, f"Fam{number:02}", "Given", mrn=f"P-{number}", born="1960-01-01"
        )
    first, second = (desk.get("/staff/", {"page": page}).content.decode() for page in (1, 2))
    assert (len(names_on(first)), len(names_on(second))) == (25, 5)
    assert "Next page" in first
    assert "Previous page" not in first
    assert "Next page" not in second
    assert "Previous page" in second
    assert not set(names_on(first)) & set(names_on(second))


def test_the_number_of_queries_does_not_grow_with_the_rows(desk: WebClient, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            desk.get("/staff/")
        return len(counted)

    desk.get("/staff/")
    few = queries()
    for number in range(10):
        make_patient(cast.practice, f"Fam{number}", "Given", mrn=f"P-{number}", born="1960-01-01")
    assert queries() == few


def test_an_invitation_is_confirmed_and_then_on_its_way(desk: WebClient, cast: Cast) -> None:
    patient = make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born="1980-05-06")
    path = f"/staff/patients/{patient.pk}/invite/"
    assert "Bea Young" in desk.get(path).content.decode()
    confirm = desk.post(path, {"email": "Bea@Example.com"}).content.decode()
    for fact in ("Is this the right person?", "Bea Young", "May 6, 1980", "Y-1", "bea@example.com"):
        assert fact.lower() in confirm.lower()
    assert not Invitation.objects.exists()
    response = desk.post(path, {"email": "Bea@Example.com", "confirmed": "yes"})
    assert response["Location"] == f"/staff/patients/{patient.pk}/"
    said = SessionStore(desk.cookies["carespace"].value).load()["_messages"]
    assert "Bea Young" not in str(said)
    shown = desk.get("/staff/").content.decode()
    assert "The invitation to bea@example.com is on its way." in shown
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.state) == ("bea@example.com", "queued")
    assert invitation.created_by == cast.fay.pk
    assert OutboxMessage.objects.get().context == {
        "invitation": str(invitation.pk),
        "practice": str(cast.practice.pk),
    }
    event = AuditEvent.objects.get(action="invitation.create")
    assert (event.actor_id, event.patient_id) == (cast.fay.pk, patient.pk)


def test_an_address_that_is_none_is_not_invited(desk: WebClient, cast: Cast) -> None:
    path = f"/staff/patients/{cast.ruths_record.pk}/invite/"
    page = desk.post(path, {"email": "bea", "confirmed": "yes"}).content.decode()
    assert "Check their email address." in page
    assert not Invitation.objects.exists()


def test_an_address_longer_than_mail_can_go_to_is_not_invited(desk: WebClient, cast: Cast) -> None:
    path = f"/staff/patients/{cast.stans_record.pk}/invite/"
    email = f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.{'c' * 11}"
    for each, found in ((email, 200), (f"{email}.com", 200)):
        page = desk.post(path, {"email": each})
        assert page.status_code == found
        assert ("Is this the right person?" in page.content.decode()) == (len(each) <= 254)


def test_a_patient_whose_birth_date_is_not_on_file_is_not_invited_where_it_is_asked(
    desk: WebClient, cast: Cast
) -> None:
    patient = make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born="1980-05")
    path = f"/staff/patients/{patient.pk}/invite/"
    assert "No date of birth on file" in desk.get(path).content.decode()
    given = {"email": "bea@example.com", "confirmed": "yes"}
    assert "No date of birth on file" in desk.post(path, given).content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 30, "9" * 4_301, "2"])
def test_a_page_that_is_not_there_is_no_trouble(desk: WebClient, page: str) -> None:
    assert desk.get("/staff/", {"page": page}).status_code == 200


@pytest.mark.parametrize("role", ["care-team", "clinician"])
def test_a_role_that_may_not_invite_sees_the_list_only(
    client: WebClient, cast: Cast, role: str
) -> None:
    nurse = make_person("Nia Nurse")
    add_staff(user=nurse, practice=cast.practice, role=role, by=SYSTEM)
    sign_in(client, nurse)
    page = client.get("/staff/").content.decode()
    assert "Ruth Adler" in page
    assert "/invite/" not in page
    path = f"/staff/patients/{cast.ruths_record.pk}/invite/"
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": "x@example.com", "confirmed": "yes"}).status_code == 404
    assert not Invitation.objects.exists()
    with pytest.raises(NotFound):
        open_desk(nurse, Permission.PATIENT_INVITE, second_factor=True)
    assert AuditEvent.objects.get(action="desk.refuse").actor_id == nurse.pk


@pytest.mark.parametrize("person", ["ruth", "luis", "nora", "stan"])
def test_a_person_who_works_nowhere_finds_nothing(
    client: WebClient, cast: Cast, person: str
) -> None:
    sign_in(client, getattr(cast, person))
    assert client.get("/staff/").status_code == 404
    assert client.get(f"/staff/patients/{cast.ruths_record.pk}/invite/").status_code == 404


def test_nobody_signed_out_gets_in(client: WebClient, cast: Cast) -> None:
    assert client.get("/staff/")["Location"].startswith("/sign-in/?next=/staff/")


def test_staff_of_another_practice_get_the_same_answer_as_for_a_patient_who_is_not_there(
    client: WebClient, cast: Cast
) -> None:
    sign_in(client, cast.otto)
    assert names_on(client.get("/staff/").content.decode()) == []
    foreign = client.get(f"/staff/patients/{cast.ruths_record.pk}/invite/")
    missing = client.get(f"/staff/patients/{uuid4()}/invite/")
    assert (foreign.status_code, foreign.content) == (404, missing.content)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_a_refused_look_stays_in_the_trail_although_its_transaction_does_not(
    transactional_db: None,
) -> None:
    cast = make_cast()
    with pytest.raises(NotFound), transaction.atomic():
        one_patient(
            open_desk(cast.otto, Permission.PATIENT_INVITE, second_factor=True),
            cast.ruths_record.pk,
        )
    assert not AuditEvent.objects.filter(action="desk.open").exists()
    assert AuditEvent.objects.get(action="patient.refuse").patient_id == cast.ruths_record.pk


def test_a_list_is_one_event_that_names_whom_it_showed_and_not_what_was_asked(
    desk: WebClient, cast: Cast
) -> None:
    listed(desk, "adler")
    desk.get("/staff/", {"page": 2})
    first, second = AuditEvent.objects.filter(action="patient.find").order_by("recorded_at", "id")
    assert first.detail == {"page": 1, "patients": [str(cast.ruths_record.pk)]}
    assert second.detail == {"page": 2, "patients": []}
    assert (first.actor_id, first.practice_id) == (cast.fay.pk, cast.practice.pk)


def test_who_no_longer_works_there_finds_nothing(client: WebClient, cast: Cast) -> None:
    sign_in(client, cast.fay)
    membership = cast.fay.memberships.get()
    membership.ended_at = timezone.now() - timedelta(seconds=1)
    membership.save()
    assert client.get("/staff/").status_code == 404


def test_another_address_than_the_one_on_file_is_told_before_a_link_goes_there(
    desk: WebClient, cast: Cast
) -> None:
    patient = make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born="1980-05-06")
    Patient.objects.filter(pk=patient.pk).update(email="bea@example.com")
    path = f"/staff/patients/{patient.pk}/invite/"
    confirm = desk.post(path, {"email": "bea@gamil.com"}).content.decode()
    assert "This is not the email on file" in confirm
    assert "Use the email on file" in confirm
    assert "Did you mean gmail.com?" in confirm
    again = desk.post(path, {"email": "Bea@example.com"}).content.decode()
    assert "Is this the right person?" in again
    assert "This is not the email on file" not in again
    assert "Did you mean" not in again
