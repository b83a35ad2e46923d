"""With the Chart check taken out of the views, the database still shows no other patient's rows.

The views are asked through Django's own test client, on a connection that logged in as the web role.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from carespace.access import chart, signing
from carespace.access.chart import Chart, actor_of
from carespace.access.permissions import Permission
from carespace.accounts.models import User
from carespace.patients.models import Patient
from tests.access.records import canary
from tests.access.test_strangers_matrix import CHART_PAGES, SHOWS_THE_RECORD, Stage, body
from tests.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])

Opener = Callable[..., Chart]


@pytest.fixture
def stage(transactional_db: None, tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def chart_of(patient: Patient, user: User) -> Chart:
    return Chart(patient, patient.practice, frozenset(Permission), actor_of(user), "self")


def take_out(monkeypatch: pytest.MonkeyPatch, opener: Opener) -> None:
    monkeypatch.setattr(
        chart, "open_chart", opener
    )  # what the portal's door asks for each of its pages


def pages_with_stans_record(stage: Stage, client: Client) -> set[str]:
    """Ask, as Ruth, for every page of Stan's record; return those that show a word of it."""
    found = set()
    for name in CHART_PAGES:
        ids = stage.ids(name, stage.cast.stans_record.pk, stage.stans)
        response = client.get(reverse(name, kwargs=ids))
        if canary(stage.cast.stans_record).encode() in body(response):
            found.add(name)
    return found


@pytest.fixture
def ruth_asks(stage: Stage) -> Client:
    client = Client(raise_request_exception=False)
    sign_in(client, stage.cast.ruth)
    return client


def forged(stage: Stage) -> Opener:
    """A check that was replaced by nothing: any record, for anybody, with no word to the database."""
    patient = Patient.objects.select_related("practice").get(pk=stage.cast.stans_record.pk)

    def opener(user: User, patient_id: UUID, permission: Permission, **more: Any) -> Chart:
        return chart_of(patient, user)

    return opener


def test_where_the_database_does_not_care_the_missing_check_shows(
    stage: Stage, ruth_asks: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: as the owner, who sees all rows, the same views give Stan's record away."""
    take_out(monkeypatch, forged(stage))
    assert pages_with_stans_record(stage, ruth_asks) == SHOWS_THE_RECORD


def test_a_forged_chart_shows_nothing(
    stage: Stage, ruth_asks: Client, monkeypatch: pytest.MonkeyPatch, as_web: Any
) -> None:
    take_out(monkeypatch, forged(stage))
    with as_web():
        assert pages_with_stans_record(stage, ruth_asks) == set()


def test_a_check_that_only_reads_the_patient_shows_nothing(
    stage: Stage, ruth_asks: Client, monkeypatch: pytest.MonkeyPatch, as_web: Any
) -> None:
    def careless(user: User, patient_id: UUID, permission: Permission, **more: Any) -> Chart:
        return chart_of(Patient.objects.select_related("practice").get(pk=patient_id), user)

    take_out(monkeypatch, careless)
    with as_web():
        assert pages_with_stans_record(stage, ruth_asks) == set()


def test_a_forged_chart_beside_ones_own_open_one_shows_nothing(
    stage: Stage, ruth_asks: Client, monkeypatch: pytest.MonkeyPatch, as_web: Any
) -> None:
    """The wrong-chart fault: the view opens one's own record and then asks for another's."""
    forged_chart = forged(stage)
    own = stage.cast.ruths_record

    def mixed_up(user: User, patient_id: UUID, permission: Permission, **more: Any) -> Chart:
        signing.set_signed(signing.CHART, own.pk, own.practice_id, user.pk)
        return forged_chart(user, patient_id, permission)

    take_out(monkeypatch, mixed_up)
    with as_web():
        assert pages_with_stans_record(stage, ruth_asks) == set()


def test_the_web_login_shows_ones_own_record(stage: Stage, ruth_asks: Client, as_web: Any) -> None:
    """What proves that the tests above fail for want of rows and not for want of a working page."""
    with as_web():
        for name in SHOWS_THE_RECORD:
            response = ruth_asks.get(stage.ruths_page(name))
            assert response.status_code == CHART_PAGES[name], name
            assert canary(stage.cast.ruths_record).encode() in body(response), name
