"""About you: every element of US Core's Patient and RelatedPerson in words, and no number that could be stolen."""

from typing import Any

import pytest

from tests.record_more.conftest import TERMS, US_CORE, Ask, Give, patient
from tests.record_more.people import ANA, everybody

pytestmark = pytest.mark.django_db
OMB = "urn:oid:2.16.840.1.113883.6.238"
KINDS = f"{TERMS}/v2-0203"
CANARIES = {"SS": "078-05-1120", "PPN": "X5512345", "DL": "D9988776", "TAX": "T44"}


def _race(name: str, code: str, display: str) -> dict[str, Any]:
    return {
        "url": f"{US_CORE}/us-core-{name}",
        "extension": [
            {
                "url": "ombCategory",
                "valueCoding": {"system": OMB, "code": code, "display": display},
            },
            {"url": "text", "valueString": display},
        ],
    }


def _number(kind: str, value: str) -> dict[str, Any]:
    coding = {"system": KINDS, "code": kind}
    return {"type": {"coding": [coding]}, "system": f"urn:{kind}", "value": value}


def _ruth() -> dict[str, Any]:
    return patient(
        extension=[
            _race("race", "2028-9", "Asian"),
            _race("ethnicity", "2186-5", "Not Hispanic or Latino"),
            {
                "url": f"{US_CORE}/us-core-tribal-affiliation",
                "extension": [
                    {"url": "tribalAffiliation", "valueCodeableConcept": {"text": "Navajo Nation"}},
                    {"url": "isEnrolled", "valueBoolean": True},
                ],
            },
            {"url": f"{US_CORE}/us-core-birthsex", "valueCode": "F"},
            {"url": f"{US_CORE}/us-core-sex", "valueCode": "248152002"},
            {"url": f"{US_CORE}/us-core-genderIdentity", "valueCodeableConcept": {"text": "Woman"}},
        ],
        identifier=[
            {"system": "urn:mrn", "value": "R-1", "type": {"coding": [{"system": KINDS, "code": "MR"}]}},
            *(_number(kind, value) for kind, value in CANARIES.items()),
        ],
        name=[
            {"use": "official", "family": "Adler", "given": ["Ruth", "Ann"], "suffix": ["PhD"]},
            {"use": "old", "family": "Bloom", "given": ["Ruth"], "period": {"end": "1975-06-01"}},
            {"use": "nickname", "text": "Ruthie"},
        ],
        telecom=[
            {"system": "phone", "value": "+1 555 010 0111", "use": "mobile"},
            {"system": "phone", "value": "555-010-0112", "use": "home"},
            {"system": "email", "value": "ruth@example.com"},
        ],
        deceasedBoolean=False,
        address=[
            {"use": "home", "line": ["5 Elm St", "Apt 2"], "city": "Port Alden", "state": "NY", "postalCode": "14499", "country": "US"},
            {"use": "old", "line": ["9 Oak St"], "city": "Troy", "state": "NY", "postalCode": "12180", "period": {"end": "2019-04-30"}},
        ],
        maritalStatus={"coding": [{"system": f"{TERMS}/v3-MaritalStatus", "code": "M"}]},
        communication=[{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "es"}]}, "preferred": True}],
        contact=[
            {
                "relationship": [{"text": "Emergency contact"}],
                "name": {"family": "Adler", "given": ["Ben"]},
                "telecom": [{"system": "phone", "value": "555-010-0188"}],
            }
        ],
        generalPractitioner=[ANA],
    )  # fmt: skip


def test_what_is_on_file_is_in_words(give: Give, part: Ask) -> None:
    give(_ruth(), *everybody())
    page = part("about-you")
    for words in (
        "Ruth Ann Adler PhD", "Earlier name Ruth Bloom (Until June 1, 1975)", "Called Ruthie",
        "Birth date March 4, 1951", "Record number R-1", "Gender Female", "Sex at birth Female",
        "Sex on file Female", "Gender identity Woman", "Race Asian Ethnicity Not Hispanic or Latino Tribe", "Ethnicity Not Hispanic or Latino",
        "Tribe Navajo Nation (enrolled)", "Spanish", "(preferred)", "Marital status Married",
        "Cell phone +1 555 010 0111", "Home phone 555-010-0112", "Email ruth@example.com",
        "Home address 5 Elm St, Apt 2, Port Alden, NY 14499",
        "Earlier address 9 Oak St, Troy, NY 12180 (Until April 30, 2019)",
        "Ben Adler Who they are to you Emergency contact Phone 555-010-0188",
        "Dr. Ana Ruiz Part in the care Your regular doctor or practice Works for Harbor Clinic",
        "People near to you Sara Putten Who they are to you niece",
        "Is something wrong? Call us.",
    ):  # fmt: skip
        assert words in page, (words, page)
    assert "Died" not in page


def test_a_day_of_death_is_said(give: Give, part: Ask) -> None:
    give(patient(deceasedDateTime="2026-10-01"))
    assert "Died October 1, 2026" in part("about-you")


def test_no_other_number_is_shown(give: Give, part: Ask) -> None:
    give(_ruth(), *everybody())
    page = part("about-you")
    assert [value for value in CANARIES.values() if value in page] == []
