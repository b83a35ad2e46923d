"""Whose is it: the patient each candidate belongs to.

Promises: only the subject must resolve, to exactly one patient of this practice; one that is not here yet is waited
for; one that cannot be named is refused. A patient is found by the feed's own reference, else by an identifier that
exactly one patient holds: never by name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from carespace.interop.fhir.attachments import attachment_targets
from carespace.interop.fhir.candidates import Candidate, Refused
from carespace.interop.fhir.elements import (
    EITHER_TYPES,
    SHARED_TYPES,
    THROUGH_OTHERS,
    subject_references,
)
from carespace.interop.fhir.references import FeedIds, key_of
from carespace.patients.models import PatientIdentifier
from carespace.practices.models import Practice
from carespace.records.models import Resource

_SEVERAL_ACTORS = frozenset({"Appointment", "Schedule", "SupplyRequest"})
_NO_PATIENT = Refused("no-patient", "It names no patient, so nobody's record can hold it.")
_MANY = Refused(
    "many-patients", "It names more than one patient; whose record it belongs to is unclear."
)


@dataclass(frozen=True, slots=True)
class Placed:
    """It belongs to this patient, or (None) to the practice."""

    patient_id: UUID | None


@dataclass(frozen=True, slots=True)
class Waits:
    """It belongs with the resource of this id, which has not come yet."""

    waits_for: UUID


Place = Placed | Waits | Refused


class Subjects:
    """Finds the patient of each candidate of one group; asks the database once per kind of question."""

    def __init__(self, practice: Practice, ids: FeedIds, candidates: Sequence[Candidate]) -> None:
        self._practice = practice
        self._feed = ids
        self._owners: dict[UUID, UUID | None] = {}
        self._binaries = self._shown_binaries(candidates)
        self._ask(candidates)

    def note(self, resource_id: UUID, patient_id: UUID | None) -> None:
        """Remember whose ``resource_id`` is, as soon as that is known."""
        self._owners[resource_id] = patient_id

    def patient_of(self, resource_id: UUID) -> UUID | None:
        """Return the patient behind a resource seen so far."""
        return self._owners.get(resource_id)

    def place(self, candidate: Candidate) -> Place:
        """Say whose ``candidate`` is."""
        if candidate.type in SHARED_TYPES:
            return Placed(None)
        if candidate.type == "Binary":
            return self._binary(candidate)
        if candidate.type in THROUGH_OTHERS:
            return self._through_others(candidate)
        return self._by_subject(candidate)

    def _by_subject(self, candidate: Candidate) -> Place:
        wanted = list(self._patient_ids(candidate))
        found = {self._owners[each] for each in wanted if self._owners.get(each)}
        found |= self._by_identifier(candidate) if not wanted else set()
        if len(found) > 1:
            return _MANY
        if found:
            return Placed(found.pop())
        if wanted:
            return Waits(wanted[0])
        return Placed(None) if candidate.type in EITHER_TYPES else _NO_PATIENT

    def _through_others(self, candidate: Candidate) -> Place:
        targets = [each for each in self._ids(candidate) if each is not None]
        known = [each for each in targets if each in self._owners]
        if len({self._owners[each] for each in known}) > 1:
            return _MANY
        if known:
            return Placed(self._owners[known[0]])
        return Waits(targets[0]) if targets else _NO_PATIENT

    def _binary(self, candidate: Candidate) -> Place:
        context = candidate.resource.get("securityContext", {}).get("reference")
        key = key_of(context, candidate.local) if isinstance(context, str) else None
        for identity in (self._feed.of(key) if key else None, self._shower(candidate)):
            if identity is not None and identity in self._owners:
                return Placed(self._owners[identity])
        return Waits(candidate.id)

    def _shower(self, candidate: Candidate) -> UUID | None:
        if candidate.id in self._binaries:
            return self._binaries[candidate.id]
        address = f"Binary/{candidate.id}"
        shown = Resource.objects.filter(
            Q(content__contains={"content": [{"attachment": {"url": address}}]})
            | Q(content__contains={"presentedForm": [{"url": address}]}),
            practice=self._practice,
            resource_type__in=("DocumentReference", "DiagnosticReport"),
        ).first()
        if shown is not None:
            self._owners[shown.pk] = shown.patient_id
        return shown.pk if shown else None

    def _patient_ids(self, candidate: Candidate) -> Iterable[UUID]:
        for reference in subject_references(candidate.resource):
            key = key_of(reference, candidate.local) or ""
            if key.startswith("Patient/"):
                yield self._feed.of(key)
            elif key.startswith("urn:"):
                # An address without a type may be anybody's where a type names several actors.
                identity = self._feed.of(key)
                if identity in self._owners or candidate.type not in _SEVERAL_ACTORS:
                    yield identity

    def _ids(self, candidate: Candidate) -> Iterable[UUID | None]:
        for reference in subject_references(candidate.resource):
            key = key_of(reference, candidate.local)
            yield self._feed.of(key) if key else None

    def _by_identifier(self, candidate: Candidate) -> set[UUID]:
        """Find the patient of a subject that names an identifier instead of an address."""
        found: set[UUID] = set()
        for system, value in _subject_identifiers(candidate.resource):
            rows = PatientIdentifier.objects.filter(practice=self._practice, value=value)
            if system:
                rows = rows.filter(system=system)
            owners = {row.patient_id for row in rows[:2]}
            found |= owners if len(owners) == 1 else set()
        return found

    def _shown_binaries(self, candidates: Sequence[Candidate]) -> dict[UUID, UUID]:
        shown = {}
        for candidate in candidates:
            for address in attachment_targets(candidate.resource):
                if key := key_of(address, candidate.local):
                    shown[self._feed.of(key)] = candidate.id
        return shown

    def _ask(self, candidates: Sequence[Candidate]) -> None:
        wanted = {each.id for each in candidates}
        for candidate in candidates:
            wanted.update(each for each in self._ids(candidate) if each is not None)
        rows = Resource.objects.filter(pk__in=wanted).values_list("pk", "patient_id")
        self._owners.update(rows)


def _subject_identifiers(resource: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name in ("subject", "patient", "beneficiary"):
        target = resource.get(name)
        if not isinstance(target, dict):
            continue
        identifier = target.get("identifier")
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
            yield str(identifier.get("system", "")), identifier["value"]
        address = target.get("reference")
        if isinstance(address, str) and address.startswith("Patient?identifier="):
            system, _, value = address.removeprefix("Patient?identifier=").rpartition("|")
            yield system, value
