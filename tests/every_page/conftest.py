"""The demo with people signed in once, and every page they reach."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.every_page.crawl import as_mapping, crawl
from tests.journey.conftest import Demo, demo  # noqa: F401  a fixture
from tests.journey.steps import code_of
from tests.ui.conftest import open_browser

# Who looks, and where they begin. Signed-out people begin at each door there is.
FIRST: Mapping[str, tuple[str, ...]] = {
    "nobody": ("/", "/sign-in/", "/forgot-password/", "/help/", "/security-and-standards/"),
    "maria.reyes@example.com": ("/",),
    "luis.reyes@example.com": ("/", "/people/"),
    "fay.okoro@example.com": ("/staff/",),
    "grace.lind@example.com": ("/staff/",),
}


@dataclass(frozen=True)
class Reader:
    """Somebody's signed-in browser state, and the pages they reach."""

    state: Any
    pages: Mapping[str, str]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def readers(browser: Browser, demo: Demo) -> dict[str, Reader]:  # noqa: F811  pytest's way
    """Sign everybody in once and crawl what they reach."""
    return {who: _reader(browser, demo, who) for who in FIRST}


def _reader(browser: Browser, demo: Demo, who: str) -> Reader:  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    account = next((each for each in demo.accounts if each["email"] == who), None)
    if account:
        _sign_in(context, demo, account)
    pages = as_mapping(crawl(context.request, demo.url, FIRST[who]))
    state = context.storage_state()
    context.close()
    return Reader(state, pages)


def _sign_in(context: BrowserContext, demo: Demo, account: Mapping[str, str]) -> None:  # noqa: F811
    page = context.new_page()
    page.goto(demo.url)
    page.locator("input[type=email]").fill(account["email"])
    page.locator("input[type=password]").fill(account["password"])
    page.locator("main form button[type=submit]").first.click()
    if account.get("totp_secret"):
        page.locator("input[autocomplete=one-time-code]").fill(code_of(account["totp_secret"]))
        page.locator("main form button[type=submit]").first.click()
    page.locator("form[action*='sign-out'], details.menu").first.wait_for(state="attached")
    page.close()
