"""Static files by their plain names, and a browser where the machine has one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

SYSTEM_BROWSERS = ("/usr/bin/chromium", "/usr/bin/google-chrome")
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu"]


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Link to static files by their own names: hashed names need a collected folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def open_browser(playwright: Playwright) -> Browser:
    """Start Playwright's own Chromium, or the system's; skip loudly where there is neither."""
    if Path(playwright.chromium.executable_path).exists():
        return playwright.chromium.launch(args=BROWSER_OPTIONS)
    for path in SYSTEM_BROWSERS:
        if Path(path).exists():
            return playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
    pytest.skip("NO BROWSER FOUND: accessibility and reflow were not checked")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per module: while it runs, Django takes this thread for an async one."""
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser
        browser.close()
