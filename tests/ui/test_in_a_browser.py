"""The gallery in a real browser, under the strict policy of the product: axe, reflow, keyboard."""

import mimetypes
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import axe_playwright_python
import pytest
from django.test import RequestFactory
from playwright.sync_api import Browser, Page

import carespace
from carespace.ui import views

STATIC = Path(carespace.__file__).parent / "ui/static"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'"
FLOOR_PX = 15
TARGET_PX = 44

pytestmark = pytest.mark.browser


class Server(ThreadingHTTPServer):
    """A server that does not mind a browser hanging up in the middle of an answer."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: a page that did not arrive fails the test that wanted it."""


@pytest.fixture
def address() -> Iterator[str]:
    """Serve the gallery and the static files of this room on 127.0.0.1."""
    page = views.gallery(RequestFactory().get("/")).content

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = STATIC / self.path.removeprefix("/static/")
            body = file.read_bytes() if self.path.startswith("/static/") else page
            kind = mimetypes.guess_type(self.path)[0] or "text/html; charset=utf-8"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_gallery(browser: Browser, address: str):
    """Return a function that opens the gallery; `said` collects what the console says."""
    pages: list[Page] = []

    def opened(width: int, said: list[str] | None = None, **options) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, **options)
        pages.append(page)
        heard = [] if said is None else said
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        answer = page.goto(address)
        assert answer
        assert answer.status == 200
        assert page.title() == "Components · CareSpace"
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_the_policy_blocks_nothing(open_gallery, width, look):
    said: list[str] = []
    page = open_gallery(width, said, color_scheme=look)
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then(run => run.violations)")
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []
    assert said == []


def test_axe_finds_nothing_with_more_contrast_and_forced_colours(open_gallery):
    page = open_gallery(390, contrast="more", forced_colors="active")
    page.evaluate(AXE)
    assert page.evaluate("axe.run().then(run => run.violations.map(v => v.id))") == []


@pytest.mark.parametrize("width", [320, 390, 800, 1024, 1280])
def test_nothing_scrolls_sideways(open_gallery, width):
    page = open_gallery(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("percent", [150, 175, 200])
@pytest.mark.parametrize("width", [390, 640, 768, 1280])
def test_enlarged_text_scrolls_nothing_sideways_and_keeps_the_menu(open_gallery, width, percent):
    page = open_gallery(width)
    page.evaluate("document.documentElement.classList.add('big')")
    page.evaluate(f"document.styleSheets[0].insertRule('html.big {{ font-size: {percent}% }}')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    menu = page.locator(".menu > summary").bounding_box()
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= width
    place = page.evaluate("getComputedStyle(document.querySelector('.tabbar')).position")
    assert place == ("static" if width == 390 else "sticky" if width < 992 else "static")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_visible_word_is_smaller_than_the_floor(open_gallery, width):
    page = open_gallery(width)
    small = page.evaluate(
        """floor => [...document.querySelectorAll("body *")]
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < floor)
        .map(e => e.outerHTML.slice(0, 80))""",
        FLOOR_PX,
    )
    assert small == []


@pytest.mark.parametrize("width", [390, 1280])
def test_buttons_boxes_tabs_and_chips_are_large_enough_for_a_thumb(open_gallery, width):
    page = open_gallery(width)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(
        ".btn, .chips a, .tabs a, .tabbar a, .menu > summary, .more > summary, .check," +
        "select, textarea, input:not([type=checkbox], [type=radio], [type=hidden])")]
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, r]) => r.width > 0).map(([html, r]) => [html, r.width, r.height])"""
    )
    assert len(boxes) > 20
    assert [b for b in boxes if b[1] < TARGET_PX - 0.5 or b[2] < TARGET_PX - 0.5] == []


def test_what_has_the_focus_is_never_under_the_tab_bar(open_gallery):
    page = open_gallery(390)
    covered = []
    for _ in range(70):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
            const here = document.activeElement, bar = document.querySelector(".tabbar");
            if (here === document.body || bar.contains(here)) return "";
            const under = here.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
            return under ? here.outerHTML.slice(0, 80) : "";
            }"""
        )
        covered += [hidden] if hidden else []
    assert covered == []


def test_the_name_menu_closes_on_escape_and_on_a_click_elsewhere(open_gallery):
    page = open_gallery(1280)
    menu, words = page.locator("details.menu"), page.locator(".menu > summary")
    words.click()
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.matches('.menu > summary')")
    words.click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_the_name_menu_opens_without_a_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator(".menu > summary").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert page.get_by_role("button", name="Show password").count() == 0
    context.close()


def test_the_password_rules_answer_while_one_types(open_gallery):
    page = open_gallery(390)
    page.get_by_label("Create a password").fill("Sunrise4")
    assert page.locator(".rules li.met").count() == 4
    assert (
        page.locator(".rules li[data-pattern]:not(.met)")
        .inner_text()
        .startswith("A special character")
    )
    page.get_by_label("Create a password").fill("Sunrise4!")
    assert page.locator(".rules li.met").count() == 5
    assert page.locator("#id_password_state").inner_text() == "5 of 5 rules met"


def test_a_password_is_shown_and_hidden_again(open_gallery):
    page = open_gallery(390)
    button, box = page.get_by_role("button", name="Show password"), page.locator("#id_password")
    button.click()
    assert (box.get_attribute("type"), button.get_attribute("aria-pressed")) == ("text", "true")
    assert page.locator("#id_password_state").inner_text() == "Your password is shown"
    button.click()
    assert (box.get_attribute("type"), button.get_attribute("aria-pressed")) == (
        "password",
        "false",
    )


def test_paper_has_the_person_and_no_buttons(open_gallery):
    page = open_gallery(700)
    page.emulate_media(media="print")
    head = page.locator(".print-head").inner_text()
    assert "Maria Reyes, born April 27, 1961" in head
    assert "Printed on" in head
    assert page.locator(".btn:visible, nav:visible, form:visible, footer:visible").count() == 0
    heads = page.locator("table.labs thead")
    assert heads.evaluate("e => getComputedStyle(e).display") == "table-header-group"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
