"""The whole record between two days (VDT-14, VDT-15): both ends, one day, nothing, midnight, partial dates, no date."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from carespace.audit.models import AuditEvent
from carespace.records import days as module
from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.portal.test_pages import MOST_QUERIES, asked_of_the_tables
from tests.record.conftest import PATIENT, SUBJECT, Days, ref
from tests.record_more.conftest import Give, id_of, words_of
from tests.records.shelf import lab, paper, put, visit

pytestmark = pytest.mark.django_db


def procedure(what: str, **when: Any) -> dict[str, Any]:
    """Return a Procedure called ``what``."""
    return {"resourceType": "Procedure", "status": "completed", "code": {"text": what}, **SUBJECT, **when}  # fmt: skip


def on(day: str) -> dict[str, Any]:
    """Return a Procedure of ``day``, called by it."""
    return procedure(f"Done {day}.", performedDateTime=day)


def test_the_page_asks_for_two_days_and_offers_the_usual_ones(
    cast: Cast, days: Days, client: WebClient
) -> None:
    put(cast.practice, cast.ruths_record, visit("2026-03-04T09:30:00-05:00", status="fulfilled"))
    put(cast.practice, cast.ruths_record, visit("2026-05-04T09:30:00-04:00", status="noshow"))
    words = days()
    for expected in ("From", "To", "Last 30 days", "Last 12 months", "The day of your last visit"):
        assert expected in words
    page = client.get(reverse("portal:by-date", args=[cast.ruths_record.pk])).content.decode()
    today = timezone.localtime(timezone=cast.practice.zone).date()
    assert f"?from={today - timedelta(days=29)}&amp;to={today}" in page
    assert "?from=2026-03-04&amp;to=2026-03-04" in page


def test_both_ends_are_inside_and_their_neighbours_are_not(give: Give, days: Days) -> None:
    give(*[on(day) for day in ("2026-08-31", "2026-09-01", "2026-09-15", "2026-09-30", "2026-10-01")])  # fmt: skip
    words = days("2026-09-01", "2026-09-30")
    found = [day for day in ("08-31", "09-01", "09-15", "09-30", "10-01") if f"2026-{day}." in words]  # fmt: skip
    assert found == ["09-01", "09-15", "09-30"]
    assert "September 1, 2026 to September 30, 2026" in words
    assert "3 entries of the record" in words
    assert "Procedures (3)" in words


@pytest.mark.parametrize("last", ["2026-09-15", ""])
def test_one_day_is_a_span_too(give: Give, days: Days, last: str) -> None:
    give(*[on(day) for day in ("2026-09-14", "2026-09-15", "2026-09-16")])
    words = days("2026-09-15", last)
    assert [each in words for each in ("09-14.", "09-15.", "09-16.")] == [False, True, False]
    assert "entry of the record" not in words


def test_nothing_says_so_with_the_days(give: Give, days: Days) -> None:
    give(on("2026-09-14"))
    assert "Nothing from March 1, 2020 to March 2, 2020" in days("2020-03-01", "2020-03-02")
    assert "Nothing on March 1, 2020" in days("2020-03-01")


def test_midnight_is_that_of_the_practice(give: Give, days: Days) -> None:
    give(
        procedure("Last second.", performedDateTime="2026-09-15T23:59:59-04:00"),
        procedure("First second.", performedDateTime="2026-09-16T00:00:00-04:00"),
        procedure("By Greenwich.", performedDateTime="2026-09-16T03:30:00Z"),
    )
    words = days("2026-09-15")
    assert [each in words for each in ("Last second.", "First second.", "By Greenwich.")] == [
        True,
        False,
        True,
    ]


def test_a_date_known_in_part_covers_all_of_it_and_a_stretch_all_its_days(
    give: Give, days: Days
) -> None:
    give(
        procedure("All year.", performedDateTime="2024"),
        procedure("All month.", performedDateTime="2024-06"),
        procedure("For weeks.", performedPeriod={"start": "2024-06-20", "end": "2024-08-02"}),
    )
    names = ("All year.", "All month.", "For weeks.")

    def found(*ends: str) -> list[bool]:
        return [each in days(*ends) for each in names]

    assert found("2024-12-31") == [True, False, False]
    assert found("2024-06-30") == [True, True, True]
    assert found("2024-08-02") == [True, False, True]
    assert found("2024-08-03") == [True, False, False]
    assert found("2025-01-01", "2025-12-31") == [False, False, False]
    assert "From June 20, 2024 to August 2, 2024" in days("2024-07-01")


def test_what_has_no_date_is_counted_with_the_way_to_it(
    give: Give, days: Days, cast: Cast, client: WebClient
) -> None:
    give(
        procedure("One.", performedString="long ago"),
        procedure("Two."),
        {
            "resourceType": "AllergyIntolerance",
            "id": "a",
            "code": {"text": "Nuts"},
            **PATIENT,
        },
        {**procedure("Taken back."), "status": "entered-in-error"},
    )
    words = days("2026-09-15")
    assert "Procedures (2)" in words
    assert "Allergies (1)" in words
    page = client.get(
        reverse("portal:by-date", args=[cast.ruths_record.pk]), {"from": "2026-09-15"}
    ).content.decode()
    assert f'href="/p/{cast.ruths_record.pk}/record/procedures/"' in page


def test_every_kind_stands_under_its_own_heading_in_brief(
    cast: Cast, days: Days, client: WebClient
) -> None:
    practice, ruth = cast.practice, cast.ruths_record
    usual = [{"low": {"value": 12}, "high": {"value": 16}}]
    result = put(practice, ruth, lab("718-7", {"value": 11, "unit": "g/dL"}, "2026-09-08", referenceRange=usual))  # fmt: skip
    note = paper(practice, ruth, None, when="2026-09-08", title="Visit note")
    put(practice, ruth, visit("2026-09-08T09:30:00-04:00", description="Cycle 3"))
    report = put(practice, ruth, {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "CT chest"}, "effectiveDateTime": "2026-09-08", "conclusion": "It grew."})  # fmt: skip
    pressure = {
        "resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-09-08",
        "category": [{"coding": [{"code": "vital-signs"}]}], "code": {"text": "Blood pressure"},
        "component": [{"code": {"text": "Top"}, "valueQuantity": {"value": 120, "unit": "mmHg"}}],
    }  # fmt: skip
    put(practice, ruth, pressure)
    order = {"resourceType": "MedicationRequest", "status": "stopped", "intent": "order", "authoredOn": "2026-09-08", "medicationReference": {"reference": f"Medication/{put(practice, None, {'resourceType': 'Medication', 'code': {'text': 'Shared pills'}})}"}, "dosageInstruction": [{"text": "Twice a day"}]}  # fmt: skip
    put(practice, ruth, order)
    words = days("2026-09-08")
    for expected in (
        "Labs (1)", "Test 718-7", "Low", "11 g/dL", "Reports (1)", "CT chest", "Documents (1)", "Visit note",
        "Appointments (1)", "9:30 am, Cycle 3", "Vital signs (1)", "Blood pressure", "Top 120 mmHg",
        "Medicines (1)", "Shared pills", "Stopped", "Twice a day",
    ):  # fmt: skip
        assert expected in words, expected
    assert (
        "It grew." not in words
    )  # a report may hold news: it is named here, and opened on its own page
    page = client.get(reverse("portal:by-date", args=[ruth.pk]), {"from": "2026-09-08"}).content.decode()  # fmt: skip
    for name, identity in (("lab", result), ("document", note), ("report", report)):
        assert reverse(f"portal:{name}", args=[ruth.pk, identity]) in page


def test_what_its_own_page_does_not_show_is_not_here(cast: Cast, days: Days) -> None:
    practice, ruth = cast.practice, cast.ruths_record
    put(practice, ruth, lab("1-1", "wrong", "2026-09-08", status="entered-in-error"))
    put(practice, ruth, {**on("2026-09-08")}, released_at=None)
    put(practice, ruth, {**on("2026-09-08")}, held_at=datetime.now(UTC), held_reason="x")
    paper(practice, ruth, None, when="2026-09-08", title="Old version", status="superseded")
    put(practice, cast.stans_record, on("2026-09-08"))
    assert "Nothing on September 8, 2026" in days("2026-09-08")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"to": "2026-09-15"}, "Enter the first day"),
        (
            {"from_month": "9", "from_day": "15", "from_year": ""},
            "Enter the month, the day and the year",
        ),
        ({"from_month": "2", "from_day": "30", "from_year": "2026"}, "This day does not exist"),
        ({"from_month": "2", "from_day": "3", "from_year": "26"}, "Enter the year with 4 digits"),
        ({"from": "2026-09-15", "to": "2026-09-14"}, "The last day must be the first day or after"),
        ({"from": "<script>alert(1)</script>"}, "Enter the month, the day and the year"),
        ({"from": "0001-01-01"}, "Enter the year with 4 digits"),
        ({"from": "9" * 5000}, "Enter the month, the day and the year"),
    ],
)
def test_what_is_wrong_is_said_at_its_box(
    cast: Cast, client: WebClient, query: dict[str, str], words: str
) -> None:
    sign_in(client, cast.ruth)
    answer = client.get(reverse("portal:by-date", args=[cast.ruths_record.pk]), query)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in words_of(page)
    assert re.search(r'<a href="#id_(from|to)', page)
    assert "<script>alert" not in page


def test_boxes_and_words_for_months_work_too(give: Give, days: Days) -> None:
    give(on("2026-09-15"))
    words = days(
        from_month="Sep", from_day="15", from_year="2026", to_month="9", to_day="15", to_year="2026"
    )
    assert "Done 2026-09-15." in words


def test_a_page_that_is_full_says_so(
    cast: Cast, give: Give, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 3)
    monkeypatch.setattr("carespace.portal.record.by_date_view.MOST_ENTRIES", 3)
    give(*[on(f"2026-09-{day:02}") for day in range(1, 6)])
    words = days("2026-09-01", "2026-09-30")
    assert "These days hold 2 more entries" in words
    assert [f"2026-09-0{day}." in words for day in range(1, 6)] == [False, False, True, True, True]


def test_it_asks_as_little_for_200_entries_as_for_20(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    practice, ruth = cast.practice, cast.ruths_record
    person = put(practice, None, {"resourceType": "Practitioner", "name": [{"family": "Ruiz"}]})
    who = ref(f"Practitioner/{person}")
    kinds = [
        lambda day: lab("718-7", "12", day),
        lambda day: {**on(day), "performer": [{"actor": who}]},
        lambda day: {"resourceType": "Condition", "code": {"text": "Gout"}, "asserter": who, "recordedDate": day},
        lambda day: {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "requester": who, "authoredOn": day},
    ]  # fmt: skip

    def fill(count: int) -> None:
        for number in range(count):
            day = f"2026-{1 + number % 9:02}-{1 + number % 27:02}"
            put(practice, ruth, json.loads(json.dumps(kinds[number % len(kinds)](day))))

    def counted() -> int:
        address = reverse("portal:by-date", args=[ruth.pk])
        return asked_of_the_tables(
            lambda: client.get(address, {"from": "2026-01-01", "to": "2026-12-31"})
        )

    fill(20)
    counted()  # the first page of a session notes when it began
    with_few = counted()
    fill(180)
    assert counted() == with_few
    assert with_few <= MOST_QUERIES


def test_the_look_is_noted_by_its_own_name(cast: Cast, days: Days) -> None:
    days("2026-09-15")
    event = AuditEvent.objects.get(action="chart.open", category="record by date")
    assert event.patient_id == cast.ruths_record.pk


def test_a_slug_of_that_name_leads_here(cast: Cast, give: Give, days: Days) -> None:
    give(on("2026-09-15"))
    assert id_of("Procedure", "x1")
    assert reverse("portal:section", args=[cast.ruths_record.pk, "by-date"]) == reverse(
        "portal:by-date", args=[cast.ruths_record.pk]
    )
    assert "Choose the days" in days()
