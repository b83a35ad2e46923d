"""Import of files and folders, and the report of it.

Promises: every file is read to its end or named with the reason it was not; files of patients come first, so that less
has to wait; the report accounts for every resource: stored, updated, unchanged, waiting or quarantined.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from carespace.access.signing import work_for_practice
from carespace.interop.inbox import Reading, take_file
from carespace.interop.models import QuarantinedEntry
from carespace.practices.models import Practice

REASONS_SHOWN = 200


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
            "reasons": self.reasons,
            "seconds": round(self.seconds, 2),
            "resources_per_second": round(total / self.seconds) if self.seconds else 0,
        }


def files_below(paths: Iterable[Path]) -> list[Path]:
    """Return the files of ``paths`` and of the folders among them, those of patients first."""
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
    """Take in ``files`` for ``practice`` under the name ``feed``; OSError names a file that cannot be read."""
    report = ImportReport()
    began = time.monotonic()
    for path in files:
        if on_file:
            on_file(path)
        _add(report, take_file(practice, feed, path, on_group))
    _account_for_the_rest(report, practice, feed)
    report.seconds = time.monotonic() - began
    return report


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _add(report: ImportReport, reading: Reading) -> None:
    report.files += 1
    if reading.known:
        report.files_known += 1
        counts = reading.delivery.counts
        report.resources.update(counts["resources"])
        report.unchanged += counts["taken"]
    else:
        report.resources += reading.tally.by_type
        report.stored += reading.tally.stored
        report.updated += reading.tally.updated
        report.unchanged += reading.tally.unchanged
    _add_reasons(report, reading)


@transaction.atomic
def _add_reasons(report: ImportReport, reading: Reading) -> None:
    delivery = reading.delivery
    work_for_practice(delivery.practice_id, "feed")
    entries = QuarantinedEntry.objects.filter(
        delivery=delivery, state=QuarantinedEntry.State.QUARANTINED
    )
    report.quarantined += entries.count()
    room = REASONS_SHOWN - len(report.reasons)
    for entry in entries.order_by("created_at", "id")[: max(room, 0)]:
        report.reasons.append(
            {
                "file": delivery.name,
                "position": entry.position,
                "type": entry.resource_type,
                "code": entry.code,
                "reason": entry.reason,
            }
        )


@transaction.atomic
def _account_for_the_rest(report: ImportReport, practice: Practice, feed: str) -> None:
    work_for_practice(practice.pk, "feed")
    waiting = QuarantinedEntry.objects.filter(
        practice=practice, feed=feed, state=QuarantinedEntry.State.WAITING
    )
    report.waiting = waiting.count()
