"""From the front desk to a daughter and back: invited, registered, invited in turn, read, revoked, and told who looked.

The front desk and the patient sit at a desk, the daughter holds a phone. Product rows S-11 to S-24 and S-61 to S-71,
threats T4 and T23; every page is held to WCAG 2.2 AA by axe, asks no other host, and leaves the console silent.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import Demo, Watched
from tests.journey.steps import (
    PASSWORD,
    code_of,
    fill_birth_date,
    from_menu,
    open_invitation,
    sign_in,
)

pytestmark = pytest.mark.browser
MRN = "LCA-100011"
DESK, PHONE = 1280, 390
PATIENT, DAUGHTER = "patient-of-the-desk@example.com", "daughter@example.com"
DAUGHTERS_NAME, DAUGHTERS_BIRTH_DATE = "Nina Daughter", "1990-02-14"
Someone = Callable[[int, bool], Watched]


@dataclass(frozen=True)
class Patient:
    """A patient of the demo's practice who has no sign-in."""

    name: str
    birth_date: str


@pytest.fixture
def patient(demo: Demo) -> Patient:
    listed = json.loads(demo.run("patient", "list", "--practice", "lakeside", "--json"))
    found = next(
        each
        for each in listed["patients"]
        if MRN in [identifier["value"] for identifier in each["identifiers"]]
    )
    return Patient(found["name"], found["birth_date"])


@pytest.fixture
def fay(demo: Demo, someone: Someone) -> Watched:
    """The front desk, signed in with the second step that staff need (AUTH-8)."""
    account = next(each for each in demo.accounts if each["role"] == "front-desk")
    person = someone(DESK, True)
    person.page.goto(demo.url)
    sign_in(person, account["email"], account["password"])
    show_second_step(person, account)
    return person


def show_second_step(person: Watched, account: dict[str, str]) -> None:
    """Type the code that the person's app shows now."""
    page = person.page
    page.get_by_role("heading", name="Enter your 6-digit code").wait_for()
    person.holds("Enter your 6-digit code", "second-step")
    page.get_by_label("code").fill(code_of(account["totp_secret"]))
    page.get_by_role("button", name="Sign in").click()


def test_a_daughter_reads_until_her_access_is_revoked(
    demo: Demo, someone: Someone, fay: Watched, patient: Patient
) -> None:
    invite_from_the_desk(fay, patient)

    person = someone(DESK, True)
    register(person, demo, PATIENT, patient.birth_date)
    sign_in(person, PATIENT)
    given = patient.name.split()[0]
    expect(person.page.get_by_role("heading", level=1)).to_contain_text(given)
    record = person.page.url
    invite_the_daughter(person)

    daughter = someone(PHONE, True)
    register(daughter, demo, DAUGHTER, DAUGHTERS_BIRTH_DATE, DAUGHTERS_NAME)
    sign_in(daughter, DAUGHTER)
    expect(daughter.page).to_have_url(record)
    expect(daughter.page.get_by_text(f"You are viewing {patient.name}")).to_be_visible()
    daughter.holds(daughter.page.get_by_role("heading", level=1).inner_text(), "daughter-home")
    value = read_labs(daughter)

    revoke_the_daughter(person)
    sees_nothing_more(daughter, patient, value)
    tells_who_looked(person)


def invite_from_the_desk(fay: Watched, patient: Patient) -> None:
    page = fay.page
    fay.holds("Patients", "desk-patients")
    page.get_by_label("Name, date of birth or record number").fill(MRN)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("row", name=patient.name)).to_be_visible()
    fay.holds("Patients")
    page.get_by_role("link", name=f"Invite {patient.name}").click()
    fay.holds(f"Invite {patient.name}", "desk-invite")
    page.get_by_label("Their email address").fill(PATIENT)
    page.get_by_role("button", name="Continue").click()
    fay.holds("Is this the right person?", "desk-confirm")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text(PATIENT)


def register(person: Watched, demo: Demo, email: str, birth_date: str, name: str = "") -> None:
    """Follow the mail's link and set up the sign-in (S-21 to S-24)."""
    page = person.page
    open_invitation(page, demo, email)
    person.holds("Set up your account", "family-register" if name else "patient-register")
    if name:
        page.get_by_label("Your name").fill(name)
    fill_birth_date(page, birth_date)
    page.get_by_label("Create a password").fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create Password").click()


def invite_the_daughter(person: Watched) -> None:
    page = person.page
    from_menu(page, "Manage Users")
    person.holds("Manage Users", "manage-users")
    page.get_by_label("Their email address").fill(DAUGHTER)
    fill_birth_date(page, DAUGHTERS_BIRTH_DATE)
    page.get_by_role("button", name="Send invite").click()
    expect(page.get_by_role("status")).to_contain_text(DAUGHTER)
    person.holds("Manage Users", "manage-users-invited")


def go_to(page: Page, tab: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=tab).locator("visible=true").click()


def read_labs(daughter: Watched) -> str:
    """Read one result with its history; return the value that stands on top."""
    page = daughter.page
    go_to(page, "Health")
    daughter.holds("Health", "daughter-health")
    page.get_by_role("link", name="Hemoglobin", exact=True).click()
    daughter.holds("Hemoglobin", "daughter-lab")
    return page.locator("main .value").first.inner_text()


def revoke_the_daughter(person: Watched) -> None:
    page = person.page
    page.reload()
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text=DAUGHTER)
    expect(row).to_contain_text(DAUGHTERS_NAME)
    person.holds("Manage Users", "manage-users-active")
    row.get_by_role("link", name="Revoke access").click()
    person.holds(f"Revoke access for {DAUGHTERS_NAME}?", "revoke")
    expect(page.get_by_text("This is permanent")).to_be_visible()
    page.get_by_role("button", name="Revoke access").click()
    expect(page.get_by_role("status")).to_contain_text(DAUGHTER)
    person.holds("Manage Users", "manage-users-revoked")


def sees_nothing_more(daughter: Watched, patient: Patient, value: str) -> None:
    """Her page is still open; what she clicks next is not there, and tells nothing of the record (T4)."""
    page = daughter.page
    go_to(page, "Visits")
    expect(page).to_have_title("Page not found · CareSpace")
    # The browser's own word about a page that is not there; nothing else may be said.
    expected, daughter.complaints[:] = daughter.complaints[:], []
    assert all("404" in each for each in expected), expected
    daughter.holds(page.get_by_role("heading", level=1).inner_text(), "daughter-revoked")
    shown = page.content()
    for told in (*patient.name.split(), patient.birth_date, MRN, "Hemoglobin", value):
        assert told not in shown


def tells_who_looked(person: Watched) -> None:
    page = person.page
    page.get_by_role("main").get_by_role("link", name="Who has looked at this record").click()
    person.holds("Who has looked at this record", "activity")
    expect(page.get_by_role("main")).to_contain_text(DAUGHTERS_NAME)
