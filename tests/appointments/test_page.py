"""The appointments page: what is ahead and what was, when, where, and what became of it (S-49)."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from carespace.access.actions import start_visit
from carespace.access.chart import actor_of
from carespace.records.looks import ONE_VISIT
from carespace.records.models import Look, Resource, ResourceVersion
from tests.appointments.conftest import Ask
from tests.conftest import Answer, WebClient
from tests.interop.ccda.builders import tree_in
from tests.people import Cast, let_see, make_person, sign_in
from tests.portal.test_pages import asked_of_the_tables
from tests.records.shelf import put, visit

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8
WORDS = re.compile(r"\s+")


def text_of(answer: Answer) -> str:
    """What a reader reads: no markup, one space between words."""
    body = answer.content.decode()
    return WORDS.sub(" ", html.unescape(re.sub(r"<[^>]+>", " ", body))).replace(" ,", ",")


def clinic(cast: Cast, **more: Any) -> UUID:
    return put(
        cast.practice,
        None,
        {
            "resourceType": "Location",
            "name": "Lakeside clinic",
            "description": "Third floor",
            "telecom": [{"system": "phone", "value": "(315) 555-0140"}],
            "address": {
                "line": ["1200 Lakeshore Drive"],
                "city": "Port Alden",
                "state": "NY",
                "postalCode": "14499",
            },
            **more,
        },
    )


def at(place: UUID) -> list[dict[str, Any]]:
    return [{"actor": {"reference": f"Location/{place}"}, "status": "accepted"}]


def test_a_visit_says_what_when_where_and_what_to_do_before(cast: Cast, ruths: Ask) -> None:
    booked = visit(
        "2099-11-24T09:30:00-05:00",
        end="2099-11-24T10:15:00-05:00",
        description="Infusion: carboplatin",
        patientInstruction="Drink water.",
        comment="Patient was rude on the phone",
        participant=at(clinic(cast)),
    )
    put(cast.practice, cast.ruths_record, booked)
    answer = ruths("appointments")
    page = text_of(answer).replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "Infusion",
        "carboplatin",
        "Tuesday, November 24, 2099, 9:30 am to 10:15 am, Eastern time",
        "Lakeside clinic",
        "1200 Lakeshore Drive, Port Alden, NY 14499",
        "(315) 555-0140",
        "Before you come: Drink water.",
        "Open in maps (opens another site)",
    ):
        assert words in page, words
    assert "rude" not in page


def test_a_map_link_holds_the_address_and_nothing_else(cast: Cast, ruths: Ask) -> None:
    place = clinic(cast, name="Infusion center")
    put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z", participant=at(place)))
    body = ruths("appointments").content.decode()
    (link,) = re.findall(r'<a[^>]*href="(https://www\.openstreetmap\.org[^"]*)"([^>]*)>', body)
    url, attributes = link
    assert url.endswith("?query=1200%20Lakeshore%20Drive%2C%20Port%20Alden%2C%20NY%2014499")
    assert "noreferrer" in attributes
    # Nothing is asked of another site by showing the page.
    assert not re.findall(r'(?:src|action|srcset)="https?://', body)


@pytest.mark.parametrize(
    ("link", "is_shown"),
    [
        ("https://video.example.org/room/7", True),
        ("http://video.example.org/room/7", False),
        ("javascript:alert(1)", False),
        ("https://[broken", False),
    ],
)
def test_a_video_visit_has_its_link(cast: Cast, ruths: Ask, link: str, is_shown: bool) -> None:
    virtual = {"coding": [{"code": "vi"}]}
    place = clinic(cast, physicalType=virtual, telecom=[{"system": "url", "value": link}])
    put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z", participant=at(place)))
    body = ruths("appointments").content.decode()
    assert ("Join the video visit" in body) == is_shown
    assert (f'href="{link}"' in body) == is_shown


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Blood draw before treatment", "Lab visit"),
        ("Chemo cycle 3", "Infusion"),
        ("Denosumab shot", "Injection"),
        ("CT of the chest", "Scan"),
        ("New patient", "Office visit"),
        ("Nurse visit", ""),
        ("Talk about lab results", ""),
        ("Support group", ""),
    ],
)
def test_the_kind_is_told_where_the_record_tells_it(
    cast: Cast, ruths: Ask, words: str, kind: str
) -> None:
    put(
        cast.practice,
        cast.ruths_record,
        visit(
            "2099-11-24T09:30:00Z",
            serviceType=[{"text": words}],
            appointmentType={"text": "A follow up visit" if words == "New patient" else "Walk-in"},
        ),
    )
    page = text_of(ruths("appointments"))
    kinds = ("Lab visit", "Infusion", "Injection", "Scan", "Office visit", "Video visit")
    assert [each for each in kinds if each in page] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("zone", "start", "end", "said"),
    [
        # The clocks go back on November 1, 2026, and forward on March 8, 2026.
        (
            "America/New_York",
            "2026-10-31T14:00:00Z",
            None,
            "Saturday, October 31, 10:00 am, Eastern",
        ),
        ("America/New_York", "2026-11-01T15:00:00Z", None, "Sunday, November 1, 10:00 am, Eastern"),
        ("America/New_York", "2026-03-09T13:30:00Z", None, "Monday, March 9, 9:30 am, Eastern"),
        (
            "America/New_York",
            "2026-11-01T00:30:00-04:00",
            "2026-11-01T02:00:00-05:00",
            "Sunday, November 1, 12:30 am to 2:00 am, Eastern",
        ),
        ("America/Phoenix", "2026-07-07T16:00:00Z", None, "Tuesday, July 7, 9:00 am, Arizona"),
        ("Pacific/Honolulu", "2026-07-08T05:00:00Z", None, "Tuesday, July 7, 7:00 pm, Hawaii"),
    ],
)
def test_times_are_the_practices_own_on_every_side_of_daylight_saving(
    cast: Cast, ruths: Ask, zone: str, start: str, end: str | None, said: str
) -> None:
    cast.practice.time_zone = zone
    cast.practice.save()
    put(cast.practice, cast.ruths_record, visit(start, **({"end": end} if end else {})))
    page = text_of(ruths("appointments")).replace("\N{NO-BREAK SPACE}", " ")
    year = "" if datetime.now(UTC).year == 2026 else ", 2026"
    day, _, rest = said.rpartition(", ")[0].partition(" 2026")
    assert f"{said} time" in page.replace(year, "") or said in page, (day, rest)


def test_a_cancelled_visit_stays_struck_through_with_its_word(cast: Cast, ruths: Ask) -> None:
    reason = {"text": "Doctor is away"}
    cancelled = visit("2099-11-24T09:30:00Z", status="cancelled", cancelationReason=reason)
    put(cast.practice, cast.ruths_record, {**cancelled, "patientInstruction": "Drink water"})
    body = ruths("appointments").content.decode()
    assert '<s><b>Infusion</b></s> <span class="tag">Cancelled</span>' in body
    assert "Doctor is away" in body
    assert "Drink water" not in body
    assert "Ask to change or cancel" not in body


def moved(cast: Cast, *starts: str, **more: Any) -> UUID:
    """An appointment that stood at each of ``starts`` in turn; the last one counts."""
    identity = put(cast.practice, cast.ruths_record, visit(starts[-1]), version=len(starts), **more)
    for number, start in enumerate(starts[:-1], start=1):
        ResourceVersion.objects.create(
            practice=cast.practice,
            patient=cast.ruths_record,
            resource_id=identity,
            version=number,
            content=visit(start),
            content_hash=b"",
            received_at=timezone.now(),
        )
    return identity


def test_a_moved_visit_says_from_when(cast: Cast, ruths: Ask) -> None:
    moved(cast, "2099-11-10T09:00:00-05:00", "2099-11-17T09:30:00-05:00", "2099-11-24T09:30:00-05:00")  # fmt: skip
    page = text_of(ruths("appointments")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Moved from Tuesday, November 17, 2099, 9:30 am" in page
    assert "November 10" not in page


def test_a_visit_whose_words_changed_was_not_moved(cast: Cast, ruths: Ask) -> None:
    moved(cast, "2099-11-24T14:30:00Z", "2099-11-24T09:30:00-05:00")
    assert "Moved" not in text_of(ruths("appointments"))


@pytest.mark.parametrize("points", ["new", "old"])
def test_a_cancelled_visit_with_a_replacement_says_where_it_went(
    cast: Cast, ruths: Ask, points: str
) -> None:
    old = put(cast.practice, cast.ruths_record, visit("2099-11-17T09:30:00-05:00"))
    new = put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00-05:00"))
    kept = {"old": old, "new": new}
    for name, start, status in (
        ("old", "2099-11-17T09:30:00-05:00", "cancelled"),
        ("new", "2099-11-24T09:30:00-05:00", "booked"),
    ):
        other = kept["new" if name == "old" else "old"]
        about = [{"reference": f"Appointment/{other}"}] if name == points else []
        content = visit(start, status=status, supportingInformation=about)
        Resource.objects.filter(pk=kept[name]).update(content=content, status=status)
    page = text_of(ruths("appointments")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Moved to Tuesday, November 24, 2099, 9:30 am" in page
    assert "Moved from Tuesday, November 17, 2099, 9:30 am" in page


def test_a_visit_that_the_practice_moved_says_so_once_and_not_that_it_is_cancelled(
    cast: Cast, ruths: Ask
) -> None:
    system = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
    why = {"coding": [{"system": system, "code": "prov"}]}
    old = put(
        cast.practice,
        cast.ruths_record,
        visit("2099-11-17T09:30:00-05:00", status="cancelled", cancelationReason=why),
    )
    put(
        cast.practice,
        cast.ruths_record,
        visit(
            "2099-11-24T09:30:00-05:00",
            supportingInformation=[{"reference": f"Appointment/{old}"}],
        ),
    )
    page = text_of(ruths("appointments"))
    assert page.count("Moved by the practice") == 1
    assert "Cancelled" not in page


def test_later_instructions_and_past_visits_are_folded_and_still_there(
    cast: Cast, ruths: Ask
) -> None:
    for day in (21, 22, 23):
        put(
            cast.practice,
            cast.ruths_record,
            visit(f"2099-11-{day}T09:30:00-05:00", patientInstruction=f"Bring list {day}"),
        )
    put(cast.practice, cast.ruths_record, visit("2020-11-24T09:30:00-05:00", status="fulfilled"))
    page = tree_in(ruths("appointments").content.decode())
    folded = [each.text_content() for each in page.xpath("//main//details")]
    assert any("Bring list 23" in each for each in folded)
    assert not any("Bring list 21" in each or "Bring list 22" in each for each in folded)
    assert any("November 24, 2020" in each for each in folded)
    (past,) = page.xpath("//section[@aria-labelledby='past-title']")
    assert "no-print" in past.get("class")


def test_the_page_names_the_way_that_there_is(cast: Cast, client: WebClient) -> None:
    put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00-05:00"))
    address = reverse("portal:appointments", args=[cast.ruths_record.pk])
    sign_in(client, cast.ruth)
    assert "use the button below it. To ask for a new one, call us" in text_of(client.get(address))
    Resource.objects.all().delete()
    assert "To change or cancel an appointment, or to ask" in text_of(client.get(address))


def test_what_was_held_back_tells_no_earlier_time(cast: Cast, ruths: Ask) -> None:
    moved(
        cast,
        "2099-11-17T09:30:00Z",
        "2099-11-24T09:30:00Z",
        held_at=timezone.now(),
        held_reason="in doubt",
    )
    page = text_of(ruths("appointments"))
    assert "Nothing booked" in page
    assert "2099" not in page


def test_past_visits_come_ten_at_a_time(cast: Cast, ruths: Ask) -> None:
    for number in range(23):
        day = datetime(2025, 6, 1, 14, tzinfo=UTC) - timedelta(days=number)
        what = [{"text": f"Visit {number:02}"}]
        put(cast.practice, cast.ruths_record, visit(day.isoformat(), serviceType=what))
    put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z"))

    def shown(page: int) -> list[str]:
        return re.findall(r"Visit \d\d", text_of(ruths("appointments", page=page)))

    first, second, third = shown(1), shown(2), shown(3)
    assert first == [f"Visit {number:02}" for number in range(10)]
    assert second == [f"Visit {number:02}" for number in range(10, 20)]
    assert third == ["Visit 20", "Visit 21", "Visit 22"]
    assert "November 24" not in text_of(ruths("appointments", page=2))
    assert ruths("appointments", page=9).status_code == 200


def test_what_came_since_the_last_look_is_marked(cast: Cast, ruths: Ask) -> None:
    put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z"))
    assert ">New<" not in ruths("appointments").content.decode()
    hour = ONE_VISIT * 2
    Look.objects.update(seen_at=timezone.now() - hour)
    put(
        cast.practice,
        cast.ruths_record,
        visit("2099-11-25T09:30:00Z"),
        received_at=timezone.now(),
    )
    moved(cast, "2099-11-26T09:30:00Z", "2099-11-27T09:30:00Z", received_at=timezone.now())
    body = ruths("appointments").content.decode()
    assert body.count('<span class="tag new">New</span>') == 1
    assert body.count('<span class="tag new">Changed</span>') == 1


def test_the_page_asks_as_little_for_200_visits_as_for_2(cast: Cast, ruths: Ask) -> None:
    place = clinic(cast)

    def fill(visits: int) -> None:
        for number in range(visits):
            day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
            for year in (2025, 2098):
                start = day.replace(year=year).isoformat()
                put(cast.practice, cast.ruths_record, visit(start, participant=at(place)))

    fill(2)
    ruths("appointments")
    few = asked_of_the_tables(lambda: ruths("appointments"))
    fill(198)
    assert asked_of_the_tables(lambda: ruths("appointments")) == few <= MOST_QUERIES


def test_appointments_can_be_off(cast: Cast, ruths: Ask) -> None:
    one = put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z"))
    cast.practice.overrides = {"feature_appointments": False}
    cast.practice.save()
    assert ruths("appointments").status_code == 404
    assert ruths("appointment-file", one).status_code == 404
    assert ruths("appointment-change", one).status_code == 404
    assert ruths("calendar-feed").status_code == 404


def test_staff_who_visit_ask_nothing_and_make_no_calendar(cast: Cast, client: WebClient) -> None:
    one = put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z"))
    nia = make_person("Nia Nurse")
    nia.memberships.create(practice=cast.practice, role="care-team")
    ends = timezone.now() + timedelta(hours=1)
    start_visit(patient=cast.ruths_record, reason="care", ends_at=ends, by=actor_of(nia))
    sign_in(client, nia)

    def asked(name: str, *more: object) -> Answer:
        return client.get(reverse(f"portal:{name}", args=[cast.ruths_record.pk, *more]))

    page = asked("appointments")
    assert page.status_code == 200
    assert b"Ask to change" not in page.content
    assert b"my own calendar" not in page.content
    assert asked("appointment-change", one).status_code == 404
    assert asked("calendar-feed").status_code == 404


def test_family_see_the_same(cast: Cast, client: WebClient) -> None:
    let_see(cast.stan, cast.ruths_record, "family")
    put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z"))
    sign_in(client, cast.luis)
    page = client.get(reverse("portal:appointments", args=[cast.ruths_record.pk]))
    assert "Infusion" in text_of(page)
    assert "Ask to change or cancel" in text_of(page)
