"""A result or a visit at the first or the last moment there is never breaks a page."""

from collections.abc import Callable

import pytest

from tests.conftest import Answer
from tests.people import Cast
from tests.records.shelf import lab, put, visit

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
PAGES = ["home", "health", "labs", "documents", "appointments"]
ENDS = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("end", ENDS)
def test_every_page_stands(cast: Cast, ruths: Ask, end: str, zone: str) -> None:
    cast.practice.time_zone = zone
    cast.practice.save()
    patient = cast.ruths_record
    result = put(cast.practice, patient, lab("1", when=end))
    put(cast.practice, patient, visit(end, description="Endless visit"))
    answers = [*(ruths(f"portal:{name}") for name in PAGES), ruths("portal:lab", result)]
    assert [each.status_code for each in answers] == [200] * len(answers)
    assert "Date not given" in answers[-1].content.decode()
    assert "9999" not in answers[-1].content.decode()
