"""Reports that may hold news ask their reader first, and never block (ui.md section 6 page 7; IB-1)."""

import base64
from typing import Any

import pytest
from django.urls import reverse

from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from tests.people import Cast
from tests.reports.conftest import LOINC, PDF, Give, Reader, file_of, form, id_of, report, words_of

pytestmark = pytest.mark.django_db

ASKED = "Some people like to read it with their care team. You choose."
NEWS = "A new spot in the liver"


@pytest.fixture
def scan(give: Give) -> Any:
    give(report("ct", "RAD", conclusion=NEWS, presentedForm=[form(PDF, "application/pdf")]))
    return id_of("DiagnosticReport/ct")


def note(code: str) -> dict[str, Any]:
    """A clinical note of a type, as a document."""
    return {
        "resourceType": "DocumentReference",
        "id": f"d{code}",
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": code}], "text": f"Note {code}"},
        "subject": {"reference": "Patient/R-1"},
        "date": "2026-09-08T16:00:00-04:00",
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain",
                    "title": f"Note {code}",
                    "data": base64.b64encode(NEWS.encode()).decode(),
                }
            }
        ],
    }


def other_file() -> dict[str, Any]:
    data = base64.b64encode(b"Another paper").decode()
    return {"attachment": {"contentType": "text/plain", "title": "Another", "data": data}}


@pytest.mark.parametrize("kind", ["RAD", "PAT", "GE"])
def test_a_report_with_possible_news_asks_first(give: Give, ruth: Reader, kind: str) -> None:
    give(report("x", kind, conclusion=NEWS))
    said = ruth.read("report", id_of("DiagnosticReport/x"))
    assert "This report may have news about your cancer." in said
    assert ASKED in said
    assert "Report x" in said
    assert NEWS not in said
    assert "(555) 010-0142" in said


def test_a_lab_report_never_asks(give: Give, ruth: Reader) -> None:
    give(report("x", "LAB", conclusion=NEWS))
    assert NEWS in ruth.read("report", id_of("DiagnosticReport/x"))


