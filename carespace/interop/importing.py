"""Import of files and folders, and the report of it.

Promises: every file is read to its end or named with the reason it was not, and the others are still read; files of
patients come first, so that less has to wait; the report accounts for every resource: stored, updated, unchanged,
waiting or quarantined.
"""

import errno
import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import Count, QuerySet

from carespace.access.signing import work_for_practice
from carespace.interop.inbox import Reading, printable, take_file
from carespace.interop.models import QuarantinedEntry
from carespace.practices.models import Practice

REASONS_SHOWN = 200
OBJECTS_BETWEEN_SEARCHES = 200_000


@dataclass(slots=True)
class ImportReport:
    """What one import did; ``as_json()`` is what ``carespace import --json`` prints."""

    files: int = 0
    files_known: int = 0
    resources: Counter[str] = field(default_factory=Counter)
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    quarantined: int = 0
    unreadable: list[dict[str, str]] = field(default_factory=list)
    by_code: Counter[str] = field(default_factory=Counter)
    reasons: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return plain values; ``resources_per_second`` counts every resource read."""
        total = self.resources.total()
        return {
            "files": self.files,
            "files_known": self.files_known,
            "resources": dict(sorted(self.resources.items())),
            "stored": self.stored,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "waiting": self.waiting,
            "quarantined": self.quarantined,
            "unreadable": self.unreadable,
            "reasons_by_code": dict(sorted(self.by_code.items())),
            "reasons": self.reasons,
            "seconds": round(self.seconds, 2),
            "resources_per_second": round(total / self.seconds) if self.seconds else 0,
        }


def files_below(paths: Iterable[Path]) -> list[Path]:
    """Return the files of ``paths`` and of the folders among them, those of patients first.

    A folder that cannot be looked into stands for itself, so that the import names it.
    """
    found: list[Path] = []
    for path in paths:
        found += sorted(_walk(path)) if path.is_dir() else [path]
    return sorted(found, key=lambda path: not path.name.startswith("Patient"))


def import_files(
    practice: Practice,
    feed: str,
    files: Sequence[Path],
    *,
    on_file: Callable[[Path], None] | None = None,
    on_group: Callable[[int], None] | None = None,
) -> ImportReport:
    """Take in ``files`` for ``practice`` under the name ``feed``; what cannot be read is in the report."""
    report = ImportReport()
    began = time.monotonic()
    with _garbage_sought_seldom():
        for path in files:
            if on_file:
                on_file(path)
            try:
                _add(report, _take(practice, feed, path, on_group))
            except OSError as problem:
                reason = problem.strerror or type(problem).__name__
                report.unreadable.append({"file": printable(str(path)), "reason": reason})
    _account_for_the_rest(report, practice, feed)
    report.seconds = time.monotonic() - began
    return report


@contextmanager
def _garbage_sought_seldom() -> Iterator[None]:
    """Look for circles of garbage less often: parsed JSON has none, and is searched a dozen times per file."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _take(
    practice: Practice, feed: str, path: Path, on_group: Callable[[int], None] | None
) -> Reading:
    if path.exists() and not path.is_file():
        reason = "A folder that cannot be read" if path.is_dir() else "Not a file"
        raise OSError(errno.EINVAL, reason, str(path))
    return take_file(practice, feed, path, on_group)


def _walk(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    for parent, folders, names in os.walk(
        folder, onerror=lambda problem: closed.append(Path(problem.filename))
    ):
        # Links to folders are not followed: they may lead round in a circle.
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(parent, name) for name in names if not name.startswith(".")):
            if path.is_file() or (path.is_symlink() and not path.exists()):
                yield path
    yield from closed


def _add(report: ImportReport, reading: Reading) -> None:
    report.files += 1
    if reading.known:
        report.files_known += 1
        report.resources.update(reading.delivery.counts["resources"])
    else:
        report.resources += reading.tally.by_type
        report.stored += reading.tally.stored
        report.updated += reading.tally.updated
        report.unchanged += reading.tally.unchanged
    if reading.known or not reading.is_first_try or reading.tally.refused:
        _add_reasons(report, reading)


@transaction.atomic
def _add_reasons(report: ImportReport, reading: Reading) -> None:
    work_for_practice(reading.delivery.practice_id, "feed")
    entries = QuarantinedEntry.objects.filter(
        delivery=reading.delivery, state=QuarantinedEntry.State.QUARANTINED
    )
    report.quarantined += _tell(report, entries)
    if reading.known:
        # All that it brought is on file, but what was set aside and has not been released since.
        aside = QuarantinedEntry.objects.filter(delivery=reading.delivery).exclude(
            models.Q(state=QuarantinedEntry.State.RELEASED) | models.Q(resource_type="")
        )
        total = sum(reading.delivery.counts["resources"].values())
        report.unchanged += total - aside.count()


@transaction.atomic
def _account_for_the_rest(report: ImportReport, practice: Practice, feed: str) -> None:
    """Tell of what still waits on this feed, from this import or an earlier one."""
    work_for_practice(practice.pk, "feed")
    entries = QuarantinedEntry.objects.filter(
        practice=practice, feed=feed, state=QuarantinedEntry.State.WAITING
    )
    report.waiting = _tell(report, entries)


def _tell(report: ImportReport, entries: QuerySet[QuarantinedEntry]) -> int:
    codes = Counter(dict(entries.values_list("code").annotate(count=Count("pk"))))
    report.by_code += codes
    room = max(REASONS_SHOWN - len(report.reasons), 0)
    for entry in entries.select_related("delivery").order_by("created_at", "id")[:room]:
        report.reasons.append(
            {
                "file": entry.delivery.name,
                "position": entry.position,
                "type": entry.resource_type,
                "code": entry.code,
                "reason": entry.reason,
            }
        )
    return codes.total()
