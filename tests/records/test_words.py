"""What coded things are called: never a bare code, our words for HL7's own, the record's for all else."""

import importlib.util
import json
from collections.abc import Iterator
from importlib.resources import files
from types import ModuleType
from typing import Any

import msgspec
import pytest

from carespace.records.readings.clinical_words import SNOMED
from carespace.records.readings.code_words import CODE_WORDS
from carespace.records.readings.people_words import TERMINOLOGY, language_words
from carespace.records.readings.plain_labs import LOINC
from carespace.records.readings.status_words import STATUS_WORDS
from carespace.records.readings.words import (
    listed,
    said,
    said_code,
    said_coding,
    said_or_code,
    status_word,
)
from carespace.values import CodeableConcept, Coding
from tests.guard.test_words import BANNED
from tests.guard.tree import ROOT
from tests.interop.fhir.samples import SHARED, needs_samples, needs_schema, sample_files

TABLE = files("carespace.records").joinpath("displays.json")
LARGEST_TABLE_BYTES = 400_000
FINDING = f"{TERMINOLOGY}v3-ObservationInterpretation"


def concept(text: str | None = None, *codings: tuple[str, str, str | None]) -> CodeableConcept:
    return CodeableConcept(
        text=text, coding=tuple(Coding(system=s, code=c, display=d) for s, c, d in codings)
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, ""),
        (concept(), ""),
        (concept("  Rash on both arms "), "Rash on both arms"),
        (concept("HGB", (LOINC, "718-7", None)), "HGB"),
        (concept(None, (SNOMED, "1", None), (SNOMED, "2", "Rash")), "Rash"),
        (concept(None, (LOINC, "718-7", None)), "Hemoglobin"),
        (concept("718-7", (LOINC, "718-7", None)), "Hemoglobin"),
        (concept("718-7", (LOINC, "718-7", "718-7")), "Hemoglobin"),
        (concept("4548-4"), ""),
        (concept("C34.11", ("http://hl7.org/fhir/sid/icd-10-cm", "C34.11", None)),
         "Malignant neoplasm of upper lobe, right bronchus or lung"),
        (concept(None, ("http://hl7.org/fhir/sid/icd-10-cm", "C34.11", "C34.11")),
         "Malignant neoplasm of upper lobe, right bronchus or lung"),
        (concept(None, ("https://local.example", "8812", None)), ""),
        (concept("LOCAL", ("https://local.example", "LOCAL", None)), "LOCAL"),
        (concept("X", (f"{TERMINOLOGY}condition-category", "problem-list-item", None)), "X"),
        (concept(None, (f"{TERMINOLOGY}condition-category", "problem-list-item", "Problem List Item")),
         "Health issue"),
        (concept(None, (f"{TERMINOLOGY}condition-category", "local-kind", "Our own kind")), "Our own kind"),
        (concept(None, (SNOMED, "26643006", "Oral route")), "Oral route"),
        (concept(None, (SNOMED, "26643006", None)), "By mouth"),
        (concept(None, (SNOMED, "10200004", None)), "Liver structure"),
        (concept(None, (FINDING, "A", "Abnormal")), "Outside the usual range"),
    ],
)  # fmt: skip
def test_a_concept_is_said_in_words(found: CodeableConcept | None, words: str) -> None:
    assert said(found) == words


def test_a_language_is_named_by_its_tag() -> None:
    assert said(concept(None, ("urn:ietf:bcp:47", "en-US", None))) == "English"
    assert said(concept(None, ("urn:ietf:bcp:47", "es-MX", "Spanish (Mexico)"))) == "Spanish"
    assert said(concept(None, ("urn:ietf:bcp:47", "tlh", "Klingon"))) == "Klingon"


def test_one_coding_is_said_in_words() -> None:
    assert said_coding(None) == ""
    assert said_coding(Coding(display="Rash")) == "Rash"
    assert said_coding(Coding(system=SNOMED, code="77386006")) == "Pregnant"
    assert said_coding(Coding(code="77386006")) == ""


