"""A practice, and feeds that send to it."""

from pathlib import Path

import pytest

from carespace.practices.models import Practice
from tests.interop.fhir_builders import Sender
from tests.people import make_practice


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice()


@pytest.fixture
def feed(practice: Practice, tmp_path: Path) -> Sender:
    return Sender(practice, tmp_path)
