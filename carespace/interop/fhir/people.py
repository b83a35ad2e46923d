"""Who the Patients of a group are, and which of a feed's patient ids cannot be trusted.

Promises: a Patient that describes somebody else than its id stands for (or cannot be read, so that nobody knows) is
refused, and so is everything that names that id: in the whole group, in the whole delivery (what it had stored before is held, what it had changed is as before), and, where it is another person, in later
deliveries of the feed that do not bring the right Patient with them, until somebody has settled it (T18).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from carespace.audit.recording import Actor
from carespace.interop.fhir.candidates import Candidate, Refused
from carespace.interop.fhir.places import ANOTHER_PERSON, Place, Placed
from carespace.interop.fhir.reading import FhirEntry
from carespace.interop.fhir.references import FeedIds, source_key
from carespace.interop.models import Delivery, QuarantinedEntry
from carespace.interop.quarantine import doubted_patients
from carespace.patients.actions import PatientConflict, identity_on_file, register_patient
from carespace.patients.matching import Identity, identity_of, same_person
from carespace.patients.merging import survivors
from carespace.patients.models import Patient, PatientIdentifier
from carespace.records.actions import Brought, hold
from carespace.records.extract import last_updated_of
from carespace.records.models import Resource

# Numbers that a family or an account shares (HL7 table 0203): no proof that two are one person.
_SHARED_KINDS = frozenset({"AM", "AN", "ANC", "ANON", "BC", "HC", "MB", "SN", "VN"})
HELD_BECAUSE = "The delivery it came in describes another person under this patient’s number, or one who cannot be read."


@dataclass(frozen=True, slots=True)
class _OnFile:
    patient_id: UUID
    content_hash: bytes
    last_updated: datetime | None
    received_at: datetime


class People:
    """The Patients of one group, met before anything else of it is placed."""

    def __init__(self, delivery: Delivery, ids: FeedIds, by: Actor) -> None:
        self._delivery = delivery
        self._ids = ids
        self._by = by
        self._places: dict[int, Place] = {}
        self._on_file: dict[UUID, _OnFile] = {}
        self._agreed: set[UUID] = set()
        self._in_doubt: set[UUID] = set()
        # What this delivery had changed before it was doubted, and is as it was before now.
        self.restored: set[UUID] = set()

    def meet(
        self,
        candidates: Sequence[Candidate],
        again: Collection[QuarantinedEntry] = (),
        confirmed: str = "",
    ) -> None:
        """Decide who each Patient among ``candidates`` is.

        What stands in ``again`` is decided anew, and somebody has confirmed the one at the position ``confirmed``.
        """
        patients = [each for each in candidates if each.type == "Patient"]
        here, elsewhere = doubted_patients(self._delivery, without=[each.pk for each in again])
        self._in_doubt |= here
        self._look_up(each.id for each in patients)
        for candidate in patients:
            place = self._places[id(candidate)] = (
                self._confirmed(candidate)
                if confirmed and candidate.position == confirmed
                else self._decide(candidate)
            )
            if isinstance(place, Placed):
                self._agreed.add(candidate.id)
            else:
                self._doubt(candidate)
        self._in_doubt |= elsewhere - self._agreed

    def unread(self, refused: Iterable[FhirEntry]) -> dict[str, UUID]:
        """Doubt the Patients on file whose new word cannot be read; return their ids by position."""
        found = {
            entry.position: self._ids.of(key)
            for entry in refused
            if entry.resource.get("resourceType") == "Patient"
            and isinstance(entry.resource.get("id", ""), str)
            and (key := source_key(entry.resource, entry.full_url))
        }
        self._look_up(found.values())
        on_file = {place: pk for place, pk in found.items() if pk in self._on_file}
        for pk in on_file.values():
            self._in_doubt.add(pk)
            self._hold(self._on_file[pk].patient_id)
        return on_file

    def place_of(self, candidate: Candidate) -> Place:
        """Return what was decided about a Patient."""
        return self._places[id(candidate)]

    def doubt(self, resource_id: UUID) -> None:
        """Note that what came under ``resource_id`` is not what is on file under it."""
        self._in_doubt.add(resource_id)

    def in_doubt(self, resource_ids: Iterable[UUID]) -> bool:
        """Whether any of ``resource_ids`` stands, or may stand, for another person here."""
        return not self._in_doubt.isdisjoint(resource_ids)

    def identifier_ids(self, candidate: Candidate) -> list[UUID]:
        """Return the ids under which others wait for the identifiers of a Patient."""
        identity = self._identity(candidate)
        return [self._ids.of_identifier(each.system, each.value) for each in identity.identifiers]

    def _look_up(self, ids: Iterable[UUID]) -> None:
        if not (wanted := set(ids)):
            return
        rows = Resource.objects.filter(pk__in=wanted, patient__isnull=False)
        for pk, patient_id, digest, updated, received in rows.values_list(
            "pk", "patient_id", "content_hash", "last_updated", "received_at"
        ):
            if patient_id is not None:
                self._on_file[pk] = _OnFile(patient_id, bytes(digest), updated, received)
        leads = survivors(each.patient_id for each in self._on_file.values())
        for pk, row in self._on_file.items():
            if row.patient_id in leads:
                self._on_file[pk] = replace(row, patient_id=leads[row.patient_id])

    def _decide(self, candidate: Candidate) -> Place:
        on_file = self._on_file.get(candidate.id)
        if on_file and on_file.content_hash == candidate.content_hash:
            return Placed(on_file.patient_id)
        known = Patient.objects.get(pk=on_file.patient_id) if on_file else None
        identity = self._identity(candidate)
        updated = last_updated_of(candidate.resource, self._delivery.practice.zone)
        if known and on_file and self._is_older(updated, on_file):
            same = same_person(identity_on_file(known), identity)
            return Placed(known.pk) if same else ANOTHER_PERSON
        try:
            patient = register_patient(
                practice=self._delivery.practice, identity=identity, known=known, by=self._by
            )
        except PatientConflict as conflict:
            return Refused(ANOTHER_PERSON.code, str(conflict))
        self._on_file[candidate.id] = _OnFile(
            patient.pk, candidate.content_hash, updated, self._delivery.received_at
        )
        return Placed(patient.pk)

    def _confirmed(self, candidate: Candidate) -> Place:
        """Somebody says that it is the person on file; its numbers must be nobody else's all the same."""
        keys = {(each.system, each.value) for each in self._identity(candidate).identifiers}
        rows = PatientIdentifier.objects.filter(
            practice=self._delivery.practice, value__in=[value for _, value in keys]
        )
        found = rows.values_list("system", "value", "patient_id")
        holders = {owner for system, value, owner in found if (system, value) in keys}
        leads = survivors(holders)
        people = {leads.get(each, each) for each in holders}
        if on_file := self._on_file.get(candidate.id):
            people.add(on_file.patient_id)
        return Placed(people.pop()) if len(people) == 1 else ANOTHER_PERSON

    def _is_older(self, updated: datetime | None, on_file: _OnFile) -> bool:
        if updated and on_file.last_updated and updated != on_file.last_updated:
            return updated < on_file.last_updated
        return self._delivery.received_at < on_file.received_at

    def _hold(self, patient_id: UUID) -> None:
        brought = Brought(self._delivery.practice_id, self._delivery.pk, patient_id)
        self.restored |= hold(brought=brought, reason=HELD_BECAUSE, by=self._by).keys()

    def _identity(self, candidate: Candidate) -> Identity:
        return identity_of(_own_numbers(candidate.resource), self._ids.own_system, candidate.key)

    def _doubt(self, candidate: Candidate) -> None:
        self._in_doubt |= {candidate.id, *self.identifier_ids(candidate)}
        if on_file := self._on_file.get(candidate.id):
            self._hold(on_file.patient_id)


def _own_numbers(patient: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``patient`` with the identifiers that can only be this person's."""
    kept = [each for each in patient.get("identifier", ()) if not _is_shared(each)]
    return {**patient, "identifier": kept}


def _is_shared(identifier: Mapping[str, Any]) -> bool:
    codings = identifier.get("type", {}).get("coding", ())
    return any(coding.get("code") in _SHARED_KINDS for coding in codings)
