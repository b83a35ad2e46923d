"""Every resource of the sample data is accounted for, by an independent count of the files."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from carespace.interop.importing import ImportReport
from carespace.interop.models import QuarantinedEntry
from carespace.records.models import Resource
from tests.interop.fhir.samples import needs_samples, sample_files
from tests.interop.fhir_builders import take

pytestmark = [pytest.mark.django_db, needs_samples]

SYNTHEA = "fhir/synthea-r4-bundles"
EVERY_NTH = 12

# What is not stored, and why that is right. The words for the whole table:
#   waiting: names a patient who is in no file of the folder; stored when that patient comes
#   no-resource-type: an export's log line, which is no FHIR
FOLDERS: dict[str, dict[str, int]] = {
    # Bundles whose subject is Patient/<identifier's value> while the Patient has another id: which
    # patient is meant would be a guess. Specimen and MessageHeader without any subject; one entry
    # without a resource.
    "ihe-sdc-cancer-pathology": {"waiting": 159, "no-patient": 7, "no-resource": 1},
    "mcode-stu1-examples": {},
    # Two MedicationRequests that are not R4 (a list where one object stands, a code of another version).
    "ndjson-small": {"waiting": 18, "no-resource-type": 2, "not-r4-code": 1, "not-r4-type": 1},
    # A DiagnosticReport whose narrative has no text, which R4 requires.
    "us-core-examples": {"not-r4-missing": 1},
    "bulk-export-us-core": {"no-resource-type": 4},
    "synthea-r4-ndjson-repackaged": {},
}


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON documents of a file, with nothing but the standard library."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    if ".ndjson" in path.name:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        yield json.loads(text)


def resources(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if document.get("resourceType") != "Bundle":
        yield document
        return
    for entry in document.get("entry", ()):
        yield from resources(entry.get("resource", {}))


def independent_counts(files: list[Path]) -> tuple[Counter[str], Counter[str]]:
    """How many resources of each type the files hold, and how many different ones."""
    every: Counter[str] = Counter()
    different: dict[str, set[str]] = {}
    for path in files:
        for document in documents(path):
            for found in resources(document):
                kind = found.get("resourceType")
                if kind:
                    every[kind] += 1
                    different.setdefault(kind, set()).add(found.get("id") or f"{path}{every}")
    return every, Counter({kind: len(ids) for kind, ids in different.items()})


def stored_by_type() -> Counter[str]:
    rows = Resource.objects.values_list("resource_type").annotate(many=Count("pk"))
    return Counter(dict(rows))


def state() -> list[Any]:
    return list(Resource.objects.order_by("pk").values("pk", "version", "content_hash", "patient"))


def accounted(report: ImportReport) -> int:
    """All that a first report says became of resources; an entry without a type is none."""
    untyped = QuarantinedEntry.objects.filter(resource_type="", state="quarantined").count()
    return (
        report.stored
        + report.updated
        + report.unchanged
        + report.waiting
        + report.quarantined
        - untyped
    )


def assert_counts(practice: Any, files: list[Path]) -> None:
    every, different = independent_counts(files)
    first = take(practice, *files)
    assert first.resources == every
    assert stored_by_type() == different
    assert (first.stored, first.quarantined, first.waiting) == (different.total(), 0, 0)
    assert accounted(first) == every.total()
    before = state()
    second = take(practice, *files)
    assert (second.stored, second.updated, second.unchanged) == (0, 0, every.total())
    assert state() == before


def test_a_twelfth_of_the_synthea_patients_is_stored_to_the_last_resource(practice):
    files = sample_files(SYNTHEA)
    plain = [path for path in files if path.suffix == ".json"]
    assert_counts(practice, sorted({*files[::EVERY_NTH], *plain[:2]}))


@pytest.mark.slow
def test_all_synthea_patients_are_stored_to_the_last_resource(practice):
    files = sample_files(SYNTHEA)
    assert_counts(practice, files)
    assert stored_by_type()["Patient"] == 220


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_resource_of_the_other_folders_is_accounted_for(practice, folder):
    files = sample_files(f"fhir/{folder}")
    every, _ = independent_counts(files)
    report = take(practice, *files)
    assert report.resources == every
    assert report.by_code == FOLDERS[folder]
    assert report.updated == 0
    assert accounted(report) == every.total()
    assert report.stored == Resource.objects.count()
    again = take(practice, *files)
    assert (again.stored, again.updated, again.by_code) == (0, 0, report.by_code)
    assert again.unchanged == report.stored + report.unchanged


def test_files_read_again_under_other_bytes_change_nothing(practice, tmp_path):
    copies = []
    for path in sample_files(SYNTHEA)[:2]:
        copy = tmp_path / f"{path.name}.json"
        (document,) = documents(path)
        copy.write_text(json.dumps(document, indent=1), encoding="utf-8")
        copies += [path, copy]
    originals, reprinted = copies[::2], copies[1::2]
    take(practice, *originals)
    before = state()
    report = take(practice, *reprinted)
    assert (report.files_known, report.stored) == (0, 0)
    assert report.updated == 0
    assert state() == before
