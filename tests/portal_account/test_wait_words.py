"""What a page says to somebody who must wait: until when, on the practice's clock, and what else helps."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from carespace.portal.account.pages import wait_words
from carespace.practices.models import Practice

NOW = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)  # a Tuesday, 2:30 pm in New York


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def lakeside() -> Practice:
    return Practice(
        preset="echo", phone="(555) 010-0142", time_zone="America/New_York", name="Lakeside"
    )


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(minutes=10), "2:40"),
        (timedelta(minutes=9, seconds=1), "2:40"),
        (timedelta(seconds=30), "2:31"),
        (timedelta(minutes=59), "3:29"),
    ],
)
def test_a_wait_of_today_says_the_minute_in_which_it_is_over(
    lakeside: Practice, wait: timedelta, words: str
) -> None:
    assert wait_words(lakeside, NOW + wait) == (
        f"Too many tries. Wait until {words}\N{NO-BREAK SPACE}pm, or use “I forgot my password”, or call (555) 010-0142."
    )


def test_a_wait_until_tomorrow_says_the_day(lakeside: Practice) -> None:
    assert wait_words(lakeside, NOW + timedelta(days=1)) == (
        "Too many tries. You cannot sign in with a password here until Wednesday, November 25, 2:30\N{NO-BREAK SPACE}pm."
        " To sign in sooner, use “I forgot my password”, or call (555) 010-0142."
    )
    late = wait_words(lakeside, NOW + timedelta(hours=9, minutes=30), may_reset=False)
    assert "Wait until Wednesday, November 25, midnight, or call" in late


def test_where_a_new_password_does_not_help_it_is_not_named(lakeside: Practice) -> None:
    words = wait_words(lakeside, NOW + timedelta(minutes=10), may_reset=False)
    assert words == "Too many tries. Wait until 2:40\N{NO-BREAK SPACE}pm, or call (555) 010-0142."


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (
            timedelta(seconds=30),
            "Wait one minute, or use “Forgot password”, or call your practice.",
        ),
        (timedelta(minutes=11, seconds=1), "Wait 12 minutes, or use “Forgot password”,"),
        (timedelta(days=1), "You cannot sign in with a password here until tomorrow."),
    ],
)
def test_without_a_practice_there_is_no_clock_to_name(wait: timedelta, words: str) -> None:
    assert f"Too many tries. {words}" in wait_words(None, NOW + wait)
