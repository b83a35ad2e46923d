"""Small FHIR resources, and how to import them in a test: files go in as a feed would deliver them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carespace.access.signing import forget_settings
from carespace.interop.importing import ImportReport, files_below, import_files
from carespace.interop.models import QuarantinedEntry
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from carespace.records.models import Resource

MRN = "urn:oid:1.2.3.4"
Json = dict[str, Any]


def patient(
    identity: str | None = "1", family: str = "Adler", given: str = "Ruth", **more: Any
) -> Json:
    """Ruth, unless told otherwise; ``mrn`` gives an identifier."""
    made: Json = {"resourceType": "Patient", "name": [{"family": family, "given": [given]}]}
    made["birthDate"] = more.pop("born", "1951-03-04")
    if mrn := more.pop("mrn", None):
        made["identifier"] = [{"system": MRN, "value": mrn}]
    return _with_id(made, identity) | more


def stan(identity: str | None = "1", **more: Any) -> Json:
    """Another person, whatever the number."""
    return patient(identity, "Moran", "Stan", born="1949-11-02", **more)


def result(identity: str | None = "a", subject: str | None = "Patient/1", **more: Any) -> Json:
    """One hemoglobin."""
    made: Json = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
        "effectiveDateTime": "2026-01-05T08:00:00Z",
        "valueQuantity": {"value": 12.5, "unit": "g/dL"},
    }
    if subject:
        made["subject"] = {"reference": subject}
    return _with_id(made, identity) | more


def document(identity: str = "d", subject: str = "Patient/1", **attachment: Any) -> Json:
    """A DocumentReference with one attachment."""
    return {
        "resourceType": "DocumentReference",
        "id": identity,
        "status": "current",
        "subject": {"reference": subject},
        "content": [{"attachment": {"contentType": "text/plain", **attachment}}],
    }


def bundle(*resources: Mapping[str, Any], kind: str = "collection") -> Json:
    """A Bundle; a resource under the key ``resource`` is an entry of its own making."""
    entries = [each if "resource" in each else {"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def write(path: Path, *documents: Any) -> Path:
    """Write one JSON document, or several as NDJSON; text goes in as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [each if isinstance(each, str) else json.dumps(each) for each in documents]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def take(practice: Practice, *paths: Path, feed: str = "import") -> ImportReport:
    """Import files and folders as the command does, and forget the feed's settings afterwards."""
    report = import_files(practice, feed, files_below(paths))
    forget_settings()
    return report


class Sender:
    """A feed that sends documents, one file each, in the order they are sent."""

    def __init__(self, practice: Practice, folder: Path, feed: str = "import") -> None:
        self.practice, self.folder, self.feed, self.sent = practice, folder, feed, 0

    def send(self, *documents: Any, name: str = "") -> ImportReport:
        """Send one JSON document, or several as the lines of one NDJSON file."""
        self.sent += 1
        suffix = "ndjson" if len(documents) > 1 else "json"
        path = self.folder / self.feed / (name or f"{self.sent:03}.{suffix}")
        return take(self.practice, write(path, *documents), feed=self.feed)


def on_file(kind: str, **more: Any) -> Resource:
    """The one resource of a type (and more conditions)."""
    return Resource.objects.get(resource_type=kind, **more)


def codes(state: str = "quarantined") -> list[str]:
    """The codes of what was set aside, sorted."""
    rows = QuarantinedEntry.objects.filter(state=state)
    return sorted(rows.values_list("code", flat=True))


def named(family: str) -> Patient:
    """The one patient of this family name."""
    return Patient.objects.get(family_name=family)


def _with_id(made: Json, identity: str | None) -> Json:
    return made | ({"id": identity} if identity else {})
