"""Statement: SQL made once, whose values are each request's own."""

from typing import Any

import pytest
from django.db.models import QuerySet

from carespace.access.statement import STAND_INS, StandInLeft, Statement, columns, loaded
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def _name_of_one() -> QuerySet[Patient, tuple[str]]:
    return Patient.objects.filter(pk=STAND_INS["patient"]).values_list("display_name")


def test_each_use_answers_for_its_own_values(cast: Cast) -> None:
    names = Statement(_name_of_one)
    for patient in (cast.ruths_record, cast.stans_record, cast.ruths_record):
        assert names.rows({"patient": patient.pk}) == [(patient.display_name,)]


@pytest.mark.parametrize("values", [{}, {"patient": None, "practice": None}])
def test_a_value_that_is_missing_or_not_asked_for_is_an_error(values: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        Statement(_name_of_one).rows(values)


def test_a_paged_one_is_asked_piece_by_piece(cast: Cast) -> None:
    everyone = Statement(
        lambda: Patient.objects.order_by("search_name", "pk").values_list("pk"), paged=True
    )
    keys = [key for (key,) in everyone.rows({}, start=0, size=100)]
    assert len(keys) > 1
    assert cast.ruths_record.pk in keys
    assert [key for (key,) in everyone.rows({}, start=1, size=1)] == keys[1:2]


def test_an_instance_is_as_django_loads_it(cast: Cast) -> None:
    practice = cast.ruths_record.practice
    practice.overrides = {"nav_layout": "split"}
    practice.save()
    row = Statement(
        lambda: Practice.objects.filter(pk=STAND_INS["practice"]).values_list(*columns(Practice))
    ).rows({"practice": practice.pk})[0]
    found, usual = loaded(Practice, row), Practice.objects.get(pk=practice.pk)
    assert {name: getattr(found, name) for name in columns(Practice)} == {
        name: getattr(usual, name) for name in columns(Practice)
    }
    assert found.settings.nav_layout == "split"


def test_a_stand_in_in_another_form_is_an_error_and_not_a_query(cast: Cast) -> None:
    as_text = str(STAND_INS["patient"])
    for left in (
        Patient.objects.filter(display_name=as_text),
        Patient.objects.filter(display_name__contains=as_text),
        Patient.objects.filter(display_name=f"x{as_text}", pk=STAND_INS["patient"]),
    ):
        with pytest.raises(StandInLeft):
            Statement(left.values_list("pk").all).rows({})
