"""A record taken in by the real import, and its parts asked for as the patient."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from carespace.interop.importing import import_files
from carespace.records.models import Resource
from tests.conftest import WebClient
from tests.people import Cast, make_cast, sign_in

PATIENT = {"reference": "Patient/R-1"}
FHIR_LOINC = "http://loinc.org"
TERMS = "http://terminology.hl7.org/CodeSystem"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"

Give = Callable[..., None]
Ask = Callable[..., str]


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Link to static files by their own names: hashed names need a collected folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def patient(**more: Any) -> dict[str, Any]:
    """Return Ruth's Patient as her practice's feed sends it."""
    return {
        "resourceType": "Patient",
        "id": "R-1",
        "identifier": [{"system": "urn:mrn", "value": "R-1"}],
        "name": [{"family": "Adler", "given": ["Ruth"]}],
        "birthDate": "1951-03-04",
        "gender": "female",
        **more,
    }


@pytest.fixture
def give(cast: Cast, tmp_path: Path) -> Give:
    """Take resources into Ruth's record by the real import; one without a Patient gets hers."""

    def given(*resources: dict[str, Any]) -> None:
        some = list(resources)
        if not any(each["resourceType"] == "Patient" for each in some):
            some.insert(0, patient())
        for number, each in enumerate(some):
            each.setdefault("id", f"x{number}")
        entries = [
            {
                "fullUrl": f"https://ehr.example/{each['resourceType']}/{each['id']}",
                "resource": each,
            }
            for each in some
        ]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(bundle), encoding="utf-8")
        report = import_files(cast.practice, "ehr", [path])
        assert (report.quarantined, report.waiting) == (0, 0), report.as_json()

    return given


@pytest.fixture
def part(cast: Cast, client: WebClient) -> Ask:
    """Ask for one part of Ruth's record as Ruth; the answer is the words of its main part, in order."""
    sign_in(client, cast.ruth)

    def ask(slug: str, **query: Any) -> str:
        address = reverse("portal:section", args=[cast.ruths_record.pk, slug])
        response = client.get(address, query)
        assert response.status_code == 200
        return words_of(response.content.decode())

    return ask


def words_of(page: str) -> str:
    """Return the words between <main> and its end, blanks made single."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def id_of(resource_type: str, source_id: str) -> UUID:
    """Return the id under which the import keeps ``resource_type/source_id``."""
    return Resource.objects.get(source_key=f"{resource_type}/{source_id}").pk
