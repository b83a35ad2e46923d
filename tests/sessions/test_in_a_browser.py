"""The session's end as somebody sees it: warned, kept going, led away, nothing lost and nothing left on the screen.

WCAG 2.2.1, 2.2.5 and 2.2.6 (A11Y-7, A11Y-8), T10, T21. Nobody waits: the browser's clock is moved, and the notes of the
server's own session as far back. The pages are those of a running demo, with its headers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import Demo, Watched, browser, demo, someone  # noqa: F401  fixtures

pytestmark = pytest.mark.browser
MINUTE = 60
LOOKS = 20
EMAIL, PASSWORD, BORN = "maria.reyes@example.com", "Garden-Harbor-27!", ("4", "27", "1961")
TYPED = "dana@example.com"
STORED = "[localStorage.length, sessionStorage.length]"
MOVE = """
from carespace.accounts.sessions import SessionStore
session = SessionStore({key!r})
session[{note!r}] -= {seconds}
session.save()
"""


@dataclass
class Maria:
    """Maria at her page "Manage Users", whose form keeps what is typed."""

    demo: Demo
    watched: Watched
    place: str = ""

    @property
    def page(self) -> Page:
        return self.watched.page

    @property
    def box(self) -> Any:
        return self.page.locator("form[data-keep] input[name=email]")

    @property
    def asked(self) -> Any:
        return self.page.get_by_role("alertdialog")

    def sign_in(self) -> None:
        """Fill in the sign-in page that is open."""
        page = self.page
        page.get_by_label("Email address").fill(EMAIL)
        page.locator("#id_password").fill(PASSWORD)
        for label, text in zip(("Month", "Day", "Year"), BORN, strict=True):
            if page.get_by_label(label, exact=True).count():
                page.get_by_label(label, exact=True).fill(text)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def arrive(self) -> None:
        self.page.goto(f"{self.demo.url}sign-in/")
        self.sign_in()
        self.place = f"{self.page.url}users/"
        self.page.goto(self.place)
        expect(self.box).to_be_visible()

    def type(self) -> None:
        """Type an address, and pause until it is kept."""
        self.box.fill(TYPED)
        with self.page.expect_response("**/session/draft/") as kept:
            self.page.clock.fast_forward(2_000)
        assert kept.value.status == 204

    def server_waits(self, seconds: int, note: str = "seen_at") -> None:
        """Let the server's session be so much older."""
        cookies = self.watched.context.cookies()
        key = next(each.get("value") for each in cookies if each.get("name") == "carespace")
        self.demo.run("manage", "shell", "-c", MOVE.format(key=key, note=note, seconds=seconds))

    def wait(self, seconds: int) -> None:
        """Let so much time pass for the server and for this page."""
        self.server_waits(seconds)
        self.page.clock.fast_forward(seconds * 1000)

    def led_away(self) -> None:
        self.page.wait_for_url(lambda url: "/sign-in/?next=" in url)
        expect(
            self.page.get_by_text("You were signed out to keep the record safe.")
        ).to_be_visible()


@pytest.fixture
def maria(
    demo: Demo,  # noqa: F811
    someone: Callable[[int, bool], Watched],  # noqa: F811
) -> Maria:
    watched = someone(390, True)
    watched.context.clock.install()
    maria = Maria(demo, watched)
    maria.arrive()
    return maria


def test_it_warns_two_minutes_before_and_one_click_goes_on(maria: Maria) -> None:
    maria.type()
    maria.wait(17 * MINUTE)
    expect(maria.asked).to_be_hidden()
    maria.wait(65)
    expect(maria.asked).to_have_accessible_name("Are you still there?")
    expect(maria.asked).to_contain_text("You will be signed out at")
    expect(maria.asked).to_contain_text("Nothing you typed is lost.")
    stay = maria.page.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    maria.watched.holds("Manage Users", "session-ends")
    stay.click()
    expect(maria.asked).to_be_hidden()
    expect(maria.box).to_have_value(TYPED)
    maria.wait(17 * MINUTE)
    expect(maria.asked).to_be_hidden()
    maria.page.reload()
    expect(maria.box).to_have_value(TYPED)


def test_escape_stays_and_the_focus_returns(maria: Maria) -> None:
    maria.box.focus()
    maria.wait(18 * MINUTE + 5)
    expect(maria.asked).to_be_visible()
    with maria.page.expect_response("**/session/stay/"):
        maria.page.keyboard.press("Escape")
    expect(maria.asked).to_be_hidden()
    expect(maria.box).to_be_focused()


def test_when_time_is_up_nothing_stays_on_the_screen_and_nothing_typed_is_lost(
    maria: Maria,
) -> None:
    maria.type()
    maria.wait(18 * MINUTE + 5)
    expect(maria.asked).to_be_visible()
    maria.wait(3 * MINUTE)
    maria.led_away()
    expect(maria.page.get_by_text("We kept what you typed.")).to_be_visible()
    assert "Reyes" not in maria.page.content()
    maria.watched.holds("Sign in to CareSpace", "signed-out")
    maria.page.go_back()
    assert "Reyes" not in maria.page.content()
    maria.page.goto(maria.place)
    maria.sign_in()
    assert maria.page.url == maria.place
    expect(maria.box).to_have_value(TYPED)


