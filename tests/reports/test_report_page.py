"""What the page of one report says (S-36; VDT-4 to VDT-7, 42 CFR 493.1291(c))."""

from typing import Any
from uuid import uuid4

import pytest

from tests.reports.conftest import (
    LOINC,
    PDF,
    Give,
    Reader,
    category,
    file_of,
    form,
    id_of,
    report,
    result,
)

pytestmark = pytest.mark.django_db

LAB = {
    "resourceType": "Organization",
    "id": "lab",
    "name": "Northshore Laboratory",
    "address": [
        {"line": ["12 Pier Road"], "city": "Port Alden", "state": "NY", "postalCode": "14499"}
    ],
    "telecom": [{"system": "phone", "value": "315-555-0150"}],
}
SPECIMEN = {
    "resourceType": "Specimen",
    "id": "s1",
    "subject": {"reference": "Patient/R-1"},
    "type": {"text": "Venous blood"},
    "collection": {
        "collectedDateTime": "2026-09-08T08:15:00-04:00",
        "bodySite": {"text": "Left arm"},
    },
    "condition": [{"text": "Hemolyzed"}],
    "note": [{"text": "Tube was half full"}],
}
ORDER = {
    "resourceType": "ServiceRequest",
    "id": "order",
    "status": "completed",
    "intent": "order",
    "subject": {"reference": "Patient/R-1"},
    "requester": {"reference": "Practitioner/park"},
}
PARK = {
    "resourceType": "Practitioner",
    "id": "park",
    "name": [{"family": "Park", "given": ["Helen"], "suffix": ["MD"]}],
}
USUAL = [{"low": {"value": 12, "unit": "g/dL"}, "high": {"value": 16, "unit": "g/dL"}}]


def whole() -> list[dict[str, Any]]:
    """A lab report with all that a lab must say."""
    hemoglobin = result(
        "hgb",
        "Hemoglobin",
        valueQuantity={"value": 11.20, "unit": "g/dL"},
        referenceRange=USUAL,
        interpretation=[{"coding": [{"code": "L"}]}],
        note=[{"text": "Repeated once"}],
    )
    count = report(
        code={"text": "Blood count", "coding": [{"display": "CBC panel - Blood"}]},
        performer=[{"reference": "Organization/lab"}],
        specimen=[{"reference": "Specimen/s1"}],
        basedOn=[{"reference": "ServiceRequest/order"}],
        result=[{"reference": "Observation/hgb"}],
        conclusion="A little low.\nRepeat in two weeks.",
        conclusionCode=[{"coding": [{"display": "Mild anemia"}]}],
    )
    return [LAB, PARK, SPECIMEN, ORDER, hemoglobin, count]


def test_a_lab_report_says_all_that_a_lab_must_say(give: Give, ruth: Reader) -> None:
    give(*whole())
    said = ruth.read("report", id_of("DiagnosticReport/r1"))
    for fact in (
        "Ruth Adler",
        "born March 4, 1951",
        "Record number R-1",
        "Northshore Laboratory",
        "12 Pier Road, Port Alden, NY 14499",
        "315-555-0150",
        "Date of the report September 8, 2026, 3:05",
        "1 of 1 outside the usual range",
        "Venous blood, Left arm",
        "taken September 8, 2026, 8:15",
        "Hemolyzed",
        "Tube was half full",
        "Hemoglobin",
        "11.2",
        "g/dL",
        "12–16",
        "Low",
        "Repeated once",
        "A little low.",
        "Mild anemia",
        "Ordered by Helen Park MD",
        "Status Final",
    ):
        assert fact in said.replace("\N{NO-BREAK SPACE}", " "), fact
    assert (
        ruth.address("lab", id_of("Observation/hgb"))
        in ruth.get("report", id_of("DiagnosticReport/r1")).content.decode()
    )


def test_what_is_outside_its_range_is_counted_and_stands_first(give: Give, ruth: Reader) -> None:
    values = [
        result(
            f"o{value}",
            f"Test {value}",
            valueQuantity={"value": value, "unit": "g/dL"},
            referenceRange=USUAL,
        )
        for value in (13, 14, 11)
    ]
    inside = [{"reference": f"Observation/{each['id']}"} for each in values]
    give(*values, report(code={"text": "Blood count"}, result=inside))
    said = ruth.read("report", id_of("DiagnosticReport/r1"))
    assert "1 of 3 outside the usual range" in said
    assert said.index("Test 11") < said.index("Test 13") < said.index("Test 14")


