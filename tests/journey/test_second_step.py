"""A second step in a real browser: a passkey made and shown by Chromium's virtual authenticator, an app, recovery codes.

Product row "Second factor" of part 2; AUTH-8, AUTH-11, AUTH-13. Each page is held to WCAG 2.2 AA by axe.
"""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journey.conftest import Demo, Watched
from tests.journey.steps import PASSWORD, code_of, fill_birth_date, open_invitation, sign_in

pytestmark = pytest.mark.browser
SETTINGS = "settings/second-factor/"
HOME = re.compile(r"/p/[0-9a-f-]+/$")


def newcomer(demo: Demo, person: Watched, mrn: str) -> str:
    """Invite a patient, and let them register; return the address they sign in with."""
    email = f"second-{mrn.lower()}@example.com"
    demo.run("invite", "--practice", "lakeside", "--patient", mrn, "--email", email)
    listed = json.loads(demo.run("patient", "list", "--practice", "lakeside", "--json"))
    found = (
        each
        for each in listed["patients"]
        if mrn in [identifier["value"] for identifier in each["identifiers"]]
    )
    page = person.page
    open_invitation(page, demo, email)
    fill_birth_date(page, next(found)["birth_date"])
    page.get_by_label("Create a password").fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create Password").click()
    sign_in(person, email)
    page.wait_for_url(HOME)
    return email


def with_security_chip(person: Watched) -> CDPSession:
    """Give the browser what a phone has: a place for keys, opened by its owner."""
    chip = person.context.new_cdp_session(person.page)
    chip.send("WebAuthn.enable")
    chip.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return chip


def come_back(demo: Demo, page: Page) -> None:
    """Another day: the browser has forgotten the session."""
    page.context.clear_cookies()
    page.goto(f"{demo.url}sign-in/")


def confirm(person: Watched, code: str = "") -> None:
    """Show once more who it is: the password, and a recovery code where there is a second step."""
    page = person.page
    person.holds("Confirm it is you", "confirm")
    if code:
        page.get_by_role("link", name="Use a recovery code").click()
        page.get_by_label("Recovery code").fill(code)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def codes_on(person: Watched) -> list[str]:
    expect(person.page.locator("main code")).to_have_count(10)
    person.page.wait_for_load_state()
    person.holds("Save your recovery codes", "recovery-codes")
    return person.page.locator("main code").all_inner_texts()


def test_a_passkey_is_made_and_signs_in_and_confirms(
    demo: Demo, someone: Callable[[int, bool], Watched]
) -> None:
    person = someone(390, True)
    page = person.page
    with_security_chip(person)
    email = newcomer(demo, person, "LCA-100003")

    page.goto(f"{demo.url}{SETTINGS}")
    person.holds("Second step when you sign in", "second-step-none")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(person)
    person.holds("Add a passkey", "passkey-name")
    page.get_by_label("What do you call this device?").fill("My phone")
    page.get_by_role("button", name="Continue").click()
    person.holds("Make your passkey", "passkey")
    page.get_by_role("button", name="Continue with your passkey").click()
    assert len(codes_on(person)) == 10
    page.get_by_role("link", name="I have saved my codes").click()
    person.holds("Second step when you sign in", "second-step-passkey")
    expect(page.get_by_role("term").filter(has_text="My phone")).to_be_visible()
    expect(page.get_by_text("10 of 10 left")).to_be_visible()

    come_back(demo, page)
    sign_in(person, email)
    person.holds("Use your passkey", "second-step-ask-passkey")
    page.get_by_role("button", name="Continue with your passkey").click()
    page.wait_for_url(HOME)

    page.goto(f"{demo.url}settings/confirm/?next=/settings/")
    confirm(person)
    page.get_by_role("button", name="Continue with your passkey").wait_for()
    person.holds("Confirm it is you", "confirm-passkey")
    page.get_by_role("button", name="Continue with your passkey").click()
    page.wait_for_url("**/settings/")
    person.holds("Settings")


def test_a_device_without_the_passkey_stays_outside(
    demo: Demo, someone: Callable[[int, bool], Watched]
) -> None:
    """Another device with the password, and a key of its own, gets in by a recovery code only."""
    owner = someone(1280, True)
    with_security_chip(owner)
    email = newcomer(demo, owner, "LCA-100004")
    owner.page.goto(f"{demo.url}{SETTINGS}passkey/")
    confirm(owner)
    owner.page.get_by_label("What do you call this device?").fill("My computer")
    owner.page.get_by_role("button", name="Continue").click()
    owner.page.get_by_role("button", name="Continue with your passkey").click()
    codes = codes_on(owner)

    other = someone(390, True)
    with_security_chip(other)
    page = other.page
    page.goto(f"{demo.url}sign-in/")
    sign_in(other, email)
    other.holds("Use your passkey")
    page.get_by_role("button", name="Continue with your passkey").click()
    expect(page.get_by_text("Your device did not answer.")).to_be_visible()
    page.get_by_role("link", name="Use a recovery code").click()
    other.holds("Enter a recovery code", "second-step-ask-recovery")
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(HOME)


@pytest.mark.parametrize(("width", "mrn"), [(390, "LCA-100014"), (1280, "LCA-100010")])
def test_an_app_needs_no_script(
    demo: Demo, someone: Callable[[int, bool], Watched], width: int, mrn: str
) -> None:
    person = someone(width, False)
    page = person.page
    email = newcomer(demo, person, mrn)
    page.goto(f"{demo.url}{SETTINGS}")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(person)
    expect(page.get_by_text("A passkey needs JavaScript")).to_be_visible()
    page.get_by_role("link", name="Set up an authenticator app").click()
    person.holds("Set up an authenticator app", "app-begin")
    page.get_by_role("button", name="I have an app").click()
    person.holds("Connect your app", "app")
    secret = page.locator("main code").inner_text()
    page.get_by_label("6-digit code").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    codes = codes_on(person)
    page.get_by_role("link", name="I have saved my codes").click()

    come_back(demo, page)
    sign_in(person, email)
    person.holds("Enter your 6-digit code", "second-step-ask-code")
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[-1])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(HOME)
    person_removes_it(demo, person, codes[0])
    sign_in(person, email)
    page.wait_for_url(HOME)


def person_removes_it(demo: Demo, person: Watched, code: str) -> None:
    page = person.page
    page.goto(f"{demo.url}{SETTINGS}")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()
    page.get_by_role("link", name="Remove Authenticator app").click()
    confirm(person, code)
    person.holds("Remove this second step?", "second-step-remove")
    page.get_by_role("button", name="Remove it").click()
    person.holds("Second step when you sign in")
    come_back(demo, page)