def test_read_it_now_opens_it_at_once_and_for_good(scan: Any, ruth: Reader) -> None:
    answer = ruth.choose("read", "report", scan)
    assert (answer.status_code, answer["Location"]) == (302, ruth.address("report", scan))
    assert NEWS in ruth.read("report", scan)
    # The way back leads to the same address, which no longer asks: no answer is kept by the browser.
    again = ruth.get("report", scan)
    assert NEWS in words_of(again)
    assert again["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="news.read")
    assert (event.entity, event.entity_id) == ("report", str(scan))
    assert event.detail == {}


def test_waiting_leads_to_the_list_with_a_phone_number_and_changes_nothing(
    scan: Any, ruth: Reader
) -> None:
    answer = ruth.choose("wait", "report", scan)
    assert (answer.status_code, answer["Location"]) == (302, ruth.address("reports"))
    said = ruth.read("reports")
    assert "We keep “Report ct” closed for you." in said
    assert "Waiting for your team" in said
    assert "(555) 010-0142" in said
    assert "Report ct" in said
    assert ASKED in ruth.read("report", scan)
    assert AuditEvent.objects.filter(action="news.wait").count() == 1


def test_what_was_left_is_told_apart_until_it_is_opened(
    scan: Any, ruth: Reader, luis: Reader
) -> None:
    assert "Waiting for your team" not in ruth.read("reports")
    ruth.choose("wait", "report", scan)
    assert "Waiting for your team" in ruth.read("reports")
    assert "Waiting for your team" not in luis.read("reports")
    ruth.choose("read", "report", scan)
    assert "Waiting for your team" not in ruth.read("reports")


def test_one_answer_covers_a_report_and_its_document(
    give: Give, ruth: Reader, luis: Reader
) -> None:
    give(
        report("tissue", "PAT", presentedForm=[form(NEWS.encode(), "text/plain")]),
        note("11526-1"),
        {**note("60567-5"), "content": [other_file()]},
    )
    tissue, paper = id_of("DiagnosticReport/tissue"), id_of("DocumentReference/d11526-1")
    other = id_of("DocumentReference/d60567-5")
    luis.choose("wait", "report", tissue)
    assert luis.read("documents").count("Waiting for your team") == 1
    assert ASKED in luis.read("document", paper)
    luis.choose("read", "report", tissue)
    assert NEWS in luis.read("document", paper)
    assert "Waiting for your team" not in luis.read("documents")
    assert ASKED in luis.read("document", other)
    ruth.choose("read", "document", paper)
    assert NEWS in ruth.read("report", tissue)


def test_a_document_that_names_its_report_is_covered_too(give: Give, ruth: Reader) -> None:
    related = {"related": [{"reference": "DiagnosticReport/ct"}]}
    give(report("ct", "RAD", conclusion="Told"), {**note("18748-4"), "context": related})
    ruth.choose("read", "report", id_of("DiagnosticReport/ct"))
    assert NEWS in ruth.read("document", id_of("DocumentReference/d18748-4"))


def test_each_reader_is_asked_for_themselves(scan: Any, ruth: Reader, luis: Reader) -> None:
    ruth.choose("read", "report", scan)
    said = luis.read("report", scan)
    assert "This report may have news about Ruth’s cancer." in said
    assert NEWS not in said
    luis.choose("read", "report", scan)
    assert NEWS in luis.read("report", scan)


def test_staff_are_not_asked_and_leave_no_look(
    scan: Any, cast: Cast, nurse: User, ruth: Reader
) -> None:
    joy = Reader(cast, nurse)
    assert NEWS in joy.read("report", scan)
    assert ASKED in ruth.read("report", scan)


def test_its_files_ask_as_well(scan: Any, ruth: Reader) -> None:
    file = file_of("DiagnosticReport/ct")
    for name in ("report-file", "report-file-download"):
        answer = ruth.get(name, scan, file)
        assert (answer.status_code, answer["Location"]) == (302, ruth.address("report", scan))
    ruth.choose("read", "report", scan)
    assert ruth.get("report-file", scan, file).content == PDF


def test_who_chose_to_see_all_at_once_is_not_asked(scan: Any, ruth: Reader, luis: Reader) -> None:
    link = f"{reverse('portal:settings')}#results"
    assert link in ruth.get("report", scan).content.decode()
    ruth.client.post(reverse("portal:settings-results"), {"news": "at-once"})
    assert NEWS in ruth.read("report", scan)
    assert ASKED in luis.read("report", scan)
    assert AuditEvent.objects.get(action="user.news").detail == {"at_once": True}
    ruth.client.post(reverse("portal:settings-results"), {"news": "anything"})
    assert AuditEvent.objects.filter(action="user.news").count() == 1
    ruth.client.post(reverse("portal:settings-results"), {"news": "ask"})
    assert NEWS in ruth.read("report", scan), "one that was opened asks no more"


def test_settings_show_what_was_chosen(cast: Cast, ruth: Reader) -> None:
    def checked() -> str:
        page = ruth.client.get(reverse("portal:settings")).content.decode()
        at = page.index("checked", page.index('id="results"'))
        return page[page.rindex("<input", 0, at) : at]

    assert 'value="ask"' in checked()
    ruth.client.post(reverse("portal:settings-results"), {"news": "at-once"})
    assert 'value="at-once"' in checked()


def test_a_correction_does_not_ask_again(give: Give, scan: Any, ruth: Reader) -> None:
    ruth.choose("read", "report", scan)
    give(report("ct", "RAD", conclusion="No spot after all", status="corrected"))
    assert "No spot after all" in ruth.read("report", scan)


@pytest.mark.parametrize("code", ["18748-4", "11526-1", "60567-5", "68604-8", "51969-4"])
def test_a_note_of_such_a_kind_asks_as_well(give: Give, ruth: Reader, code: str) -> None:
    give(note(code))
    identity = id_of(f"DocumentReference/d{code}")
    assert ASKED in ruth.read("document", identity)
    for name in ("document-content", "document-download"):
        answer = ruth.get(name, identity)
        assert (answer.status_code, answer["Location"]) == (302, ruth.address("document", identity))
    answer = ruth.choose("read", "document", identity)
    assert answer["Location"] == ruth.address("document", identity)
    assert ASKED not in ruth.read("document", identity)
    assert NEWS.encode() in ruth.get("document-download", identity).content


def test_a_visit_note_does_not_ask(give: Give, ruth: Reader) -> None:
    give(note("11506-3"))
    identity = id_of("DocumentReference/d11506-3")
    assert ASKED not in ruth.read("document", identity)
    assert NEWS.encode() in ruth.get("document-download", identity).content


def test_an_answer_for_what_is_not_there_is_refused(scan: Any, ruth: Reader) -> None:
    assert ruth.choose("read", "document", scan).status_code == 404
    assert ruth.get("report-choose", scan).status_code == 302
    assert not AuditEvent.objects.filter(action="news.read").exists()


def test_the_activity_says_what_was_chosen(scan: Any, ruth: Reader) -> None:
    ruth.choose("wait", "report", scan)
    ruth.choose("read", "report", scan)
    said = ruth.read("activity")
    assert "Chose to leave a report for the care team" in said
    assert "Chose to read a report that may have news" in said
