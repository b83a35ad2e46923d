"""How mails look on a phone: nothing scrolls sideways, the button is large enough, axe finds nothing."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Page, sync_playwright

from carespace.practices.models import Practice
from tests.ui.conftest import open_browser

LINK = "https://portal.lakeside.example.org/register/dYqSegkJYGqO9Eu42vRrzsGV-bL7572xJBADj0gI1kw/"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NAMES = ["Lakeside & Sons Cancer Associates", "W" * 200]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser.new_page(viewport={"width": 390, "height": 844})
        browser.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_read_on_a_phone(page: Page, name: str) -> None:
    practice = Practice(name=name, phone="(555) 010-0142", preset="echo")
    values = {
        "practice": practice,
        "button": "Complete Your Registration",
        "link": LINK,
        "deadline": "Wednesday, November 25, 5:15 am EST",
        "days": 4,
        "for_family": True,
    }
    page.set_content(render_to_string("access/mail/invitation.html", values))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.get_by_role("link", name="Complete Your Registration").bounding_box()
    assert box is not None
    assert box["height"] >= 36
    found = Axe().run(page, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()
