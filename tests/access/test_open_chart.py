"""``open_chart()`` opens what is granted and nothing else."""

import uuid

import pytest

from carespace.access.chart import NotFound, open_chart
from carespace.access.permissions import Permission
from carespace.audit.models import AuditEvent
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_ruth_opens_her_own_record_and_the_look_is_noted(cast: Cast) -> None:
    chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.RESULT_READ, category="labs")
    assert chart.patient == cast.ruths_record
    assert chart.is_own
    event = AuditEvent.objects.get(action="chart.open")
    assert (event.actor_id, event.patient_id) == (cast.ruth.pk, cast.ruths_record.pk)


@pytest.mark.parametrize("person", ["nora", "stan", "fay", "otto"])
def test_others_find_nothing_and_the_refusal_is_noted(cast: Cast, person: str) -> None:
    with pytest.raises(NotFound):
        open_chart(getattr(cast, person), cast.ruths_record.pk, Permission.RESULT_READ)
    assert AuditEvent.objects.get(action="chart.refuse").outcome == "refused"


def test_a_record_that_is_not_there_answers_like_one_that_is_not_yours(cast: Cast) -> None:
    with pytest.raises(NotFound) as missing:
        open_chart(cast.stan, uuid.uuid4(), Permission.RESULT_READ)
    with pytest.raises(NotFound) as foreign:
        open_chart(cast.stan, cast.ruths_record.pk, Permission.RESULT_READ)
    assert str(missing.value) == str(foreign.value)
