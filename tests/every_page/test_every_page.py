"""Each page of each person: axe finds nothing, it fits the narrowest screen, and its texts keep their room.

The small form looks at both widths in English and light; the full one (``slow``) at both languages, light, dark, forced
colours and more contrast (WCAG 2.2 AA, ui.md part 7).
"""

from collections.abc import Mapping
from typing import Any

import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser, Page

from tests.every_page.conftest import FIRST, Reader
from tests.guard.test_routes import CHART_PREFIX, walk
from tests.journey.conftest import AXE, WCAG, Demo

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
TALLEST = 16_000
NARROWEST = 320  # 400 % zoom of 1280 (WCAG 1.4.10)
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "contrast": {"contrast": "more"},
}
# WCAG 1.4.12: nothing may be lost when a reader sets these.
SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    " p { margin-block-end: 2em !important }"
)
# Links lead there while somebody is invited and has not come (their own tests look at them).
UNLINKED = frozenset(
    {
        "portal:users-resend",
        "portal:users-withdraw",
        # Buttons lead there, not links.
        "portal:report-choose",
        "portal:document-choose",
    }
)
FILES = ("-content", "-download", "-file")


@pytest.mark.parametrize("who", FIRST)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    browser: Browser, readers: dict[str, Reader], who: str, width: int
) -> None:
    assert _looked_at(browser, readers[who], width, LOOKS["light"]) == {}


@pytest.mark.parametrize("who", FIRST)
def test_every_page_fits_the_narrowest_screen(
    browser: Browser, readers: dict[str, Reader], who: str
) -> None:
    context = browser.new_context(
        storage_state=readers[who].state, viewport={"width": NARROWEST, "height": 640}
    )
    page = context.new_page()
    wide: dict[str, Any] = {}
    for name, url in readers[who].pages.items():
        page.goto(url)
        plain = page.evaluate("document.documentElement.scrollWidth")
        page.evaluate(_ADD_STYLE, SPACED)
        spaced = page.evaluate("document.documentElement.scrollWidth")
        if max(plain, spaced) > NARROWEST:
            wide[name] = (plain, spaced)
    context.close()
    assert wide == {}


def test_every_chart_page_was_reached(readers: dict[str, Reader]) -> None:
    reached = {name.split()[0] for reader in readers.values() for name in reader.pages}
    routes = {
        route.name
        for route in walk(get_resolver().url_patterns)
        if route.pattern.startswith(CHART_PREFIX) and not route.name.endswith(FILES)
    }
    assert routes - reached - UNLINKED == set()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_look_or_language(
    browser: Browser, demo: Demo, readers: dict[str, Reader], look: str, language: str
) -> None:
    found: dict[str, Any] = {}
    for who, reader in readers.items():
        for width in WIDTHS:
            found |= {
                f"{who} {width} {name}": each
                for name, each in _looked_at(browser, reader, width, LOOKS[look], language).items()
            }
    assert found == {}


def _looked_at(
    browser: Browser,
    reader: Reader,
    width: int,
    look: Mapping[str, Any],
    language: str = "en",
) -> dict[str, Any]:
    """Return what is wrong with each page; nothing where all is well."""
    context = browser.new_context(
        storage_state=reader.state,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        **look,
    )
    if language != "en":
        name, everywhere = "carespace-language", "/"
        context.add_cookies(
            [{"name": name, "value": language, "domain": "localhost", "path": everywhere}]
        )
    page = context.new_page()
    found = {
        name: wrong
        for name, url in reader.pages.items()
        if (wrong := _wrong(page, url, width, language))
    }
    context.close()
    return found


def _wrong(page: Page, url: str, width: int, language: str) -> list[Any]:
    page.set_viewport_size({"width": width, "height": 900})
    answer = page.goto(url)
    assert answer is not None
    found: list[Any] = [] if answer.status == 200 else [answer.status]
    if not page.title().endswith("· CareSpace"):
        found.append(page.title())
    spoken = page.evaluate("document.documentElement.lang")
    if "/staff/" not in url and spoken != language:
        found.append(f"lang={spoken}")
    if page.locator("h1").count() != 1:
        found.append("h1")
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    # A window as tall as the page: what the tab bar covers now comes free by scrolling (2.5.8).
    tall = page.evaluate("document.documentElement.scrollHeight") + 100
    page.set_viewport_size({"width": width, "height": min(tall, TALLEST)})
    if tall > TALLEST:  # no window is so tall: the bar is taken away instead
        page.evaluate(_ADD_STYLE, ".tabbar { display: none }")
    page.evaluate(AXE)
    violations = page.evaluate(
        "tags => axe.run({exclude: ['iframe']}, {runOnly: tags}).then(run => run.violations)", WCAG
    )
    return found + [
        (each["id"], [node["target"] for node in each["nodes"]][:3]) for each in violations
    ]


# The policy forbids style elements; a sheet of the reader's own is not the page's.
_ADD_STYLE = "text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }"
