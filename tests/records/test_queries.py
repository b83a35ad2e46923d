"""What pages ask of the record: the latest of each test, current documents, visits, and nobody else's."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from carespace.access.chart import Chart, NotFound, open_chart
from carespace.access.permissions import Permission
from carespace.files.store import NewFile, keep_files
from carespace.records import appointment_queries, document_queries, front, lab_queries
from carespace.records.models import Resource
from carespace.records.names import shared_names
from tests.people import Cast, make_cast
from tests.records.shelf import lab, paper, put, visit

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def chart(cast: Cast) -> Chart:
    return open_chart(cast.ruth, cast.ruths_record.pk, Permission.RESULT_READ)


def put_labs(cast: Cast, *labs: dict[str, Any], **more: Any) -> None:
    for each in labs:
        put(cast.practice, cast.ruths_record, each, **more)


def test_each_test_has_one_row_with_its_latest_result(cast: Cast, chart: Chart) -> None:
    put_labs(cast, *[lab("718-7", str(n), f"2026-01-{n:02}") for n in range(1, 11)])
    put_labs(cast, lab("777-3", "214", "2026-01-20"))
    found = lab_queries.labs_by_test(chart)
    assert [(each.latest.value, each.total, len(each.earlier)) for each in found] == [
        ("214", 1, 0),
        ("10", 10, 3),
    ]
    assert [each.value for each in found[1].earlier] == ["9", "8", "7"]


def test_a_withdrawn_result_is_never_the_latest_and_alone_makes_no_row(
    cast: Cast, chart: Chart
) -> None:
    put_labs(
        cast,
        lab("718-7", "12.4", "2026-01-01"),
        lab("718-7", "99", "2026-02-01", status="entered-in-error"),
        lab("777-3", "1", "2026-02-01", status="entered-in-error"),
    )
    found = lab_queries.labs_by_test(chart)
    assert [each.latest.value for each in found] == ["12.4"]
    assert [each.status_word for each in found[0].earlier] == ["Withdrawn: entered in error"]


def test_a_result_without_a_date_is_not_the_latest(cast: Cast, chart: Chart) -> None:
    put_labs(cast, lab("718-7", "undated", None), lab("718-7", "dated", "1980"))
    assert [each.latest.value for each in lab_queries.labs_by_test(chart)] == ["dated"]


def test_a_group_of_tests_makes_no_empty_row(cast: Cast, chart: Chart) -> None:
    panel = lab("57021-8")
    del panel["valueString"]
    put_labs(cast, {**panel, "hasMember": [{"reference": "Observation/1"}]})
    assert lab_queries.labs_by_test(chart) == []


def test_results_that_name_no_test_are_not_thrown_together(cast: Cast, chart: Chart) -> None:
    put_labs(cast, {**lab("1", "a"), "code": {}}, {**lab("1", "b"), "code": {}})
    found = lab_queries.labs_by_test(chart)
    assert sorted((each.latest.value, each.total) for each in found) == [("a", 1), ("b", 1)]


def test_vital_signs_and_what_is_held_are_not_among_the_labs(cast: Cast, chart: Chart) -> None:
    put_labs(cast, {**lab("8302-2"), "category": [{"coding": [{"code": "vital-signs"}]}]})
    put_labs(cast, lab("718-7"), held_at=TODAY, held_reason="sensitive")
    put_labs(cast, lab("718-7"), released_at=None)
    assert lab_queries.labs_by_test(chart) == []


def test_another_patients_results_are_not_there(cast: Cast, chart: Chart) -> None:
    theirs = put(cast.practice, cast.stans_record, lab("718-7"))
    assert lab_queries.labs_by_test(chart) == []
    with pytest.raises(NotFound):
        lab_queries.lab_with_history(chart, theirs, start=0, size=5)


def test_only_current_documents_are_listed(cast: Cast, chart: Chart) -> None:
    kept = paper(cast.practice, cast.ruths_record, b"%PDF-1", title="Kept")
    for status, more in (
        ("entered-in-error", {}),
        ("current", {"docStatus": "entered-in-error"}),
    ):
        gone = paper(cast.practice, cast.ruths_record, b"%PDF-1", status=status, **more)
        with pytest.raises(NotFound):
            document_queries.one_document(chart, gone)
    found = document_queries.documents(chart, start=0, size=6)
    assert [(each.id, each.title) for each in found.rows] == [(kept, "Kept")]
    assert found.total == 1


def test_the_file_of_a_document_is_decrypted_and_a_missing_one_is_none(
    cast: Cast, chart: Chart
) -> None:
    there = paper(cast.practice, cast.ruths_record, b"%PDF-1.7 hello")
    missing = paper(cast.practice, cast.ruths_record, None)
    _, file = document_queries.document_with_file(chart, there)
    assert file is not None
    assert file.data == b"%PDF-1.7 hello"
    assert document_queries.document_with_file(chart, missing)[1] is None


def test_a_document_that_points_at_another_patients_file_shows_nothing_of_it(
    cast: Cast, chart: Chart
) -> None:
    theirs = paper(cast.practice, cast.stans_record, b"%PDF-1.7 private")
    address = f"Binary/{queries_file_id(cast, theirs)}"
    mine = paper(
        cast.practice,
        cast.ruths_record,
        None,
        content=[{"attachment": {"contentType": "application/pdf", "url": address}}],
    )
    again = open_chart(cast.ruth, cast.ruths_record.pk, Permission.DOCUMENT_READ)
    assert document_queries.document_with_file(again, mine)[1] is None


def queries_file_id(cast: Cast, document_id: Any) -> Any:
    theirs = open_chart(cast.stan, cast.stans_record.pk, Permission.DOCUMENT_READ)
    return document_queries.one_document(theirs, document_id).file_id


def test_visits_are_ahead_or_past_and_cancelled_ones_stay(cast: Cast, chart: Chart) -> None:
    for resource in (
        visit("2026-11-24T09:30:00-05:00"),
        visit("2026-11-23T09:30:00-05:00", status="cancelled"),
        visit("2026-11-01T09:30:00-05:00", status="fulfilled"),
        visit("2026-11-25T09:30:00-05:00", status="entered-in-error"),
    ):
        put(cast.practice, cast.ruths_record, resource)
    found = appointment_queries.visits(chart, TODAY)
    assert [each.status_word for each in found.ahead] == ["Cancelled", ""]
    assert str(found.ahead[1].starts) == "2026-11-24 09:30:00-05:00"
    assert ([each.status for each in found.past], found.total) == (["fulfilled"], 1)


def test_a_visit_is_in_the_practices_own_time(cast: Cast, chart: Chart) -> None:
    put(cast.practice, cast.ruths_record, visit("2026-11-24T14:30:00Z"))
    assert [str(each.starts) for each in appointment_queries.visits(chart, TODAY).ahead] == [
        "2026-11-24 09:30:00-05:00"
    ]


def test_the_front_is_one_query_with_all_three(
    cast: Cast, chart: Chart, django_assert_num_queries: Any
) -> None:
    put_labs(
        cast, lab("1", when="2026-01-02"), lab("2", when="2026-01-03"), lab("3", when="2026-01-03")
    )
    for number in range(9):
        paper(
            cast.practice,
            cast.ruths_record,
            b"x",
            when=f"2026-02-{number + 1:02}",
            title=str(number),
        )
    put(cast.practice, cast.ruths_record, visit("2026-11-24T09:30:00-05:00"))
    with django_assert_num_queries(1):
        found = front.latest(chart, TODAY)
    assert sorted(each.test for each in found.labs) == ["Test 2", "Test 3"]
    assert [each.title for each in found.documents] == ["8"]
    assert [each.what for each in found.visits] == ["Infusion"]


def test_an_empty_record_has_an_empty_front(cast: Cast, chart: Chart) -> None:
    found = front.latest(chart, TODAY)
    assert found == front.Latest((), (), (), ())


def test_shared_names_come_from_the_practice_alone(cast: Cast, chart: Chart) -> None:
    person = {
        "resourceType": "Practitioner",
        "name": [{"family": "Park", "given": ["Helen"], "suffix": ["MD"]}],
    }
    place = {"resourceType": "Location", "name": "Suite 300"}
    ours = put(cast.practice, None, person), put(cast.practice, None, place)
    other = put(cast.other_practice, None, place)
    asked = [
        f"Practitioner/{ours[0]}",
        f"Location/{ours[1]}",
        f"Location/{other}",
        "#contained",
        "",
    ]
    assert shared_names(chart, asked) == {asked[0]: "Helen Park MD", asked[1]: "Suite 300"}


def test_a_binary_that_is_held_shows_through_no_document(chart: Chart) -> None:
    binary = {"resourceType": "Binary", "contentType": "text/plain"}
    identity = put(chart.practice, chart.patient, binary)
    keep_files(chart.practice, [NewFile(uuid4(), chart.patient.pk, identity, b"A visit note.")])
    document = paper(
        chart.practice,
        chart.patient,
        None,
        content=[{"attachment": {"contentType": "text/plain", "url": f"Binary/{identity}"}}],
    )
    file = document_queries.document_with_file(chart, document)[1]
    assert file
    assert file.data == b"A visit note."
    Resource.objects.filter(pk=identity).update(held_at=timezone.now(), held_reason="doubted")
    assert document_queries.document_with_file(chart, document)[1] is None