def test_what_is_typed_last_is_kept_when_the_page_is_left(maria: Maria) -> None:
    maria.box.fill("eve@example.com")
    maria.page.goto(maria.demo.url)
    # What a page sends as it goes is on its way beside the next one.
    for _ in range(LOOKS):
        maria.page.goto(maria.place)
        if maria.box.input_value() == "eve@example.com":
            return
    pytest.fail("what was typed last is not kept")


def test_a_form_that_is_sent_is_kept_no_longer(maria: Maria) -> None:
    maria.box.fill("not-an-address")
    sent: list[str] = []
    maria.page.on("request", lambda request: sent.append(request.url))
    maria.page.get_by_role("button", name="Send invite").click()
    expect(maria.page.get_by_role("alert")).to_be_visible()
    assert not [url for url in sent if url.endswith("/session/draft/")]


def test_another_tab_that_is_used_keeps_this_one(maria: Maria) -> None:
    maria.server_waits(18 * MINUTE)
    other = maria.watched.context.new_page()
    other.goto(maria.place)
    with maria.page.expect_response("**/session/time-left/"):
        maria.page.clock.fast_forward((18 * MINUTE + 5) * 1000)
    expect(maria.asked).to_be_hidden()
    assert maria.page.url == maria.place
    with maria.page.expect_response("**/session/time-left/"):
        maria.page.clock.fast_forward((18 * MINUTE + 5) * 1000)
    expect(maria.asked).to_be_hidden()


def test_a_tab_that_wakes_late_leaves_at_once(maria: Maria) -> None:
    maria.server_waits(21 * MINUTE)
    maria.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    maria.led_away()


def test_twelve_hours_are_said_to_be_the_end(maria: Maria) -> None:
    maria.server_waits(12 * 60 * MINUTE - 100, "started_at")
    maria.page.reload()
    maria.page.clock.fast_forward(5_000)
    expect(maria.asked).to_have_accessible_name("Time to sign in again soon")
    expect(maria.asked).to_contain_text("everybody signs in again after 12 hours.")
    expect(maria.page.get_by_role("button", name="Stay signed in")).to_be_hidden()
    maria.watched.holds("Manage Users", "session-ends-whole")
    maria.page.get_by_role("button", name="Keep going").click()
    expect(maria.asked).to_be_hidden()
    maria.page.clock.fast_forward(10_000)
    expect(maria.asked).to_be_hidden()
    maria.server_waits(120, "started_at")
    maria.page.clock.fast_forward(120_000)
    maria.led_away()


def test_without_a_connection_the_page_is_covered_and_keeps_what_is_typed(maria: Maria) -> None:
    maria.watched.context.set_offline(True)
    maria.box.fill(TYPED)
    maria.wait(21 * MINUTE)
    expect(maria.asked).to_have_accessible_name("You are not connected")
    expect(maria.page.locator("main")).to_be_hidden()
    maria.watched.context.set_offline(False)
    maria.page.clock.fast_forward(5_000)
    maria.led_away()
    expect(maria.page.get_by_text("We kept what you typed.")).to_be_visible()
    maria.sign_in()
    expect(maria.box).to_have_value(TYPED)


def test_after_signing_out_back_shows_the_sign_in_page(maria: Maria) -> None:
    maria.wait(18 * MINUTE + 5)
    maria.page.get_by_role("button", name="Sign out now").click()
    expect(maria.page.get_by_text("You are signed out.")).to_be_visible()
    maria.page.go_back()
    maria.page.wait_for_url("**/sign-in/**")
    expect(maria.page.get_by_role("heading", level=1)).to_have_text("Sign in to CareSpace")
    assert "Reyes" not in maria.page.content()


def test_the_browser_keeps_no_text_of_its_own(maria: Maria) -> None:
    maria.type()
    assert maria.page.evaluate(STORED) == [0, 0]
    maria.page.goto(maria.demo.url)
    assert maria.page.evaluate(STORED) == [0, 0]
    assert maria.page.evaluate("indexedDB.databases().then(all => all.length)") == 0


def test_without_scripts_what_is_sent_too_late_is_in_its_place_again(
    demo: Demo,  # noqa: F811
    someone: Callable[[int, bool], Watched],  # noqa: F811
) -> None:
    maria = Maria(demo, someone(390, False))
    maria.arrive()
    maria.box.fill("late@example.com")
    maria.server_waits(21 * MINUTE)
    maria.page.get_by_role("button", name="Send invite").click()
    maria.led_away()
    maria.watched.holds("Sign in to CareSpace", "signed-out-plain")
    maria.sign_in()
    assert maria.page.url == maria.place
    expect(maria.box).to_have_value("late@example.com")
