"""Rows S-04, S-37 to S-39, S-72 and S-73: documents, places that help, and help, under each ready preset."""

import pytest

from carespace.practices.presets import RESOURCE_LINKS
from tests.records.shelf import paper
from tests.rows import steps
from tests.rows.browser import Browser, Page
from tests.rows.steps import Scene

pytestmark = pytest.mark.django_db
LANDING = 6
MANY = 9


@pytest.fixture
def home(scene: Scene) -> Page:
    """The patient's first page, with more documents in the record than a landing page shows."""
    for number in range(MANY):
        paper(
            scene.practice,
            scene.patient,
            b"Words of the note.",
            "text/plain",
            when=f"2026-0{number % 9 + 1}-08",
            title=f"Note {number}",
        )
    return steps.registered(scene)


def landing(home: Page, scene: Scene) -> Page:
    """Where the preset shows the newest documents: the Health page, or the first page (D-1)."""
    return home.follow("Health") if scene.practice.settings.nav_layout == "health" else home


def all_documents(home: Page, scene: Scene) -> Page:
    if scene.practice.settings.nav_layout == "split":
        return home.follow("Documents")
    return landing(home, scene).follow(f"View All Documents ({MANY + 1})")


def listed(page: Page) -> list[str]:
    return [f"Note {number}" for number in range(MANY) if f"Note {number}" in page.links()]


def test_s37_various_documents_are_read_in_the_record(scene: Scene, home: Page) -> None:
    page = all_documents(home, scene)
    assert page.heading == "Documents"
    opened = page.follow("Note 4")
    assert opened.heading == "Note 4"
    assert opened.says("Words of the note.")
    assert "Download" in opened.links()


def test_s38_the_landing_page_shows_the_six_most_recent(scene: Scene, home: Page) -> None:
    if scene.practice.settings.nav_layout == "split":
        pytest.skip("Documents have a tab of their own here (D-1)")
    page = landing(home, scene)
    # The record's own note is the newest one, and then the newest five of these.
    assert listed(page) == [f"Note {number}" for number in range(MANY - LANDING + 1, MANY)]


def test_s39_view_all_documents_shows_the_rest(scene: Scene, home: Page) -> None:
    assert len(listed(all_documents(home, scene))) == MANY


def test_s72_resources_lead_to_three_groups(scene: Scene, home: Page) -> None:
    page = home.follow("Resources")
    assert page.heading == "Resources"
    names = [link.name for link in RESOURCE_LINKS]
    assert names == ["National Cancer Institute", "American Cancer Society", "CancerCare"]
    assert [each for each in page.links() if each in names] == names
    assert page.text.count("Opens another site") == len(names)


def test_s73_help_says_how_to_register_and_whom_to_call(scene: Scene) -> None:
    page = Browser().open("/sign-in/").follow("Help")
    assert page.heading == "Help"
    settings = scene.practice.settings
    for said in (settings.word("invitation.button"), settings.word("registration.button"), "within 4 days"):  # fmt: skip
        assert page.says(said)
    assert page.says("spam folder")
    assert page.says(settings.word("password.forgot"))
    assert page.says("expired")
    assert page.says(scene.practice.phone)
    assert page.says("Emergency? Call 911")
    assert page.says("confirm your date of birth") == settings.dob_at_registration
    assert page.says("your password and your date of birth") == settings.dob_at_login


def test_s73_help_is_reached_from_the_record_by_its_foot_and_the_menu(
    scene: Scene, home: Page
) -> None:
    assert home.links().count("Help") == 2
    page = home.follow("Help")
    assert page.heading == "Help"
    assert page.says(scene.practice.name)
    assert "Home" in page.links()


def test_s04_the_portal_is_used_in_a_browser_and_needs_no_app(preset: str, scene: Scene) -> None:
    page = Browser().open("/help/")
    assert page.says("Can I use CareSpace on my phone?")
    own = "Use Safari (iOS) or Chrome (Android)"
    assert page.says("There is no app")
    assert page.says(own) == (preset == "highlands")


def test_s09_nothing_is_claimed_that_nobody_granted(scene: Scene) -> None:
    page = Browser().open("/sign-in/").follow("Security and standards")
    assert page.heading == "Security and standards"
    assert page.says("No outside group has checked them")
    assert "certified" not in page.text.lower()
