"""What surrounds a record: whose it is, of which practice, who reads, and the name menu (S-32, S-64, T3, T23)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from carespace.access.actions import revoke, start_visit
from carespace.access.chart import actor_of
from carespace.audit.recording import SYSTEM
from carespace.patients.models import Patient
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, let_see, make_patient, make_person, sign_in
from tests.portal_users.conftest import words_of

pytestmark = pytest.mark.django_db


def home_of(patient: Patient) -> str:
    return f"/p/{patient.pk}/"


def menu_of(page: str) -> list[str]:
    return re.findall(
        r"<li><a href=\"[^\"]+\">([^<]+)</a>", page.partition("menu-panel")[2].partition("</ul>")[0]
    )


def bar_of(page: str) -> str:
    """The bar that says whose record this is, as words."""
    found = re.search(r'<div class="person">(.*?)</div>', page)
    return re.sub("<[^>]+>", "", found[1]).strip() if found else ""


def test_the_menu_of_ones_own_record(cast: Cast, ruths: WebClient) -> None:
    page = words_of(ruths.get(home_of(cast.ruths_record)))
    assert menu_of(page) == ["Manage Users", "Settings", "Help"]
    assert f'href="{home_of(cast.ruths_record)}users/"' in page
    assert bar_of(page) == ""
    assert menu_of(words_of(ruths.get("/settings/"))) == ["Manage Users", "Settings", "Help"]


def test_the_menu_of_family_has_no_users_to_manage(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.luis)
    page = words_of(client.get(home_of(cast.ruths_record)))
    assert menu_of(page) == ["Settings", "Help"]
    assert (
        bar_of(page) == "You are viewing Ruth Adler (as family or caregiver), born March 4, 1951."
    )


def test_several_records_have_a_bar_with_a_switch_on_every_page(
    cast: Cast, client: WebClient
) -> None:
    let_see(cast.luis, cast.stans_record, "representative")
    sign_in(client, cast.luis)
    for patient, name, how in (
        (cast.ruths_record, "Ruth Adler", "as family or caregiver"),
        (cast.stans_record, "Stan Moran", "as personal representative"),
    ):
        for part in ("", "labs/", "documents/", "appointments/", "resources/", "activity/"):
            page = words_of(client.get(home_of(patient) + part))
            assert bar_of(page).startswith(f"You are viewing {name} ({how}), born "), part
            assert "Switch person" in bar_of(page)
    assert menu_of(page) == ["Manage Users", "Settings", "Switch person", "Help"]


def test_with_two_practices_the_bar_names_it_and_the_header_is_the_open_records(
    cast: Cast, client: WebClient
) -> None:
    cast.other_practice.phone = "(555) 020-0200"
    cast.other_practice.save()
    there = make_patient(cast.other_practice, "Adler", "Ruth", mrn="R-9", born="1951-03-04")
    let_see(cast.ruth, there, "self")
    sign_in(client, cast.ruth)
    for patient, practice, other in (
        (cast.ruths_record, cast.practice, cast.other_practice),
        (there, cast.other_practice, cast.practice),
        (cast.ruths_record, cast.practice, cast.other_practice),
    ):
        page = words_of(client.get(home_of(patient)))
        assert bar_of(page).startswith(
            f"You are viewing Ruth Adler, born March 4, 1951 · {practice.name}"
        )
        assert practice.phone in page
        assert other.name not in page
        assert other.phone not in page
    page = words_of(client.get("/people/"))
    for practice in (cast.practice, cast.other_practice):
        assert f"Born March 4, 1951 · {practice.name}" in page
    for path in ("/people/", "/settings/", "/settings/devices/", "/settings/second-factor/"):
        page = words_of(client.get(path))
        for practice in (cast.practice, cast.other_practice):
            assert practice.phone not in page, f"{path}: no record is open: whose phone is around?"


def test_with_one_practice_its_phone_is_around_pages_of_no_record_whatever_the_host(
    cast: Cast, ruths: WebClient
) -> None:
    for path in ("/people/", "/settings/", "/settings/devices/", "/settings/second-factor/"):
        assert cast.practice.phone in words_of(ruths.get(path)), path


def test_the_choice_of_records_says_how_one_sees_each(cast: Cast, client: WebClient) -> None:
    let_see(cast.stan, cast.ruths_record, "family")
    sign_in(client, cast.stan)
    page = words_of(client.get("/people/"))
    assert "Born March 4, 1951, as family or caregiver<" in page
    assert page.index('Stan Moran</b> <span class="tag">You') < page.index("Ruth Adler</b>")


def test_a_record_that_was_lost_leaves_the_choice_at_once(cast: Cast, client: WebClient) -> None:
    let_see(cast.luis, cast.stans_record, "family")
    sign_in(client, cast.luis)
    client.get("/people/")
    revoke(
        grant=cast.luis.grants.get(patient=cast.stans_record), reason="x", by=actor_of(cast.stan)
    )
    assert "Stan Moran" not in words_of(client.get("/people/"))
    assert client.get(home_of(cast.stans_record)).status_code == 404
    assert "Switch person" not in bar_of(words_of(client.get(home_of(cast.ruths_record))))


def test_a_patient_who_works_elsewhere_finds_the_practice_side(
    cast: Cast, client: WebClient
) -> None:
    add_staff(user=cast.ruth, practice=cast.other_practice, role="front-desk", by=SYSTEM)
    sign_in(client, cast.ruth)
    page = words_of(client.get(home_of(cast.ruths_record)))
    assert menu_of(page) == ["Manage Users", "Settings", "Help", "Practice side"]
    assert '<a href="/staff/">Practice side</a>' in page


def test_staff_in_a_record_see_that_why_and_how_to_leave(cast: Cast, client: WebClient) -> None:
    nurse = make_person("Jo Nurse")
    add_staff(user=nurse, practice=cast.practice, role="care-team", by=SYSTEM)
    start_visit(
        patient=cast.ruths_record,
        reason="Ruth called <about> her results",
        ends_at=timezone.now() + timedelta(hours=1),
        by=actor_of(nurse),
    )
    sign_in(client, nurse)
    page = words_of(client.get(home_of(cast.ruths_record)))
    bar = "You are viewing <b>Ruth Adler</b>, born March 4, 1951, as staff of Lakeside Cancer Associates."
    assert bar in page
    assert page.count("You are viewing") == 1
    assert "<h1>Ruth Adler’s record</h1>" in page
    assert "<p><b>Ruth Adler</b>, born March 4, 1951</p>" in page  # on paper
    assert "Reason: Ruth called &lt;about&gt; her results" in page
    close = f'action="/staff/patients/{cast.ruths_record.pk}/close-record/"'
    assert close in page
    assert bar_of(page) == ""
    assert "Manage Users" not in page
    assert "Who has looked" not in page
    for part in ("activity/", "users/"):
        assert client.get(home_of(cast.ruths_record) + part).status_code == 404
    shown = WebClient()
    sign_in(shown, cast.ruth)
    activity = words_of(shown.get(home_of(cast.ruths_record) + "activity/"))
    assert 'Jo Nurse</b> <span class="soft">(staff of Lakeside Cancer Associates)' in activity
    assert "Reason: Ruth called &lt;about&gt; her results" in activity
