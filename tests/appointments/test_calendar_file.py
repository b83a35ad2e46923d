"""The calendar file of one appointment: read by a parser of our own, so that the library is not its own judge."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from carespace.interop.calendar import Entry, calendar_file
from tests.appointments.conftest import Ask
from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.records.shelf import put, visit

LINE = re.compile(r"(?P<name>[A-Z0-9-]+)(?P<parameters>(;[A-Z0-9-]+=[^:;]+)*):(?P<value>.*)", re.S)
ESCAPED = re.compile(r"\\([\\;,nN])")
WHEN = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def lines_of(file: bytes) -> list[str]:
    """RFC 5545, 3.1: lines end with CRLF, hold 75 octets at most, and go on after CRLF and a space."""
    assert file.endswith(b"\r\n")
    physical = file.removesuffix(b"\r\n").split(b"\r\n")
    assert not [line for line in physical if len(line) > 75 or b"\n" in line or b"\r" in line]
    return file.removesuffix(b"\r\n").replace(b"\r\n ", b"").decode("utf-8").split("\r\n")


def read(file: bytes) -> list[dict[str, str]]:
    """The events of a calendar file, each property by its name; a property stands once."""
    events: list[dict[str, str]] = []
    open_parts: list[str] = []
    for line in lines_of(file):
        found = LINE.fullmatch(line)
        assert found, line
        name, value = found["name"], found["value"]
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert open_parts.pop() == value
        elif open_parts[-1] == "VEVENT":
            assert name not in events[-1], name
            events[-1][name] = ESCAPED.sub(lambda each: "\n" if each[1] in "nN" else each[1], value)
    assert open_parts == []
    return events


def entry(**more: Any) -> Entry:
    given: dict[str, Any] = {
        "identity": "a@carespace",
        "version": 3,
        "changed_at": WHEN - timedelta(days=1),
        "starts": WHEN,
        "ends": WHEN + timedelta(minutes=45),
        "status": "booked",
        "summary": "Appointment",
        "description": "See CareSpace.",
        **more,
    }
    return Entry(**given)


def test_an_entry_says_when_and_which_version() -> None:
    (event,) = read(calendar_file([entry()]))
    assert event["DTSTART"] == "20261124T143000Z"
    assert event["DTEND"] == "20261124T151500Z"
    assert (event["UID"], event["SEQUENCE"]) == ("a@carespace", "3")
    assert (event["STATUS"], event["CLASS"]) == ("CONFIRMED", "PRIVATE")
    assert "CATEGORIES" not in event
    assert "LOCATION" not in event


@pytest.mark.parametrize(
    ("status", "said"),
    [("cancelled", "CANCELLED"), ("pending", "TENTATIVE"), ("fulfilled", "CONFIRMED")],
)
def test_a_status_is_said_in_the_calendars_words(status: str, said: str) -> None:
    assert read(calendar_file([entry(status=status)]))[0]["STATUS"] == said


@pytest.mark.parametrize("ends", [None, WHEN, WHEN - timedelta(hours=1)])
def test_an_end_that_is_none_is_left_out(ends: datetime | None) -> None:
    assert "DTEND" not in read(calendar_file([entry(ends=ends)]))[0]


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300),
)
def test_any_text_comes_back_as_it_was(summary: str, description: str) -> None:
    """Long lines are folded between characters, and no text can begin a property of its own."""
    (event,) = read(calendar_file([entry(summary=summary, description=description)]))
    assert event["SUMMARY"] == summary
    assert event["DESCRIPTION"] == description


@pytest.mark.parametrize(
    "hostile",
    ["x\r\nATTENDEE:mailto:a@example.org", "x\nEND:VEVENT\nBEGIN:VALARM", "\x00\x07bell\x1b[0m"],
)
def test_a_hostile_text_stays_a_text(hostile: str) -> None:
    (event,) = read(calendar_file([entry(summary=hostile)]))
    assert set(event) == set(read(calendar_file([entry()]))[0])
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", event["SUMMARY"])


@pytest.mark.django_db
def test_the_file_of_an_appointment_tells_nothing_of_the_illness(cast: Cast, ruths: Ask) -> None:
    booked = visit(
        "2026-11-24T09:30:00-05:00",
        end="2026-11-24T10:15:00-05:00",
        description="Infusion: carboplatin",
        patientInstruction="Take your dexamethasone",
        participant=[{"actor": {"display": "Infusion suite"}, "status": "accepted"}],
    )
    one = put(cast.practice, cast.ruths_record, booked, version=4)
    response = ruths("appointment-file", one)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert response.headers["Cache-Control"] == "no-store"
    (event,) = read(response.content)
    assert event["SUMMARY"] == "Appointment"
    assert (event["UID"], event["SEQUENCE"]) == (f"{one}@carespace", "4")
    assert (event["DTSTART"], event["DTEND"]) == ("20261124T143000Z", "20261124T151500Z")
    assert cast.practice.phone in event["DESCRIPTION"]
    text = response.content.decode().lower()
    for word in ("infusion", "carboplatin", "dexamethasone", "ruth", "adler", "cancer"):
        assert word not in text, word


@pytest.mark.django_db
def test_the_same_appointment_keeps_its_uid_when_it_is_cancelled(cast: Cast, ruths: Ask) -> None:
    gone = visit("2026-11-24T09:30:00-05:00", status="cancelled")
    one = put(cast.practice, cast.ruths_record, gone, version=2)
    (event,) = read(ruths("appointment-file", one).content)
    assert (event["UID"], event["STATUS"]) == (f"{one}@carespace", "CANCELLED")


@pytest.mark.django_db
def test_an_appointment_without_a_time_or_withdrawn_has_no_file(cast: Cast, ruths: Ask) -> None:
    undated = {"resourceType": "Appointment", "status": "proposed"}
    wrong = visit("2026-11-24T09:30:00-05:00", status="entered-in-error")
    for resource in (undated, wrong):
        one = put(cast.practice, cast.ruths_record, resource)
        assert ruths("appointment-file", one).status_code == 404


@pytest.mark.django_db
def test_anothers_appointment_has_no_file(cast: Cast, client: WebClient) -> None:
    one = put(cast.practice, cast.ruths_record, visit("2026-11-24T09:30:00-05:00"))
    sign_in(client, cast.stan)
    for record in (cast.stans_record.pk, cast.ruths_record.pk):
        assert client.get(reverse("portal:appointment-file", args=[record, one])).status_code == 404
