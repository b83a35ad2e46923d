"""Putting FHIR resources and files into a record for tests, with the columns the import would give them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from carespace.files.store import NewFile, keep_files
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from carespace.records.extract import columns_of
from carespace.records.models import Resource

LAB = [{"coding": [{"code": "laboratory"}]}]
RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)


def put(practice: Practice, patient: Patient | None, resource: dict[str, Any], **more: Any) -> UUID:
    """Store ``resource`` and return its id."""
    columns = columns_of(resource, practice.zone)
    identity = more.pop("id", None) or uuid4()
    row = {
        "received_at": RECEIVED,
        "released_at": RECEIVED,
        "retracted_at": RECEIVED if columns.retracted else None,
        **more,
    }
    Resource.objects.create(
        id=identity,
        practice=practice,
        patient=patient,
        feed="test",
        source_key=str(identity),
        resource_type=resource["resourceType"],
        content=resource,
        content_hash=b"",
        status=columns.status,
        categories=list(columns.categories),
        codes=list(columns.codes),
        topic=columns.topic,
        effective_start=columns.effective_start,
        effective_end=columns.effective_end,
        last_updated=columns.last_updated,
        **row,
    )
    return identity


def lab(
    code: str, value: Any = "12.4", when: str | None = "2026-09-08", **more: Any
) -> dict[str, Any]:
    """Return a laboratory Observation; ``value`` is a text for valueString or a Quantity."""
    kind = "valueQuantity" if isinstance(value, dict) else "valueString"
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "category": LAB,
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": f"Test {code}"},
        "effectiveDateTime": when,
        kind: value,
        **more,
    }
    return {name: each for name, each in resource.items() if each is not None}


def paper(
    practice: Practice,
    patient: Patient,
    data: bytes | None,
    content_type: str = "application/pdf",
    when: str = "2026-09-08",
    title: str = "Visit note",
    **more: Any,
) -> UUID:
    """Store a document with its bytes (or without any) and return its id."""
    attachment: dict[str, Any] = {"contentType": content_type, "title": title}
    if data is not None:
        identity = uuid4()
        keep_files(practice, [NewFile(identity, patient.pk, None, data)])
        attachment |= {"url": f"Binary/{identity}", "size": len(data)}
    resource = {
        "resourceType": "DocumentReference",
        "status": "current",
        "date": f"{when}T16:00:00-04:00",
        "content": [{"attachment": attachment}],
        **more,
    }
    return put(practice, patient, resource)


def visit(start: str, **more: Any) -> dict[str, Any]:
    """Return an Appointment."""
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "serviceType": [{"text": "Infusion"}],
        "start": start,
        **more,
    }
