"""Every part of every sample patient's record: it renders, and each entry is where it belongs (VDT-1)."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.urls import reverse

from carespace.interop.importing import import_files
from carespace.patients.models import Patient
from carespace.portal.record.contents import PARTS
from carespace.portal.record.parts.other import HAS_A_PAGE, NOT_SHOWN
from carespace.records.entries import belongs
from carespace.records.lab_queries import LAB_CATEGORIES, VITAL_CATEGORIES
from carespace.records.models import Resource
from tests.conftest import WebClient
from tests.interop.fhir.samples import needs_samples, sample_files
from tests.people import let_see, make_person, make_practice, sign_in
from tests.record_more.conftest import words_of

pytestmark = [pytest.mark.django_db, needs_samples]
FOLDERS = (
    "us-core-examples", "bulk-export-us-core", "mcode-stu1-examples", "ndjson-small",
    "synthea-r4-bundles", "synthea-r4-ndjson-repackaged", "ihe-sdc-cancer-pathology",
)  # fmt: skip
MOST_PATIENTS = 3
# A LOINC, SNOMED CT or RxNorm number, an OID or a code system's address standing where words should.
BARE = re.compile(
    r"(?<![\w./()-])(?:\d{4,5}-\d|urn:oid:\S+|http://\S*(?:loinc|snomed|hl7)\S*)(?![\w)-])"
)


def _take(folder: str, tmp_path: Path) -> list[Patient]:
    """Import a folder of samples; one that names a patient without bringing it gets a plain one."""
    practice = make_practice()
    files = [path for path in sample_files(f"fhir/{folder}") if path.suffix in {".json", ".ndjson"}]
    made = tmp_path / "Patients.ndjson"
    named = {name for path in files for name in _patients_named(path)}
    made.write_text("\n".join(json.dumps(_plain(name)) for name in sorted(named)), encoding="utf-8")
    import_files(practice, folder, [*files, made])
    counts = Counter(Resource.objects.exclude(patient=None).values_list("patient_id", flat=True))
    richest = [key for key, _ in counts.most_common(MOST_PATIENTS)]
    return list(Patient.objects.filter(pk__in=richest))


def _patients_named(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    brought = set(re.findall(r'"resourceType"\s*:\s*"Patient",\s*"id"\s*:\s*"([^"]+)"', text))
    return set(re.findall(r'"reference"\s*:\s*"Patient/([A-Za-z0-9.-]+)"', text)) - brought


def _plain(name: str) -> dict[str, object]:
    return {
        "resourceType": "Patient",
        "id": name,
        "name": [{"family": f"Family {name[:8]}", "given": ["Given"]}],
        "birthDate": "1960-02-03",
        "gender": "female",
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_part_of_the_samples_renders(folder: str, tmp_path: Path, client: WebClient) -> None:
    patients = _take(folder, tmp_path)
    assert patients
    reader = make_person("Rita Reader")
    for patient in patients:
        let_see(reader, patient, "family")
    sign_in(client, reader)
    for patient in patients:
        for part in PARTS:
            response = client.get(reverse("portal:section", args=[patient.pk, part.slug]))
            assert response.status_code == 200
            page = words_of(response.content.decode())
            assert "came in a form that we cannot show" not in page, (part.slug, page)
            assert BARE.findall(page) == [], (part.slug, page)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_entry_of_the_samples_is_somewhere(folder: str, tmp_path: Path) -> None:
    _take(folder, tmp_path)
    rows = Resource.objects.exclude(patient=None)
    kinds = set(rows.values_list("resource_type", "topic"))
    assert kinds
    astray = [
        (row.resource_type, row.categories, row.topic)
        for row in rows
        if not any(
            belongs(part.kind, row.resource_type, row.categories, row.topic) for part in PARTS
        )
        and row.resource_type not in NOT_SHOWN
        and not _has_a_page(row)
    ]
    assert astray == []


def _has_a_page(row: Resource) -> bool:
    if row.resource_type != "Observation":
        return row.resource_type in HAS_A_PAGE
    return bool({*LAB_CATEGORIES, *VITAL_CATEGORIES} & set(row.categories))
