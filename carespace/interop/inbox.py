"""The inbox: every delivery is kept before it is read, and read to its end once.

Promises: the bytes are encrypted and committed before anything is taken from them; the same bytes on the same feed are
one delivery, and reading it again after a crash ends where one undisturbed reading would have (F15).
"""

import errno
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from carespace.access.signing import work_for_practice
from carespace.audit.recording import About, record
from carespace.files.store import blob_of_file
from carespace.interop.fhir.ingest import FEED_ACTOR, Tally, ingest_group, take_turns
from carespace.interop.fhir.reading import FhirEntry, Unreadable, read_file
from carespace.interop.fhir.references import FeedIds
from carespace.interop.models import Delivery
from carespace.practices.models import Practice

READ_BYTES = 1024 * 1024
Progress = Callable[[int], None]
Group = list[FhirEntry | Unreadable]


@dataclass(slots=True)
class Reading:
    """One file, read to its end: whether it was known already, and what became of its entries.

    ``is_first_try`` where no earlier reading, broken off, can have set anything aside.
    """

    delivery: Delivery
    known: bool
    tally: Tally = field(default_factory=Tally)
    is_first_try: bool = False


def take_file(
    practice: Practice, feed: str, path: Path, progress: Progress | None = None
) -> Reading:
    """Keep ``path`` as a delivery and read it to its end; ``progress`` hears of each group's size.

    OSError where the file cannot be read, or changes meanwhile. What the content lacks never raises: it is quarantined.
    """
    before = _stamp(path)  # first of all: what changes from here on is seen
    delivery, is_new = _receive(practice, feed, path)
    if delivery.state == Delivery.State.DONE:
        return Reading(delivery, known=True)
    reading = Reading(delivery, known=False, is_first_try=is_new)
    for group, is_last in _marking_last(read_file(path)):
        is_end = is_last and _stamp(path) == before
        with transaction.atomic():
            reading.tally.add(ingest_group(group, delivery))
            if is_end:
                # In the transaction of the last group: so it costs no commit of its own.
                _finish(reading)
        if progress:
            progress(len(group))
    if delivery.state != Delivery.State.DONE:
        raise OSError(errno.EBUSY, "It changed while it was being read", str(path))
    return reading


def _marking_last(groups: Iterator[Group]) -> Iterator[tuple[Group, bool]]:
    """Yield each group, an empty one where there is none, and whether the file ends with it."""
    group = next(groups, [])
    while following := next(groups, None):
        yield group, False
        group = following
    yield group, True


def _receive(practice: Practice, feed: str, path: Path) -> tuple[Delivery, bool]:
    """Return the delivery of ``path``, and whether it came only now."""
    digest = digest_of(path)
    with transaction.atomic():
        work_for_practice(practice.pk, "feed")
        found = Delivery.objects.filter(practice=practice, feed=feed, sha256=digest)
        # Another import of the same file may be at it: who comes second finds what the first has kept.
        take_turns(FeedIds(practice.pk, feed).namespace)
        if known := found.select_related("practice").first():
            return known, False
        blob = blob_of_file(_blob_id(practice, feed, digest), practice, path)
        if blob.sha256 != digest:
            raise OSError(errno.EBUSY, "It changed while it was being read", str(path))
        blob.save(force_insert=True)
        delivery = Delivery(
            practice=practice,
            feed=feed,
            name=printable(path.name)[-300:],
            sha256=digest,
            blob=blob,
            received_at=timezone.now(),
        )
        delivery.save(force_insert=True)
        about = About(practice.pk, None, "record", "Delivery", str(delivery.pk))
        record("delivery.receive", by=FEED_ACTOR, about=about, detail={"bytes": blob.size_bytes})
    return delivery, True


def _blob_id(practice: Practice, feed: str, digest: str) -> UUID:
    """The same for each try, so that a file left by a crash is overwritten by the next one."""
    return uuid5(practice.pk, f"delivery\n{feed}\n{digest}")


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def printable(name: str) -> str:
    """Return a file name as text; what is no UTF-8 in it becomes question marks."""
    return name.encode("utf-8", "replace").decode()


def _finish(reading: Reading) -> None:
    """Close the delivery, in the running transaction under the practice's own setting."""
    delivery, tally = reading.delivery, reading.tally
    delivery.state, delivery.done_at = Delivery.State.DONE, timezone.now()
    delivery.counts = {"resources": dict(tally.by_type)}
    delivery.save(update_fields=["state", "done_at", "counts"])
    about = About(delivery.practice_id, None, "record", "Delivery", str(delivery.pk))
    record("delivery.finish", by=FEED_ACTOR, about=about, detail=delivery.counts)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex; OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()
