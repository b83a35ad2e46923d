"""Real files of others: R4 is taken, everything else is refused for a reason."""

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

from carespace.interop.fhir.reading import FhirEntry, Unreadable
from carespace.interop.fhir.structure import modifier_problems, problems
from carespace.values import JsonRefused, dump_json, parse_json
from tests.interop.fhir.samples import needs_samples, read_all, sample_files

pytestmark = needs_samples

# Samples that are truly not R4, with what is wrong in them.
NOT_R4 = {
    "diagnosticreport-cbc.json": {"DiagnosticReport.text.div"},
    "MedicationRequest.ndjson": {
        "MedicationRequest.groupIdentifier",
        "MedicationRequest.status",
    },
}
FOLDERS = [
    "fhir/bulk-export-us-core",
    "fhir/ihe-sdc-cancer-pathology",
    "fhir/mcode-stu1-examples",
    "fhir/ndjson-small",
    "fhir/synthea-r4-ndjson-repackaged",
    "fhir/us-core-examples",
]
# Every so many files of the 220 bundles; ./dev test --slow reads them all.
BUNDLE_STEP = 20
ORACLE_ENTRIES_OF_A_FILE = 3


def refused(folder: str) -> Counter[str]:
    """Return the codes of what could not be read, and check all that could."""
    codes: Counter[str] = Counter()
    for path in sample_files(folder):
        for each in read_all(path):
            if isinstance(each, Unreadable):
                codes[each.code] += 1
                continue
            found = {problem.path for problem in problems(each.resource)}
            assert found <= NOT_R4.get(path.name, set()), (path.name, each.position)
            assert modifier_problems(each.resource) == []
    return codes


@pytest.mark.parametrize("folder", FOLDERS)
def test_samples_of_r4_are_taken(folder: str) -> None:
    # Export logs have no resourceType; one bundle has an entry without a resource.
    assert set(refused(folder)) <= {"no-resource-type", "no-resource"}


def check_bundles(paths: list[Path]) -> int:
    entries = 0
    for path in paths:
        for each in read_all(path):
            assert isinstance(each, FhirEntry)
            assert problems(each.resource) == [], (path.name, each.position)
            entries += 1
    return entries


def test_a_sample_of_synthea_bundles_is_taken() -> None:
    assert check_bundles(sample_files("fhir/synthea-r4-bundles")[::BUNDLE_STEP]) > 1000


@pytest.mark.slow
def test_every_synthea_bundle_is_taken() -> None:
    assert check_bundles(sample_files("fhir/synthea-r4-bundles")) > 60_000


@pytest.mark.parametrize("name", sorted(NOT_R4))
def test_a_sample_that_is_not_r4_is_found(name: str) -> None:
    paths = [path for folder in FOLDERS for path in sample_files(folder) if path.name == name]
    found = {
        problem.path
        for path in paths
        for each in read_all(path)
        if isinstance(each, FhirEntry)
        for problem in problems(each.resource)
    }
    assert found == NOT_R4[name]


@pytest.mark.parametrize("folder", ["fhir-wrong-version-stu3", "fhir-wrong-version-dstu2"])
def test_other_versions_of_fhir_are_refused(folder: str) -> None:
    for path in sample_files(f"hostile/{folder}"):
        for each in read_all(path):
            assert isinstance(each, Unreadable) or problems(each.resource), path.name


def test_json_is_accepted_and_refused_as_its_test_suite_says() -> None:
    for path in sample_files("hostile/json-test-suite"):
        if path.suffix != ".json" or path.name.startswith("i_"):
            continue
        try:
            parse_json(path.read_bytes())
        except JsonRefused as refusal:
            # JSON allows these two; a record cannot keep them or must not guess.
            kept_out = "same key twice" in str(refusal) or "null character" in str(refusal)
            assert path.name.startswith("n_") or kept_out, path.name
        else:
            assert path.name.startswith("y_"), path.name


def test_every_hostile_file_is_refused_with_a_reason() -> None:
    for folder in ("json-test-suite", "naughty-strings"):
        for path in sample_files(f"hostile/{folder}"):
            found = list(read_all(path))
            assert found
            assert all(isinstance(each, Unreadable) and each.reason for each in found), path.name


def test_naughty_strings_come_back_as_they_were() -> None:
    (path,) = sample_files("hostile/naughty-strings")
    for text in parse_json(path.read_bytes()):
        patient = {"resourceType": "Patient", "name": [{"text": text or "x"}]}
        assert problems(patient) == []
        assert parse_json(dump_json(patient)) == patient


def oracle_sample() -> Iterator[tuple[str, FhirEntry]]:
    for folder in [*FOLDERS, "hostile/fhir-wrong-version-stu3"]:
        for path in sample_files(folder):
            entries = [each for each in read_all(path) if isinstance(each, FhirEntry)]
            for each in entries[:ORACLE_ENTRIES_OF_A_FILE]:
                yield f"{path.name} {each.position}", each


def test_an_independent_model_of_fhir_agrees() -> None:
    for place, each in oracle_sample():
        ours = not problems(each.resource)
        assert ours == accepted_by_oracle(each), place


def accepted_by_oracle(entry: FhirEntry) -> bool:
    """Whether fhir.resources (R4B) takes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = get_fhir_model_class(entry.resource["resourceType"])
            model.model_validate_json(dump_json(entry.resource))
        except ValueError:
            return False
    return True
