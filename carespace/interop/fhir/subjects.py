"""Whose is it: the patient each candidate belongs to.

Promises: only the subject must resolve, to exactly one patient of this practice; one that is not here yet is waited
for; one that cannot be named is refused. A patient is found by the feed's own reference, or by an identifier with its
system (without one, the feed's own) that exactly one patient holds: never by name. A merged one leads to the survivor.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote
from uuid import UUID

from django.db.models import Q

from carespace.interop.fhir.attachments import attachment_targets
from carespace.interop.fhir.candidates import Candidate
from carespace.interop.fhir.elements import (
    EITHER_TYPES,
    SHARED_TYPES,
    THROUGH_OTHERS,
    subject_references,
    subject_targets,
)
from carespace.interop.fhir.people import People
from carespace.interop.fhir.places import (
    ANOTHER_PERSON,
    MANY_PATIENTS,
    MOVED,
    NO_PATIENT,
    Place,
    Placed,
    Waits,
)
from carespace.interop.fhir.references import FeedIds, key_of
from carespace.interop.models import Delivery
from carespace.patients.merging import survivors
from carespace.patients.models import PatientIdentifier
from carespace.records.models import Resource
from carespace.records.statements import array, ask

_SEVERAL_ACTORS = frozenset({"Appointment", "Schedule", "SupplyRequest"})
_CONDITIONAL = "Patient?identifier="
_SHOWING_TYPES = (
    "Communication", "Consent", "DiagnosticReport", "DocumentReference", "Media", "Patient",
    "RelatedPerson",
)  # fmt: skip


class Subjects:
    """Finds the patient of each candidate of one group; asks the database once per kind of question."""

    def __init__(
        self, delivery: Delivery, ids: FeedIds, people: People, candidates: Sequence[Candidate]
    ) -> None:
        self._delivery = delivery
        self._feed = ids
        self._people = people
        self._owners: dict[UUID, UUID | None] = {}
        self._on_file: dict[UUID, UUID | None] = {}
        self._from_this_delivery: set[UUID] = set()
        self._holders: dict[tuple[str, str], UUID] = {}
        self._binaries = self._shown_binaries(candidates)
        self._ask(candidates)

    def note(self, resource_id: UUID, patient_id: UUID | None) -> None:
        """Remember whose ``resource_id`` is, as soon as that is known."""
        self._owners[resource_id] = patient_id

    def patient_of(self, resource_id: UUID) -> UUID | None:
        """Return the patient behind a resource seen so far."""
        return self._owners.get(resource_id)

    def place(self, candidate: Candidate) -> Place:
        """Say whose ``candidate`` is; what it names, or shows it, must not be in doubt."""
        place = self._place(candidate)
        if isinstance(place, Placed):
            on_file = self._on_file.get(candidate.id, place.patient_id)
            if candidate.id in self._on_file and on_file != place.patient_id:
                place = MOVED
        if place in (MOVED, ANOTHER_PERSON):
            self._people.doubt(candidate.id)
        return place

    def _place(self, candidate: Candidate) -> Place:
        if candidate.type == "Patient":
            return self._people.place_of(candidate)
        if candidate.type in SHARED_TYPES:
            return Placed(None)
        if candidate.type == "Binary":
            return self._binary(candidate)
        if candidate.type in THROUGH_OTHERS:
            return self._through_others(candidate)
        return self._by_subject(candidate)

    def _by_subject(self, candidate: Candidate) -> Place:
        wanted = list(self._patient_ids(candidate))
        numbers = list(self._identifiers(candidate))
        by_number = [self._feed.of_identifier(*each) for each in numbers]
        if self._is_doubted(candidate, (*wanted, *by_number)):
            return ANOTHER_PERSON
        found = {owner for each in wanted if (owner := self._owners.get(each))}
        found |= {owner for each in numbers if (owner := self._holder(*each))}
        if len(found) > 1:
            return MANY_PATIENTS
        missing = [each for each in wanted if each not in self._owners]
        if missing or (by_number and not found):
            return Waits((missing or by_number)[0])
        if found:
            return Placed(found.pop())
        return Placed(None) if candidate.type in EITHER_TYPES else NO_PATIENT

    def _is_doubted(self, candidate: Candidate, ids: Iterable[UUID]) -> bool:
        # What this delivery stored before the doubt came up is held; reading it again changes nothing.
        return candidate.id not in self._from_this_delivery and self._people.in_doubt(ids)

    def _through_others(self, candidate: Candidate) -> Place:
        targets = [each for each in self._ids(candidate) if each is not None]
        if self._is_doubted(candidate, targets):
            return ANOTHER_PERSON
        owners = {self._owners[each] for each in targets if each in self._owners}
        patients = owners - {None}
        if len(patients) > 1:
            return MANY_PATIENTS
        if owners:
            return Placed((patients or owners).pop())
        return Waits(targets[0]) if targets else NO_PATIENT

    def _binary(self, candidate: Candidate) -> Place:
        context = candidate.resource.get("securityContext", {}).get("reference")
        key = key_of(context, candidate.local) if isinstance(context, str) else None
        named = [self._feed.of(key)] if key else []
        shower = self._shower(candidate)
        named += [shower] if shower else []
        if self._is_doubted(candidate, named):
            return ANOTHER_PERSON
        owners = {self._owners[each] for each in named if each in self._owners}
        if len(owners - {None}) > 1:
            return MANY_PATIENTS
        if owners:
            return Placed(((owners - {None}) or owners).pop())
        return Waits(candidate.id)

    def _shower(self, candidate: Candidate) -> UUID | None:
        if candidate.id in self._binaries:
            return self._binaries[candidate.id]
        address = f"Binary/{candidate.id}"
        shown = Resource.objects.filter(
            Q(content__contains={"content": [{"attachment": {"url": address}}]})
            | Q(content__contains={"presentedForm": [{"url": address}]})
            | Q(content__contains={"content": {"url": address}})
            | Q(content__contains={"photo": [{"url": address}]})
            | Q(content__contains={"payload": [{"contentAttachment": {"url": address}}]})
            | Q(content__contains={"sourceAttachment": {"url": address}}),
            practice=self._delivery.practice,
            resource_type__in=_SHOWING_TYPES,
        ).first()
        if shown is not None:
            self._remember({shown.pk: shown.patient_id})
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

    def _identifiers(self, candidate: Candidate) -> Iterable[tuple[str, str]]:
        """The (system, value) by which a subject is named instead of, or beside, an address."""
        several = candidate.type in _SEVERAL_ACTORS
        for target in subject_targets(candidate.resource):
            identifier = target.get("identifier", {})
            is_patient = target.get("type") == "Patient" or not several
            if is_patient and (value := identifier.get("value")):
                yield identifier.get("system") or self._feed.own_system, value
            address = target.get("reference", "")
            if address.startswith(_CONDITIONAL):
                system, _, value = unquote(address.removeprefix(_CONDITIONAL)).rpartition("|")
                yield system or self._feed.own_system, value

    def _holder(self, system: str, value: str) -> UUID | None:
        if (system, value) not in self._holders:
            rows = PatientIdentifier.objects.filter(
                practice=self._delivery.practice, system=system, value=value
            )
            if (owner := rows.values_list("patient_id", flat=True).first()) is None:
                return None
            self._holders[system, value] = survivors([owner]).get(owner, owner)
        return self._holders[system, value]

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
        rows = ask(
            "SELECT id, patient_id, delivery_id FROM records_resource WHERE id = ANY(%s::uuid[])",
            [array(map(str, wanted))],
        )
        found = {}
        for pk, patient_id, delivery_id in rows:
            found[pk] = patient_id
            if delivery_id == self._delivery.pk:
                self._from_this_delivery.add(pk)
        self._remember(found)
        self._on_file = dict(self._owners)

    def _remember(self, owners: Mapping[UUID, UUID | None]) -> None:
        leads = survivors({each for each in owners.values() if each is not None})
        for pk, patient_id in owners.items():
            self._owners[pk] = leads.get(patient_id, patient_id) if patient_id else None
