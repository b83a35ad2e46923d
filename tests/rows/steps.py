"""The steps of the three practices' own instructions, as a person at a browser takes them.

Each step goes through the real pages, and the mail through the real job; nothing is set up behind their backs but what
the record system and the practice bring: the practice, its patient, its front desk.
"""

from dataclasses import dataclass
from pathlib import Path

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.patients.models import Patient
from carespace.practices.actions import add_staff
from carespace.practices.models import Practice
from tests.access.records import canary, give_record
from tests.people import make_patient, make_person, make_practice, sign_in
from tests.rows.browser import Browser, Filled, Page
from tests.rows.mails import hand_over, link_in

MARIA, LUIS = "maria@example.com", "luis@example.com"
BORN, LUIS_BORN, WRONG = "1961-04-27", "1988-02-03", "1990-01-01"
PASSWORD = "Orchard-7-lane!"
TERMS = "I agree to the terms of service"
TABS = {
    "health": ("Home", "Health", "Appointments", "Resources"),
    "split": ("Home", "Labs", "Documents", "Appointments", "Resources"),
}


@dataclass(frozen=True)
class Scene:
    """One practice, one patient of it whose record holds something, and its front desk."""

    practice: Practice
    patient: Patient
    fay: User

    @property
    def word(self) -> str:
        """What stands in every text of the patient's record."""
        return canary(self.patient)

    @property
    def home(self) -> str:
        return reverse("portal:home", args=[self.patient.pk])


def make_scene(preset: str, folder: Path) -> Scene:
    practice = make_practice(preset=preset)
    patient = make_patient(practice, mrn="M-1", born=BORN)
    give_record(patient, folder)
    fay = make_person("Fay Desk")
    add_staff(user=fay, practice=practice, role="front-desk", by=SYSTEM)
    return Scene(practice, patient, fay)


def front_desk(scene: Scene) -> Browser:
    """Fay's browser, signed in with her second factor."""
    browser = Browser()
    sign_in(browser.client, scene.fay)
    return browser


def invite(scene: Scene, email: str = MARIA) -> Page:
    """The front desk finds the patient and invites them at ``email`` (000 Step 1)."""
    page = front_desk(scene).open("/staff/").follow("Invite", about=scene.patient.display_name)
    asked = page.press("Continue", {"Their email address": email})
    return asked.press("Send the invitation")


def mailed(to: str) -> EmailMultiAlternatives:
    """Do the worker's round; return the one mail that went to ``to``."""
    (found,) = [message for message in hand_over() if message.to == [to]]
    return found


def open_link(message: EmailMultiAlternatives, browser: Browser | None = None) -> Page:
    """Click the mail's button."""
    return (browser or Browser()).open(link_in(message))


def register(
    page: Page, *, birth_date: str = BORN, name: str = "", password: str = PASSWORD
) -> Page:
    """Fill in what the page of the link asks, and press its button (000 Step 4, 001:7, 001:8)."""
    answers: dict[str, Filled] = {
        "Your name": name or "Luis Reyes",
        "Date of birth": birth_date,
        "Create a password": password,
        TERMS: True,
    }
    asked = [label for label in answers if any(each.startswith(label) for each in page.labels())]
    given = {_whole(page, label): answers[label] for label in asked}
    return page.press("Create Password", given)


def sign_in_by_page(
    email: str = MARIA,
    *,
    birth_date: str = BORN,
    password: str = PASSWORD,
    browser: Browser | None = None,
) -> Page:
    """Sign in on the sign-in page with what it asks; return the page it leads to."""
    page = (browser or Browser()).open("/sign-in/")
    given: dict[str, Filled] = {"Email address": email, "Password": password}
    if "Date of birth" in page.labels():
        given["Date of birth"] = birth_date
    return page.press("Sign in", given)


def registered(scene: Scene) -> Page:
    """Bring the patient from the front desk's invitation to the first page of the record."""
    invite(scene)
    register(open_link(mailed(MARIA)))
    return sign_in_by_page()


def manage_users(page: Page) -> Page:
    """From any page of the record, by the menu under one's name (S-64)."""
    return page.follow("Manage Users")


def invite_family(users: Page, email: str = LUIS, birth_date: str = LUIS_BORN) -> Page:
    """Enter their email address and birth date, and send the invite (002:50)."""
    given: dict[str, Filled] = {"Their email address": email, "Their date of birth": birth_date}
    return users.press("Send invite", given)


def family_member(users: Page, email: str = LUIS) -> Page:
    """Invite somebody, who registers and signs in; return the first page they see."""
    invite_family(users, email)
    register(open_link(mailed(email)), birth_date=LUIS_BORN)
    return sign_in_by_page(email, birth_date=LUIS_BORN)


def revoke(users: Page, email: str = LUIS) -> Page:
    """Press "Revoke access" beside the address, and say yes (001:37, 002:54)."""
    return users.choose("Revoke access", beside=email).press("Revoke access")


def _whole(page: Page, start: str) -> str:
    return next(label for label in page.labels() if label.startswith(start))
