"""A form sent after the session's end, without a script: nothing typed is lost, and nobody else sees it (A11Y-8)."""

import re

import pytest
from django.urls import reverse

from carespace.access.models import Invitation
from carespace.accounts.models import Draft
from carespace.portal.users import views as users_views
from carespace.practices.models import Practice
from carespace.practices.presets import PRESETS
from tests.conftest import WebClient
from tests.people import PASSWORD, sign_in
from tests.sessions.conftest import HOUR, MINUTE, TYPED, Clock, Ruth

pytestmark = pytest.mark.django_db
SIGNED_OUT = "You were signed out to keep the record safe."
KEPT = f"{SIGNED_OUT} We kept what you typed."
BORN = {"birth_date_month": "3", "birth_date_day": "4", "birth_date_year": "1951"}


def send_late(ruth: Ruth, clock: Clock, seconds: int = HOUR) -> str:
    """Send the form after the end; return the address of the sign-in page that comes."""
    ruth.shows()
    clock.seconds += seconds
    answer = ruth.client.post(ruth.place, {**TYPED, "password": PASSWORD})
    assert answer.status_code == 302
    return answer["Location"]


@pytest.mark.parametrize("preset", PRESETS)
def test_what_was_sent_is_kept_and_shown_again_after_sign_in(
    ruth: Ruth, clock: Clock, preset: str
) -> None:
    Practice.objects.filter(pk=ruth.cast.practice.pk).update(preset=preset)
    leads = send_late(ruth, clock)
    assert leads == f"{reverse('portal:sign-in')}?next={ruth.place}"
    assert KEPT in ruth.client.get(leads).content.decode()
    given = {"email": "ruth@example.com", "password": PASSWORD, "next": ruth.place, **BORN}
    leads = ruth.client.post(reverse("portal:sign-in"), given)["Location"]
    if leads == reverse("portal:birth-date"):
        leads = ruth.client.post(leads, BORN)["Location"]
    assert leads == ruth.place
    page = ruth.shows()
    for text in TYPED.values():
        assert f'value="{text}"' in page
    assert not Invitation.objects.exists(), "kept, not sent"


def test_no_password_is_kept(ruth: Ruth, clock: Clock) -> None:
    send_late(ruth, clock)
    assert Draft.objects.get().fields == TYPED


def test_also_after_twelve_hours(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    for _ in range(12 * 4):
        clock.seconds += 15 * MINUTE
        ruth.client.get("/terms/")
    assert KEPT in ruth.client.get(send_late(ruth, clock, 1)).content.decode()


def test_somebody_else_who_signs_in_there_sees_nothing_of_it(ruth: Ruth, clock: Clock) -> None:
    send_late(ruth, clock)
    sign_in(ruth.client, ruth.cast.luis)
    assert TYPED["email"] not in ruth.client.get(ruth.place).content.decode()
    assert Draft.objects.get().user_id == ruth.cast.ruth.pk


def test_a_form_that_is_not_ours_keeps_nothing(ruth: Ruth, clock: Clock) -> None:
    strict = WebClient(enforce_csrf_checks=True)
    sign_in(strict, ruth.cast.ruth)
    strict.get(ruth.place)
    clock.seconds += HOUR
    assert strict.post(ruth.place, TYPED).status_code == 403
    assert not Draft.objects.exists()
    assert "_auth_user_id" not in strict.session


def test_our_own_form_is_known_by_its_token_though_the_session_is_over(
    ruth: Ruth, clock: Clock
) -> None:
    strict = WebClient(enforce_csrf_checks=True)
    sign_in(strict, ruth.cast.ruth)
    found = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', strict.get(ruth.place).content.decode()
    )
    assert found
    clock.seconds += HOUR
    sent = {**TYPED, "csrfmiddlewaretoken": found[1]}
    assert strict.post(ruth.place, sent).status_code == 302
    assert Draft.objects.get().fields == TYPED


def test_it_is_kept_once_and_for_the_one_who_was_signed_in(ruth: Ruth, clock: Clock) -> None:
    send_late(ruth, clock)
    Draft.objects.all().delete()
    assert ruth.client.post(ruth.place, TYPED).status_code == 302
    assert not Draft.objects.exists(), "nobody was signed in any more"


def test_a_view_that_names_no_boxes_keeps_nothing(
    ruth: Ruth, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users_views.users, "kept_fields", ())
    page = ruth.client.get(send_late(ruth, clock)).content.decode()
    assert SIGNED_OUT in page
    assert KEPT not in page
    assert not Draft.objects.exists()


def test_a_save_by_the_script_that_comes_too_late_is_kept_as_well(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    clock.seconds += HOUR
    answer = ruth.client.post("/session/draft/", {"place": ruth.place, **TYPED})
    assert answer.status_code == 302
    assert Draft.objects.get().place == ruth.place
    assert Draft.objects.get().fields == TYPED


def test_what_was_kept_while_typing_is_told_of_at_the_end(ruth: Ruth, clock: Clock) -> None:
    ruth.client.post("/session/draft/", {"place": ruth.place, **TYPED})
    # The draft's time is the database's; the session's is the clock's.
    session = ruth.client.session
    session["started_at"] = int(Draft.objects.get().saved_at.timestamp())
    session["seen_at"] = clock.seconds
    session.save()
    clock.seconds += HOUR
    leads = ruth.client.get(ruth.place)["Location"]
    page = ruth.client.get(leads).content.decode()
    assert KEPT in page
    assert TYPED["email"] not in page


def test_nothing_typed_is_nothing_kept(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    clock.seconds += HOUR
    page = ruth.client.get(ruth.client.get(ruth.place)["Location"]).content.decode()
    assert SIGNED_OUT in page
    assert KEPT not in page


@pytest.mark.parametrize(
    ("referer", "leads"),
    [
        ("http://testserver/settings/devices/", "/settings/devices/"),
        ("https://evil.example/settings/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_button_that_was_pressed_too_late_leads_back_to_its_page(
    ruth: Ruth, clock: Clock, referer: str, leads: str
) -> None:
    ruth.shows()
    clock.seconds += HOUR
    answer = ruth.client.post("/session/stay/", headers={"referer": referer})
    assert answer["Location"] == f"{reverse('portal:sign-in')}?next={leads}"


def test_signing_out_too_late_is_signing_out(ruth: Ruth, clock: Clock) -> None:
    ruth.shows()
    clock.seconds += HOUR
    assert ruth.client.post("/sign-out/")["Location"] == reverse("portal:sign-in")
