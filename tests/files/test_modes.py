"""What is written beside the database is for the server's own login only."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage

from carespace.audit.heads import Head, write_head
from carespace.files.store import INLINE_LIMIT_BYTES, NewFile, keep_files
from carespace.outbox.channels import FileChannel
from tests.people import make_practice


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_mail_kept_as_a_file_is_private(tmp_path: Path, settings) -> None:
    settings.CARESPACE_MAIL_FOLDER = tmp_path / "mail"
    FileChannel().send_messages([EmailMessage("s", "b", "a@example.com", ["b@example.com"])])
    (mail,) = (tmp_path / "mail").iterdir()
    assert (mail.suffix, mode(mail), mode(mail.parent)) == (".eml", "0o600", "0o700")


def test_the_noted_heads_of_the_trail_are_private(tmp_path: Path) -> None:
    path = tmp_path / "audit" / "heads.jsonl"
    write_head(path, Head(1, "00"))
    assert (mode(path), mode(path.parent)) == ("0o600", "0o700")


@pytest.mark.django_db
def test_the_folder_of_files_is_private(tmp_path: Path, settings) -> None:
    settings.CARESPACE_FILES_FOLDER = tmp_path / "files"
    large = NewFile(uuid4(), None, None, b"x" * (INLINE_LIMIT_BYTES + 1))
    keep_files(make_practice(), [large])
    (folder,) = (tmp_path / "files").iterdir()
    assert (mode(tmp_path / "files"), mode(folder)) == ("0o700", "0o700")
