"""The office invites who stands for a patient by law, for as long as the law says (PRX-1, PRX-5)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from carespace.access.actions import accept, open_link
from carespace.access.models import Grant, Invitation
from carespace.access.policies import end_of_minority, may_stand_for
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from tests.conftest import WebClient
from tests.people import Cast, make_patient, make_person

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
GIVEN = {
    "email": "pat@example.com",
    "birth_date_month": "5",
    "birth_date_day": "6",
    "birth_date_year": "1985",
    "right": "health care power of attorney",
    "evidence": "the signed form of May 2, 2026",
}


def ago(years: int) -> str:
    today = timezone.localdate(timezone=NEW_YORK)
    return date(today.year - years, 1, 1).isoformat()


@pytest.fixture
def child(cast: Cast) -> Patient:
    return make_patient(cast.practice, "Young", "Bea", mrn="Y-1", born=ago(10))


def path_of(patient: Patient) -> str:
    return f"/staff/patients/{patient.pk}/representative/"


def send(desk: WebClient, patient: Patient, **more: str) -> str:
    given = {**GIVEN, "confirmed": "yes", **more}
    return desk.post(path_of(patient), given, follow=True).content.decode()


def test_a_representative_is_asked_for_confirmed_and_invited(desk: WebClient, cast: Cast) -> None:
    path = path_of(cast.ruths_record)
    asked = desk.get(path).content.decode()
    assert "Parent of a minor" not in asked  # of somebody who is 18
    for right in ("Legal guardian", "Health care power of attorney", "Other"):
        assert right in asked
    confirm = desk.post(path, GIVEN).content.decode()
    for fact in ("Ruth Adler", "March 4, 1951", "R-1", "pat@example.com", "May 6, 1985"):
        assert fact in confirm
    assert "the signed form of May 2, 2026" in confirm
    assert not Invitation.objects.exists()
    assert "pat@example.com is on its way" in send(desk, cast.ruths_record)
    made = Invitation.objects.get()
    assert (made.kind, made.origin, made.birth_date) == ("representative", "desk", date(1985, 5, 6))
    assert made.basis == "health care power of attorney; seen: the signed form of May 2, 2026"
    assert made.access_ends_at is None
    assert AuditEvent.objects.get(action="invitation.create").actor_kind == "staff"


def test_a_second_click_sends_no_second_link(desk: WebClient, cast: Cast) -> None:
    send(desk, cast.ruths_record)
    send(desk, cast.ruths_record)
    assert Invitation.objects.get().state == "queued"
    assert OutboxMessage.objects.filter(template="invitation").count() == 1


def test_the_last_day_is_whole_where_the_practice_is(desk: WebClient, cast: Cast) -> None:
    send(desk, cast.ruths_record, ends_on_month="4", ends_on_day="27", ends_on_year="2099")
    assert Invitation.objects.get().access_ends_at == datetime(2099, 4, 28, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"right": ""}, "Choose why they may act"),
        ({"right": "other"}, "Say why they may act"),
        ({"evidence": " "}, "Say what you have seen"),
        ({"birth_date_year": ""}, "Add the year of birth."),
        ({"email": "pat"}, "Check their email address."),
        (
            {"ends_on_month": "4", "ends_on_day": "27", "ends_on_year": "2020"},
            "must be today or later",
        ),
        (
            {"ends_on_month": "12", "ends_on_day": "31", "ends_on_year": "9999"},
            "Check the year: at most 100 years from now.",
        ),
        (
            {"ends_on_month": "4", "ends_on_day": "31", "ends_on_year": "2099"},
            "This day does not exist.",
        ),
    ],
)
def test_what_is_missing_is_asked_for(
    desk: WebClient, cast: Cast, more: dict[str, str], words: str
) -> None:
    assert words in send(desk, cast.ruths_record, **more)
    assert not Invitation.objects.exists()


def test_another_right_is_kept_in_the_offices_words(desk: WebClient, cast: Cast) -> None:
    send(desk, cast.ruths_record, right="other", other_right="court order")
    assert Invitation.objects.get().basis.startswith("other: court order; seen: ")


def test_a_parents_access_ends_by_itself_at_the_18th_birthday(
    desk: WebClient, child: Patient
) -> None:
    send(
        desk,
        child,
        right="parent of a minor",
        ends_on_month="1",
        ends_on_day="2",
        ends_on_year="2099",
    )
    invitation = Invitation.objects.get()
    assert child.birth_date is not None
    birthday = datetime(child.birth_date.year + 18, 1, 1, tzinfo=NEW_YORK)
    assert invitation.access_ends_at == birthday
    invitation.state, invitation.sent_at = "sent", timezone.now()
    invitation.expires_at = timezone.now() + timedelta(hours=96)
    invitation.save()
    parent = make_person("Pat Young")
    grant = as_holder(invitation, parent)
    assert grant.ends_at == birthday
    # The clock at 17 years and 364 days, at the last second, and at 18 years and 0 days.
    for moment, counts in (
        (birthday - timedelta(days=1), True),
        (birthday - timedelta(seconds=1), True),
        (birthday, False),
        (birthday + timedelta(days=1), False),
    ):
        assert Grant.objects.active(moment).filter(pk=grant.pk).exists() is counts


def as_holder(invitation: Invitation, person: User) -> Grant:
    found = open_link(token_for(invitation.pk))
    from carespace.access.chart import actor_of  # noqa: PLC0415

    return accept(invitation=found, user=person, by=actor_of(person))


def test_a_parent_is_none_of_a_patient_of_age(desk: WebClient, cast: Cast) -> None:
    assert "This patient is 18 or older" in send(desk, cast.ruths_record, right="parent of a minor")
    asked = desk.post(path_of(cast.ruths_record), {**GIVEN, "right": "parent of a minor"})
    assert "This patient is 18 or older" in asked.content.decode(), "before the last question"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("born", "ends"),
    [
        (date(2008, 11, 21), datetime(2026, 11, 21, 5, tzinfo=UTC)),
        (date(2008, 7, 1), datetime(2026, 7, 1, 4, tzinfo=UTC)),
        (date(2008, 2, 29), datetime(2026, 3, 1, 5, tzinfo=UTC)),
    ],
)
def test_eighteen_begins_at_midnight_where_the_practice_is(born: date, ends: datetime) -> None:
    assert end_of_minority(born, NEW_YORK) == ends
    for moment, allowed in ((ends - timedelta(seconds=1), True), (ends, False)):
        decision = may_stand_for(by_minority=True, birth_date=born, at=moment, zone=NEW_YORK)
        assert decision.allowed is allowed


def test_staff_do_not_appoint_themselves(desk: WebClient, cast: Cast) -> None:
    assert "This is your own address" in send(desk, cast.stans_record, email="fay@example.com")
    assert not Invitation.objects.exists()


def test_it_asks_for_a_fresh_proof(desk: WebClient, cast: Cast) -> None:
    session = desk.session
    session["proved_at"] = 0
    session.save()
    for method in (desk.get, desk.post):
        answer = method(path_of(cast.ruths_record), GIVEN)
        assert answer["Location"].startswith("/settings/confirm/?next=")
    assert not Invitation.objects.exists()


def test_a_parent_is_offered_for_a_minor_only(desk: WebClient, child: Patient) -> None:
    assert "Parent of a minor" in desk.get(path_of(child)).content.decode()


def test_a_representative_under_18_or_a_slip_is_told_and_not_refused(
    desk: WebClient, cast: Cast
) -> None:
    path = path_of(cast.ruths_record)
    plain = desk.post(path, GIVEN).content.decode()
    assert "under 18" not in plain
    assert "Did you mean" not in plain
    young = {"birth_date_year": str(timezone.localdate().year - 17), "email": "pat@gmial.com"}
    confirm = desk.post(path, {**GIVEN, **young}).content.decode()
    assert "This person is under 18." in confirm
    assert "Did you mean gmail.com?" in confirm
    assert "on its way" in send(desk, cast.ruths_record, **young)


def test_an_impossible_last_day_is_told(desk: WebClient, cast: Cast) -> None:
    day = {"ends_on_month": "2", "ends_on_day": "30", "ends_on_year": "2027"}
    page = desk.post(path_of(cast.ruths_record), {**GIVEN, **day}).content.decode()
    assert "This day does not exist. Check the month and day." in page
