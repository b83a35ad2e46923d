"""From entries to the record: one group of entries, one transaction.

Promises: an entry is stored, or waits for its patient, or is quarantined with a reason; nothing is half stored.
Patients of the group come first, whatever its order; what waited for anything that came now is stored in the same
transaction, as of the delivery it came in. One feed is written by one process at a time, and so are a practice's people.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from carespace.access.signing import work_for_practice
from carespace.audit.recording import About, Actor, record
from carespace.files.store import NewFile, keep_files
from carespace.interop import quarantine
from carespace.interop.fhir.attachments import (
    SHOWING_TYPES,
    AttachmentRefused,
    Content,
    attachment_targets,
    take_attachments,
)
from carespace.interop.fhir.candidates import Candidate, Refused, screen
from carespace.interop.fhir.people import People
from carespace.interop.fhir.places import ANOTHER_PERSON, MOVED, Placed, Waits
from carespace.interop.fhir.reading import FhirEntry, Unreadable
from carespace.interop.fhir.references import FeedIds, key_of, rewritten, rewritten_text, source_key
from carespace.interop.fhir.structure import resource_types
from carespace.interop.fhir.subjects import Subjects
from carespace.interop.kept import entries_on
from carespace.interop.models import Delivery, QuarantinedEntry
from carespace.records.extract import columns_of
from carespace.records.store import Incoming, Outcome, Source, store
from carespace.values import dump_json

FEED_ACTOR = Actor(user_id=None, name="Practice feed", kind="feed")
UNKNOWN_TYPE = "unknown type"


@dataclass(slots=True)
class Tally:
    """What became of the entries of one or many groups."""

    by_type: Counter[str] = field(default_factory=Counter)
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    released: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.by_type += other.by_type
        self.refused += other.refused
        self.stored += other.stored
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.waiting += other.waiting
        self.released += other.released


@transaction.atomic(savepoint=False)
def ingest_group(group: Sequence[FhirEntry | Unreadable], delivery: Delivery) -> Tally:
    """Take in one group of entries of ``delivery``; all of it is kept, or none."""
    work_for_practice(delivery.practice_id, "feed")
    ids = FeedIds(delivery.practice_id, delivery.feed)
    take_turns(ids.namespace)
    run = _Group(delivery, ids)
    run.take(group)
    return run.tally


@transaction.atomic(savepoint=False)
def ingest_again(
    group: Sequence[FhirEntry | Unreadable],
    delivery: Delivery,
    entries: Sequence[QuarantinedEntry],
    confirmed: QuarantinedEntry | None = None,
) -> None:
    """Take in those of a group that were set aside as ``entries``, as of the delivery they came in.

    ``confirmed`` is a Patient of whom somebody has said that it is the person on file.
    """
    work_for_practice(delivery.practice_id, "feed")
    ids = FeedIds(delivery.practice_id, delivery.feed)
    take_turns(ids.namespace)
    _Group(delivery, ids).take_again(group, entries, confirmed)


def take_turns(lock: UUID) -> None:
    """Wait until no other transaction holds ``lock``, and hold it until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock.int >> 65])


