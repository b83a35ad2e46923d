"""Loaded before the settings: a private PostgreSQL server and a home of its own for one test run.

Promises: nothing of the developer's own home is touched; the server and the folder are gone when the run ends.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from carespace.config import embedded_postgres
from carespace.config.database import VARIABLE

ROOT = Path(__file__).resolve().parents[1]
HOME = Path(tempfile.mkdtemp(prefix="carespace-test-"))
HOME.chmod(0o711)
(HOME / "static").mkdir()  # whitenoise warns of a folder that is not there

for name in [name for name in os.environ if name.startswith(("CARESPACE_", "DATABASE_", "PG"))]:
    if name not in {"CARESPACE_SLOW"}:
        del os.environ[name]
os.environ.pop("EMAIL_URL", None)
os.environ["CARESPACE_HOME"] = str(HOME)
os.environ["CARESPACE_MODE"] = "test"

from carespace.config.processes import database_url  # noqa: E402  after the environment is clean

os.environ[VARIABLE] = database_url("owner", database="carespace_test")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server and remove its home."""
    embedded_postgres.stop(HOME, patience_seconds=1)
    shutil.rmtree(HOME, ignore_errors=True)
