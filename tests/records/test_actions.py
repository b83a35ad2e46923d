"""Holding what a doubted delivery brought, and what lifts it: told of, and never a word too much (T18)."""

from dataclasses import replace
from uuid import UUID

import pytest

from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.records.actions import Brought, hold, release, retract
from carespace.records.models import Resource, ResourceVersion
from carespace.records.store import store
from tests.people import make_patient, make_practice
from tests.records.test_store import NOW, incoming, source

pytestmark = pytest.mark.django_db
DOUBT = "doubted"


@pytest.fixture
def practice():
    return make_practice()


@pytest.fixture
def ruth(practice):
    return make_patient(practice, "Adler", "Ruth", mrn="R-1", born="1951-03-04")


@pytest.fixture
def stan(practice):
    return make_patient(practice, "Moran", "Stan", mrn="S-1", born="1949-11-02")


def told(action: str) -> list[tuple[UUID | None, str, dict[str, int]]]:
    rows = AuditEvent.objects.filter(action=action)
    return list(rows.values_list("patient_id", "entity_id", "detail"))


def test_holding_touches_one_patient_and_what_is_held_already_keeps_its_reason(
    practice, ruth, stan
):
    came = source(practice)
    held, ruths, stans = incoming(ruth), incoming(ruth), incoming(stan)
    store([held, ruths, stans], came)
    Resource.objects.filter(pk=held.id).update(held_at=NOW, held_reason="first")
    brought = Brought(practice.pk, came.delivery_id, ruth.pk)
    hold(brought=brought, reason=DOUBT, by=SYSTEM)
    reasons = dict(Resource.objects.values_list("pk", "held_reason"))
    assert reasons == {held.id: "first", ruths.id: DOUBT, stans.id: ""}
    assert told("record.hold") == [(ruth.pk, str(came.delivery_id), {"held": 1, "restored": 0})]
    assert release(brought=brought, held_reason=DOUBT, reason="x", by=SYSTEM) == 1
    assert dict(Resource.objects.values_list("pk", "held_reason"))[held.id] == "first"
    assert told("record.release") == [(ruth.pk, str(came.delivery_id), {"released": 1})]


def test_a_change_that_is_held_gives_the_former_version_back(practice, ruth):
    first = incoming(ruth)
    good, doubted = source(practice), source(practice)
    store([first], good)
    change = replace(incoming(ruth, first.id, "entered-in-error"), content_hash=b"2")
    assert store([change], doubted).updated == [first.id]
    brought = Brought(practice.pk, doubted.delivery_id, ruth.pk)
    assert hold(brought=brought, reason=DOUBT, by=SYSTEM) == {first.id: first.source_key}
    row = Resource.objects.get()
    assert (row.status, row.version, row.held_at, row.retracted_at) == ("final", 3, None, None)
    assert (bytes(row.content_hash), row.delivery_id) == (first.content_hash, good.delivery_id)
    assert str(row.content["value"]) == "1.20"
    assert list(ResourceVersion.objects.values_list("content__status", flat=True)) == ["final"]
    assert store([change], source(practice)).updated == [first.id]
    assert Resource.objects.get().version == 4


def test_nothing_to_hold_release_or_retract_is_no_event(practice, ruth):
    brought = Brought(practice.pk, source(practice).delivery_id, ruth.pk)
    before = AuditEvent.objects.count()
    assert hold(brought=brought, reason=DOUBT, by=SYSTEM) == {}
    assert release(brought=brought, held_reason=DOUBT, reason="x", by=SYSTEM) == 0
    assert retract(brought=brought, held_reason=DOUBT, reason="x", by=SYSTEM) == 0
    assert AuditEvent.objects.count() == before


def test_what_is_retracted_is_held_all_the_same(practice, ruth):
    came = source(practice)
    store([incoming(ruth)], came)
    brought = Brought(practice.pk, came.delivery_id, ruth.pk)
    hold(brought=brought, reason=DOUBT, by=SYSTEM)
    assert retract(brought=brought, held_reason=DOUBT, reason="x", by=SYSTEM) == 1
    row = Resource.objects.get()
    assert row.retracted_at is not None
    assert row.held_reason == DOUBT
