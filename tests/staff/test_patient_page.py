"""One patient at the front desk: who has access, and what may be done about it (S-70, S-71, T5, ASVS 6.4.4)."""

import json
from html import unescape
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carespace.access.actions import grant_access, revoke
from carespace.access.chart import actor_of
from carespace.access.desk import ActRefused, open_desk
from carespace.access.desk_people import one_person, revoke_from_desk
from carespace.access.models import Grant
from carespace.access.permissions import Permission
from carespace.accounts import throttle
from carespace.accounts.models import SignIn, User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, make_patient, make_person
from tests.staff.conftest import Sit

pytestmark = pytest.mark.django_db

ACTS = ("revoke", "end-sessions", "remove-factors", "unlock")
REASON = {"reason": "the patient asked", "checked": "on"}


def page_of(cast: Cast) -> str:
    return f"/staff/patients/{cast.ruths_record.pk}/"


def act_on(cast: Cast, person: User, act: str) -> str:
    grant = Grant.objects.get(user=person, patient=cast.ruths_record, revoked_at=None)
    return f"{page_of(cast)}people/{grant.pk}/{act}/"


def told(user: User) -> list[str]:
    mails = OutboxMessage.objects.filter(to_address=user.email, template="security-event")
    return [mail.context["event"] for mail in mails]


def test_the_page_tells_who_the_patient_is_and_who_has_access(desk: WebClient, cast: Cast) -> None:
    cast.ruths_record.email = "ruth.home@example.com"
    cast.ruths_record.save()
    page = desk.get(page_of(cast)).content.decode()
    for fact in ("Ruth Adler", "March 4, 1951", "R-1", "ruth.home@example.com", "Has a sign-in"):
        assert fact in page
    for person in ("luis@example.com", "ruth@example.com", "Family or caregiver"):
        assert person in page
    ended = page.partition("Access that ended")[2]
    assert "nora@example.com" in ended
    assert "stan@example.com" not in page
    assert AuditEvent.objects.filter(
        action="patient.look-up", patient_id=cast.ruths_record.pk, actor_id=cast.fay.pk
    ).exists()


def test_access_is_revoked_with_a_reason_for_good_and_at_once(
    client: WebClient, cast: Cast, sit: Sit
) -> None:
    sit(cast.luis)
    home = f"/p/{cast.ruths_record.pk}/"
    assert client.get(home).status_code == 200
    desk = sit(cast.fay)
    path = act_on(cast, cast.luis, "revoke")
    asked = desk.get(path).content.decode()
    for fact in ("luis@example.com", "Ruth Adler", "March 4, 1951", "R-1", "This is permanent"):
        assert fact in asked
    assert "Say why" in desk.post(path, {"reason": " "}).content.decode()
    assert cast.luis.grants.get().revoked_at is None
    assert desk.post(path, REASON)["Location"] == page_of(cast)
    grant = cast.luis.grants.get()
    assert (grant.revoked_by, grant.reason) == (cast.fay.pk, "the patient asked")
    event = AuditEvent.objects.get(action="grant.revoke", actor_id=cast.fay.pk)
    assert (event.actor_kind, event.reason) == ("staff", "the patient asked")
    # The second click of a double click finds it done, and says so.
    again = desk.post(path, REASON, follow=True)
    assert "That access has ended already." in again.content.decode()
    assert AuditEvent.objects.filter(action="grant.revoke", actor_id=cast.fay.pk).count() == 1
    sit(cast.luis)
    assert client.get(home).status_code == 404


def test_a_person_is_signed_out_everywhere_and_told(
    client: WebClient, cast: Cast, sit: Sit
) -> None:
    sit(cast.ruth)
    kept = client.cookies["carespace"].value
    home = f"/p/{cast.ruths_record.pk}/"
    assert client.get(home).status_code == 200
    assert SignIn.objects.filter(user=cast.ruth).count() == 1
    client.cookies.clear()
    from tests.people import sign_in  # noqa: PLC0415  beside Ruth's session, not in its place

    sign_in(client, cast.fay)
    answer = client.post(act_on(cast, cast.ruth, "end-sessions"), REASON)
    assert answer["Location"] == page_of(cast)
    assert told(cast.ruth) == ["sessions-ended-by-practice"]
    event = AuditEvent.objects.get(action="sessions.end")
    assert event.detail == {"ended": 1}
    assert event.reason == "the patient asked"
    assert event.patient_id == cast.ruths_record.pk
    client.cookies.clear()
    client.cookies["carespace"] = kept
    assert client.get(home).status_code == 302


