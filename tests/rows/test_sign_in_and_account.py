"""Rows S-25 to S-32: passwords, signing in, forgetting it, and the menu under one's name."""

import pytest

from tests.rows import steps
from tests.rows.browser import Browser, Page, words_of
from tests.rows.mails import link_in, whole
from tests.rows.steps import BORN, LUIS, MARIA, PASSWORD, WRONG, Scene

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "Harbor-52-boat!"
FORGOT = {
    "echo": "I forgot my password",
    "highlands": "Forgot Password",
    "classic": "Forgot password",
}
TOO_WEAK = {
    "Sh0rt-!": "at least 8 characters",
    "ORCHARD-7-LANE!": "a lowercase letter",
    "orchard-7-lane!": "an uppercase letter",
    "Orchard-seven-lane!": "a number",
    "Orchard7laneway": "a special character",
}


@pytest.fixture
def home(scene: Scene) -> Page:
    """The first page of the record, read by its patient."""
    return steps.registered(scene)


@pytest.mark.parametrize(("password", "missing"), TOO_WEAK.items())
def test_s25_a_password_has_eight_characters_of_four_kinds(
    scene: Scene, password: str, missing: str
) -> None:
    steps.invite(scene)
    form = steps.open_link(steps.mailed(MARIA))
    told = steps.register(form, password=password)
    assert told.heading == "Set up your account"
    assert told.says("Your password still needs:")
    assert missing in told.text.lower()
    assert steps.register(told).heading == "Sign in to CareSpace"


def test_s25_a_password_of_exactly_eight_is_enough(scene: Scene) -> None:
    steps.invite(scene)
    steps.register(steps.open_link(steps.mailed(MARIA)), password="Kv7!xmqa")
    assert steps.sign_in_by_page(password="Kv7!xmqa").path == scene.home


def test_s26_email_and_password_open_the_record(scene: Scene, home: Page) -> None:
    assert home.path == scene.home
    for email, password in (("other@example.com", PASSWORD), (MARIA, "Wrong-1-word!")):
        page = steps.sign_in_by_page(email, password=password)
        assert page.says("We could not sign you in.")
        assert page.browser.open(scene.home).heading == "Sign in to CareSpace"


def test_s27_sign_in_asks_the_birth_date_where_the_practice_does(scene: Scene, home: Page) -> None:
    asks = scene.practice.settings.dob_at_login
    page = Browser().open("/sign-in/")
    assert ("Date of birth" in page.labels()) is asks
    if asks:
        assert steps.sign_in_by_page(birth_date=WRONG).says("We could not sign you in.")
        without = page.press("Sign in", {"Email address": MARIA, "Password": PASSWORD})
        assert without.says("Enter your date of birth")
    assert steps.sign_in_by_page(birth_date=BORN).path == scene.home


def test_s28_a_forgotten_password_is_set_anew_by_a_mailed_link(
    scene: Scene, home: Page, preset: str
) -> None:
    asked = Browser().open("/sign-in/").follow(FORGOT[preset])
    sent = asked.press("Send me a link", {"Email address": MARIA})
    assert sent.says("Check your spam folder.")
    message = steps.mailed(MARIA)
    assert "Maria" not in whole(message)
    form = Browser().open(link_in(message))
    done = form.press("Set my password", {"New password": NEW_PASSWORD})
    assert done.heading == "Sign in to CareSpace"
    assert steps.sign_in_by_page().says("We could not sign you in.")
    assert steps.sign_in_by_page(password=NEW_PASSWORD).path == scene.home
    assert home.browser.open(scene.home).heading == "Sign in to CareSpace"


def test_s29_a_trusted_caregiver_reads_on_while_the_patient_cannot_sign_in(
    scene: Scene, home: Page
) -> None:
    steps.family_member(steps.manage_users(home))
    assert steps.sign_in_by_page(password="Wrong-1-word!").says("We could not sign you in.")
    theirs = steps.sign_in_by_page(LUIS, birth_date=steps.LUIS_BORN)
    assert theirs.path == scene.home
    assert scene.word in theirs.text


def test_s30_the_password_is_changed_by_name_settings_and_its_tab(scene: Scene, home: Page) -> None:
    page = home.follow("Settings").follow("Change email address or password").follow("Password")
    wrong = page.press("Change password", {"Current password": WRONG, "New password": NEW_PASSWORD})
    assert steps.sign_in_by_page().path == scene.home
    wrong.press("Change password", {"Current password": PASSWORD, "New password": NEW_PASSWORD})
    assert steps.sign_in_by_page().says("We could not sign you in.")
    assert steps.sign_in_by_page(password=NEW_PASSWORD).path == scene.home
    assert "was changed" in whole(steps.mailed(MARIA))


def test_s31_the_email_is_changed_in_the_same_place_and_confirmed_at_the_new_one(
    scene: Scene, home: Page
) -> None:
    new = "maria.new@example.com"
    page = home.follow("Settings").follow("Change email address or password")
    page.press("Send me the link", {"New email address": new, "Your password": PASSWORD})
    assert steps.sign_in_by_page().path == scene.home
    confirm = home.browser.open(link_in(steps.mailed(new)))
    confirm.press("Use this address")
    assert steps.sign_in_by_page(MARIA).says("We could not sign you in.")
    assert steps.sign_in_by_page(new).path == scene.home


def test_s32_the_menu_stands_under_ones_name_on_every_page(scene: Scene, home: Page) -> None:
    layout = scene.practice.settings.nav_layout
    for tab in steps.TABS[layout]:
        page = home.follow(tab)
        (menu,) = page.tree.find_class("menu")
        assert "Maria Reyes" in words_of(menu.find("summary"))
        words = [words_of(each) for each in menu.iter("a", "button")]
        assert words[-1] == "Sign out"
        assert {"Settings", "Manage Users"} <= set(words)
    assert home.press("Sign out").heading == "Sign in to CareSpace"
    assert home.browser.open(scene.home).heading == "Sign in to CareSpace"
