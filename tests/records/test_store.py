"""The store itself: what came is written once, changed in versions, and never moved to somebody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, transaction

from carespace.patients.models import Patient
from carespace.practices.models import Practice
from carespace.records.extract import columns_of
from carespace.records.models import Resource, ResourceVersion
from carespace.records.store import ContentSlipped, Incoming, Source, store
from carespace.values import dump_json
from tests.people import make_patient, make_practice

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def practice() -> Practice:
    return make_practice()


@pytest.fixture
def ruth(practice: Practice) -> Patient:
    return make_patient(practice, "Adler", "Ruth", mrn="R-1", born="1951-03-04")


@pytest.fixture
def stan(practice: Practice) -> Patient:
    return make_patient(practice, "Moran", "Stan", mrn="S-1", born="1949-11-02")


def source(practice: Practice, at: datetime = NOW) -> Source:
    return Source(practice.pk, "lab", uuid4(), at)


def incoming(patient: Patient | None, identity=None, status="final", **more) -> Incoming:
    content = {"resourceType": "Observation", "status": status, "value": Decimal("1.20"), **more}
    data = dump_json(content)
    return Incoming(
        id=identity or uuid4(),
        patient_id=patient.pk if patient else None,
        source_key="Observation/1",
        resource_type="Observation",
        content=data,
        content_hash=data[:32],
        columns=columns_of(content, ZONE),
    )


def test_an_empty_batch_is_nothing(practice):
    outcome = store([], source(practice))
    assert (outcome.stored, outcome.updated, outcome.unchanged, outcome.moved) == ([], [], [], [])


def test_a_batch_is_parted_by_what_became_of_it(practice, ruth, stan):
    kept, changed, moved = (incoming(ruth) for _ in range(3))
    store([kept, changed, moved], source(practice))
    new = incoming(ruth)
    batch = [
        kept,
        incoming(ruth, changed.id, "amended", note="x" * 40),
        incoming(stan, moved.id, "amended"),
        new,
    ]
    changed_now = replace(batch[1], content_hash=b"2")
    outcome = store([kept, changed_now, batch[2], new], source(practice))
    assert outcome.unchanged == [kept.id]
    assert outcome.updated == [changed.id]
    assert outcome.moved == [moved.id]
    assert outcome.stored == [new.id]
    assert Resource.objects.get(pk=moved.id).patient == ruth
    version = ResourceVersion.objects.get()
    assert (version.resource_id, version.version, version.content["status"]) == (
        changed.id,
        1,
        "final",
    )
    assert str(version.content["value"]) == "1.20"


@pytest.mark.parametrize("shared_first", [True, False])
def test_what_is_the_practice_s_does_not_become_a_patient_s(practice, ruth, shared_first):
    owners = [None, ruth] if shared_first else [ruth, None]
    first = incoming(owners[0])
    store([first], source(practice))
    assert store([incoming(owners[1], first.id, "amended")], source(practice)).moved == [first.id]


def test_a_delivery_that_came_earlier_does_not_overwrite(practice, ruth):
    first = incoming(ruth, status="corrected")
    store([first], source(practice))
    late = replace(incoming(ruth, first.id), content_hash=b"2")
    assert store([late], source(practice, NOW - timedelta(days=1))).unchanged == [first.id]
    assert store([late], source(practice, NOW + timedelta(days=1))).updated == [first.id]


def test_a_patient_s_row_follows_a_merge(practice, ruth, stan):
    first = incoming(ruth)
    store([first], source(practice))
    Patient.objects.filter(pk=ruth.pk).update(merged_into=stan)
    now = replace(incoming(stan, first.id), content_hash=b"2")
    assert store([now], source(practice)).updated == [first.id]
    assert Resource.objects.get().patient == stan
    assert ResourceVersion.objects.get().patient == ruth


@pytest.mark.parametrize("content", [b"{},{}", b'{}],["x",{}', b"", b"[1],2"])
def test_a_content_that_is_not_one_value_never_shifts_another_to_a_wrong_row(
    practice, ruth, stan, content
):
    broken = replace(incoming(ruth), content=content)
    with pytest.raises((ContentSlipped, DataError)), transaction.atomic():
        store([broken, incoming(stan)], source(practice))
    assert not Resource.objects.exists()
