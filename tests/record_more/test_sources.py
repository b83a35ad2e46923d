"""Where an entry comes from: its Provenance says who wrote it and who sent it (FHIR-15)."""

import pytest

from tests.record_more.conftest import PATIENT, TERMS, Ask, Give

pytestmark = pytest.mark.django_db
AGENT = f"{TERMS}/provenance-participant-type"


def _agent(kind: str, **more: object) -> dict[str, object]:
    return {"type": {"coding": [{"system": AGENT, "code": kind}]}, **more}


def test_the_author_their_organization_and_the_sender_stand_below_the_entry(
    give: Give, part: Ask
) -> None:
    give(
        {
            "resourceType": "AllergyIntolerance",
            "id": "g",
            "patient": PATIENT,
            "code": {"text": "Nuts"},
        },
        {
            "resourceType": "AllergyIntolerance",
            "id": "h",
            "patient": PATIENT,
            "code": {"text": "Soy"},
        },
        {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Ruiz", "given": ["Ana"]}]},
        {"resourceType": "Organization", "id": "o", "name": "Harbor Clinic"},
        {"resourceType": "Organization", "id": "s", "name": "State Exchange"},
        {
            "resourceType": "Provenance",
            "target": [{"reference": "AllergyIntolerance/g"}],
            "recorded": "2026-03-09T10:00:00-05:00",
            "agent": [
                _agent(
                    "author",
                    who={"reference": "Practitioner/p"},
                    onBehalfOf={"reference": "Organization/o"},
                ),
                _agent("transmitter", who={"reference": "Organization/s"}),
            ],
        },
    )
    page = part("allergies")
    assert (
        "Nuts Written down by Ana Ruiz, Harbor Clinic on March 9, 2026. Sent by State Exchange."
        in page
    )
    assert page.count("Sent by State Exchange.") == 1
