"""The list of reports: kinds, what is new, pages, and never what they say (S-36)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from carespace.access.chart import Chart, open_chart
from carespace.access.permissions import Permission
from carespace.records.models import Look, Resource
from carespace.records.policies import KINDS, kind_of
from carespace.records.report_queries import kinds_of_reports, reports
from tests.people import Cast
from tests.portal.test_pages import MOST_QUERIES, asked_of_the_tables
from tests.records.shelf import put
from tests.reports.conftest import V2, Give, Reader, id_of, report, result

pytestmark = pytest.mark.django_db


def study(**more: object) -> dict[str, object]:
    return {
        "resourceType": "ImagingStudy",
        "id": "i1",
        "status": "available",
        "subject": {"reference": "Patient/R-1"},
        "started": "2026-09-01T10:00:00-04:00",
        "location": {"display": "Northshore Imaging"},
        "series": [
            {
                "uid": "1.2.3",
                "modality": {
                    "system": "http://dicom.nema.org/resources/ontology/DCM",
                    "code": "CT",
                },
                "bodySite": {"display": "Chest"},
            }
        ],
        **more,
    }


def test_a_list_names_what_when_and_from_whom_and_no_more(give: Give, ruth: Reader) -> None:
    lab = {"resourceType": "Organization", "id": "lab", "name": "Northshore Laboratory"}
    give(
        lab,
        report("ct", "RAD", conclusion="A new spot", performer=[{"reference": "Organization/lab"}]),
    )
    said = ruth.read("reports")
    assert "Report ct Scan Sep 8, 2026 Northshore Laboratory" in said
    assert "A new spot" not in said


def test_pictures_are_listed_without_a_page_of_their_own(give: Give, ruth: Reader) -> None:
    give(study())
    said = ruth.read("reports")
    assert "CT scan Pictures taken Sep 1, 2026 Chest, Northshore Imaging" in said
    assert ruth.get("report", Look().pk).status_code == 404


def test_a_list_shows_one_kind_and_keeps_to_it_over_pages(give: Give, ruth: Reader) -> None:
    give(report("ct", "RAD"), *(report(f"l{number}") for number in range(25)))
    assert "All (26)" in ruth.read("reports")
    scans = ruth.read("reports", kind="scan")
    assert "Report ct" in scans
    assert "Report l1" not in scans
    page = ruth.get("reports", kind="lab").content.decode()
    assert "?page=2&amp;kind=lab" in page
    assert "21 to 25 of 25" in ruth.read("reports", kind="lab", page=2)
    assert "1 to 20 of 26" in ruth.read("reports", kind="nonsense")


def test_the_database_and_the_rule_agree_on_every_kind(cast: Cast) -> None:
    systems = {
        "LAB": V2, "RAD": V2, "PAT": V2, "GE": V2, "LP29708-2": "http://loinc.org", "XX": V2,
    }  # fmt: skip
    for number, (code, _system) in enumerate(systems.items()):
        both = [{"coding": [{"system": V2, "code": code}]}] * 2
        put(cast.practice, cast.ruths_record, {**report(str(number), code), "category": both})
    chart = _chart(cast)
    assert kinds_of_reports(chart) == dict.fromkeys(KINDS, 1)
    for kind in KINDS:
        (found,) = reports(chart, kind, start=0, size=9).rows
        codes = [each.code for each in found.found.category[0].coding]  # type: ignore[union-attr]
        assert kind_of([str(code) for code in codes], []) == kind


def test_an_echocardiogram_of_the_imaging_department_is_a_heart_test(
    cast: Cast, give: Give, ruth: Reader
) -> None:
    heart = {"coding": [{"system": "http://loinc.org", "code": "42148-7"}], "text": "Heart echo"}
    give(report("echo", "RAD", code=heart, conclusion="It beats well."))
    assert kinds_of_reports(_chart(cast)) == {"heart": 1}
    assert "Heart echo" in ruth.read("reports", kind="heart")
    assert "It beats well." in ruth.read("report", id_of("DiagnosticReport/echo"))


def test_what_came_since_the_last_look_is_new(cast: Cast, give: Give, ruth: Reader) -> None:
    give(report("old"))
    assert "New" not in ruth.read("reports").split()
    Look.objects.update(seen_at=timezone.now() - timedelta(days=1))
    Resource.objects.update(received_at=timezone.now() - timedelta(days=2))
    give(report("young"))
    words = ruth.read("reports")
    assert "Report young New" in words
    assert "Report old New" not in words
    assert "Report young New" in ruth.read("reports"), "the same visit keeps its marks"


def test_reports_in_words_stand_before_the_labs_and_these_say_what_is_outside(
    give: Give, ruth: Reader
) -> None:
    usual = [{"low": {"value": 12}, "high": {"value": 16}}]
    values = [
        result(f"o{value}", f"Test {value}", valueQuantity={"value": value}, referenceRange=usual)
        for value in (11, 13, 17)
    ]
    inside = [{"reference": f"Observation/{each['id']}"} for each in values]
    give(
        *values,
        report("count", result=inside, effectiveDateTime="2026-09-08"),
        report("one", result=inside[1:2], effectiveDateTime="2026-09-08"),
        report("ct", "RAD", effectiveDateTime="2026-01-08"),
    )
    words = ruth.read("reports")
    places = [
        words.index(each)
        for each in (
            "Scans, tissue tests and other reports",
            "Report ct",
            "Lab reports Report",
            "Report count",
        )
    ]
    assert places == sorted(places)
    assert words.count("outside the usual range") == 1
    assert "Report count Lab report 2 outside the usual range" in words


def test_nobody_has_any_reports_at_first(ruth: Reader) -> None:
    assert "No reports yet" in ruth.read("reports")
    assert "Nothing older" in ruth.read("reports", page=9)


def test_a_page_asks_as_little_for_200_rows_as_for_20(give: Give, ruth: Reader) -> None:
    def fill(start: int, count: int, identity: str) -> None:
        many = [
            result(f"o{number}", f"Test {number}", valueString="1")
            for number in range(start, start + count)
        ]
        references = [{"reference": f"Observation/{each['id']}"} for each in many]
        more = [
            report(f"m{number}", result=references[:3]) for number in range(start, start + count)
        ]
        give(*many, *more, report(identity, result=references))

    def counted(identity: str) -> list[int]:
        pk = id_of(f"DiagnosticReport/{identity}")
        ruth.get("reports")
        ruth.get("report", pk)
        return [
            asked_of_the_tables(lambda: ruth.get("reports")),
            asked_of_the_tables(lambda: ruth.get("report", pk)),
        ]

    fill(0, 20, "few")
    few = counted("few")
    fill(20, 200, "many")
    assert counted("many") == few
    assert max(few) <= MOST_QUERIES


def _chart(cast: Cast) -> Chart:
    return open_chart(cast.ruth, cast.ruths_record.pk, Permission.RESULT_READ)
