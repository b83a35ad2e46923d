"""A stored time is shown in any zone, or as no date: it never breaks a page."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carespace.ui.dates import (
    NO_DATE,
    partial_long,
    partial_short,
    partial_with_time,
    zone_text,
)
from carespace.values import PartialDate, local

ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
OFFSETS = st.integers(-14 * 60 + 1, 14 * 60).map(lambda each: timezone(timedelta(minutes=each)))
FIRST, LAST = datetime.min, datetime.max  # noqa: DTZ901  hypothesis adds the zones
AT_AN_END = st.datetimes(FIRST, FIRST + timedelta(days=3)) | st.datetimes(
    LAST - timedelta(days=3), LAST
)
ENDS = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-12-31T23:59:59-12:00",
    "9999-12-31T23:59:59-12:00",
    "9999-01-01T00:00:00Z",
    "0001",
    "9999-12",
    "9999-12-31",
]


@given(st.datetimes() | AT_AN_END, OFFSETS, ZONES)
def test_every_moment_has_a_clock_in_every_zone_or_none(
    printed: datetime, offset: timezone, zone: ZoneInfo
) -> None:
    moment = printed.replace(tzinfo=offset)
    there = local(moment, zone)
    assert there is None or (there == moment and there.tzinfo == zone and 1 < there.year < 9999)
    assert there is not None or not 3 <= printed.year <= 9997
    assert zone_text(zone, moment)


@given(AT_AN_END, OFFSETS, ZONES)
def test_the_ends_of_time_are_written_as_no_date(
    printed: datetime, offset: timezone, zone: ZoneInfo
) -> None:
    text = printed.replace(tzinfo=offset, microsecond=0, second=0).isoformat()
    date = PartialDate.parse(text) if "-14:" not in text and "+14:" not in text else None
    for write in (partial_short, partial_long, partial_with_time):
        assert write(date, zone) == NO_DATE


@pytest.mark.parametrize("text", ENDS)
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "UTC"])
def test_the_years_1_and_9999_are_no_dates(text: str, zone: str) -> None:
    assert partial_with_time(PartialDate.parse(text), ZoneInfo(zone)) == NO_DATE


def test_an_ordinary_moment_is_on_the_clock_of_the_zone() -> None:
    date = PartialDate.parse("2026-09-08T03:30:00Z")
    assert partial_with_time(date, ZoneInfo("America/New_York")) == "September 7, 2026, 11:30 pm"
