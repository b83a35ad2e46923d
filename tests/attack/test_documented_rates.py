"""The page that explains the limits says the numbers of the code (ASVS 6.3.1: the control is documented)."""

from datetime import timedelta

import pytest

from carespace.accounts import throttle
from carespace.accounts.throttle import Limit
from tests.guard.tree import ROOT

PAGE = ROOT / "docs/explanation/how-sign-in-slows-attackers.md"
ROWS = {
    "For one email address, in browsers its person has not signed in with": throttle.SIGN_IN_BY_EMAIL,
    "The same, in a row without a right one": throttle.SIGN_IN_IN_A_ROW,
    "From one network (IPv4 /24, IPv6 /56)": throttle.SIGN_IN_BY_NETWORK,
    "From one site (IPv4 /16, IPv6 /48)": throttle.SIGN_IN_BY_SITE,
    "From one provider (IPv6 /32)": throttle.SIGN_IN_BY_PROVIDER,
    "By everybody together": throttle.SIGN_IN_EVERYWHERE,
    "In one of the person's own browsers": throttle.SIGN_IN_BY_DEVICE,
    "Codes of one person's second step": throttle.SECOND_FACTOR,
    "Reset links for one email address": throttle.RESET_BY_EMAIL,
    "Reset links from one network": throttle.RESET_BY_NETWORK,
    "Links that do not work, from one network": throttle.LINK_BY_NETWORK,
}


def spoken(time: timedelta) -> str:
    """A time in the largest unit that counts it whole: "15 minutes"."""
    seconds = int(time.total_seconds())
    units = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
    unit, size = next(each for each in units if seconds % each[1] == 0)
    number = seconds // size
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def row(what: str, limit: Limit) -> str:
    first, longest = spoken(limit.first_wait), spoken(limit.longest_wait)
    window = spoken(limit.window)
    forgotten = f"{window} after the last wait"
    if limit.fixed:
        then, forgotten = f"wait until the {window} since the first are over", "with them"
    elif limit is throttle.SIGN_IN_BY_DEVICE:
        then = "it counts as a stranger's browser"
    elif first == longest:
        then = f"wait {first} after each further one"
    else:
        then = f"wait {first}, twice as long after each further one, up to {longest}"
    return f"| {what} | {limit.tries:,} | {then} | {forgotten} |"


@pytest.mark.parametrize("what", ROWS)
def test_the_page_says_what_the_code_does(what: str) -> None:
    assert row(what, ROWS[what]) in PAGE.read_text(encoding="utf-8").splitlines()


def test_no_row_is_of_nothing() -> None:
    tables = PAGE.read_text(encoding="utf-8").partition("## How fast")[0].splitlines()
    rows = [line.split(" | ")[0].removeprefix("| ") for line in tables if line.startswith("| ")]
    assert set(rows) == {*ROWS, "Wrong tries", "Asked for, or opened"}
