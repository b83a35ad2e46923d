"""Settling what was set aside: discard it, take it in again, or confirm that a doubted patient is the one on file.

Promises: each is one transaction with its AuditEvent and the reason somebody gave; what is taken in comes from the
delivery's kept bytes, under the same rules as at first, as of the day it came; what a discarded Patient brought along
stays out for good (T18).
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carespace.access.signing import work_for_practice
from carespace.audit.recording import About, Actor, record
from carespace.interop.fhir.ingest import ingest_again, take_turns
from carespace.interop.fhir.people import HELD_BECAUSE
from carespace.interop.fhir.places import ANOTHER_PERSON
from carespace.interop.fhir.references import FeedIds
from carespace.interop.kept import groups_of
from carespace.interop.models import QuarantinedEntry
from carespace.interop.quarantine import SAME_PERSON, doubted_patients, fitting
from carespace.patients.merging import survivors
from carespace.records.actions import Brought, release, retract
from carespace.records.models import Resource

_STATES = QuarantinedEntry.State
OPEN = (_STATES.QUARANTINED, _STATES.WAITING)


class NotToBeSettled(ValueError):
    """The entry is not one that this can be done to; the message says why."""


@transaction.atomic
def discard(*, entry: QuarantinedEntry, reason: str, by: Actor) -> int:
    """Close ``entry`` for good; what a doubted Patient's delivery had put into their record is retracted.

    Returns how many rows were retracted.
    """
    locked = _locked(entry, OPEN)
    locked.state, locked.settled_at, locked.content = _STATES.DISCARDED, timezone.now(), None
    locked.save(update_fields=["state", "settled_at", "content"])
    record("quarantine.discard", by=by, about=_about(locked), reason=reason)
    brought = _brought_with(locked)
    if brought is None:
        return 0
    return retract(brought=brought, held_reason=HELD_BECAUSE, reason=reason, by=by)


@transaction.atomic
def retry(*, entries: Sequence[QuarantinedEntry], by: Actor) -> int:
    """Read ``entries`` again from their deliveries' kept bytes; return how many of them are settled now."""
    locked = [_locked(each, (_STATES.QUARANTINED,)) for each in entries]
    for each in locked:
        record("quarantine.retry", by=by, about=_about(each))
    locked.sort(key=lambda each: (each.delivery.received_at, str(each.delivery_id)))
    for _, some in groupby(locked, key=lambda each: each.delivery_id):
        _take_again(list(some))
    settled = QuarantinedEntry.objects.filter(pk__in=[each.pk for each in locked])
    return settled.filter(state=_STATES.RELEASED).count()


@transaction.atomic
def settle_as_same_person(*, entry: QuarantinedEntry, reason: str, by: Actor) -> int:
    """Somebody has made sure that a doubted Patient is the one on file: take in what came with them.

    What was held of the delivery is shown again. Returns how many rows were released. NotToBeSettled where the
    entry is no doubted Patient, or its numbers are another patient's.
    """
    locked = _locked(entry, (_STATES.QUARANTINED,))
    if locked.resource_type != "Patient" or locked.resource_id is None:
        message = "Only a Patient that was set aside can be confirmed as the person on file."
        raise NotToBeSettled(message)
    record("quarantine.settle", by=by, about=_about(locked), reason=reason)
    if locked.code == ANOTHER_PERSON.code:
        _take_again([locked], confirmed=locked)
        if locked.state != _STATES.RELEASED:
            message = "One of its numbers is another patient’s, or nobody is on file under it: this is not settled."
            raise NotToBeSettled(message)
    else:
        # It cannot be read, so nothing of it is stored; that it is no other person is all that is known.
        locked.state, locked.code, locked.settled_at = (
            _STATES.DISCARDED,
            SAME_PERSON,
            timezone.now(),
        )
        locked.save(update_fields=["state", "code", "settled_at"])
    _take_again(list(_refused_with(locked)))
    here, _ = doubted_patients(locked.delivery)
    brought = _brought_with(locked)
    if brought is None or brought.patient_id in _patients_of(here):
        return 0
    return release(brought=brought, held_reason=HELD_BECAUSE, reason=reason, by=by)


def _locked(entry: QuarantinedEntry, states: Sequence[str]) -> QuarantinedEntry:
    """Return the row as it is once nobody else writes to its feed; NotToBeSettled where it is closed already."""
    work_for_practice(entry.practice_id, "feed")
    take_turns(FeedIds(entry.practice_id, entry.feed).namespace)
    rows = QuarantinedEntry.objects.select_related("delivery__practice", "delivery__blob")
    locked = rows.select_for_update(of=("self",)).get(pk=entry.pk)
    if locked.state not in states:
        message = f"The entry {locked.pk} is {locked.state}: there is nothing to settle."
        raise NotToBeSettled(message)
    return locked


def _take_again(
    entries: Sequence[QuarantinedEntry], confirmed: QuarantinedEntry | None = None
) -> None:
    """Take in entries of one delivery, group by group, and bring them up to date."""
    if not entries:
        return
    delivery = entries[0].delivery
    wanted = {each.position: each for each in entries}
    for group in groups_of(delivery):
        if some := [wanted[name] for each in group if (name := fitting(each.position)) in wanted]:
            ingest_again(group, delivery, some, confirmed)
    for each in entries:
        each.refresh_from_db(fields=["state", "code", "reason"])


def _refused_with(patient: QuarantinedEntry) -> Sequence[QuarantinedEntry]:
    """Return what else of the delivery was refused because somebody in it was doubted."""
    rows = QuarantinedEntry.objects.filter(
        delivery=patient.delivery, state=_STATES.QUARANTINED, code=ANOTHER_PERSON.code
    )
    found = rows.exclude(resource_type="Patient").select_related(
        "delivery__practice", "delivery__blob"
    )
    return list(found)


def _brought_with(entry: QuarantinedEntry) -> Brought | None:
    """Return what the delivery of a Patient brought for the patient on file under the same id."""
    if entry.resource_type != "Patient" or entry.resource_id is None:
        return None
    patients = _patients_of({entry.resource_id})
    if not patients:
        return None
    return Brought(entry.practice_id, entry.delivery_id, patients.pop())


def _patients_of(resource_ids: set[UUID]) -> set[UUID]:
    rows = Resource.objects.filter(pk__in=resource_ids, patient__isnull=False)
    owners = {each for each in rows.values_list("patient_id", flat=True) if each is not None}
    leads = survivors(owners)
    return {leads.get(each, each) for each in owners}


def _about(entry: QuarantinedEntry) -> About:
    brought = _brought_with(entry)
    patient_id = brought.patient_id if brought else None
    return About(entry.practice_id, patient_id, "record", "QuarantinedEntry", str(entry.pk))
