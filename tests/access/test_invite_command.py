"""``carespace invite`` sends no link that nobody could use."""

import pytest
from click.testing import CliRunner

from carespace.access.models import Invitation
from carespace.config.commands.invite import command
from carespace.patients.models import Patient
from tests.people import make_patient, make_practice

pytestmark = pytest.mark.django_db
ASKED = ["--practice", "lakeside", "--patient", "M-1", "--email", "maria@example.com"]


@pytest.mark.parametrize(("preset", "exit_code"), [("highlands", 1), ("echo", 0)])
def test_where_a_birth_date_is_asked_one_must_be_on_file(preset: str, exit_code: int) -> None:
    make_patient(make_practice(preset=preset), mrn="M-1", born="1961-04-27")
    Patient.objects.update(birth_date=None)
    answer = CliRunner().invoke(command, ASKED)
    assert answer.exit_code == exit_code
    assert ("no birth date on file" in answer.output) == (exit_code == 1)
    assert Invitation.objects.count() == 1 - exit_code
