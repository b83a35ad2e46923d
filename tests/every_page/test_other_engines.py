"""Each page in Firefox and in WebKit: axe finds nothing, it fits a phone (the full form only; security.md part 4)."""

from typing import Any

import pytest

from tests.every_page.conftest import Reader
from tests.every_page.crawl import session_of
from tests.every_page.engines import Engine, firefox, webkit
from tests.journey.conftest import AXE, WCAG, Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = (390, 844)
# What the tab bar covers in a window of this height comes free by scrolling: looked at in a tall one, in Chromium.
NOT_HERE = "{'target-size': {enabled: false}}"


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
def test_every_page_in_another_engine(engine: Any, demo: Demo, readers: dict[str, Reader]) -> None:
    found: dict[str, Any] = {}
    for who, reader in readers.items():
        with engine(*PHONE) as browser:
            browser.sign_in(demo.url, session_of(reader.state["cookies"]))
            for name, url in reader.pages.items():
                if wrong := _wrong(browser, url):
                    found[f"{who} {name}"] = wrong
    assert found == {}


def _wrong(browser: Engine, url: str) -> list[Any]:
    browser.open(url)
    title = browser.run("() => document.title")
    # A page that is not there would pass every other test.
    found: list[Any] = [] if title.endswith("· CareSpace") else [title]
    wide = browser.run("() => document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        found.append(f"{wide} px too wide")
    browser.run(f"() => {{ {AXE}; return null; }}")
    ask = f"() => axe.run({{exclude: ['iframe']}}, {{runOnly: {WCAG!r}, rules: {NOT_HERE}}}).then(run => run.violations)"
    violations = browser.run(ask)
    return found + [
        (each["id"], [node["target"] for node in each["nodes"]][:3]) for each in violations
    ]
