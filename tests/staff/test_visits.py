"""Staff open a record with a reason, for an hour, and the patient's activity has it (T23, X6)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import timezone

from carespace.access.actions import grant_access
from carespace.access.chart import NotFound, actor_of
from carespace.access.desk import one_patient, open_desk
from carespace.access.desk_people import (
    end_sessions_from_desk,
    one_person,
    remove_factors_from_desk,
)
from carespace.access.desk_team import end_work
from carespace.access.models import StaffVisit
from carespace.access.permissions import Permission
from carespace.access.visits import open_visit
from carespace.accounts.actions import add_factor
from carespace.accounts.factors import APP, app_data, new_secret
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.config.commands.sign_in import command as sign_in_command
from carespace.practices.actions import TeamRefused, add_staff, end_staff
from tests.access.records import give_record
from tests.conftest import WebClient
from tests.people import Cast, enter, let_see
from tests.staff.conftest import Sit

pytestmark = pytest.mark.django_db

WHY = {"why": "other", "words": "She called about her infusion"}


def paths(cast: Cast) -> tuple[str, str, str]:
    patient = cast.ruths_record.pk
    return (
        f"/staff/patients/{patient}/open-record/",
        f"/staff/patients/{patient}/close-record/",
        f"/p/{patient}/",
    )


def opened(desk: WebClient, cast: Cast) -> None:
    answer = desk.post(paths(cast)[0], WHY)
    assert answer["Location"] == paths(cast)[2]


def test_a_record_opens_with_a_reason_only(cast: Cast, nurse: User, sit: Sit) -> None:
    desk = sit(nurse)
    ask, _, home = paths(cast)
    assert desk.get(home).status_code == 404
    asked = desk.get(ask).content.decode()
    for fact in ("Ruth Adler", "March 4, 1951", "R-1", "for 60 minutes", "The patient sees who"):
        assert fact in asked
    assert "Choose a reason" in desk.post(ask, {}).content.decode()
    assert "Say why you open" in desk.post(ask, {"why": "other"}).content.decode()
    assert not StaffVisit.objects.exists()
    opened(desk, cast)
    page = desk.get(home)
    assert page.status_code == 200
    assert "Ruth Adler" in page.content.decode()
    visit = StaffVisit.objects.get()
    assert (visit.user_id, visit.reason) == (nurse.pk, WHY["words"])
    assert visit.ends_at - visit.started_at <= timedelta(minutes=60)
    event = AuditEvent.objects.get(action="visit.open")
    assert (event.actor_id, event.actor_kind) == (nurse.pk, "staff")
    assert (event.patient_id, event.reason) == (cast.ruths_record.pk, WHY["words"])
    looked = AuditEvent.objects.filter(action="chart.open", actor_id=nurse.pk).last()
    assert looked is not None
    assert looked.actor_kind == "staff"


def test_a_record_closes_at_once(cast: Cast, nurse: User, sit: Sit) -> None:
    desk = sit(nurse)
    _, close, home = paths(cast)
    opened(desk, cast)
    page = desk.get(f"/staff/patients/{cast.ruths_record.pk}/").content.decode()
    assert "You have this record open" in page
    assert desk.get(close).status_code == 405
    assert desk.post(close)["Location"] == f"/staff/patients/{cast.ruths_record.pk}/"
    assert desk.get(home).status_code == 404
    assert AuditEvent.objects.filter(action="visit.close", actor_id=nurse.pk).count() == 1
    desk.post(close)
    assert AuditEvent.objects.filter(action="visit.close").count() == 1


def test_a_double_click_opens_one_visit_and_another_reason_begins_a_new_one(
    cast: Cast, nurse: User, sit: Sit
) -> None:
    desk = sit(nurse)
    opened(desk, cast)
    opened(desk, cast)
    assert StaffVisit.objects.count() == 1
    desk.post(paths(cast)[0], {"why": "Your care", "words": "Chemo on Friday"})
    assert StaffVisit.objects.count() == 2
    assert StaffVisit.objects.open().get().reason == "Your care: Chemo on Friday"


def test_after_an_hour_the_record_is_closed(cast: Cast, nurse: User, sit: Sit) -> None:
    desk = sit(nurse)
    opened(desk, cast)
    StaffVisit.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert desk.get(paths(cast)[2]).status_code == 404


def test_who_stops_working_there_loses_the_open_record_at_the_next_request(
    cast: Cast, nurse: User, sit: Sit
) -> None:
    desk = sit(nurse)
    opened(desk, cast)
    assert desk.get(paths(cast)[2]).status_code == 200
    end_staff(membership=nurse.memberships.get(), reason="left", by=SYSTEM)
    assert desk.get(paths(cast)[2]).status_code == 404
    assert desk.get(f"/p/{cast.ruths_record.pk}/labs/").status_code == 404


def test_a_role_that_may_not_open_records_loses_the_open_one(
    cast: Cast, nurse: User, sit: Sit
) -> None:
    desk = sit(nurse)
    opened(desk, cast)
    add_staff(user=nurse, practice=cast.practice, role="front-desk", by=SYSTEM)
    assert desk.get(paths(cast)[2]).status_code == 404


@pytest.mark.parametrize("person", ["fay", "otto", "luis", "nora", "stan"])
def test_others_open_nothing(cast: Cast, sit: Sit, person: str) -> None:
    client = sit(getattr(cast, person))
    ask, close, _ = paths(cast)
    nowhere = f"/staff/patients/{uuid4()}/open-record/"
    assert client.post(ask, WHY).status_code == 404
    assert client.post(ask, WHY).content == client.post(nowhere, WHY).content
    assert client.post(close).status_code == 404
    assert not StaffVisit.objects.exists()


def test_the_room_opens_nothing_for_the_front_desk(cast: Cast) -> None:
    desk = open_desk(cast.fay, Permission.PATIENT_FIND, second_factor=True)
    with pytest.raises(NotFound):
        open_visit(desk=desk, patient=cast.ruths_record, reason="x")


def test_nobody_opens_their_own_familys_record_as_staff(cast: Cast, nurse: User, sit: Sit) -> None:
    grant_access(user=nurse, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM)
    answer = sit(nurse).post(paths(cast)[0], WHY)
    assert "This is your own record, or one you see as family" in answer.content.decode()
    assert not StaffVisit.objects.exists()


def test_without_a_second_factor_no_record_opens(cast: Cast, nurse: User, sit: Sit) -> None:
    desk = sit(nurse)
    session = desk.session
    del session["second_factor"]
    session.save()
    answer = desk.post(paths(cast)[0], WHY)
    assert answer["Location"].startswith("/settings/second-factor/")
    assert not StaffVisit.objects.exists()


def test_an_expired_session_opens_nothing(cast: Cast, nurse: User, sit: Sit) -> None:
    desk = sit(nurse)
    desk.get("/staff/")
    session = desk.session
    session["seen_at"] = 0
    session.save()
    assert desk.post(paths(cast)[0], WHY)["Location"].startswith("/sign-in/")
    assert not StaffVisit.objects.exists()


def pages(cast: Cast, document: str) -> list[str]:
    """Every page of the record that staff may read, and the bytes of a document."""
    home = f"/p/{cast.ruths_record.pk}/"
    parts = ("", "health/", "labs/", "documents/", f"documents/{document}/")
    files = (f"documents/{document}/content/", f"documents/{document}/download/")
    return [f"{home}{part}" for part in parts + files]


def test_an_open_record_needs_the_second_factor_in_each_session(
    cast: Cast, nurse: User, sit: Sit, tmp_path: Path
) -> None:
    document = str(give_record(cast.ruths_record, tmp_path)["document_id"])
    desk = sit(nurse)
    opened(desk, cast)
    assert {desk.get(page).status_code for page in pages(cast, document)} == {200}
    other = WebClient()
    enter(other, nurse)
    for page in pages(cast, document):
        assert other.get(page)["Location"].startswith("/settings/second-factor/?next="), page


def ended_for(visitor: User) -> bool:
    closed = AuditEvent.objects.filter(action="visit.close", entity="StaffVisit").count()
    return not StaffVisit.objects.open().filter(user=visitor).exists() and closed == 1


def test_removing_a_second_step_at_the_server_closes_open_records(
    cast: Cast, nurse: User, sit: Sit
) -> None:
    desk = sit(nurse)
    opened(desk, cast)
    add_factor(user=nurse, kind=APP, data=app_data(new_secret(), 1))
    given = ["remove-second-step", "--email", nurse.email, "--reason", "passport seen"]
    assert CliRunner().invoke(sign_in_command, given).exit_code == 0
    assert ended_for(nurse)


@pytest.mark.parametrize("act", [end_sessions_from_desk, remove_factors_from_desk])
def test_a_managers_help_with_a_sign_in_closes_open_records(
    cast: Cast, nurse: User, manager: User, sit: Sit, act: Callable[..., int]
) -> None:
    desk = sit(nurse)
    opened(desk, cast)
    let_see(nurse, cast.stans_record, "family")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE carespace_web")
    office = open_desk(manager, Permission.ACCESS_END, second_factor=True)
    patient = one_patient(office, cast.stans_record.pk)
    person = one_person(office, patient, nurse.grants.get().pk)
    act(desk=office, patient=patient, person=person, reason="passport seen")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert ended_for(nurse)
    assert desk.get(paths(cast)[2]).status_code == 302


def test_work_that_ended_leaves_no_record_open_for_who_comes_back(
    cast: Cast, nurse: User, manager: User, sit: Sit
) -> None:
    opened(sit(nurse), cast)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE carespace_web")
    office = open_desk(manager, Permission.STAFF_MANAGE, second_factor=True)
    end_work(membership=nurse.memberships.get(), reason="left", by=office.actor)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    add_staff(user=nurse, practice=cast.practice, role="care-team", by=SYSTEM)
    assert ended_for(nurse)
    assert sit(nurse).get(paths(cast)[2]).status_code == 404


def test_work_that_may_not_be_ended_leaves_the_record_open(
    cast: Cast, nurse: User, sit: Sit
) -> None:
    opened(sit(nurse), cast)
    with pytest.raises(TeamRefused):
        end_work(membership=nurse.memberships.get(), reason="left", by=actor_of(cast.fay))
    assert StaffVisit.objects.open().filter(user=nurse).exists()
