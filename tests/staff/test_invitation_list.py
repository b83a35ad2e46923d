"""The front desk works through its invitations: where each stands, the oldest need first (S-13 to S-20, T9, D-6)."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carespace.access.actions import grant_access, invite
from carespace.access.chart import actor_of
from carespace.access.models import Invitation
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, make_patient, make_person
from tests.staff.conftest import Sit

pytestmark = pytest.mark.django_db

LIST = "/staff/invitations/"
NEEDS = {
    "asked": {"state": "expired", "asked": True},
    "expired": {"state": "expired"},
    "bounced": {"state": "bounced"},
    "locked": {"state": "locked"},
}


def invited(
    cast: Cast,
    number: int,
    *,
    state: str = "queued",
    asked: bool = False,
    days: float = 5,
    kind: str = "self",
    origin: str = "desk",
    patient: Patient | None = None,
) -> Invitation:
    """An invitation that was made ``days`` ago and stands as told."""
    who = patient or make_patient(
        cast.practice, f"Fam{number:02}", "Bea", mrn=f"B-{number}", born="1980-05-06"
    )
    made = invite(
        patient=who,
        email=f"bea{number}@example.com",
        kind=kind,
        origin=origin,
        by=actor_of(cast.fay),
    )
    made.created_at = timezone.now() - timedelta(days=days)
    made.state = state
    if state != "queued":
        made.sent_at = made.created_at
        made.expires_at = made.created_at + timedelta(hours=96)
    made.asked_again_at = timezone.now() if asked else None
    made.save()
    return made


def listed(client: WebClient, show: str = "") -> list[str]:
    page = client.get(LIST, {"show": show} if show else {}).content.decode()
    return re.findall(r"bea\d+@example\.com(?=\s*<br>)", page)


def badge(client: WebClient) -> str:
    page = client.get("/staff/").content.decode()
    found = re.search(r'Invitations <span class="count">(\d+)', page)
    return found[1] if found else ""


def test_what_needs_somebody_is_listed_the_oldest_first(desk: WebClient, cast: Cast) -> None:
    for number, need in enumerate(NEEDS.values()):
        invited(cast, number, days=10 - number, **need)  # type: ignore[arg-type]
    invited(cast, 5, state="sent", days=5)  # its time is up, though no job has noted it yet
    invited(cast, 6, state="sent", days=1)
    invited(cast, 7, state="queued")
    invited(cast, 8, state="withdrawn")
    assert listed(desk) == [f"bea{number}@example.com" for number in (0, 1, 2, 3, 5)]
    assert badge(desk) == "5"
    assert listed(desk, "asked") == ["bea0@example.com"]
    assert listed(desk, "expired") == ["bea1@example.com", "bea5@example.com"]
    assert listed(desk, "bounced") == ["bea2@example.com"]
    assert listed(desk, "locked") == ["bea3@example.com"]
    assert listed(desk, "sent") == ["bea6@example.com"]
    assert listed(desk, "waiting") == ["bea7@example.com"]
    assert listed(desk, "accepted") == []
    assert listed(desk, "nonsense") == listed(desk)


def test_a_row_has_two_identifiers_an_age_a_sender_and_its_actions(
    desk: WebClient, cast: Cast
) -> None:
    made = invited(cast, 1, state="bounced", days=3.1)
    page = desk.get(LIST).content.decode()
    for fact in ("Bea Fam01", "May 6, 1980", "B-1", "3 days", "Fay Desk", "Mail came back"):
        assert fact in page
    for act in ("resend", "fix-address"):
        assert f"/staff/invitations/{made.pk}/{act}/" in page
    assert f"/staff/invitations/{made.pk}/withdraw/" not in page
    event = AuditEvent.objects.get(action="invitation.list")
    assert event.detail == {"page": 1, "patients": [str(made.patient_id)]}


def test_what_was_seen_to_needs_nobody_any_more(desk: WebClient, cast: Cast) -> None:
    again, corrected = (invited(cast, number, state="expired") for number in (1, 2))
    registered = invited(cast, 3, state="expired")
    invited(cast, 4, state="expired", days=61)
    assert badge(desk) == "3"
    invite(patient=again.patient, email=again.email, kind="self", origin="desk", by=SYSTEM)
    invite(
        patient=corrected.patient, email="right@example.com", kind="self", origin="desk", by=SYSTEM
    )
    grant_access(user=cast.luis, patient=registered.patient, kind="self", basis="x", by=SYSTEM)
    assert badge(desk) == ""
    assert listed(desk) == []


def test_a_patients_own_invitations_are_the_patients_affair_but_a_locked_one_is_told(
    desk: WebClient, cast: Cast
) -> None:
    for number, state in enumerate(("expired", "bounced", "sent", "locked")):
        invited(
            cast, number, state=state, kind="family", origin="patient", patient=cast.ruths_record
        )
    assert listed(desk) == ["bea3@example.com"]
    page = desk.get(LIST).content.decode()
    assert "The patient can send a new one in Manage Users." in page
    locked = Invitation.objects.get(state="locked")
    assert f"/staff/invitations/{locked.pk}/resend/" not in page
    refused = desk.post(f"/staff/invitations/{locked.pk}/resend/").content.decode()
    assert "The patient or family sent this invitation" in refused
    assert Invitation.objects.count() == 4


def test_a_link_is_sent_again_once_however_often_it_is_clicked(desk: WebClient, cast: Cast) -> None:
    old = invited(cast, 1, state="expired")
    path = f"/staff/invitations/{old.pk}/resend/"
    asked = desk.get(path).content.decode()
    for fact in ("Bea Fam01", "May 6, 1980", "B-1", "bea1@example.com"):
        assert fact in asked
    said = desk.post(path, follow=True).content.decode()
    assert "The invitation to bea1@example.com is on its way." in said
    assert "works for 4 days" in said
    assert "This is taken care of" in desk.post(path).content.decode()
    new = Invitation.objects.exclude(pk=old.pk).get()
    assert (new.email, new.kind, new.origin, new.state) == (old.email, "self", "desk", "queued")
    assert new.created_by == cast.fay.pk


def test_an_address_is_fixed_and_the_old_link_ends(desk: WebClient, cast: Cast) -> None:
    old = invited(cast, 1, state="sent", days=1)
    path = f"/staff/invitations/{old.pk}/fix-address/"
    assert 'value="bea1@example.com"' in desk.get(path).content.decode()
    assert "Check their email" in desk.post(path, {"email": "bea"}).content.decode()
    confirm = desk.post(path, {"email": "right@example.com"}).content.decode()
    for fact in ("Is this the right person?", "Bea Fam01", "May 6, 1980", "right@example.com"):
        assert fact in confirm
    assert Invitation.objects.count() == 1
    given = {"email": "right@example.com", "confirmed": "yes"}
    assert "right@example.com is on its way" in desk.post(path, given, follow=True).content.decode()
    old.refresh_from_db()
    assert old.state in {"withdrawn", "replaced"}
    assert Invitation.objects.get(state="queued").email == "right@example.com"
    assert "This is taken care of" in desk.post(path, given).content.decode()
    assert Invitation.objects.count() == 2


def test_a_fixed_address_is_not_ones_own_nor_a_colleagues(
    desk: WebClient, cast: Cast, manager: User
) -> None:
    old = invited(cast, 1, state="bounced")
    path = f"/staff/invitations/{old.pk}/fix-address/"
    for email, words in (
        ("fay@example.com", "This is your own address"),
        (manager.email, "belongs to somebody who works here"),
    ):
        for given in ({"email": email}, {"email": email, "confirmed": "yes"}):
            page = desk.post(path, given).content.decode()
            assert words in page
            assert "Fix the e" in page
            assert f'value="{email}"' in page, "what was typed is there to be corrected"
            assert "Is this the right person?" not in page, "nothing is asked that is refused then"
    assert Invitation.objects.count() == 1


def test_a_link_is_withdrawn_with_a_reason(desk: WebClient, cast: Cast) -> None:
    old = invited(cast, 1, state="sent", days=1)
    path = f"/staff/invitations/{old.pk}/withdraw/"
    assert "Say why" in desk.post(path, {"reason": ""}).content.decode()
    assert (
        "works no more"
        in desk.post(path, {"reason": "wrong patient"}, follow=True).content.decode()
    )
    old.refresh_from_db()
    assert old.state == "withdrawn"
    assert AuditEvent.objects.get(action="invitation.withdraw").reason == "wrong patient"
    assert "has ended already" in desk.post(path, {"reason": "x"}, follow=True).content.decode()


def test_who_answers_the_phone_sees_and_withdraws_what_the_patient_sent_and_a_nurse_sees_none(
    cast: Cast, nurse: User, manager: User, sit: Sit
) -> None:
    sent = invited(
        cast, 1, state="sent", days=1, kind="family", origin="patient", patient=cast.ruths_record
    )
    invited(cast, 2, state="sent", days=1, kind="representative", patient=cast.ruths_record)
    page = f"/staff/patients/{cast.ruths_record.pk}/"
    withdraw = f"/staff/invitations/{sent.pk}/withdraw/"
    clinician = make_person("Cleo Clinician")
    add_staff(user=clinician, practice=cast.practice, role="clinician", by=SYSTEM)
    for person in (nurse, clinician):
        seen = sit(person).get(page).content.decode()
        assert "bea2@example.com" in seen
        assert sent.email not in seen
    for person in (manager, cast.fay):
        seen = sit(person).get(page).content.decode()
        assert sent.email in seen
        assert withdraw in seen
        assert withdraw.replace("withdraw", "resend") not in seen
    assert "Say why" in sit(cast.fay).post(withdraw, {"reason": ""}).content.decode()
    sit(cast.fay).post(withdraw, {"reason": "Ruth asked on the phone"})
    sent.refresh_from_db()
    assert sent.state == "withdrawn"
    assert AuditEvent.objects.get(action="invitation.withdraw").reason == "Ruth asked on the phone"


def test_an_invitation_begins_with_the_address_on_file_and_is_sent_once(
    desk: WebClient, cast: Cast
) -> None:
    patient = make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born="1980-05-06")
    patient.email = "bea@example.com"
    patient.save()
    path = f"/staff/patients/{patient.pk}/invite/"
    assert 'value="bea@example.com"' in desk.get(path).content.decode()
    given = {"email": "bea@example.com", "confirmed": "yes"}
    for _ in range(2):
        desk.post(path, given)
    assert Invitation.objects.get().origin == "desk"
    assert OutboxMessage.objects.count() == 1


def test_nobody_sends_or_ends_a_link_to_their_own_record(desk: WebClient, cast: Cast) -> None:
    patient = make_patient(cast.practice, "Desk", "Fay", mrn="F-1", born="1980-05-06")
    patient.email = "Fay@example.com"
    patient.save()
    given = {"email": "private@example.com", "confirmed": "yes"}
    words = "This is your own record"
    assert words in desk.post(f"/staff/patients/{patient.pk}/invite/", given).content.decode()
    made = invited(cast, 1, state="sent", days=1, patient=patient)
    for act in ("resend", "fix-address", "withdraw"):
        page = desk.post(f"/staff/invitations/{made.pk}/{act}/", {**given, "reason": "x"})
        assert words in page.content.decode()
    assert Invitation.objects.get().state == "sent"


@pytest.mark.parametrize("act", ["resend", "fix-address", "withdraw"])
def test_who_may_not_invite_and_other_practices_find_no_invitation(
    cast: Cast, nurse: User, sit: Sit, act: str
) -> None:
    made = invited(cast, 1, state="sent", days=1)
    for person in (nurse, cast.otto, cast.luis, cast.stan):
        client = sit(person)
        if person != cast.otto:
            assert client.get(LIST).status_code == 404
        path = f"/staff/invitations/{made.pk}/{act}/"
        answer = client.post(path, {"reason": "x", "email": "a@b.example", "confirmed": "yes"})
        assert answer.status_code == 404
    assert Invitation.objects.get().state == "sent"
    assert listed(sit(cast.otto)) == []


def test_a_nurse_has_no_tab_for_it(cast: Cast, nurse: User, sit: Sit) -> None:
    assert "/staff/invitations/" not in sit(nurse).get("/staff/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list(desk: WebClient, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            desk.get(LIST)
        return len(counted)

    invited(cast, 1, state="expired")
    desk.get(LIST)
    few = queries()
    for number in range(2, 8):
        invited(cast, number, state="expired")
    assert queries() == few


def test_a_long_list_has_pages(desk: WebClient, cast: Cast) -> None:
    for number in range(52):
        invited(cast, number, state="bounced")
    assert len(listed(desk)) == 50
    page = desk.get(LIST, {"show": "bounced", "page": "2"}).content.decode()
    assert len(re.findall(r"bea\d+@example\.com(?=\s*<br>)", page)) == 2
    assert "Previous page" in page


def test_words_tell_until_when_a_link_works(desk: WebClient, cast: Cast) -> None:
    made = invited(cast, 1, state="sent", days=1)
    assert isinstance(made.expires_at, datetime)
    there = timezone.localtime(made.expires_at, cast.practice.zone)
    assert (
        f"{there:%A}, {there:%B} {there.day}" in desk.get(LIST, {"show": "sent"}).content.decode()
    )


def not_fresh(desk: WebClient) -> None:
    """The desk as it is left open: its proof is older than 15 minutes."""
    session = desk.session
    session["proved_at"] = 0
    session.save()


def test_a_link_goes_to_another_address_only_after_a_fresh_proof(
    desk: WebClient, cast: Cast
) -> None:
    old = invited(cast, 1, state="sent", days=1)
    fix = f"/staff/invitations/{old.pk}/fix-address/"
    invite_page = f"/staff/patients/{cast.stans_record.pk}/invite/"
    cast.stans_record.email = "stan@example.org"
    cast.stans_record.save()
    not_fresh(desk)
    given = {"email": "thief@example.com", "confirmed": "yes"}
    for path, answer in (
        (fix, desk.get(fix)),
        (fix, desk.post(fix, given)),
        (invite_page, desk.post(invite_page, given)),
    ):
        assert answer["Location"] == f"/settings/confirm/?next={path.replace('/', '%2F')}"
    assert Invitation.objects.count() == 1
    assert "thief@example.com" in desk.get(invite_page).content.decode(), "what was typed is kept"


def test_a_link_goes_to_the_address_on_file_all_day_long(desk: WebClient, cast: Cast) -> None:
    old = invited(cast, 1, state="sent", days=1)
    patient = make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born="1980-05-06")
    patient.email = "bea@example.org"
    patient.save()
    not_fresh(desk)
    assert desk.post(f"/staff/invitations/{old.pk}/resend/")["Location"].startswith("/staff/pat")
    given = {"email": "Bea@Example.org", "confirmed": "yes"}
    answer = desk.post(f"/staff/patients/{patient.pk}/invite/", given)
    assert answer["Location"] == f"/staff/patients/{patient.pk}/"
    sent = Invitation.objects.filter(state="queued").values_list("email", flat=True)
    assert sorted(sent) == sorted([old.email, "bea@example.org"])
