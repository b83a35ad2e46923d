"""Files lie encrypted, on the disk and in the row, and are found through their own patient's chart."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from carespace.access.chart import NotFound, open_chart
from carespace.access.permissions import Permission
from carespace.files.models import Blob
from carespace.files.sealing import DamagedFile
from carespace.files.store import (
    INLINE_LIMIT_BYTES,
    NewFile,
    UnreadableBlob,
    blob_of_file,
    keep_files,
    read_blob,
)
from carespace.patients.models import Patient
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db

WORD = b"CanaryOfTheLetter"
SIZES = (0, 1, 1000, INLINE_LIMIT_BYTES, INLINE_LIMIT_BYTES + 1, 700_000)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.CARESPACE_FILES_FOLDER = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def cast(folder: Path) -> Cast:
    return make_cast()


def letter(size: int) -> bytes:
    return (WORD * (size // len(WORD) + 1))[:size]


def keep(patient: Patient, plain: bytes) -> Blob:
    identity = uuid4()
    keep_files(patient.practice, [NewFile(identity, patient.pk, None, plain)])
    return Blob.objects.get(pk=identity)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_opens_to_what_was_kept_and_lies_nowhere_plain(
    cast: Cast, folder: Path, size: int
) -> None:
    plain = letter(size)
    blob = keep(cast.ruths_record, plain)
    assert read_blob(blob) == plain
    assert (blob.size_bytes, blob.inline is not None) == (size, size <= INLINE_LIMIT_BYTES)
    assert len(on_disk(folder)) == (0 if blob.inline is not None else 1)
    assert not [path for path in on_disk(folder) if WORD[:8] in path.read_bytes()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(inline, '') FROM files_blob")
        assert WORD[:8] not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("size", [0, 1000, INLINE_LIMIT_BYTES + 1])
def test_a_delivered_file_is_kept_alike(
    cast: Cast, folder: Path, tmp_path: Path, size: int
) -> None:
    given = tmp_path / "delivery.json"
    given.write_bytes(letter(size))
    blob = blob_of_file(uuid4(), cast.practice, given)
    blob.save(force_insert=True)
    assert read_blob(Blob.objects.get()) == letter(size)
    assert not [path for path in on_disk(folder) if WORD[:8] in path.read_bytes()]


def test_only_the_owner_of_the_process_may_pass_the_folders(cast: Cast, folder: Path) -> None:
    keep(cast.ruths_record, letter(700_000))
    (path,) = on_disk(folder)
    assert path.parent.stat().st_mode & 0o077 == 0


def test_one_flipped_byte_on_the_disk_is_refused(cast: Cast, folder: Path) -> None:
    blob = keep(cast.ruths_record, letter(700_000))
    (path,) = on_disk(folder)
    data = bytearray(path.read_bytes())
    for at in (0, len(data) // 2, len(data) - 1):
        data[at] ^= 1
        path.write_bytes(data)
        with pytest.raises(DamagedFile):
            read_blob(blob)
        data[at] ^= 1
    path.write_bytes(data)
    assert read_blob(blob) == letter(700_000)


def test_one_flipped_byte_in_the_row_is_refused(cast: Cast) -> None:
    blob = keep(cast.ruths_record, letter(100))
    for column in ("inline", "wrapped_key"):
        kept = bytes(getattr(blob, column))
        setattr(blob, column, bytes([kept[0] ^ 1]) + kept[1:])
        with pytest.raises(DamagedFile):
            read_blob(blob)
        setattr(blob, column, kept)


def test_anothers_bytes_or_key_under_ones_own_row_are_refused(cast: Cast) -> None:
    mine, theirs = (keep(each, b"A letter.") for each in (cast.ruths_record, cast.stans_record))
    kept = mine.inline
    mine.inline = theirs.inline
    with pytest.raises(DamagedFile):
        read_blob(mine)
    mine.wrapped_key = theirs.wrapped_key
    with pytest.raises(DamagedFile):
        read_blob(mine)  # bytes and key belong together, and the name is another
    mine.inline = kept
    with pytest.raises(DamagedFile):
        read_blob(mine)


def test_another_installations_key_opens_nothing(cast: Cast, settings: Any) -> None:
    blob = keep(cast.ruths_record, b"A letter.")
    settings.CARESPACE_FILE_KEY = bytes(32)
    with pytest.raises(DamagedFile):
        read_blob(blob)


def test_a_file_whose_bytes_are_gone_is_not_taken_for_an_empty_one(
    cast: Cast, folder: Path
) -> None:
    blob = keep(cast.ruths_record, letter(700_000))
    (path,) = on_disk(folder)
    path.write_bytes(b"")
    with pytest.raises(DamagedFile):
        read_blob(blob)


def test_a_file_is_visible_in_its_own_patients_chart_only(cast: Cast) -> None:
    mine, theirs = (keep(each, b"A letter.") for each in (cast.ruths_record, cast.stans_record))
    delivery = blob_of_small(cast)
    chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.DOCUMENT_READ)
    assert set(Blob.objects.visible_in(chart)) == {mine}
    assert {theirs, delivery}.isdisjoint(Blob.objects.visible_in(chart))
    with pytest.raises(NotFound):
        open_chart(cast.ruth, cast.stans_record.pk, Permission.DOCUMENT_READ)


def blob_of_small(cast: Cast) -> Blob:
    identity = UUID(int=7)
    keep_files(cast.practice, [NewFile(identity, None, None, b"{}")])
    return Blob.objects.get(pk=identity)


def test_a_file_that_is_there_already_is_left_as_it_is(cast: Cast) -> None:
    blob = keep(cast.ruths_record, b"first")
    keep_files(cast.practice, [NewFile(blob.pk, cast.ruths_record.pk, None, b"second")])
    assert read_blob(Blob.objects.get(pk=blob.pk)) == b"first"


def test_a_file_that_is_missing_is_named_by_its_row(cast: Cast, folder: Path) -> None:
    blob = keep(cast.ruths_record, letter(700_000))
    (path,) = on_disk(folder)
    path.unlink()
    with pytest.raises(UnreadableBlob) as raised:
        read_blob(blob)
    assert raised.value.blob == blob
    assert WORD.decode() not in str(raised.value)


def test_the_folder_of_files_is_closed_to_others(cast: Cast, folder: Path) -> None:
    keep(cast.ruths_record, letter(700_000))
    (path,) = on_disk(folder)
    assert {each.stat().st_mode & 0o777 for each in (folder, path.parent)} == {0o700}