def test_several_concepts_are_listed_once_each() -> None:
    assert listed([concept("A b"), None, concept("C d"), concept("A b"), concept()]) == "A b, C d"


def test_a_coded_result_is_never_lost() -> None:
    assert said_or_code(concept(None, ("", "POS", None))) == "POS"
    assert (
        said_or_code(concept(None, ("", "11258000", None)))
        == "A coded result; ask your care team about it"
    )
    assert said_or_code(concept("Found")) == "Found"
    assert said_or_code(concept("12.5")) == "12.5"
    assert said_or_code(concept("11258000", ("", "11258000", None))).startswith("A coded result")
    assert said_or_code(concept()) == ""


def test_a_notation_is_its_own_word() -> None:
    assert said(concept(None, ("http://cancerstaging.org", "pT3", None))) == "pT3"


def test_an_unknown_code_has_no_words() -> None:
    assert said_code("", "") == ""
    assert said_code(SNOMED, "0") == ""
    assert said_code("https://nowhere.example", "active") == ""
    assert status_word("Goal", "lifecycleStatus", "paused") == ""
    assert status_word("Teapot", "colour", "active") == ""
    assert status_word("Teapot", "status", "brewing") == ""
    assert status_word("Goal", "priority", None) == ""


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "1" * 1_000_000, "1-" * 500_000, "\x00\u202e", " " * 100_000]
)
def test_hostile_text_never_raises_nor_takes_long(text: str) -> None:
    found = concept(text, (text, text, text), (SNOMED, text, text), (text, "x", None))
    assert isinstance(said(found), str)
    assert isinstance(said_or_code(found), str)
    assert isinstance(language_words(text), str)
    assert status_word(text, text, text) == ""


def test_our_words_are_plain_and_kind() -> None:
    every = [
        str(words)
        for table in (*CODE_WORDS.values(), *STATUS_WORDS.values())
        for words in table.values()
    ]
    assert len(every) > 500
    assert [
        words for words in every if BANNED.search(words) or "\u2014" in words or not words.strip()
    ] == []
    assert [words for words in every if words[0].islower() and not words.endswith("s")] == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "English"),
        ("en-US", "English"),
        ("ES", "Spanish"),
        ("spa", "Spanish"),
        ("tlh", ""),
        ("", ""),
    ],
)
def test_a_language_is_named(code: str, words: str) -> None:
    assert language_words(code) == words


# Elements whose codes R4 closes, and the name of the code set.
CLOSED: list[tuple[str, str, str]] = [
    ("AllergyIntolerance", "criticality", "AllergyIntoleranceCriticality"),
    ("AllergyIntolerance", "type", "AllergyIntoleranceType"),
    ("AllergyIntolerance", "category", "AllergyIntoleranceCategory"),
    ("AllergyIntolerance", "reaction.severity", "AllergyIntoleranceSeverity"),
    ("MedicationRequest", "status", "medicationrequestStatus"),
    ("MedicationRequest", "intent", "medicationRequestIntent"),
    ("MedicationStatement", "status", "MedicationStatementStatusCodes"),
    ("Immunization", "status", "ImmunizationStatusCodes"),
    ("Procedure", "status", "EventStatus"),
    ("Observation", "status", "ObservationStatus"),
    ("DiagnosticReport", "status", "DiagnosticReportStatus"),
    ("DocumentReference", "status", "DocumentReferenceStatus"),
    ("DocumentReference", "docStatus", "CompositionStatus"),
    ("CarePlan", "status", "RequestStatus"),
    ("CarePlan", "activity.status", "CarePlanActivityStatus"),
    ("CareTeam", "status", "CareTeamStatus"),
    ("Goal", "lifecycleStatus", "GoalLifecycleStatus"),
    ("ServiceRequest", "status", "RequestStatus"),
    ("ServiceRequest", "intent", "RequestIntent"),
    ("ServiceRequest", "priority", "RequestPriority"),
    ("Encounter", "status", "EncounterStatus"),
    ("Appointment", "status", "AppointmentStatus"),
    ("Coverage", "status", "FinancialResourceStatusCodes"),
    ("Device", "status", "FHIRDeviceStatus"),
    ("Specimen", "status", "SpecimenStatus"),
    ("QuestionnaireResponse", "status", "QuestionnaireResponseStatus"),
    ("FamilyMemberHistory", "status", "FamilyHistoryStatus"),
    ("ImagingStudy", "status", "ImagingStudyStatus"),
    ("Consent", "status", "ConsentState"),
    ("Patient", "gender", "AdministrativeGender"),
    ("ContactPoint", "system", "ContactPointSystem"),
    ("ContactPoint", "use", "ContactPointUse"),
    ("Address", "use", "AddressUse"),
    ("Address", "type", "AddressType"),
    ("HumanName", "use", "NameUse"),
]


