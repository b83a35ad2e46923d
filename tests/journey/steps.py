"""Steps that several journeys take: a mail's link, a birth date, the sign-in page, a code from an app, the name menu."""

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import Page, expect

from tests.journey.conftest import Demo, Watched

PASSWORD = "Lantern-river-52!"
MAIL_SECONDS = 20
CODE_SECONDS = 30


def open_invitation(page: Page, demo: Demo, email: str) -> None:
    """Wait for the mail in the demo's mailbox, open it, and follow its button's link."""
    deadline = time.monotonic() + MAIL_SECONDS
    page.goto(demo.mailbox)
    while not page.get_by_role("link", name=email).count():
        assert time.monotonic() < deadline, "no invitation came"
        time.sleep(0.5)
        page.reload()
    page.get_by_role("link", name=email).first.click()
    expect(page.locator("pre")).to_contain_text("Complete Your Registration")
    page.get_by_role("link", name="/register/").first.click()


def fill_birth_date(page: Page, iso: str) -> None:
    year, month, day = iso.split("-")
    for label, text in (("Month", month), ("Day", day), ("Year", year)):
        page.get_by_label(label, exact=True).fill(text)


def sign_in(person: Watched, email: str, password: str = PASSWORD) -> None:
    page = person.page
    person.holds("Sign in to CareSpace", "sign-in")
    page.get_by_label("Email address").fill(email)
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()


def from_menu(page: Page, words: str) -> None:
    """Choose a line of the menu under one's name (S-32)."""
    page.locator("details.menu summary").click()
    page.locator("details.menu").get_by_role("link", name=words).click()


def code_of(secret: str) -> str:
    """Return what an authenticator app shows now for ``secret`` (RFC 6238: SHA-1, 30 seconds, 6 digits)."""
    key = base64.b32decode(secret.replace(" ", "").upper())
    step = struct.pack(">Q", int(time.time()) // CODE_SECONDS)
    digest = hmac.new(key, step, hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
