"""The sample feeds beside the checkout: each patient's pages are whole, and show as much as the files hold."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from carespace.access.models import Grant
from carespace.interop.importing import files_below, import_files
from carespace.patients.models import Patient
from tests.conftest import WebClient
from tests.interop.fhir.samples import SHARED, needs_samples
from tests.people import Cast, let_see, sign_in
from tests.record_more.conftest import words_of

pytestmark = [pytest.mark.django_db, needs_samples]
SLUGS = {
    "MedicationRequest": "medicines",
    "MedicationStatement": "medicines",
    "MedicationDispense": "medicines",
    "MedicationAdministration": "medicines",
    "AllergyIntolerance": "allergies",
    "Condition": "health-issues",
    "Procedure": "procedures",
    "Immunization": "vaccines",
}
ENTRY = re.compile(r'<li id="entry-([0-9a-f-]{36})"')
# Numbers of SNOMED CT, RxNorm and LOINC, and ICD-10 codes, standing as words.
BARE = re.compile(r"\b(?:[0-9]{6,18}|LA[0-9]{4,6}-[0-9]|[A-Z][0-9]{2}\.[0-9]+|[0-9]{4,5}-[0-9])\b")


def resources_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the files without the import: NDJSON, single resources and Bundles."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
        lines = text.splitlines() if ".ndjson" in path.name else [text]
        for found in (json.loads(line) for line in lines if line.strip()):
            entries = found.get("entry", []) if found.get("resourceType") == "Bundle" else None
            yield from [found] if entries is None else [each["resource"] for each in entries]


def counted(folder: Path) -> Counter[str]:
    """Return how many entries each page must show of all patients together; one that comes twice counts once."""
    count: dict[tuple[str, str], str] = {}
    for each in resources_in(folder):
        taken_back = each.get("status") == "entered-in-error" or "entered-in-error" in json.dumps(
            each.get("verificationStatus", {})
        )
        kind = each.get("resourceType", "")
        if kind in SLUGS and not taken_back:
            count[kind, each["id"]] = SLUGS[kind]
    return Counter(count.values())


def shown(client: WebClient, patient: UUID, slug: str) -> set[str]:
    """Return the entries of all pages of one part, and look at the words of each page."""
    found: set[str] = set()
    for number in range(1, 200):
        address = reverse("portal:section", args=[patient, slug])
        answer = client.get(address, {"page": number})
        assert answer.status_code == 200
        page = answer.content.decode()
        words = words_of(page)
        assert "cannot show" not in words
        assert not BARE.search(words), (slug, BARE.findall(words)[:3])
        more = set(ENTRY.findall(page))
        if not more:
            break
        found |= more
    return found


@pytest.mark.parametrize(
    "name", ["mcode-stu1-examples", "us-core-examples", "bulk-export-us-core"]
)  # fmt: skip
def test_each_page_shows_what_the_files_hold(cast: Cast, client: WebClient, name: str) -> None:
    folder = SHARED / "data" / "fhir" / name
    import_files(cast.practice, name, files_below([folder]))
    sign_in(client, cast.ruth)
    count: Counter[str] = Counter()
    for patient in Patient.objects.filter(practice=cast.practice):
        if not Grant.objects.filter(user=cast.ruth, patient=patient).exists():
            let_see(cast.ruth, patient, "family")
        for slug in set(SLUGS.values()):
            count[slug] += len(shown(client, patient.pk, slug))
        assert client.get(reverse("portal:section", args=[patient.pk, "cancer"])).status_code == 200
        days = client.get(
            reverse("portal:by-date", args=[patient.pk]), {"from": "1900-01-01", "to": "2100-01-01"}
        )
        assert days.status_code == 200
    assert +count == counted(folder)
