"""The practice's own system says where a patient is written to; an address tells nobody apart (S-13, S-20)."""

from typing import Any

import pytest

from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.patients.actions import register_patient
from carespace.patients.matching import identity_of
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from tests.people import make_practice

HOME = {"system": "email", "value": "maria@example.com", "use": "home"}
WORK = {"system": "email", "value": "work@example.com", "use": "work", "rank": 1}
OLD = {"system": "email", "value": "old@example.com", "use": "old", "rank": 1}
PHONE = {"system": "phone", "value": "555-0101"}


def resource(*telecom: dict[str, Any], number: str = "1", given: str = "Maria") -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": number,
        "identifier": [{"system": "urn:mrn", "value": f"M-{number}"}],
        "name": [{"family": "Reyes", "given": [given]}],
        "birthDate": "1961-04-27",
        "telecom": list(telecom),
    }


def arrived(practice: Practice, sent: dict[str, Any], known: Patient | None = None) -> Patient:
    identity = identity_of(sent, "urn:own", sent["id"])
    return register_patient(practice=practice, identity=identity, known=known, by=SYSTEM)


@pytest.mark.parametrize(
    ("telecom", "expected"),
    [
        ((), ""),
        ((PHONE,), ""),
        ((PHONE, HOME), "maria@example.com"),
        ((HOME, WORK), "work@example.com"),
        ((OLD, HOME), "maria@example.com"),
        ((OLD,), ""),
        (({"system": "email"}, HOME), "maria@example.com"),
        (({"system": "email", "value": "none"}, HOME), "maria@example.com"),
        (({"system": "email", "value": "a b@example.com"},), ""),
        (({"system": "email", "value": f"{'a' * 250}@example.com"},), ""),
        (({"system": "email", "value": " maria@example.com "},), "maria@example.com"),
    ],
)
def test_the_best_address_of_a_patient_is_kept(
    telecom: tuple[dict[str, Any], ...], expected: str
) -> None:
    assert identity_of(resource(*telecom), "urn:own", "1").email == expected


@pytest.mark.django_db
def test_a_changed_address_is_followed_and_a_removed_one_is_gone() -> None:
    practice = make_practice()
    patient = arrived(practice, resource(HOME))
    assert Patient.objects.get().email == "maria@example.com"
    patient = arrived(practice, resource(WORK), patient)
    assert Patient.objects.get().email == "work@example.com"
    assert AuditEvent.objects.filter(action="patient.update").count() == 1
    arrived(practice, resource(WORK), patient)
    assert AuditEvent.objects.filter(action="patient.update").count() == 1
    arrived(practice, resource(PHONE), patient)
    assert Patient.objects.get().email == ""


@pytest.mark.django_db
def test_two_patients_with_one_address_stay_two() -> None:
    practice = make_practice()
    arrived(practice, resource(HOME))
    arrived(practice, resource(HOME, number="2", given="Luis"))
    assert list(Patient.objects.values_list("email", flat=True)) == ["maria@example.com"] * 2
