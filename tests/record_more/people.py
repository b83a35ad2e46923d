"""The people and offices that the tests' records name."""

from typing import Any

ANA = {"reference": "Practitioner/ana"}
CLINIC = {"reference": "Organization/clinic"}
WARD = {"reference": "Location/ward"}
NIECE = {"reference": "RelatedPerson/niece"}
CANCER = {"reference": "Condition/cancer"}


def everybody() -> list[dict[str, Any]]:
    """Return a doctor with her role, her clinic and its place, a niece and the health issue."""
    return [
        {
            "resourceType": "Practitioner",
            "id": "ana",
            "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
            "name": [{"family": "Ruiz", "given": ["Ana"], "prefix": ["Dr."]}],
        },
        {
            "resourceType": "PractitionerRole",
            "id": "ana-role",
            "practitioner": ANA,
            "organization": CLINIC,
            "code": [{"text": "Oncologist"}],
            "specialty": [{"text": "Breast cancer"}],
            "location": [WARD],
            "telecom": [{"system": "phone", "value": "(555) 010-0177", "use": "work"}],
        },
        {
            "resourceType": "Organization",
            "id": "clinic",
            "name": "Harbor Clinic",
            "telecom": [{"system": "phone", "value": "555-010-0199"}],
            "address": [
                {"line": ["1 Pier"], "city": "Port Alden", "state": "NY", "postalCode": "14499"}
            ],
        },
        {
            "resourceType": "Location",
            "id": "ward",
            "name": "Lake ward",
            "telecom": [{"system": "phone", "value": "555-010-0155"}],
            "address": {
                "line": ["2 Pier"],
                "city": "Port Alden",
                "state": "NY",
                "postalCode": "14498",
            },
        },
        {
            "resourceType": "RelatedPerson",
            "id": "niece",
            "active": True,
            "patient": {"reference": "Patient/R-1"},
            "relationship": [{"text": "niece"}],
            "name": [{"family": "Putten", "given": ["Sara"]}],
            "telecom": [
                {"system": "phone", "value": "555-010-0166", "use": "home"},
                {"system": "email", "value": "sara@example.com"},
            ],
            "address": [
                {
                    "use": "home",
                    "line": ["80 Village St"],
                    "city": "Holland",
                    "state": "PA",
                    "postalCode": "17557",
                }
            ],
        },
        {
            "resourceType": "Condition",
            "id": "cancer",
            "subject": {"reference": "Patient/R-1"},
            "code": {"text": "Breast cancer"},
        },
    ]
