"""Medians and ratios, and what must stand beside a figure so that it can be read later."""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bench.house import ROOT

NOISY_SPREAD = 1.5


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several rounds with its smallest and largest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median(values), min(values), max(values))

    @property
    def is_noisy(self) -> bool:
        """Whether the rounds differ too much for a verdict."""
        return self.high > NOISY_SPREAD * self.low

    def __str__(self) -> str:
        return f"{self.middle:,.2f} ({self.low:,.2f}-{self.high:,.2f})"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def surroundings() -> dict[str, Any]:
    """Return where and on what this was measured."""
    commit = subprocess.run(
        [shutil.which("git") or "git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.decode().strip(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
