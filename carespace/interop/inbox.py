"""The inbox: every delivery is kept before it is read, and read to its end once.

Promises: the bytes are encrypted and committed before anything is taken from them; the same bytes on the same feed are
one delivery, and reading it again after a crash ends where one undisturbed reading would have (F15).
"""

import errno
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from carespace.access.signing import work_for_practice
from carespace.audit.recording import About, record
from carespace.files.store import blob_of_file
from carespace.interop.fhir.ingest import FEED_ACTOR, Tally, ingest_group, take_turns
from carespace.interop.fhir.reading import read_file
from carespace.interop.fhir.references import FeedIds
from carespace.interop.models import Delivery
from carespace.practices.models import Practice

READ_BYTES = 1024 * 1024
Progress = Callable[[int], None]


@dataclass(slots=True)
class Reading:
    """One file, read to its end: whether it was known already, and what became of its entries."""

    delivery: Delivery
    known: bool
    tally: Tally = field(default_factory=Tally)


def take_file(
    practice: Practice, feed: str, path: Path, progress: Progress | None = None
) -> Reading:
    """Keep ``path`` as a delivery and read it to its end; ``progress`` hears of each group's size.

    OSError where the file cannot be read, or changes meanwhile. What the content lacks never raises: it is quarantined.
    """
    delivery = _receive(practice, feed, path)
    if delivery.state == Delivery.State.DONE:
        return Reading(delivery, known=True)
    reading = Reading(delivery, known=False)
    before = _stamp(path)
    for group in read_file(path):
        reading.tally.add(ingest_group(group, delivery))
        if progress:
            progress(len(group))
    if _stamp(path) != before:
        raise OSError(errno.EBUSY, "It changed while it was being read", str(path))
    _finish(reading)
    return reading


def _receive(practice: Practice, feed: str, path: Path) -> Delivery:
    digest = digest_of(path)
    with transaction.atomic():
        work_for_practice(practice.pk, "feed")
        found = Delivery.objects.filter(practice=practice, feed=feed, sha256=digest)
        if known := found.select_related("practice").first():
            return known
        # Another import of the same file may be at it: who comes second finds what the first has kept.
        take_turns(FeedIds(practice.pk, feed).namespace)
        if known := found.select_related("practice").first():
            return known
        blob = blob_of_file(uuid4(), practice, path)
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
    return delivery


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def printable(name: str) -> str:
    """Return a file name as text; what is no UTF-8 in it becomes question marks."""
    return name.encode("utf-8", "replace").decode()


@transaction.atomic
def _finish(reading: Reading) -> None:
    delivery, tally = reading.delivery, reading.tally
    work_for_practice(delivery.practice_id, "feed")
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