def test_a_lost_second_factor_is_removed_after_a_check_only(desk: WebClient, cast: Cast) -> None:
    Authenticator.objects.create(user=cast.ruth, type="totp", data={"secret": "x"})
    path = act_on(cast, cast.ruth, "remove-factors")
    refused = desk.post(path, {"reason": "lost phone"}).content.decode()
    assert "Check who they are first" in refused
    assert Authenticator.objects.filter(user=cast.ruth).exists()
    assert desk.post(path, REASON)["Location"] == page_of(cast)
    assert not Authenticator.objects.filter(user=cast.ruth).exists()
    assert told(cast.ruth) == ["factors-removed-by-practice"]
    assert AuditEvent.objects.get(action="factors.remove").detail == {"removed": 1}


def test_a_locked_sign_in_is_shown_and_unlocked(desk: WebClient, cast: Cast) -> None:
    assert "Unlock sign-in" not in desk.get(page_of(cast)).content.decode()
    for _ in range(throttle.SIGN_IN_BY_EMAIL.tries):
        throttle.take((throttle.SIGN_IN_BY_EMAIL, cast.ruth.email))
    assert throttle.locked_until(cast.ruth.email) is not None
    assert "Unlock sign-in" in desk.get(page_of(cast)).content.decode()
    desk.post(act_on(cast, cast.ruth, "unlock"), REASON)
    assert throttle.locked_until(cast.ruth.email) is None
    assert AuditEvent.objects.get(action="sign-in.unlock").reason == "the patient asked"


