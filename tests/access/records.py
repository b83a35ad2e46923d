"""A small record for a patient, taken in by the real import, every text of it marked as that patient's."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from carespace.interop.importing import import_files
from carespace.patients.models import Patient
from carespace.records.models import Resource


def canary(patient: Patient) -> str:
    """Return the word that stands in every text of ``patient``'s record and nowhere else."""
    return f"Canary{patient.pk.hex[:12]}"


def give_record(patient: Patient, folder: Path) -> dict[str, UUID | str]:
    """Import one of each kind; return the ids and slugs that their pages' addresses need."""
    number = patient.identifiers.get().value
    path = folder / f"{number}.json"
    path.write_text(json.dumps(_bundle(patient, number)), encoding="utf-8")
    report = import_files(patient.practice, f"feed-{number}", [path])
    assert (report.quarantined, report.waiting) == (0, 0), report.as_json()
    found = {each.resource_type: each.pk for each in Resource.objects.filter(patient=patient)}
    return {
        "result_id": _observed(patient, "laboratory"),
        "vital_id": _observed(patient, "vital-signs"),
        "document_id": found["DocumentReference"],
        "report_id": found["DiagnosticReport"],
        "file_id": _file_of(Resource.objects.get(pk=found["DiagnosticReport"])),
        "slug": "allergies",
        "appointment_id": found["Appointment"],
    }


def _observed(patient: Patient, category: str) -> UUID:
    return Resource.objects.get(patient=patient, categories__contains=[category]).pk


def _file_of(report: Resource) -> UUID:
    return UUID(report.content["presentedForm"][0]["url"].removeprefix("Binary/"))


def _bundle(patient: Patient, number: str) -> dict[str, Any]:
    word = canary(patient)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    subject = {"reference": f"Patient/{number}"}
    resources: list[dict[str, Any]] = [
        {
            "resourceType": "Patient",
            "id": number,
            "identifier": [{"system": "urn:mrn", "value": number}],
            "name": [{"family": patient.family_name, "given": [patient.given_names]}],
            "birthDate": patient.birth_date_text,
            "gender": patient.gender,
        },
        {
            "resourceType": "Observation",
            "id": f"o-{number}",
            "status": "final",
            "category": [
                {"coding": [{"code": "laboratory", "system": f"{_TERMS}/observation-category"}]}
            ],
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": word},
            "subject": subject,
            "effectiveDateTime": yesterday,
            "valueQuantity": {"value": 11.2, "unit": "g/dL"},
            "note": [{"text": word}],
        },
        {
            "resourceType": "Observation",
            "id": f"v-{number}",
            "status": "final",
            "category": [{"coding": [{"code": "vital-signs"}]}],
            "code": {"text": word},
            "subject": subject,
            "effectiveDateTime": yesterday,
            "valueQuantity": {"value": 150, "unit": "lb"},
            "note": [{"text": word}],
        },
        {
            "resourceType": "DocumentReference",
            "id": f"d-{number}",
            "status": "current",
            "type": {"text": f"Visit note {word}"},
            "description": word,
            "subject": subject,
            "date": yesterday,
            "content": [
                {
                    "attachment": {
                        "contentType": "text/plain",
                        "title": word,
                        "data": base64.b64encode(f"A note: {word}".encode()).decode(),
                    }
                }
            ],
        },
        {
            "resourceType": "DiagnosticReport",
            "id": f"r-{number}",
            "status": "final",
            "contained": [{"resourceType": "Organization", "id": "lab", "name": f"Lab {word}"}],
            "category": [{"coding": [{"code": "LAB", "system": f"{_TERMS}/v2-0074"}]}],
            "code": {"text": f"Blood count {word}"},
            "subject": subject,
            "effectiveDateTime": yesterday,
            "performer": [{"reference": "#lab"}],
            "result": [{"reference": f"Observation/o-{number}"}],
            "presentedForm": [
                {
                    "contentType": "text/plain",
                    "data": base64.b64encode(f"A report: {word}".encode()).decode(),
                }
            ],
        },
        {
            "resourceType": "Appointment",
            "id": f"a-{number}",
            "status": "booked",
            "description": word,
            "start": tomorrow,
            "end": tomorrow,
            "participant": [{"actor": subject, "status": "accepted"}],
        },
        {
            "resourceType": "AllergyIntolerance",
            "id": f"g-{number}",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": word},
            "patient": subject,
        },
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "fullUrl": f"urn:canary:{number}:{each['resourceType']}:{each['id']}",
                "resource": each,
            }
            for each in resources
        ],
    }


_TERMS = "http://terminology.hl7.org/CodeSystem"
