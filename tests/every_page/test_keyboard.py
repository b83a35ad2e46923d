"""Each page with the keyboard alone: Tab reaches everything that can be used, in order, and what has the focus is seen.

WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11 (A11Y-3, A11Y-10).
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.every_page.conftest import Reader

pytestmark = pytest.mark.browser
SMALL, FULL = (
    ("maria.reyes@example.com",),
    ("nobody", "luis.reyes@example.com", "fay.okoro@example.com"),
)
PHONE: ViewportSize = {"width": 390, "height": 844}

# What can be reached: shown, not disabled, not inside something folded away; of radio buttons one name is one stop.
_STOPS = """() => {
  const names = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, iframe, [tabindex="0"]')].filter(e => {
    if (e.disabled || e.type === 'hidden' || !e.checkVisibility({visibilityProperty: true})) return false;
    if (e.closest('dialog:not([open])') || e.tabIndex < 0) return false;
    const folded = e.closest('details:not([open])');
    if (folded && !(e.tagName === 'SUMMARY' && e.parentElement === folded)) return false;
    if (e.type === 'radio') { if (names.has(e.name)) return false; names.add(e.name); }
    return true;
  }).length;
}"""
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  if (window.firstStop === e) return null;  // round again
  window.firstStop ||= e;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const ys = [box.top + 2, box.top + box.height / 2, box.bottom - 2];
  const seen = ys.some(y => { const top = document.elementFromPoint(x, y); return top && (e.contains(top) || top.contains(e)); });
  const around = e.closest('label, .field') || e;
  const ring = [style, getComputedStyle(around), getComputedStyle(e, '::after')].some(s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none');
  return {what: e.outerHTML.slice(0, 90), seen, ring, frame: e.tagName === 'IFRAME'};
}"""


@pytest.mark.parametrize(
    "who", [*SMALL, *(pytest.param(who, marks=pytest.mark.slow) for who in FULL)]
)
def test_tab_reaches_everything_and_the_focus_is_seen(
    browser: Browser, readers: dict[str, Reader], who: str
) -> None:
    context = browser.new_context(
        storage_state=readers[who].state, viewport=PHONE, reduced_motion="reduce"
    )
    page = context.new_page()
    found = {
        name: wrong for name, url in readers[who].pages.items() if (wrong := _wrong(page, url))
    }
    context.close()
    assert found == {}


def _wrong(page: Page, url: str) -> list[Any]:
    page.goto(url)
    page.evaluate("document.activeElement && document.activeElement.blur()")
    stops = page.evaluate(_STOPS)
    reached, wrong = 0, []
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            break
        reached += 1
        if focused["frame"]:
            break  # inside it the practice's own document goes on
        if not focused["seen"] or not focused["ring"]:
            wrong.append(focused)
    else:
        wrong.append(f"no way out after {reached} of {stops}")
    if not wrong and reached < stops and "iframe" not in page.content():
        wrong.append(f"{reached} of {stops} reached")
    return wrong[:3]
