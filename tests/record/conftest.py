"""A record taken in by the real import, and its parts asked for as the patient."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.record_more.conftest import cast, give, id_of, part, plain_static_files, words_of

__all__ = ["cast", "concept", "give", "id_of", "part", "plain_static_files", "ref"]

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
TERMS = "http://terminology.hl7.org/CodeSystem"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"
SUBJECT = {"subject": {"reference": "Patient/R-1"}}
PATIENT = {"patient": {"reference": "Patient/R-1"}}
Days = Callable[..., str]


def concept(text: str, code: str = "", system: str = SNOMED) -> dict[str, Any]:
    """Return a CodeableConcept; with a code its words stand as the display only."""
    if not code:
        return {"text": text}
    return {"coding": [{"system": system, "code": code, "display": text}]}


def coded(system: str, code: str) -> dict[str, Any]:
    """Return a CodeableConcept of one of HL7's code systems, without words."""
    return {"coding": [{"system": f"{TERMS}/{system}", "code": code}]}


def ref(address: str) -> dict[str, str]:
    """Return a Reference."""
    return {"reference": address}


DOCTOR = {
    "resourceType": "Practitioner",
    "id": "ruiz",
    "name": [{"family": "Ruiz", "given": ["Ana"], "prefix": ["Dr."]}],
}
PLACE = {"resourceType": "Location", "id": "suite", "name": "Infusion suite"}


@pytest.fixture
def days(cast: Cast, client: WebClient) -> Days:
    """Ask for Ruth's record by date as Ruth; the answer is the words of its main part, in order."""
    sign_in(client, cast.ruth)

    def ask(first: str = "", last: str = "", **query: Any) -> str:
        ends = {name: day for name, day in (("from", first), ("to", last)) if day}
        address = reverse("portal:by-date", args=[cast.ruths_record.pk])
        response = client.get(address, {**ends, **query})
        assert response.status_code == 200
        return words_of(response.content.decode())

    return ask
