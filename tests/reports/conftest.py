"""Ruth's record, filled by the real import, and browsers of those who read it."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from carespace.access.models import StaffVisit
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from carespace.records.models import Resource
from tests.conftest import Answer, WebClient
from tests.people import Cast, make_person, sign_in
from tests.record_more.conftest import Give, cast, give, patient, plain_static_files
from tests.record_more.conftest import words_of as words_in

__all__ = ["Give", "cast", "give", "patient", "plain_static_files"]
V2, LOINC, TERMS = (
    "http://terminology.hl7.org/CodeSystem/v2-0074",
    "http://loinc.org",
    "http://terminology.hl7.org/CodeSystem",
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def nurse(cast: Cast) -> User:
    """Joy, a nurse of the practice, with Ruth's record open."""
    joy = make_person("Joy Nurse")
    add_staff(user=joy, practice=cast.practice, role="care-team", by=SYSTEM)
    StaffVisit.objects.create(
        user=joy,
        practice=cast.practice,
        patient=cast.ruths_record,
        reason="Your care",
        ends_at=timezone.now() + timedelta(hours=1),
    )
    return joy


class Reader:
    """One person's browser at Ruth's record."""

    def __init__(self, cast: Cast, person: User) -> None:
        self.client = WebClient()
        self.record = cast.ruths_record.pk
        sign_in(self.client, person)

    def address(self, name: str, *more: object) -> str:
        return reverse(f"portal:{name}", args=[self.record, *more])

    def get(self, name: str, *more: object, **query: str | int) -> Answer:
        return self.client.get(self.address(name, *more), query)

    def read(self, name: str, *more: object, **query: str | int) -> str:
        """Return the words of a page's main part."""
        answer = self.get(name, *more, **query)
        assert answer.status_code == 200, (name, answer.status_code)
        return words_of(answer)

    def choose(self, choice: str, what: str, identity: UUID) -> Answer:
        """Press a button of the question."""
        return self.client.post(self.address(f"{what}-choose", identity), {"choice": choice})


@pytest.fixture
def ruth(cast: Cast) -> Reader:
    return Reader(cast, cast.ruth)


@pytest.fixture
def luis(cast: Cast) -> Reader:
    return Reader(cast, cast.luis)


def words_of(answer: Answer) -> str:
    """Return the words of an answer's main part."""
    return words_in(answer.content.decode())


def id_of(key: str) -> UUID:
    """Return the id under which the import keeps "DiagnosticReport/r1"."""
    return Resource.objects.get(source_key=key).pk


def category(code: str, system: str = V2) -> list[dict[str, Any]]:
    return [{"coding": [{"system": system, "code": code}]}]


def report(identity: str = "r1", kind: str = "LAB", **more: Any) -> dict[str, Any]:
    """Return a DiagnosticReport of Ruth's."""
    return {
        "resourceType": "DiagnosticReport",
        "id": identity,
        "status": "final",
        "category": category(kind),
        "code": {"text": f"Report {identity}"},
        "subject": {"reference": "Patient/R-1"},
        "effectiveDateTime": "2026-09-08T08:15:00-04:00",
        "issued": "2026-09-08T15:05:00-04:00",
        **more,
    }


def result(identity: str, text: str, **more: Any) -> dict[str, Any]:
    """Return a laboratory Observation of Ruth's."""
    return {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "category": category("laboratory", f"{TERMS}/observation-category"),
        "code": {"coding": [{"system": LOINC, "code": f"{len(text)}-{identity}"}], "text": text},
        "subject": {"reference": "Patient/R-1"},
        "effectiveDateTime": "2026-09-08T08:15:00-04:00",
        **more,
    }


def form(data: bytes, content_type: str, title: str = "") -> dict[str, Any]:
    """Return an Attachment with its bytes inline."""
    found = {"contentType": content_type, "data": base64.b64encode(data).decode()}
    return {**found, "title": title} if title else found


def file_of(key: str, number: int = 0) -> UUID:
    """Return the id of a file of the report ``key``."""
    forms = Resource.objects.get(source_key=key).content["presentedForm"]
    return UUID(forms[number]["url"].removeprefix("Binary/"))
