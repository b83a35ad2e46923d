"""What the front desk types survives a session's end and the question who is at the keyboard; staff have 15 minutes."""

import re

import pytest
from django.urls import reverse

from carespace.access.models import StaffVisit
from carespace.accounts.models import Draft
from carespace.accounts.proof import note_proof
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, make_cast, make_person, sign_in
from tests.sessions.conftest import MINUTE, Clock

pytestmark = pytest.mark.django_db
APPOINTED = {
    "email": "dana@example.com",
    "birth_date_month": "4",
    "birth_date_day": "2",
    "birth_date_year": "1971",
    "right": "legal guardian",
    "evidence": "Court order of March 3, 2026",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def desk(client: WebClient, cast: Cast) -> WebClient:
    sign_in(client, cast.fay)
    session = client.session
    session["is_staff"] = True
    session.save()
    return client


def page(client: WebClient, name: str, *ids: object) -> tuple[str, str]:
    place = reverse(name, args=ids)
    answer = client.get(place)
    assert answer.status_code == 200
    return place, answer.content.decode()


def test_a_page_of_the_desk_counts_fifteen_minutes(desk: WebClient, clock: Clock) -> None:
    assert f'data-left="{15 * MINUTE + 1}"' in page(desk, "staff:patients")[1]


def test_an_address_sent_too_late_is_in_its_box_again(
    desk: WebClient, cast: Cast, clock: Clock
) -> None:
    place, shown = page(desk, "staff:invite", cast.ruths_record.pk)
    clock.seconds += 15 * MINUTE + 1
    late = desk.post(place, {"email": "new@example.com", "confirmed": "1"})
    assert late["Location"] == f"/sign-in/?next={place}"
    sign_in(desk, cast.fay)
    assert 'value="new@example.com"' in page(desk, "staff:invite", cast.ruths_record.pk)[1]
    assert 'value="new@example.com"' not in shown


def test_a_representatives_form_survives_the_question_who_is_there(
    desk: WebClient, cast: Cast
) -> None:
    session = desk.session
    session["proved_at"] = 0
    session.save()
    place = reverse("staff:representative", args=[cast.ruths_record.pk])
    asked = desk.post(place, {**APPOINTED, "password": "x"})
    assert asked["Location"].startswith(reverse("portal:confirm"))
    assert Draft.objects.get().fields == APPOINTED
    session = desk.session
    note_proof(session)
    session.save()
    shown = page(desk, "staff:representative", cast.ruths_record.pk)[1]
    for name in ("email", "birth_date_month", "birth_date_day", "birth_date_year", "evidence"):
        assert f'value="{APPOINTED[name]}"' in shown
    assert re.findall(r'value="([^"]+)"[^>]*\bchecked\b', shown) == [APPOINTED["right"]]


def test_a_reason_is_forgotten_once_it_is_given(client: WebClient, cast: Cast) -> None:
    nia = make_person("Nia Nurse")
    add_staff(user=nia, practice=cast.practice, role="care-team", by=SYSTEM)
    sign_in(client, nia)
    place, _ = page(client, "staff:open-record", cast.ruths_record.pk)
    given = {"why": "other", "words": "She asked me to look"}
    assert client.post("/session/draft/", {"place": place, **given}).status_code == 204
    shown = page(client, "staff:open-record", cast.ruths_record.pk)[1]
    assert 'value="She asked me to look"' in shown
    assert client.post(place, given).status_code == 302
    assert StaffVisit.objects.count() == 1
    assert not Draft.objects.exists()
