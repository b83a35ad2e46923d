"""Labs in a real browser: the words of drawings keep their size, the keyboard does everything, axe finds nothing."""

import mimetypes
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

import carespace
from tests.conftest import Answer
from tests.people import Cast
from tests.records.shelf import lab, put
from tests.ui.conftest import open_browser

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
STATIC = (
    Path(carespace.__file__).parent / "ui/static",
    Path(carespace.__file__).parent / "portal/static",
)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'"
# ui.md section 3: at least 14 px from 390 px on, 12 px at 320 px; and no letters of a giant.
LEAST_PX = {320: 12, 390: 14, 672: 14, 768: 14, 1280: 14}
MOST_PX = 28
SIZES = """() => [...document.querySelectorAll('svg.plot text')].filter(each => each.getClientRects().length)
  .map(each => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)"""


@pytest.fixture
def pages(cast: Cast, ruths: Callable[..., Answer]) -> dict[str, bytes]:
    """The pages as the portal answers, by address; rendered before a browser runs, for it makes Django think of threads."""
    usual = [{"low": {"value": 12.0}, "high": {"value": 16.0}}]
    for number, value in enumerate((13.1, 12.2, 10.3, 9.6, 11.0, 19.9, 11.4, 12.4)):
        found = {"value": value, "unit": "g/dL"}
        one = lab("718-7", found, f"2026-0{number + 1}-08", referenceRange=usual)
        last = put(cast.practice, cast.ruths_record, one)
    put(cast.practice, cast.ruths_record, lab("2160-0", {"value": 0.8, "unit": "mg/dL"}))
    record = cast.ruths_record.pk
    return {
        reverse("portal:labs", args=[record]): ruths("portal:labs").content,
        reverse("portal:lab", args=[record, last]): ruths("portal:lab", last).content,
    }


@pytest.fixture
def address(pages: dict[str, bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            files = [room / path.removeprefix("/static/") for room in STATIC]
            found = next((each.read_bytes() for each in files if each.is_file()), None)
            body = pages.get(path, found)
            self.send_response(404 if body is None else 200)
            kind = mimetypes.guess_type(path)[0] or "text/html; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser(pages: dict[str, bytes]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = open_browser(playwright)
        yield found
        found.close()


def opened(browser: Browser, address: str, path: str, width: int = 1280, **more: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 800}, **more)
    answer = page.goto(address + path)
    assert answer
    assert answer.status == 200
    return page


def test_words_of_drawings_are_read_at_every_width(
    browser: Browser, address: str, pages: dict[str, bytes]
) -> None:
    one = list(pages)[1]
    for width, least in LEAST_PX.items():
        page = opened(browser, address, one, width)
        sizes = page.evaluate(SIZES)
        assert len(sizes) >= 8, width
        assert min(sizes) >= least, (width, min(sizes))
        assert max(sizes) <= MOST_PX, (width, max(sizes))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_one_drawing_of_two_is_shown_on_paper_too(
    browser: Browser, address: str, pages: dict[str, bytes]
) -> None:
    page = opened(browser, address, list(pages)[1], 390)
    page.emulate_media(media="print")
    shown = page.evaluate(
        "[...document.querySelectorAll('.chart > svg')].map(each => getComputedStyle(each).display)"
    )
    assert shown == ["block", "none"] * 2


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(
    browser: Browser, address: str, pages: dict[str, bytes], look: dict[str, str], width: int
) -> None:
    for path in pages:
        page = opened(browser, address, path, width, bypass_csp=True, **look)
        page.evaluate(AXE)
        found = page.evaluate("axe.run().then(done => done.violations)")
        said = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]
        assert said == [], path
        page.close()


def test_the_keyboard_searches_and_opens_a_history(
    browser: Browser, address: str, pages: dict[str, bytes]
) -> None:
    page = opened(browser, address, next(iter(pages)))
    history = page.locator("details.more").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if history.locator("summary").evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert history.evaluate("each => each.open")
    page.locator("#find").focus()
    page.keyboard.type("hemo")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=hemo*")