@pytest.mark.parametrize("act", ["revoke", "remove-factors"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_ends_access_asks_for_a_fresh_proof(
    desk: WebClient, cast: Cast, act: str, method: str
) -> None:
    session = desk.session
    session["proved_at"] = 0
    session.save()
    path = act_on(cast, cast.luis, act)
    answer = getattr(desk, method)(path, REASON)
    assert answer["Location"].startswith("/settings/confirm/?next=")
    assert cast.luis.grants.get().revoked_at is None


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_their_own_record(desk: WebClient, cast: Cast, act: str) -> None:
    grant_access(user=cast.fay, patient=cast.ruths_record, kind="family", basis="sister", by=SYSTEM)
    page = desk.get(page_of(cast)).content.decode()
    assert "This is your own record, or one you see as family" in page
    assert f"{page_of(cast)}people/" not in page
    before = Grant.objects.filter(revoked_at=None).count()
    for person in (cast.fay, cast.luis):
        refused = desk.post(act_on(cast, person, act), REASON).content.decode()
        assert "Ask a colleague" in refused
    assert Grant.objects.filter(revoked_at=None).count() == before
    assert not OutboxMessage.objects.exists()


def test_the_room_refuses_ones_own_record_whatever_a_page_does(cast: Cast) -> None:
    grant_access(user=cast.fay, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM)
    desk = open_desk(cast.fay, Permission.ACCESS_END, second_factor=True)
    person = one_person(desk, cast.ruths_record, cast.luis.grants.get().pk)
    with pytest.raises(ActRefused, match="own-record"), transaction.atomic():
        revoke_from_desk(desk=desk, patient=cast.ruths_record, person=person, reason="x")
    assert cast.luis.grants.get().revoked_at is None


@pytest.mark.parametrize("act", ["end-sessions", "remove-factors", "unlock"])
def test_a_colleague_is_helped_by_a_manager_only(
    cast: Cast, manager: User, nurse: User, sit: Sit, act: str
) -> None:
    grant_access(user=nurse, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM)
    path = act_on(cast, nurse, act)
    assert "Only a manager can help" in sit(cast.fay).post(path, REASON).content.decode()
    assert sit(manager).post(path, REASON)["Location"] == page_of(cast)


def test_the_desk_helps_its_own_people_wherever_they_work(cast: Cast, sit: Sit) -> None:
    """But what guards another practice's staff is not this desk's to remove."""
    grant_access(user=cast.otto, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM)
    Authenticator.objects.create(user=cast.otto, type="totp", data={})
    desk = sit(cast.fay)
    for act in ("end-sessions", "remove-factors"):
        assert desk.post(act_on(cast, cast.otto, act), REASON)["Location"] == page_of(cast)
    assert Authenticator.objects.filter(user=cast.otto).exists()
    page = unescape(desk.get(page_of(cast)).content.decode())
    assert "This desk cannot remove the second step of otto@example.com, or there is none." in page


def test_a_nurse_sees_and_may_change_nothing(cast: Cast, nurse: User, sit: Sit) -> None:
    desk = sit(nurse)
    page = desk.get(page_of(cast)).content.decode()
    assert "luis@example.com" in page
    assert f"{page_of(cast)}people/" not in page
    assert "Invitations are sent by the front desk or a manager." in page
    for act in ACTS:
        assert desk.post(act_on(cast, cast.luis, act), REASON).status_code == 404
    assert cast.luis.grants.get().revoked_at is None


def test_anothers_grant_under_this_patient_is_not_there(desk: WebClient, cast: Cast) -> None:
    stans = cast.stan.grants.get().pk
    theirs = desk.get(f"{page_of(cast)}people/{stans}/revoke/")
    missing = desk.get(f"{page_of(cast)}people/{uuid4()}/revoke/")
    assert (theirs.status_code, theirs.content) == (404, missing.content)


def test_two_patients_of_one_name_are_told_apart(desk: WebClient, cast: Cast) -> None:
    twin = make_patient(cast.practice, "Adler", "Ruth", mrn="R-2", born="1960-01-01")
    near = make_patient(cast.practice, "Moran", "Stanley", mrn="S-2", born="1949-11-02")
    words = "Two people with this name: check the date of birth"
    listed = desk.get("/staff/").content.decode()
    assert listed.count(words) == 2
    assert listed.count("nearly this name and the same date of birth") == 2
    for patient in (twin, cast.ruths_record):
        assert words in desk.get(f"/staff/patients/{patient.pk}/").content.decode()
        assert words in desk.get(f"/staff/patients/{patient.pk}/invite/").content.decode()
    assert "check the record number" in desk.get(f"/staff/patients/{near.pk}/").content.decode()


def test_who_is_a_patient_too_finds_their_own_records(
    desk: WebClient, cast: Cast, sit: Sit
) -> None:
    assert "My own records" not in desk.get("/staff/").content.decode()
    other = make_patient(cast.other_practice, "Desk", "Fay", mrn="F-1", born="1970-01-01")
    grant_access(user=cast.fay, patient=other, kind="self", basis="x", by=SYSTEM)
    page = desk.get("/staff/").content.decode()
    assert "My own records" in page
    assert 'href="/settings/"' in page


def test_no_search_is_in_an_address_or_in_the_trail(desk: WebClient, cast: Cast) -> None:
    assert desk.post("/staff/", {"find": "adler"})["Location"] == "/staff/?found=1"
    page = desk.get("/staff/?found=1").content.decode()
    assert "Ruth Adler" in page
    assert "Stan Moran" not in page
    assert 'method="get"' not in page
    events = json.dumps(list(AuditEvent.objects.values_list("detail", "reason")))
    assert "adler" not in events.lower()
    desk.post("/staff/", {"find": "nobody at all"})
    assert "No patient found" in desk.get("/staff/?found=1").content.decode()
    assert "Stan Moran" in desk.get("/staff/").content.decode()  # the navigation begins anew


def test_what_was_ended_is_told_with_its_days(desk: WebClient, cast: Cast) -> None:
    revoke(grant=cast.luis.grants.get(), reason="x", by=actor_of(cast.ruth))
    page = desk.get(page_of(cast)).content.decode().partition("Access that ended")[2]
    today = timezone.localtime(timezone.now(), cast.practice.zone)
    assert f"to {today:%b} {today.day}, {today.year}" in page
    assert "luis@example.com" in page


def test_a_clinician_and_a_manager_hold_what_their_role_says(
    cast: Cast, nurse: User, manager: User, sit: Sit
) -> None:
    add_staff(user=nurse, practice=cast.practice, role="clinician", by=SYSTEM)
    assert "Open the record" in sit(nurse).get(page_of(cast)).content.decode()
    for words in ("Open the record", "Revoke access", "Invite a personal representative"):
        assert words in sit(manager).get(page_of(cast)).content.decode()
    assert "Open the record" not in sit(cast.fay).get(page_of(cast)).content.decode()


def test_the_number_of_queries_does_not_grow_with_who_has_or_had_access(
    desk: WebClient, cast: Cast
) -> None:
    def queries() -> int:
        with (
            CaptureQueriesContext(connection) as counted,
            CaptureQueriesContext(connections["aside"]) as aside,
        ):
            desk.get(page_of(cast))
        return len(counted) + len(aside)

    desk.get(page_of(cast))
    before = queries()
    for number in range(3):
        helper = make_person(f"Helper{number} Adler")
        grant_access(user=helper, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM)
        former = make_person(f"Former{number} Adler")
        gone = grant_access(
            user=former, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM
        )
        revoke(grant=gone, reason="x", by=actor_of(cast.ruth))
    assert queries() == before
