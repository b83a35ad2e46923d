"""Rows S-61 to S-71: friends, family and caregivers, from "Manage Users" to "Revoke access"."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.people import let_see, make_patient, make_person, sign_in
from tests.rows import steps
from tests.rows.browser import Browser, Page, words_of
from tests.rows.mails import hand_over, whole
from tests.rows.steps import BORN, LUIS, LUIS_BORN, MARIA, Scene

pytestmark = pytest.mark.django_db
MANY = 8
LIFE = timedelta(hours=96)


@pytest.fixture
def users(scene: Scene) -> Page:
    """The patient's own page of the people who can see the record."""
    return steps.manage_users(steps.registered(scene))


def reopened(page: Page) -> Page:
    return page.browser.open(page.path)


def test_s61_a_patient_invites_family_who_then_see_the_record(scene: Scene, users: Page) -> None:
    home = steps.family_member(users)
    assert home.path == scene.home
    assert scene.word in home.text
    assert reopened(users).says("Luis Reyes")


def test_s62_who_was_invited_sees_all_that_the_patient_sees(scene: Scene, users: Page) -> None:
    own = users.follow("Home")
    theirs = steps.family_member(users)
    for tab in steps.TABS[scene.practice.settings.nav_layout]:
        one, other = own.follow(tab), theirs.follow(tab)
        assert other.status == 200
        assert (scene.word in one.text) == (scene.word in other.text), tab
        assert tab == "Resources" or scene.word in other.text, tab
    assert "Manage Users" not in theirs.links()


def test_s63_nobody_sees_the_record_but_the_patient_and_whom_they_invite(
    scene: Scene, users: Page
) -> None:
    other = make_patient(scene.practice, "Moran", "Stan", mrn="S-1", born="1949-11-02")
    stan = make_person("Stan Moran")
    let_see(stan, other, "self")
    strangers = [Browser(), Browser(), steps.front_desk(scene)]
    sign_in(strangers[1].client, stan)
    for browser in strangers:
        page = browser.open(scene.home)
        assert scene.word not in page.text
        assert page.status == 404 or page.heading == "Sign in to CareSpace"
    assert steps.family_member(users).path == scene.home


def test_s64_manage_users_is_in_the_menu_under_the_name(scene: Scene, users: Page) -> None:
    home = users.browser.open(scene.home)
    (menu,) = home.tree.find_class("menu")
    assert "Manage Users" in [words_of(each) for each in menu.iter("a")]
    page = steps.manage_users(home)
    assert page.says("People who can see this record")
    assert page.says(MARIA)


@pytest.mark.parametrize("missing", ["Their email address", "Their date of birth"])
def test_s65_an_email_address_and_a_birth_date_are_entered(users: Page, missing: str) -> None:
    given = {"Their email address": LUIS, "Their date of birth": LUIS_BORN}
    del given[missing]
    told = users.press("Send invite", given)
    assert told.says("Enter their")
    assert hand_over() == []


def test_s65_the_birth_date_entered_is_the_one_that_registers(scene: Scene, users: Page) -> None:
    steps.invite_family(users)
    form = steps.open_link(steps.mailed(LUIS))
    told = steps.register(form, birth_date=BORN)
    assert told.says("This is not the date of birth we have.")
    assert steps.register(told, birth_date=LUIS_BORN).heading == "Sign in to CareSpace"


def test_s66_who_is_invited_gets_an_invite_to_register(scene: Scene, users: Page) -> None:
    assert steps.invite_family(users).says(LUIS)
    message = steps.mailed(LUIS)
    assert "Complete Your Registration" in whole(message)
    for secret in ("Maria", "Reyes", "M-1", LUIS_BORN, "1988"):
        assert secret not in whole(message)
    assert steps.open_link(message).heading == "Set up your account"


def test_s67_any_number_of_people_can_be_invited(scene: Scene, users: Page) -> None:
    everyone = [f"person{number}@example.com" for number in range(MANY)]
    page = users
    for email in everyone:
        page = steps.invite_family(page, email)
    invited = [message.to[0] for message in hand_over() if message.to[0] in everyone]
    assert sorted(invited) == everyone
    assert all(reopened(users).says(email) for email in everyone)


def test_s68_resend_invite_sends_a_new_link_and_ends_the_old_one(scene: Scene, users: Page) -> None:
    page = steps.invite_family(users)
    old = steps.mailed(LUIS)
    page.press("Resend invite", beside=LUIS)
    new = steps.mailed(LUIS)
    assert steps.open_link(old).status == 410
    assert steps.register(steps.open_link(new), birth_date=LUIS_BORN).path == "/sign-in/"
    assert "Resend invite" not in reopened(users).buttons()


def test_s69_whose_link_has_ended_asks_who_invited_them(
    scene: Scene, users: Page, later: Callable[[timedelta], None]
) -> None:
    steps.invite_family(users)
    message = steps.mailed(LUIS)
    later(LIFE)
    steps.open_link(message).press("Ask for a new link")
    told = steps.mailed(MARIA)
    for secret in ("Luis", "Reyes", LUIS_BORN):
        assert secret not in whole(told)
    page = steps.manage_users(steps.sign_in_by_page())
    assert page.says("Asks for a new link")
    page.press("Resend invite", beside=LUIS)
    done = steps.register(steps.open_link(steps.mailed(LUIS)), birth_date=LUIS_BORN)
    assert done.heading == "Sign in to CareSpace"


def test_s70_revoke_access_stands_beside_the_address_and_counts_at_the_next_click(
    scene: Scene, users: Page
) -> None:
    theirs = steps.family_member(users)
    assert scene.word in theirs.text
    done = steps.revoke(reopened(users))
    assert done.says("can no longer see this record")
    for path in (scene.home, f"{scene.home}labs/", f"{scene.home}appointments/"):
        page = theirs.browser.open(path)
        assert (page.status, scene.word in page.text) == (404, False)


def test_s71_revoked_is_for_good_and_a_new_invite_makes_a_new_access(
    scene: Scene, users: Page
) -> None:
    steps.family_member(users)
    asked = reopened(users).choose("Revoke access", beside=LUIS)
    assert asked.says("This is permanent")
    asked.press("Revoke access")
    (ended,) = scene.patient.grants.filter(kind="family")
    assert steps.sign_in_by_page(LUIS, birth_date=LUIS_BORN).heading == "No record to show yet"
    steps.invite_family(reopened(users))
    form = steps.open_link(steps.mailed(LUIS))
    given: dict[str, str | bool] = {"Password": steps.PASSWORD, "Date of birth": LUIS_BORN}
    if scene.practice.settings.tos_required:
        given[steps.TERMS] = True
    form.press("Add this record", given)
    assert steps.sign_in_by_page(LUIS, birth_date=LUIS_BORN).path == scene.home
    ended.refresh_from_db()
    assert ended.revoked_at
    assert scene.patient.grants.filter(kind="family").count() == 2
