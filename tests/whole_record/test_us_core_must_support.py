"""Every must-support element of US Core 6.1.0 that a patient would understand stands on some page, in words (VDT-1)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from carespace.interop.importing import import_files
from carespace.patients.models import Patient, PatientIdentifier
from carespace.values import dump_json
from tests.conftest import WebClient
from tests.interop.fhir.samples import SHARED
from tests.people import Cast, let_see, make_cast, sign_in
from tests.whole_record.pages import read_record
from tests.whole_record.seeds import EXPECTED, NUMBER, bundle

US_CORE = SHARED / "schemas" / "us-core-6.1.0"
needs_us_core = pytest.mark.skipif(
    not US_CORE.is_dir(), reason="the US Core definitions are not beside the checkout"
)

# Elements that are no words for a patient, and why; by the end of their path.
NOT_FOR_PATIENTS = {
    ".system": "names a code system or a number's owner",
    ".coding": "codes; their words are asked for where the concept stands",
    ".code.coding": "codes",
    ".coding.code": "a code",
    ".value[x].code": "the unit's code; its words are in the unit",
    ".value[x].unit": "asked for with the value",
    ".value[x].value": "asked for with the value",
    ".subject": "whose record it is stands on top of each page",
    ".patient": "whose record it is stands on top of each page",
    ".beneficiary": "whose record it is stands on top of each page",
    ".encounter": "the visit has its own entry",
    ".context": "asked for by its parts",
    ".context.encounter": "the visit has its own entry",
    ".identifier": "asked for by its value",
    ".status": "a final state is not said; others are, see the seeds of each type",
    ".category": "how the record is sorted: it decides on which page something stands",
    ".intent": "asked for where it says something",
    ".active": "an office that is closed is not shown as open: nothing to read",
    ".mode": "how software reads a place",
    ".data": "asked for as the document's page",
    ".url": "asked for as the document's page",
    ".contentType": "asked for as the document's page",
    ".format": "names a software format",
    ".content": "asked for by its parts",
    ".content.attachment": "asked for by its parts",
    ".linkId": "numbers a question for software",
    ".media": "pictures that only link back",
    ".media.link": "pictures that only link back",
    ".instantiatesUri": "an address for software",
    ".target": "what the source is about: it stands under that entry",
    ".recorded": "asked for with the entry's source",
    "Coverage.identifier.type": "says which number it is; the number is asked for",
    "DiagnosticReport.result": "the results stand as results",
    "Encounter.identifier.value": "a number of the office's own",
    "Encounter.participant.period": "the visit's own time says when",
    "Immunization.primarySource": "says how sure the office is of what somebody told it",
    "Location.managingOrganization": "who runs a place; the visit names its own practice",
    "MedicationDispense.authorizingPrescription": "the order has its own entry",
    "Observation.derivedFrom": "what it was worked out from stands by itself",
    "Observation.hasMember": "the parts of a panel stand by themselves",
    ".address.country": "practices and places of one country",
    "Organization.identifier.value": "a number for bills",
    "Practitioner.identifier.value": "a number for bills",
    "PractitionerRole.endpoint": "an address for software",
    "PractitionerRole.location": "the office's address is asked for",
    "Provenance.agent.type": "says which of two sentences stands there",
    "Provenance.target.reference": "what the source is about: it stands under that entry",
}
# Elements whose parts are asked for, and types that have no page of their own.
HELD_BY_OTHERS = {"Media", "Bundle"}


def must_support() -> Iterator[str]:
    """Yield each must-support element's path, without slices, types Observation and DiagnosticReport as one."""
    for path in sorted(US_CORE.glob("StructureDefinition-*.json")):
        found = json.loads(path.read_text())
        if found["kind"] != "resource" or found["type"] == "Extension":
            continue
        for element in found["snapshot"]["element"]:
            if element.get("mustSupport"):
                yield re.sub(r":[A-Za-z0-9-]+", "", element["id"])


def is_placed(path: str, asked: set[str]) -> bool:
    if path in asked or any(each.startswith(f"{path}.") for each in asked):
        return True
    if any(path.endswith(end) for end in NOT_FOR_PATIENTS):
        return True
    kind, _, rest = path.partition(".")
    # Observations and reports are seeded by what they are ("lab", "smoking"), not by their type.
    several = {"Observation", "DiagnosticReport"}
    return kind in several and any(
        each.endswith(f".{rest}") or f".{rest}." in each for each in asked
    )


@needs_us_core
def test_every_must_support_element_is_asked_for_or_said_why_not() -> None:
    bundle()
    asked = {re.sub(r":[A-Za-z0-9-]+", "", path) for path in EXPECTED}
    left = sorted({path for path in must_support() if not is_placed(path, asked)})
    assert left == [], "\n".join(left)


@pytest.mark.django_db
def test_what_is_asked_for_stands_on_a_page_in_words(client: WebClient, tmp_path: Path) -> None:
    cast: Cast = make_cast()
    path = tmp_path / "seeds.json"
    path.write_bytes(dump_json(bundle()))
    report = import_files(cast.practice, "us-core", [path])
    assert (report.quarantined, report.waiting) == (0, 0), report.as_json()
    patient = _patient(cast)
    let_see(cast.ruth, patient, "self")
    cast.ruth.shows_news_at_once = True
    cast.ruth.save()
    sign_in(client, cast.ruth)
    record = read_record(client, reverse("portal:home", args=[patient.pk]))
    text = record.words()
    missing = {
        path: each
        for path, words in EXPECTED.items()
        for each in words
        if not any(choice in text for choice in each.split("|"))
    }
    listed = "\n".join(f"{path}: {words}" for path, words in sorted(missing.items()))
    assert missing == {}, listed
    bare = {
        each
        for each in ("8517006", "60001007", "248152002", "on-hold", "ATND", "EMER")
        if re.search(rf"\b{each}\b", text)
    }
    assert bare == set()


def _patient(cast: Cast) -> Patient:
    number = PatientIdentifier.objects.filter(practice=cast.practice, system="urn:mrn").exclude(
        patient__in=[cast.ruths_record, cast.stans_record]
    )
    return next(each.patient for each in number if each.value != NUMBER)
