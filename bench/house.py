"""A home of its own for one measurement: a folder that goes away, and the embedded server in it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from carespace.config import embedded_postgres
from carespace.config.processes import database_url

ROOT = Path(__file__).resolve().parents[1]
SHARED_BUNDLES = ROOT.parent / "shared" / "data" / "fhir" / "synthea-r4-bundles"


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Yield a home that this process and its children use; the server is stopped and all removed after."""
    home = Path(tempfile.mkdtemp(prefix="carespace-bench-"))
    home.chmod(0o711)
    for name in [name for name in os.environ if name.startswith(("CARESPACE_", "DATABASE_"))]:
        del os.environ[name]
    os.environ.update(CARESPACE_HOME=str(home), CARESPACE_MODE="demo", PYTHONPATH=str(ROOT))
    try:
        yield home
    finally:
        embedded_postgres.stop(home, patience_seconds=2)
        shutil.rmtree(home, ignore_errors=True)


def carespace_line(*arguments: str) -> list[str]:
    """Return the command line of ``carespace ARGUMENTS``."""
    return module_line("carespace.config.command", *arguments)


def module_line(module: str, *arguments: str) -> list[str]:
    """Return the command line of one of our modules."""
    return [sys.executable, "-P", "-m", module, *arguments]


def told_by(line: list[str]) -> Any:  # noqa: ANN401  JSON may be anything
    """Run a program that ends with one JSON object, and return it."""
    done = subprocess.run(line, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode().strip().splitlines()[-1])


def owner_url() -> str:
    """Return the owner's address of this home's database, starting the server."""
    return database_url("owner")
