"""Whatever is done to a good Bundle: nothing raises, and nothing reaches a person it does not name."""

import copy
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carespace.access.signing import forget_settings
from carespace.interop.inbox import take_file
from carespace.interop.models import QuarantinedEntry
from carespace.records.models import Resource
from tests.interop.fhir_builders import MRN, bundle, document, patient, result, stan

pytestmark = pytest.mark.django_db

GOOD = bundle(
    {"fullUrl": "urn:uuid:6f2c0c0e-0000-4000-8000-000000000001", "resource": patient(mrn="R-1")},
    stan("2", mrn="S-1"),
    result("a", "Patient/1"),
    result("b", "urn:uuid:6f2c0c0e-0000-4000-8000-000000000001"),
    result("c", "Patient/2"),
    result("d", None) | {"subject": {"identifier": {"system": MRN, "value": "S-1"}}},
    document("d1", "Patient/1", data="aGVsbG8="),
    document("d2", "Patient/2", url="Binary/x"),
    {"resourceType": "Binary", "id": "x", "contentType": "text/plain", "data": "aGVsbG8="},
    {
        "resourceType": "Provenance",
        "id": "p",
        "target": [{"reference": "Observation/c"}],
        "recorded": "2026-01-05T08:00:00Z",
        "agent": [{"who": {"display": "Lab"}}],
    },
    {
        "resourceType": "Appointment",
        "id": "m",
        "status": "booked",
        "participant": [{"actor": {"reference": "Patient/1"}, "status": "accepted"}],
    },
)
# What belongs to somebody through another resource names that one.
THROUGH_OTHERS = {"Binary", "Provenance"}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(
        [
            "",
            " ",
            "1",
            "2",
            "R-1",
            "S-1",
            "Patient/1",
            "Patient/2",
            "#p",
            "\ue000",
            "Binary/x",
            "Bundle",
        ]
    )
    | st.text(st.characters(codec="utf-8"), max_size=6)
)
values = (
    scalars
    | st.lists(scalars, max_size=2)
    | st.dictionaries(st.sampled_from(["id", "reference", "value", "coding"]), scalars, max_size=2)
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [p for key, each in members for p in ((*path, key), *places(each, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 6))):
        path = draw(st.sampled_from(places(made) or [()]))
        if not path:
            break
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        action = draw(st.sampled_from(["delete", "replace", "graft"]))
        if action == "delete":
            del holder[path[-1]]
        elif action == "replace":
            holder[path[-1]] = draw(values)
        else:
            source: Any = GOOD
            for step in draw(st.sampled_from(places(GOOD))):
                source = source[step]
            holder[path[-1]] = copy.deepcopy(source)
    return made


def by_key(document: dict[str, Any]) -> dict[str, str]:
    """The text of each entry's resource, by Type/id or by its address; several of one name together."""
    texts: dict[str, str] = {}
    entries = document.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
            continue
        found = entry["resource"]
        key = (
            f"{found.get('resourceType')}/{found['id']}"
            if found.get("id")
            else entry.get("fullUrl")
        )
        if found.get("resourceType") == "Bundle":
            texts |= {k: texts.get(k, "") + v for k, v in by_key(found).items()}
        elif isinstance(key, str):
            texts[key] = texts.get(key, "") + json.dumps(found)
    return texts


def assert_each_names_its_patient(document: dict[str, Any]) -> None:
    sent = by_key(document)
    for row in Resource.objects.exclude(patient=None).select_related("patient"):
        if row.resource_type in THROUGH_OTHERS | {"Patient"}:
            continue
        assert row.patient is not None
        identifiers = [each.value for each in row.patient.identifiers.all()]
        own = Resource.objects.filter(resource_type="Patient", patient=row.patient)
        names = {*identifiers, *own.values_list("source_key", flat=True)}
        names |= {
            entry["fullUrl"]
            for entry in document["entry"]
            if isinstance(entry, dict) and isinstance(entry.get("fullUrl"), str)
            and isinstance(entry.get("resource"), dict)
            and f"Patient/{entry['resource'].get('id')}" in names
        }  # fmt: skip
        assert any(name in sent[row.source_key] for name in names), row.source_key


@pytest.mark.parametrize(
    "examples", [120, pytest.param(3000, marks=pytest.mark.slow)], ids=["small", "full"]
)
def test_no_mutation_raises_or_reaches_a_person_it_does_not_name(practice, tmp_path, examples):
    path = tmp_path / "a.json"

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated())
    def check(document: dict[str, Any]) -> None:
        path.write_text(json.dumps(document), encoding="utf-8")
        with transaction.atomic():
            reading = take_file(practice, "import", path)
            forget_settings()
            assert_each_names_its_patient(document)
            aside = QuarantinedEntry.objects.filter(delivery=reading.delivery)
            assert all(entry.reason for entry in aside)
            transaction.set_rollback(True)

    check()


def test_the_good_bundle_is_stored_whole(practice, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert take_file(practice, "import", path).tally.stored == len(GOOD["entry"])
    forget_settings()
    owners = Resource.objects.values_list("source_key", "patient__family_name")
    assert dict(owners)["Observation/d"] == dict(owners)["Provenance/p"] == "Moran"