def test_a_sample_says_its_day_once(give: Give, ruth: Reader) -> None:
    give(*whole())
    assert ruth.read("report", id_of("DiagnosticReport/r1")).count("aken September 8, 2026") == 1


def test_what_travels_inside_a_report_is_read_too(give: Give, ruth: Reader) -> None:
    inside = [
        {**LAB, "name": "Travelling Laboratory"},
        result("inner", "Sodium", valueQuantity={"value": 140, "unit": "mmol/L"}),
    ]
    del inside[1]["subject"]
    give(
        report(
            contained=inside,
            performer=[{"reference": "#lab"}],
            result=[{"reference": "#inner"}],
        )
    )
    said = ruth.read("report", id_of("DiagnosticReport/r1"))
    assert "Travelling Laboratory" in said
    assert "12 Pier Road" in said
    assert "Sodium 140 mmol/L" in said
    assert "Travelling Laboratory" in ruth.read("reports")


def test_a_panel_stands_with_the_tests_it_consists_of(give: Give, ruth: Reader) -> None:
    panel = result("panel", "Metabolic panel", hasMember=[{"reference": "Observation/na"}])
    sodium = result("na", "Sodium", valueQuantity={"value": 140, "unit": "mmol/L"})
    loop = result("loop", "Odd panel", hasMember=[{"reference": "Observation/loop"}])
    references = [{"reference": f"Observation/{each}"} for each in ("panel", "loop")]
    give(panel, sodium, loop, report(result=references))
    said = ruth.read("report", id_of("DiagnosticReport/r1"))
    assert "Results of Metabolic panel" in said
    assert "Sodium 140 mmol/L" in said


def test_results_that_name_each_other_are_each_told_once(give: Give, ruth: Reader) -> None:
    keys = [f"o{number}" for number in range(6)]
    members = [{"reference": f"Observation/{key}"} for key in keys]
    give(*(result(key, f"Test {key}", valueString="here", hasMember=members) for key in keys))
    give(report(result=members))
    page = ruth.get("report", id_of("DiagnosticReport/r1")).content.decode()
    assert page.count('class="value">here<') == 6


def test_of_very_many_results_the_page_says_that_there_are_more(
    give: Give, ruth: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carespace.records.report_queries.MOST_MEMBERS", 2)
    keys = ["o1", "o2", "o3"]
    number = {"value": 13, "unit": "g/dL"}
    give(*(result(key, f"Test {key}", valueQuantity=number, referenceRange=USUAL) for key in keys))
    give(report(result=[{"reference": f"Observation/{key}"} for key in keys]))
    page = ruth.read("report", id_of("DiagnosticReport/r1"))
    assert "This report has more results than this page can show." in page
    assert "All in the usual range" not in page
    assert ("Test o2" in page, "Test o3" in page) == (True, False)


def test_a_role_that_stands_for_itself_has_no_name(give: Give, ruth: Reader) -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "#r"}}
    give(report(contained=[role], performer=[{"reference": "#r"}]))
    assert "Report r1" in ruth.read("report", id_of("DiagnosticReport/r1"))


def test_a_scan_is_told_in_full(give: Give, ruth: Reader) -> None:
    findings = "No new nodules.\n" + "The lungs are clear. " * 30 + "End of findings."
    text = result("f", "Findings", valueString=findings, category=category("imaging"))
    give(text, report("ct", "RAD", result=[{"reference": "Observation/f"}], conclusion="Stable."))
    identity = id_of("DiagnosticReport/ct")
    ruth.choose("read", "report", identity)
    said = ruth.read("report", identity)
    assert "Stable." in said
    assert "Findings No new nodules." in said
    assert "End of findings." in said


def test_a_narrative_is_told_where_there_is_nothing_else_and_cannot_do_harm(
    give: Give, ruth: Reader
) -> None:
    div = (
        '<div xmlns="http://www.w3.org/1999/xhtml"><h1>Chest</h1><p onclick="x()">Clear <b>lungs</b></p>'
        "<table><tr><td>A</td></tr></table></div>"
    )
    text = {"status": "generated", "div": div}
    give(report("n1", text=text), report("n2", text=text, conclusion="Said otherwise."))
    page = ruth.get("report", id_of("DiagnosticReport/n1")).content.decode()
    assert "Clear <b>lungs</b>" in page
    assert "onclick" not in page
    assert page.count("<h1") == 1
    assert "lungs" not in ruth.read("report", id_of("DiagnosticReport/n2"))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("registered", "This report is not ready yet."),
        ("partial", "Some parts of this report are still missing."),
        ("preliminary", "This is an early report. It may still change."),
        ("amended", "This report was corrected on September 9, 2026."),
        ("corrected", "This report was corrected on September 9, 2026."),
        ("appended", "Something was added to this report on September 9, 2026."),
        ("cancelled", "This test was cancelled."),
    ],
)
def test_how_far_a_report_is_stands_in_words(
    give: Give, ruth: Reader, status: str, words: str
) -> None:
    give(report(status=status, issued="2026-09-09T10:00:00-04:00", conclusion="Told"))
    said = ruth.read("report", id_of("DiagnosticReport/r1"))
    assert words in said
    assert ("Told" in said) == (status != "cancelled")


