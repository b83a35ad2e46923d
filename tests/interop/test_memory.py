"""Memory stays flat: a file of many lines needs no more of it than one of few."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.early import ROOT
from tests.interop.fhir_builders import patient, result
from tests.interop.homes import Home, running_home

GROWTH_LIMIT_MB = 64
MEASURE = """
import json, resource, sys
from pathlib import Path
import django
from carespace.config.processes import prepare
prepare("worker")
django.setup()
from carespace.interop.importing import import_files
from carespace.practices.models import Practice
practice = Practice.objects.get(slug="memory")
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
import_files(practice, "few", [Path(sys.argv[1])])
before = peak()
report = import_files(practice, "many", [Path(sys.argv[2])])
print(json.dumps({"stored": report.stored, "before": before, "growth": peak() - before}))
"""


@pytest.fixture
def own_home() -> Iterator[Home]:
    with running_home() as made:
        made.add_practice("memory")
        yield made


@pytest.mark.parametrize(
    "lines", [30_000, pytest.param(200_000, marks=pytest.mark.slow)], ids=["small", "full"]
)
def test_memory_does_not_grow_with_the_file(own_home, tmp_path, lines):
    few, many = tmp_path / "few.ndjson", tmp_path / "many.ndjson"
    one = json.dumps(result("ID", note=[{"text": "n" * 400}]))
    for path, count in ((few, 2_000), (many, lines)):
        with path.open("w") as file:
            file.write(json.dumps(patient(mrn="R-1")) + "\n")
            for number in range(count):
                file.write(one.replace("ID", f"r{number}") + "\n")
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, str(few), str(many)],
        cwd=ROOT,
        env={**own_home.environment, "DJANGO_SETTINGS_MODULE": "carespace.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    measured = json.loads(process.stdout)
    assert measured["stored"] == lines + 1
    assert measured["growth"] < GROWTH_LIMIT_MB
    assert many.stat().st_size > 500 * lines
