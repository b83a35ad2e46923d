"""``carespace invite`` sends no link that nobody could use."""

import pytest
from click.testing import CliRunner

from carespace.access.models import Invitation
from carespace.audit.recording import SYSTEM
from carespace.config.commands.invite import command
from carespace.patients.models import Patient
from carespace.practices.actions import add_staff
from tests.people import let_see, make_patient, make_person, make_practice

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


def test_a_patient_with_a_sign_in_is_not_invited_again() -> None:
    patient = make_patient(make_practice(), mrn="M-1", born="1961-04-27")
    let_see(make_person("Maria Reyes"), patient, "self")
    answer = CliRunner().invoke(command, ASKED)
    assert answer.exit_code == 1
    assert "has a sign-in already" in answer.output
    assert not Invitation.objects.exists()


def test_the_address_of_somebody_who_works_there_is_told() -> None:
    practice = make_practice()
    make_patient(practice, mrn="M-1", born="1961-04-27")
    add_staff(user=make_person("Maria Desk"), practice=practice, role="front-desk", by=SYSTEM)
    answer = CliRunner().invoke(command, ASKED)
    assert answer.exit_code == 0
    assert "maria@example.com belongs to somebody who works at this practice" in answer.output