@pytest.mark.parametrize(("resource_type", "element", "code_set"), CLOSED)
def test_every_code_of_a_closed_element_has_a_word(
    resource_type: str, element: str, code_set: str
) -> None:
    codes = json.loads(files("carespace.interop.fhir").joinpath("r4_table.json").read_bytes())[
        "codes"
    ]
    assert [code for code in codes[code_set] if not status_word(resource_type, element, code)] == []


def test_a_kind_of_resource_without_a_table_says_the_common_statuses() -> None:
    assert status_word("ClinicalImpression", "status", "completed") == "Finished"
    assert status_word("Task", "status", "failed") == "Did not work"
    assert status_word("Invoice", "status", "balanced") == "Paid"


def test_no_code_of_a_closed_element_is_misspelled() -> None:
    """A code of ours that R4 has nowhere would never be shown."""
    sets = json.loads(files("carespace.interop.fhir").joinpath("r4_table.json").read_bytes())[
        "codes"
    ]
    known = {code for codes in sets.values() for code in codes}
    ours = {code for place in CLOSED for code in STATUS_WORDS[place[:2]]}
    assert ours - known == set()


# --- Records written by others ---------------------------------------------------------------


def concepts_in(value: object) -> Iterator[CodeableConcept]:
    """Every CodeableConcept that has a coding, anywhere below ``value``."""
    if isinstance(value, list):
        for each in value:
            yield from concepts_in(each)
    elif isinstance(value, dict):
        if isinstance(value.get("coding"), list):
            yield msgspec.convert(value, CodeableConcept)
        for each in value.values():
            yield from concepts_in(each)


@needs_samples
@pytest.mark.parametrize(
    ("folder", "most_unnamed"),
    [("fhir/us-core-examples", 0.02), ("fhir/mcode-stu1-examples", 0.15)],
)
def test_sample_records_are_said_in_words_and_never_as_bare_numbers(
    folder: str, most_unnamed: float
) -> None:
    found = [
        each
        for path in sample_files(folder)
        if path.suffix == ".json"
        for each in concepts_in(json.loads(path.read_bytes()))
    ]
    words = [said(each) for each in found]
    assert len(found) > 50
    assert [each for each in words if each.replace("-", "").replace(".", "").isdigit()] == []
    assert words.count("") / len(words) < most_unnamed


# --- The official displays -------------------------------------------------------------------


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "derive_displays", ROOT / "scripts" / "derive_displays.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_schema
def test_the_committed_displays_are_what_the_script_derives(script: ModuleType) -> None:
    assert TABLE.read_text(encoding="utf-8") == script.as_text(script.derive(SHARED / "schemas"))


def test_the_displays_name_their_source_and_stay_small() -> None:
    raw = TABLE.read_bytes()
    read: dict[str, Any] = json.loads(raw)
    assert len(raw) < LARGEST_TABLE_BYTES
    assert "US Core 6.1.0" in read["about"]["source"]
    assert "SNOMED" in read["about"]["notice"]
    assert sum(map(len, read["displays"].values())) > 4000


def test_no_display_is_a_code() -> None:
    displays: dict[str, dict[str, str]] = json.loads(TABLE.read_bytes())["displays"]
    assert [
        code
        for codes in displays.values()
        for code, display in codes.items()
        if display in {code, ""}
    ] == []
