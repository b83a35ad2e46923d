"""The inbox keeps a delivery's bytes where the next try finds them, and sees a file that changes at any moment."""

import os
from pathlib import Path
from typing import Any

import click
import pytest

from carespace.config.commands.importing import command
from carespace.files.models import Blob
from carespace.files.store import INLINE_LIMIT_BYTES, read_blob
from carespace.interop import inbox
from carespace.interop.models import Delivery
from carespace.practices.models import Practice
from tests.people import make_practice

pytestmark = pytest.mark.django_db


class Crash(RuntimeError):
    """Stands for a process that is killed."""


@pytest.fixture
def practice(settings: Any, tmp_path: Path) -> Practice:
    settings.CARESPACE_FILES_FOLDER = tmp_path / "files"
    return make_practice()


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    path = tmp_path / "delivered.json"
    path.write_bytes(b"[" + b" " * INLINE_LIMIT_BYTES + b"]")
    return path


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_what_a_crash_left_is_overwritten_by_the_next_try(
    practice: Practice, delivered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(Delivery, "save", crash)
        with pytest.raises(Crash):
            inbox.take_file(practice, "lab", delivered)
    (orphan,) = kept(tmp_path)
    assert not Blob.objects.exists()
    inbox.take_file(practice, "lab", delivered)
    assert kept(tmp_path) == [orphan]
    assert read_blob(Blob.objects.get()) == delivered.read_bytes()


def test_each_feed_and_practice_keeps_its_own(practice: Practice, delivered: Path) -> None:
    for whose, feed in ((practice, "lab"), (practice, "office"), (make_practice("hill"), "lab")):
        inbox.take_file(whose, feed, delivered)
    assert Blob.objects.count() == 3


def test_a_change_after_the_bytes_were_kept_is_seen(
    practice: Practice, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = inbox._receive

    def receive_then_change(*given: Any) -> Any:
        answer = receive(*given)
        delivered.write_bytes(b"{}")
        return answer

    monkeypatch.setattr(inbox, "_receive", receive_then_change)
    with pytest.raises(OSError, match="changed while"):
        inbox.take_file(practice, "lab", delivered)
    assert Delivery.objects.get().state != Delivery.State.DONE


@pytest.mark.parametrize(
    "feed", ["", "f" * 61, "lab west", "läb", "-lab", "lab\n", "../lab", "<b>"]
)
def test_a_feed_with_an_odd_name_is_refused_at_the_option(feed: str) -> None:
    with pytest.raises(click.BadParameter, match="at most 60 letters"):
        command.make_context("import", ["--practice", "x", "--feed", feed, os.devnull])


@pytest.mark.parametrize("feed", ["lab", "Lab-West_2.1", "f" * 60])
def test_a_plain_feed_name_is_taken(feed: str) -> None:
    made = command.make_context("import", ["--practice", "x", "--feed", feed, os.devnull])
    assert made.params["feed"] == feed
