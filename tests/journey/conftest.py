"""A running demo practice, and a browser with its pages watched."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from carespace.demo.web import free_port
from tests.ui.conftest import open_browser

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STOP_SECONDS = 15
PICTURES = ROOT / "screenshots"


@dataclass(frozen=True)
class Demo:
    """The running demo: its address, its mailbox, and its command line."""

    home: Path
    url: str
    mailbox: str
    accounts: list[dict[str, str]]

    def run(self, *arguments: str) -> str:
        """Run ``carespace …`` on the demo's home, as the practice's IT person would; return what it printed."""
        line = [sys.executable, "-P", "-m", "carespace.config.command", *arguments]
        done = subprocess.run(line, env=environment(self.home), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


def environment(home: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARESPACE_")}
    return {**kept, "CARESPACE_HOME": str(home), "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    """Set up and start a demo of its own; stop it at the end."""
    home = Path(tempfile.mkdtemp(prefix="carespace-journey-"))
    home.chmod(0o711)
    line = [sys.executable, "-P", "-m", "carespace.config.command", "demo", "--json"]
    process = subprocess.Popen(
        [*line, "--no-browser", "--port", str(free_port(0))],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline() or b"{}")
    try:
        assert told, "the demo did not start"
        yield Demo(home, told["url"], told["mailbox"], told["accounts"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOP_SECONDS)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A person's browser: each page it shows is held to the same promises."""

    browser: Browser
    context: BrowserContext
    page: Page
    scripts: bool
    width: int
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def holds(self, heading: str, picture: str = "") -> None:
        """The page in view has this h1, fits, and axe finds nothing; no other host was asked, the console is silent."""
        page = self.page
        # A click is over before the next page has come: on a busy machine there may be no heading yet.
        page.locator("h1").first.wait_for()
        page.wait_for_load_state()
        assert [h.strip() for h in page.locator("h1").all_inner_texts()] == [heading]
        assert page.title().endswith("· CareSpace")
        if self.scripts:
            assert page.evaluate("document.documentElement.scrollWidth") <= self.width
            assert self._violations(page) == []
        else:
            self._holds_without_scripts()
        assert self.strangers == []
        assert self.complaints == []
        if picture:
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{picture}-{self.width}.png")

    def _holds_without_scripts(self) -> None:
        """Open the same address beside it, with our own scripts held back: axe itself needs a running page."""
        beside = self.browser.new_context(
            viewport={"width": self.width, "height": 800},
            storage_state=self.context.storage_state(),
        )
        beside.route("**/*.js", lambda route: route.abort())
        page = beside.new_page()
        page.goto(self.page.url)
        assert page.evaluate("document.documentElement.scrollWidth") <= self.width
        assert self._violations(page) == []
        beside.close()

    @staticmethod
    def _violations(page: Page) -> list[Any]:
        # A window as tall as the page: what the tab bar covers now comes free by scrolling (2.5.8).
        before = page.viewport_size
        assert before
        tall = page.evaluate("document.documentElement.scrollHeight") + 100
        page.set_viewport_size({"width": before["width"], "height": tall})
        page.evaluate(AXE)
        # The document itself, in its frame, is the practice's and not ours.
        found = page.evaluate(
            "tags => axe.run({exclude: ['iframe']}, {runOnly: tags}).then(run => run.violations)",
            WCAG,
        )
        page.set_viewport_size(before)
        return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.fixture
def someone(browser: Browser, demo: Demo) -> Iterator[Callable[[int, bool], Watched]]:
    """Return a function that gives a person a browser of a width, with or without scripts."""
    opened: list[BrowserContext] = []

    def sit_down(width: int, scripts: bool) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        watched = Watched(browser, context, context.new_page(), scripts, width)

        def look(request: Request) -> None:
            # Chromium's own viewer shows a PDF from chrome: and chrome-extension: pages.
            asked = urlsplit(request.url)
            if asked.scheme.startswith("http") and asked.netloc != urlsplit(demo.url).netloc:
                watched.strangers.append(request.url)

        context.on("request", look)
        watched.page.on("console", lambda said: watched.complaints.append(said.text))
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        return watched

    yield sit_down
    for context in opened:
        context.close()
