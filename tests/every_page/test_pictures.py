"""Pictures of every page, for the README and for whoever wants to see before they install: ``./dev test tests/every_page --pictures``.

Promises: each page that a patient, a family member and a front desk reach, at 390 and 1280 px wide, in ``docs/pictures/``;
an index beside them; nothing is drawn unless it is asked for, so that a usual run changes no file.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.every_page.conftest import Reader

pytestmark = pytest.mark.browser
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WHO = {
    "nobody": "Signed out",
    "maria.reyes@example.com": "A patient",
    "luis.reyes@example.com": "Family",
    "fay.okoro@example.com": "The front desk",
}
WIDTHS = (390, 1280)
TALLEST = 1500
QUALITY = 58


@pytest.fixture(scope="package")
def pictures_asked(pytestconfig: pytest.Config) -> None:
    """Skip before anything is started."""
    if not pytestconfig.getoption("--pictures"):
        pytest.skip("pictures are drawn with --pictures only")


def test_every_page_has_its_picture(
    pictures_asked: None, browser: Browser, readers: dict[str, Reader]
) -> None:
    for old in FOLDER.glob("*/*.jpg"):
        old.unlink()
    drawn: dict[str, list[str]] = {}
    for who, title in WHO.items():
        for width in WIDTHS:
            context = browser.new_context(
                storage_state=readers[who].state,
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
            )
            page = context.new_page()
            drawn[title] = [
                _draw(page, url, f"{title.lower().replace(' ', '-')}/{_name(name)}", width)
                for name, url in _own(readers, who).items()
            ]
            context.close()
    assert all(drawn.values())
    (FOLDER / "README.md").write_text(_index(drawn), encoding="utf-8")


def _own(readers: dict[str, Reader], who: str) -> dict[str, str]:
    """Return this person's pages; of the family those that the patient does not have."""
    seen = readers["maria.reyes@example.com"].pages if who.startswith("luis") else {}
    # What is asked for by dates would have another name each day.
    return {
        name: url
        for name, url in readers[who].pages.items()
        if name not in seen and "from=" not in name
    }


def _name(kind: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", kind.partition(":")[2].lower()).strip("-")


def _draw(page: Page, url: str, name: str, width: int) -> str:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": max(height, 700)})
    path = FOLDER / f"{name}-{width}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, type="jpeg", quality=QUALITY)
    return name


def _index(drawn: dict[str, list[str]]) -> str:
    lines = [
        "# Every page, on a phone and on a desktop",
        "",
        "Drawn from the demo, whose patients are invented.",
        "",
    ]
    for title, names in drawn.items():
        lines += [f"## {title}", ""]
        lines += [
            f"- {name.partition('/')[2].replace('-', ' ')}: [phone]({name}-390.jpg), [desktop]({name}-1280.jpg)"
            for name in names
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
