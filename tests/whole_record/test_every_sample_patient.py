"""For each sample patient every page is there, and shows what an independent count of the files says it must (VDT-1).

The small form takes some of the patients; the full one (``slow``) all 230.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.urls import reverse

from carespace.accounts.models import User
from carespace.patients.models import Patient
from carespace.records.models import Resource
from tests.conftest import WebClient
from tests.interop.fhir.samples import needs_samples, sample_files
from tests.interop.fhir_builders import take
from tests.people import Cast, let_see, make_cast, make_person, sign_in
from tests.whole_record import counting
from tests.whole_record.counting import LABS, PARTS, VITALS, Json
from tests.whole_record.pages import Record, read_record

pytestmark = [pytest.mark.django_db, needs_samples]
ENTRY = re.compile(r'<li id="(entry-[0-9a-f-]+)"')
RESULT = '<tr class="result"'
ROWS = re.compile(r"<tbody role=\"rowgroup\">(.*?)</tbody>", re.DOTALL)
ITS_PAGE = re.compile(r'<a href="([^"]+)"')
PAST = re.compile(r'<h2 id="past-title">.*', re.DOTALL)
PAGE = re.compile(r"[?&]page=\d+")
# A report of the US Core examples is not R4 (its narrative has no text) and is set aside with that reason.
NOT_TAKEN = {("DiagnosticReport", "cbc")}
SYNTHEA = "fhir/synthea-r4-bundles"
EVERY_NTH = 45


def synthea() -> list[Path]:
    return [path for path in sample_files(SYNTHEA) if "_directory" not in path.parts]


@pytest.mark.parametrize("folder", ["fhir/mcode-stu1-examples", "fhir/us-core-examples"])
def test_the_examples_of_the_guides(client: WebClient, folder: str) -> None:
    look_at_all(client, [sample_files(folder)], make_cast())


def test_some_synthea_patients(client: WebClient) -> None:
    look_at_all(client, [[path] for path in synthea()[::EVERY_NTH]], make_cast())


@pytest.mark.slow
def test_all_synthea_patients(client: WebClient) -> None:
    assert len(synthea()) == 220
    look_at_all(client, [[path] for path in synthea()], make_cast())


@pytest.mark.slow
def test_all_patients_of_a_bulk_export(client: WebClient) -> None:
    look_at_all(client, [sample_files("fhir/bulk-export-us-core")], make_cast())


@pytest.mark.slow
def test_all_patients_of_separate_files(client: WebClient) -> None:
    look_at_all(client, [sample_files("fhir/synthea-r4-ndjson-repackaged")], make_cast())


def look_at_all(client: WebClient, deliveries: Iterable[list[Path]], cast: Cast) -> None:
    """Import each delivery and look at each of its patients' pages, one after the other."""
    reader = make_person("Rea Reader")
    seen = 0
    for files in deliveries:
        take(cast.practice, *files)
        found = [each for each in counting.read(files) if is_taken(each)]
        people = counting.by_patient(found)
        for identity in [str(each["id"]) for each in found if each["resourceType"] == "Patient"]:
            look_at(client, reader, patient_of(identity), people[identity])
            seen += 1
    assert seen


def is_taken(resource: Json) -> bool:
    kind = resource.get("resourceType")
    return bool(kind) and (kind, resource.get("id")) not in NOT_TAKEN


def patient_of(identity: str) -> Patient:
    (row,) = Resource.objects.filter(
        resource_type="Patient", source_key__regex=f"(^|[/:]){re.escape(identity)}$"
    ).select_related("patient")
    assert row.patient is not None
    return row.patient


def look_at(client: WebClient, reader: User, patient: Patient, things: list[Json]) -> None:
    let_see(reader, patient, "family")
    User.objects.filter(pk=reader.pk).update(shows_news_at_once=True)
    reader.refresh_from_db()
    sign_in(client, reader)
    record = read_record(client, reverse("portal:home", args=[patient.pk]))
    shown = {slug: len(entries(record, patient, slug)) for slug in PARTS}
    assert shown == {slug: counting.of_types(things, types) for slug, types in PARTS.items()}
    for page, one, categories in (("labs", "lab", LABS), ("vital-signs", "vital-sign", VITALS)):
        expected = counting.tests(things, categories)
        html = record.pages[reverse(f"portal:{page}", args=[patient.pk])]
        assert html.count(RESULT) == len(expected), page
        assert past_rows(record, patient, page) == expected.total(), one
    reports = counting.of_types(things, ["DiagnosticReport", "ImagingStudy"])
    assert table_rows(record, patient, "reports") == reports
    assert table_rows(record, patient, "documents") == counting.current_documents(things)


def listed(record: Record, address: str) -> list[str]:
    """Return the pages of one list: its first one, and what "Show older" leads to."""
    return [html for url, html in record.pages.items() if PAGE.sub("", url) == address]


def entries(record: Record, patient: Patient, slug: str) -> set[str]:
    address = reverse("portal:section", args=[patient.pk, slug])
    return {entry for html in listed(record, address) for entry in ENTRY.findall(html)}


def table_rows(record: Record, patient: Patient, page: str) -> int:
    pages = listed(record, reverse(f"portal:{page}", args=[patient.pk]))
    return sum(body.count("<tr") for html in pages for body in ROWS.findall(html))


def past_rows(record: Record, patient: Patient, page: str) -> int:
    """Count the results in the tables of all tests of ``page``, each test's own pages turned to their end."""
    html = record.pages[reverse(f"portal:{page}", args=[patient.pk])]
    tests = [ITS_PAGE.search(row)[1] for row in html.split(RESULT)[1:]]  # type: ignore[index]
    return sum(
        body.count("<tr")
        for address in tests
        for page_of_test in listed(record, address)
        for past in PAST.findall(page_of_test)
        for body in ROWS.findall(past)
    )