def test_a_corrected_report_replaces_what_it_said(give: Give, ruth: Reader) -> None:
    give(report(conclusion="First words"))
    give(report(conclusion="Better words", status="corrected", issued="2026-09-10T10:00:00-04:00"))
    said = ruth.read("report", id_of("DiagnosticReport/r1"))
    assert "corrected on September 10, 2026" in said
    assert "Better words" in said
    assert "First words" not in said
    assert "Corrected" in ruth.read("reports")


def test_a_withdrawn_report_says_so_and_nothing_else(give: Give, ruth: Reader) -> None:
    *others, count = whole()
    files = [form(PDF, "application/pdf")]
    give(*others, {**count, "presentedForm": files})
    file = file_of("DiagnosticReport/r1")
    give({**count, "status": "entered-in-error", "presentedForm": files})
    identity = id_of("DiagnosticReport/r1")
    said = ruth.read("report", identity)
    assert "was taken back. Do not go by it." in said
    for gone in ("11.2", "A little low", "Mild anemia", "Hemolyzed", "Download"):
        assert gone not in said, gone
    assert ruth.get("report-file", identity, file).status_code == 404
    assert ruth.get("report-file-download", identity, file).status_code == 404
    assert "Withdrawn: entered in error" in ruth.read("reports")


def test_a_report_comes_with_its_pdf(give: Give, ruth: Reader) -> None:
    give(report(presentedForm=[form(PDF, "application/pdf", "Blood count.pdf")]))
    identity, file = id_of("DiagnosticReport/r1"), file_of("DiagnosticReport/r1")
    page = ruth.get("report", identity).content.decode()
    assert (
        f'<iframe class="paper wide-only" src="{ruth.address("report-file", identity, file)}#navpanes=0&amp;view=FitH"'
        in (" ".join(page.split()))
    )
    answer = ruth.get("report-file", identity, file)
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    saved = ruth.get("report-file-download", identity, file)
    assert saved["Content-Disposition"] == 'attachment; filename="report-r1.pdf"'
    assert ruth.get("report-file", identity, uuid4()).status_code == 404


def test_text_and_web_pages_are_read_in_the_page_and_printed_with_it(
    give: Give, ruth: Reader
) -> None:
    web = b"<html><body><h2>Impression</h2><p>All <script>bad()</script>calm</p></body></html>"
    files = [form(b"Line one\nLine two", "text/plain"), form(web, "text/html")]
    give(report(presentedForm=files))
    page = ruth.get("report", id_of("DiagnosticReport/r1")).content.decode()
    assert "Line one\nLine two" in page
    assert "<p>All calm</p>" in page
    assert "bad()" not in page
    assert "<iframe" not in page


def test_a_file_that_never_came_is_asked_for_by_phone(give: Give, ruth: Reader) -> None:
    elsewhere = {"contentType": "application/pdf", "url": "https://ehr.example/r.pdf"}
    give(report(presentedForm=[elsewhere]))
    page = ruth.get("report", id_of("DiagnosticReport/r1")).content.decode()
    assert "We do not have this file" in page
    assert "https://ehr.example" not in page


def test_a_report_without_words_is_called_by_its_kind(give: Give, ruth: Reader) -> None:
    bare = {"coding": [{"system": LOINC, "code": "81247-9"}]}
    give(report("g", "GE", code=bare))
    said = ruth.read("reports")
    assert "Gene" in said
    assert "81247-9" not in said
    assert "There is nothing more in this report yet." not in said


def test_a_report_prints_with_its_patients_name(give: Give, ruth: Reader) -> None:
    give(*whole())
    page = ruth.get("report", id_of("DiagnosticReport/r1")).content.decode()
    head = page[page.index('class="print-head"') :]
    assert "<b>Ruth Adler</b>, born March 4, 1951" in head[:300]
    assert "<details" not in page[page.index("<main") : page.index("</main>")]
