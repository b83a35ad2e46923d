"""The sample files beside the checkout, and a skip with a reason where they are absent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carespace.interop.fhir.reading import FhirEntry, Unreadable, read_file

SHARED = Path(__file__).parents[3].parent / "shared"
needs_samples = pytest.mark.skipif(
    not (SHARED / "data" / "fhir").is_dir(), reason="the sample data is not beside the checkout"
)
needs_schema = pytest.mark.skipif(
    not (SHARED / "schemas" / "fhir-r4").is_dir(), reason="the schemas are not beside the checkout"
)


def sample_files(folder: str) -> list[Path]:
    """Return the files of a folder of the sample data, in order; empty where it is absent."""
    return sorted(path for path in (SHARED / "data" / folder).rglob("*") if path.is_file())


def read_all(path: Path) -> Iterator[FhirEntry | Unreadable]:
    """Yield what a file holds, one by one."""
    for group in read_file(path):
        yield from group
