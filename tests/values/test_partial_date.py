"""A date is never more precise than it was printed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carespace.values import PartialDate

NEW_YORK = ZoneInfo("America/New_York")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "parts", "precision"),
    [
        ("1980", (1980, None, None), "year"),
        ("1980-03", (1980, 3, None), "month"),
        ("1980-03-04", (1980, 3, 4), "day"),
        ("2020-02-29", (2020, 2, 29), "day"),
        ("2015-02-07T13:28:17-05:00", (2015, 2, 7), "time"),
        ("2015-02-07T13:28:17.2390Z", (2015, 2, 7), "time"),
    ],
)
def test_it_keeps_what_was_printed(
    text: str, parts: tuple[int, int | None, int | None], precision: str
) -> None:
    partial = PartialDate.parse(text)
    assert (partial.year, partial.month, partial.day) == parts
    assert (partial.text, partial.precision) == (text, precision)
    assert (partial.instant is not None) == (precision == "time")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "80",
        "0000",
        "19800",
        "1980-3",
        "1980-00",
        "1980-13",
        "1980-03-00",
        "1981-02-29",
        "1980-04-31",
        "1980-03-04T10:00:00",
        "1980-03-04T10:00Z",
        "1980-03-04T24:00:00Z",
        "1980-03-04T10:00:00+14:30",
        "1980-03-04 10:00:00Z",
        "1980-03T10:00:00Z",
        "1980\n",
        " 1980",
        "١٩٨٠",
        "March 1980",
    ],
)
def test_what_is_no_fhir_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("1980", NEW_YORK, "1980-01-01T05:00:00", "1981-01-01T05:00:00"),
        ("1980-12", NEW_YORK, "1980-12-01T05:00:00", "1981-01-01T05:00:00"),
        # The day on which the clocks go forward has 23 hours.
        ("2024-03-10", NEW_YORK, "2024-03-10T05:00:00", "2024-03-11T04:00:00"),
        ("2024-11-03", NEW_YORK, "2024-11-03T04:00:00", "2024-11-04T05:00:00"),
        ("2024-01-01", KIRITIMATI, "2023-12-31T10:00:00", "2024-01-01T10:00:00"),
        ("2015-02-07T13:28:17+02:00", NEW_YORK, "2015-02-07T11:28:17", "2015-02-07T11:28:18"),
        (
            "2015-02-07T13:28:17.25-05:00",
            NEW_YORK,
            "2015-02-07T18:28:17.250000",
            "2015-02-07T18:28:17.260000",
        ),
        ("2016-12-31T23:59:60Z", NEW_YORK, "2017-01-01T00:00:00", "2017-01-01T00:00:01"),
        ("9999-12-31", NEW_YORK, "9999-12-31T05:00:00", "9999-12-31T23:59:59.999999"),
        ("9999", UTC, "9999-01-01T00:00:00", "9999-12-31T23:59:59.999999"),
        ("0001-01-01", TOKYO, "0001-01-01T00:00:00", "0001-01-01T14:41:01"),
    ],
)
def test_it_begins_and_ends_where_the_zone_says(
    text: str, zone: ZoneInfo, start: str, end: str
) -> None:
    partial = PartialDate.parse(text)
    assert partial.start(zone) == datetime.fromisoformat(f"{start}+00:00")
    assert partial.end(zone) == datetime.fromisoformat(f"{end}+00:00")


@given(st.dates(max_value=datetime(9998, 12, 31, tzinfo=UTC).date()), st.sampled_from([4, 7, 10]))
def test_each_form_of_a_date_holds_the_day_it_was_cut_from(day: object, length: int) -> None:
    partial = PartialDate.parse(str(day)[:length])
    whole = PartialDate.parse(str(day))
    assert partial.start(NEW_YORK) <= whole.start(NEW_YORK)
    assert whole.end(NEW_YORK) <= partial.end(NEW_YORK)
    assert partial.start(NEW_YORK).utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001
def test_a_printed_moment_is_read_to_the_microsecond(moment: datetime) -> None:
    text = moment.isoformat(timespec="microseconds")
    partial = PartialDate.parse(text)
    assert partial.instant == moment
    assert partial.end(NEW_YORK) - partial.start(NEW_YORK) == timedelta(microseconds=1)


def test_dates_have_no_order_of_their_own() -> None:
    with pytest.raises(TypeError):
        sorted([PartialDate.parse("1980"), PartialDate.parse("1980-03")])  # type: ignore[type-var]


def test_dates_printed_alike_are_equal() -> None:
    assert PartialDate.parse("1980-03") == PartialDate.parse("1980-03")
    assert PartialDate.parse("1980-03") != PartialDate.parse("1980-03-01")
    assert len({PartialDate.parse("1980"), PartialDate.parse("1980")}) == 1
