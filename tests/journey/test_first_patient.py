"""From the invitation mail to a lab's history: a newcomer's whole way in, on a phone and a desk, with and without scripts.

Product rows S-12 to S-28 and S-33 to S-39; pages are held to WCAG 2.2 AA by axe (A11Y-15).
"""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import Demo, Watched
from tests.journey.steps import PASSWORD, fill_birth_date, open_invitation, sign_in

pytestmark = pytest.mark.browser


def invited_patient(demo: Demo, mrn: str, email: str) -> dict[str, str]:
    """Let the IT person invite; return the patient's name and birth date from the practice's own list."""
    demo.run("invite", "--practice", "lakeside", "--patient", mrn, "--email", email)
    listed = json.loads(demo.run("patient", "list", "--practice", "lakeside", "--json"))
    return next(
        patient
        for patient in listed["patients"]
        if mrn in [identifier["value"] for identifier in patient["identifiers"]]
    )


def set_up_account(person: Watched, patient: dict[str, str]) -> None:
    """Give the birth date and a password: first one that is too short, which is said and not taken."""
    page = person.page
    person.holds("Set up your account", "register")
    assert patient["name"] not in page.content()
    ask_for_password(page, patient["birth_date"], "short")
    expect(page.get_by_role("alert")).to_be_visible()
    ask_for_password(page, patient["birth_date"], PASSWORD)


def ask_for_password(page: Page, birth_date: str, password: str) -> None:
    fill_birth_date(page, birth_date)
    page.get_by_label("Create a password").fill(password)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create Password").click()


@pytest.mark.parametrize(
    ("mrn", "width", "scripts"),
    [
        ("LCA-100005", 390, True),
        ("LCA-100006", 1280, True),
        ("LCA-100008", 390, False),
        ("LCA-100009", 1280, False),
    ],
)
def test_a_patient_comes_from_the_mail_to_a_labs_history(
    demo: Demo, someone: Callable[[int, bool], Watched], mrn: str, width: int, scripts: bool
) -> None:
    email = f"newcomer-{mrn.lower()}@example.com"
    patient = invited_patient(demo, mrn, email)
    person = someone(width, scripts)
    page = person.page

    open_invitation(page, demo, email)
    set_up_account(person, patient)
    sign_in(person, email)

    given = patient["name"].split()[0]
    expect(page.get_by_role("heading", level=1)).to_contain_text(given)
    person.holds(page.get_by_role("heading", level=1).inner_text(), "home")
    read_labs(person)
    read_documents(person)
    see_the_rest(person)

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to CareSpace")
    page.go_back()
    expect(page.get_by_text(given)).to_have_count(0)


def read_labs(person: Watched) -> None:
    page = person.page
    page.get_by_role("navigation").get_by_role("link", name="Health").locator(
        "visible=true"
    ).click()
    person.holds("Health", "health")
    page.get_by_role("main").get_by_role("link", name="Labs", exact=True).click()
    person.holds("Labs", "labs")
    row = page.locator("tbody", has_text="Hemoglobin").first
    row.locator("summary").click()
    expect(row.locator("ul.values li").first).to_be_visible()
    page.get_by_role("link", name="Hemoglobin", exact=True).click()
    person.holds("Hemoglobin", "lab")
    expect(page.get_by_text("All results of this test")).to_be_visible()
    page.get_by_role("link", name="All labs").click()
    expect(page.locator("h1")).to_be_visible()


def read_documents(person: Watched) -> None:
    page = person.page
    page.get_by_role("navigation").get_by_role("link", name="Health").locator(
        "visible=true"
    ).click()
    papers = page.locator("main a[href*='/documents/']:not([href$='/documents/'])")
    expect(papers).to_have_count(6)  # waits: a click is over before the next page has come
    page.get_by_role("link", name="View All Documents").click()
    person.holds("Documents", "documents")
    page.get_by_role("link", name="Treatment plan").first.click()
    person.holds(page.get_by_role("heading", level=1).inner_text(), "document")
    expect(page.get_by_role("link", name="Download")).to_be_visible()


def see_the_rest(person: Watched) -> None:
    page = person.page
    for tab, heading in (("Appointments", "Appointments"), ("Resources", "Resources")):
        short = {"Appointments": "Visits"}.get(tab, tab)
        names = page.get_by_role("navigation").get_by_role("link")
        wanted = names.filter(has_text=tab).or_(names.filter(has_text=short))
        wanted.locator("visible=true").first.click()
        person.holds(heading, tab.lower())
    page.locator("details.menu summary").click()
    page.get_by_role("link", name="Settings").click()
    person.holds("Settings", "settings")
