"""The generated practice, once for all tests of this folder, as of two very different days."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from carespace.demo.generate import DemoPractice, generate_practice

FRIDAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Generated:
    today: date
    practice: DemoPractice
    bundles: dict[str, dict]

    def resources(self, kind=None):
        for bundle in self.bundles.values():
            for entry in bundle["entry"]:
                if kind in (None, entry["resource"]["resourceType"]):
                    yield entry["resource"]

    def of_patient(self, mrn, kind):
        for bundle in self.bundles.values():
            first = bundle["entry"][0]["resource"]
            if first["id"] == mrn.lower():
                return [
                    entry["resource"]
                    for entry in bundle["entry"]
                    if entry["resource"]["resourceType"] == kind
                ]
        raise AssertionError(f"no patient {mrn}")


def generate(folder: Path, today: date, seed: int = 20) -> Generated:
    practice = generate_practice(folder, today=today, seed=seed)
    bundles = {
        path.name: json.loads(path.read_bytes(), parse_float=Decimal) for path in practice.files
    }
    return Generated(today, practice, bundles)


@pytest.fixture(scope="session")
def generated(tmp_path_factory) -> Generated:
    return generate(tmp_path_factory.mktemp("practice"), FRIDAY)


@pytest.fixture(scope="session", params=["2025-01-01", "2026-03-15", "2026-07-06"])
def generated_on_another_day(request, tmp_path_factory) -> Generated:
    """A holiday, a Sunday on which the clocks are changed in the month, and a Monday after one."""
    folder = tmp_path_factory.mktemp("other-day")
    return generate(folder, date.fromisoformat(request.param))