class _Group:
    """The work on one group; it lives as long as the transaction."""

    def __init__(self, delivery: Delivery, ids: FeedIds) -> None:
        self.delivery = delivery
        self.practice = delivery.practice
        self.ids = ids
        self.people = People(delivery, ids, FEED_ACTOR)
        self.tally = Tally()
        self._aside: list[QuarantinedEntry] = []
        # Entries being taken up again, by their own id (which is then the candidate's position);
        # one that must wait or be refused once more leaves this and keeps its own row.
        self._reopened: dict[str, QuarantinedEntry] = {}
        # What the references of the turn become, as JSON text.
        self._addresses: dict[bytes, bytes] = {}
        # Asked under the feed's lock: nobody else adds to what waits while this group is stored.
        self._something_waits = quarantine.something_waits(delivery)

    def take(self, group: Sequence[FhirEntry | Unreadable]) -> None:
        """Screen, place and store the entries, then whatever waited for them."""
        entries = [each for each in group if isinstance(each, FhirEntry)]
        for each in group:
            if isinstance(each, Unreadable):
                self._refuse(each.position, Refused(each.code, each.reason))
        sound, refused = screen(entries, self.ids)
        unread = self.people.unread(each for each, _ in refused)
        for entry, reason in refused:
            name = entry.resource.get("resourceType")
            known = name if name in resource_types() else UNKNOWN_TYPE
            self._refuse(entry.position, reason, known, unread.get(entry.position))
        for candidate in sound:
            self.tally.by_type[candidate.type] += 1
        if any(candidate.type == "Patient" for candidate in sound):
            # Two feeds may bring the same person at once; they must not become two.
            take_turns(self.practice.pk)
        self.people.meet(sound)
        for turn in _turns(sound):
            arrived = self._store_turn(turn, self.delivery)
            if self._something_waits:
                self._release(arrived)
        self._set_restored_aside()
        quarantine.keep(self._aside)

    def take_again(
        self,
        group: Sequence[FhirEntry | Unreadable],
        entries: Sequence[QuarantinedEntry],
        confirmed: QuarantinedEntry | None,
    ) -> None:
        """Place and store what stands in ``entries``; what cannot be stored still keeps its own row."""
        rows = {each.position: each for each in entries}
        fitting = quarantine.fitting
        again = {
            each.position: rows[fitting(each.position)]
            for each in group
            if fitting(each.position) in rows
        }
        sound, refused = screen([each for each in group if isinstance(each, FhirEntry)], self.ids)
        for entry, reason in refused:
            if row := again.pop(entry.position, None):
                quarantine.refuse_after_all(row, reason)
        wanted = [each for each in sound if each.position in again]
        self._reopened = {each.position: again[each.position] for each in wanted}
        if any(each.type == "Patient" for each in wanted):
            take_turns(self.practice.pk)
        place = next((name for name, row in again.items() if row is confirmed), "")
        self.people.meet(wanted, list(again.values()), place)
        arrived = [
            each for turn in _turns(wanted) for each in self._store_turn(turn, self.delivery)
        ]
        quarantine.settle_released(self._reopened.values())
        self._reopened = {}
        if self._something_waits:
            self._release(arrived)
        self._set_restored_aside()
        quarantine.keep(self._aside)

    def _set_restored_aside(self) -> None:
        """Set aside what this delivery had changed before it was doubted, at the place where it stands."""
        if not (restored := self.people.restored):
            return
        for entry, identity in entries_on(self.delivery, self.ids, restored):
            self._aside.append(
                quarantine.set_aside(
                    self.delivery,
                    entry.position,
                    ANOTHER_PERSON,
                    resource_type=entry.resource["resourceType"],
                    source_key=source_key(entry.resource, entry.full_url) or "",
                    resource_id=identity,
                )
            )

    def _store_turn(self, candidates: Sequence[Candidate], delivery: Delivery) -> list[UUID]:
        """Store candidates with distinct ids; return the ids that others may have waited for."""
        subjects = Subjects(delivery, self.ids, self.people, candidates)
        ready: list[Incoming] = []
        contents: list[tuple[Content, UUID | None]] = []
        by_id = {each.id: each for each in candidates}
        self._addresses = {}
        for candidate in sorted(candidates, key=_rank):
            place = subjects.place(candidate)
            if isinstance(place, Waits):
                self._set_waiting(candidate, place.waits_for)
            elif isinstance(place, Refused):
                self._set_aside(candidate, place)
            else:
                subjects.note(candidate.id, place.patient_id)
                try:
                    incoming, taken = self._incoming(candidate, place, subjects)
                except AttachmentRefused as refusal:
                    self._set_aside(candidate, Refused("attachment", str(refusal)))
                    continue
                ready.append(incoming)
                contents += [(each, place.patient_id) for each in taken]
        outcome = store(ready, _source(delivery))
        for identity in outcome.moved:
            self._set_aside(by_id[identity], MOVED)
        self._keep_contents(contents, set(outcome.moved))
        self._count(outcome, ready)
        arrived = [by_id[item.id] for item in ready if item.id not in outcome.moved]
        return [each for one in arrived for each in self._answers_to(one)]

    def _answers_to(self, candidate: Candidate) -> list[UUID]:
        """Return the ids that something may wait for, now that ``candidate`` is stored."""
        numbers = self.people.identifier_ids(candidate) if candidate.type == "Patient" else []
        return [candidate.id, *self._binary_ids(candidate), *numbers]

    def _incoming(
        self, candidate: Candidate, place: Placed, subjects: Subjects
    ) -> tuple[Incoming, list[Content]]:
        identity = str(place.patient_id if candidate.type == "Patient" else candidate.id)
        content = {**candidate.resource, "id": identity}
        taken: list[Content] = []

        def address(reference: str) -> str:
            return self._address(reference, candidate, subjects)

        if candidate.type in SHOWING_TYPES:
            content = rewritten(content, address)
            taken = take_attachments(content, candidate.id)
            written = dump_json(content)
        else:
            # No Patient comes here: all of the turn are placed, so an address means the same to its end.
            written = rewritten_text(dump_json(content), address, self._addresses)
        columns = columns_of(candidate.resource, self.practice.zone)
        incoming = Incoming(
            id=candidate.id,
            patient_id=place.patient_id,
            source_key=candidate.key[:300],
            resource_type=candidate.type,
            content=written,
            content_hash=candidate.content_hash,
            columns=columns,
        )
        return incoming, taken

    def _address(self, reference: str, candidate: Candidate, subjects: Subjects) -> str:
        """Return what a reference becomes in the record."""
        key = key_of(reference, candidate.local)
        if key is None:
            return reference
        identity = self.ids.of(key)
        name = key.partition("/")[0] if "/" in key else ""
        if name == "Patient":
            identity = subjects.patient_of(identity) or identity
        return f"{name}/{identity}" if name else reference

    def _binary_ids(self, candidate: Candidate) -> list[UUID]:
        keys = [key_of(each, candidate.local) for each in attachment_targets(candidate.resource)]
        return [self.ids.of(key) for key in keys if key]

    def _keep_contents(
        self, contents: Sequence[tuple[Content, UUID | None]], moved: set[UUID]
    ) -> None:
        wanted = {
            each.id: NewFile(each.id, patient, each.owner, each.data)
            for each, patient in contents
            if each.owner not in moved
        }
        keep_files(self.practice, list(wanted.values()))

    def _release(self, arrived: Sequence[UUID]) -> None:
        """Store what waited for ``arrived``, and then what waited for that, until nothing does."""
        pending = set(arrived)
        tried: set[UUID] = set()
        while pending and (found := quarantine.waiting_for(self.delivery, pending, tried)):
            tried.update(entry.pk for entry in found)
            for delivery, entries in groupby(found, key=lambda entry: entry.delivery):
                delivery.practice = self.practice
                pending.update(self._reopen(delivery, list(entries)))

    def _reopen(self, delivery: Delivery, entries: Sequence[QuarantinedEntry]) -> list[UUID]:
        """Take up waiting entries of one delivery; return the ids that others may have waited for."""
        self._reopened = {str(entry.pk): entry for entry in entries}
        again = [
            FhirEntry(entry.content, entry.source_key, str(entry.pk))
            for entry in entries
            if entry.content
        ]
        sound, refused = screen(again, self.ids)
        for each, reason in refused:
            quarantine.refuse_after_all(self._reopened.pop(each.position), reason)
        arrived = [each for turn in _turns(sound) for each in self._store_turn(turn, delivery)]
        quarantine.settle_released(self._reopened.values())
        self.tally.released += len(self._reopened)
        self._reopened = {}
        return arrived

    def _count(self, outcome: Outcome, ready: Sequence[Incoming]) -> None:
        self.tally.stored += len(outcome.stored)
        self.tally.updated += len(outcome.updated)
        self.tally.unchanged += len(outcome.unchanged)
        changed = {*outcome.stored, *outcome.updated}
        by_patient: dict[UUID, Counter[str]] = {}
        for item in ready:
            if item.id in changed and item.patient_id is not None:
                by_patient.setdefault(item.patient_id, Counter())[item.resource_type] += 1
        for patient_id, counts in by_patient.items():
            about = About(self.practice.pk, patient_id, "record", "Delivery", str(self.delivery.pk))
            record("record.receive", by=FEED_ACTOR, about=about, detail=dict(counts))

    def _refuse(
        self,
        position: str,
        refused: Refused,
        resource_type: str = "",
        resource_id: UUID | None = None,
    ) -> None:
        if resource_type:
            self.tally.by_type[resource_type] += 1
        self.tally.refused[refused.code] += 1
        entry = quarantine.set_aside(
            self.delivery,
            position,
            refused,
            resource_type=resource_type,
            resource_id=resource_id,
        )
        self._aside.append(entry)

    def _set_aside(self, candidate: Candidate, refused: Refused) -> None:
        self.tally.refused[refused.code] += 1
        if entry := self._reopened.pop(candidate.position, None):
            quarantine.refuse_after_all(entry, refused)
            return
        self._aside.append(
            quarantine.set_aside(
                self.delivery,
                candidate.position,
                refused,
                resource_type=candidate.type,
                source_key=candidate.key,
                resource_id=candidate.id,
            )
        )

    def _set_waiting(self, candidate: Candidate, waits_for: UUID) -> None:
        """Keep the entry with its references as source keys: its Bundle's own addresses end here."""
        content: dict[str, Any] = rewritten(
            candidate.resource, lambda text: candidate.local.get(text, text)
        )
        waiting = quarantine.set_waiting(self.delivery, candidate, content, waits_for)
        if entry := self._reopened.pop(candidate.position, None):
            quarantine.wait_on(entry, waiting)
            return
        self.tally.waiting += 1
        self._aside.append(waiting)


def _source(delivery: Delivery) -> Source:
    return Source(delivery.practice_id, delivery.feed, delivery.pk, delivery.received_at)


def _turns(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Part a group so that no id comes twice in a turn: the same Type/id again is a later word on it."""
    turns: list[list[Candidate]] = []
    seen: Counter[UUID] = Counter()
    for candidate in candidates:
        turn = seen[candidate.id]
        seen[candidate.id] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(candidate)
    return turns


def _rank(candidate: Candidate) -> int:
    """Patients first, then what names them, then what belongs to somebody through others."""
    order = {"Patient": 0, "Binary": 3, "Provenance": 2, "Linkage": 2, "MessageHeader": 2}
    return order.get(candidate.type, 1)
