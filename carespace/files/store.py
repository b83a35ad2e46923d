"""Keep and open files.

Promises: a large file is on the disk, synced, before its row is committed, so that a row never points at nothing; a
file left by a crash before the commit is overwritten by the next try. Opening needs a Chart (or the practice's own
setting, for deliveries), decrypts while reading and never writes plain bytes to disk.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from carespace.files.models import Blob
from carespace.files.sealing import DamagedFile, new_key, seal, unseal, unwrap
from carespace.practices.models import Practice

INLINE_LIMIT_BYTES = 64 * 1024
READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NewFile:
    """Bytes on their way in: under which id, whose, and which resource they are the whole content of."""

    id: UUID
    patient_id: UUID | None
    owner_id: UUID | None
    plain: bytes


def keep_files(practice: Practice, files: Sequence[NewFile]) -> None:
    """Write the files that are not there yet, in the caller's transaction."""
    there = set(
        Blob.objects.filter(pk__in=[each.id for each in files]).values_list("pk", flat=True)
    )
    Blob.objects.bulk_create([_blob(practice, each) for each in files if each.id not in there])


def _blob(practice: Practice, file: NewFile) -> Blob:
    """Return an unsaved Blob; a large one's bytes are on the disk when this returns."""
    key, wrapped = new_key(settings.CARESPACE_FILE_KEY)
    blob = Blob(
        id=file.id,
        practice=practice,
        patient_id=file.patient_id,
        owner_id=file.owner_id,
        sha256=hashlib.sha256(file.plain).hexdigest(),
        size_bytes=len(file.plain),
        wrapped_key=wrapped,
    )
    if len(file.plain) <= INLINE_LIMIT_BYTES:
        blob.inline = b"".join(seal(key, file.id, [file.plain]))
    else:
        _write(file.id, seal(key, file.id, [file.plain]))
    return blob


def blob_of_file(identity: UUID, practice: Practice, path: Path) -> Blob:
    """Return an unsaved Blob of a file on disk, read once in pieces of 1 MiB."""
    if path.stat().st_size <= INLINE_LIMIT_BYTES:
        return _blob(practice, NewFile(identity, None, None, path.read_bytes()))
    key, wrapped = new_key(settings.CARESPACE_FILE_KEY)
    digest, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        with path.open("rb") as file:
            while piece := file.read(READ_BYTES):
                digest.update(piece)
                size += len(piece)
                yield piece

    _write(identity, seal(key, identity, pieces()))
    return Blob(
        id=identity,
        practice=practice,
        sha256=digest.hexdigest(),
        size_bytes=size,
        wrapped_key=wrapped,
    )


class UnreadableBlob(DamagedFile):
    """A blob whose bytes are missing, damaged or sealed with another key; ``blob`` is its row."""

    def __init__(self, blob: Blob) -> None:
        super().__init__(str(blob.pk))
        self.blob = blob


def open_blob(blob: Blob) -> Iterator[bytes]:
    """Yield the plain bytes of a blob that was found through a chart.

    UnreadableBlob (a DamagedFile) where they are missing or do not check, however many were yielded before.
    """
    try:
        key = unwrap(settings.CARESPACE_FILE_KEY, bytes(blob.wrapped_key))
        sealed = _read(blob.pk) if blob.inline is None else [bytes(blob.inline)]
        yield from unseal(key, blob.pk, sealed)
    except (DamagedFile, FileNotFoundError):
        raise UnreadableBlob(blob) from None


def read_blob(blob: Blob) -> bytes:
    """Return the whole plain content; for files known to be small enough for memory."""
    return b"".join(open_blob(blob))


def _path(identity: UUID) -> Path:
    name = identity.hex
    return Path(settings.CARESPACE_FILES_FOLDER) / name[:2] / name


def _write(identity: UUID, chunks: Iterable[bytes]) -> None:
    path = _path(identity)
    # Each by itself: a mode is given to the last folder of a way only.
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(identity: UUID) -> Iterator[bytes]:
    with _path(identity).open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece
