"""Who reaches which page of a record: every chart address, asked by everybody of the cast (T1, T4)."""

import re
import time
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from carespace.access.actions import grant_access, invite, revoke
from carespace.access.chart import actor_of
from carespace.accounts.models import User
from carespace.accounts.sessions import SessionStore
from carespace.audit.recording import SYSTEM
from carespace.patients.models import Patient
from tests.access.records import canary, give_record
from tests.conftest import Answer
from tests.guard.test_routes import CHART_PREFIX, PARAMETER, walk
from tests.people import Cast, let_see, make_cast, sign_in

pytestmark = pytest.mark.django_db

SEES = 200
NOT_FOUND = 404
SIGN_IN = 302
LEADS_ON = 302

# What those who may see the record get. A new chart address without a row here fails.
CHART_PAGES: dict[str, int] = {
    "portal:home": SEES,
    "portal:health": SEES,
    "portal:labs": SEES,
    "portal:lab": SEES,
    "portal:vital-signs": SEES,
    "portal:vital-sign": SEES,
    "portal:reports": SEES,
    "portal:report": SEES,
    "portal:report-file": SEES,
    "portal:report-file-download": SEES,
    "portal:report-choose": LEADS_ON,
    "portal:documents": SEES,
    "portal:document-choose": LEADS_ON,
    "portal:document": SEES,
    "portal:document-content": SEES,
    "portal:document-download": SEES,
    "portal:appointments": SEES,
    "portal:appointment-file": SEES,
    "portal:appointment-change": SEES,
    "portal:calendar-feed": SEES,
    "portal:resources": SEES,
    "portal:record": SEES,
    "portal:section": SEES,
    "portal:by-date": SEES,
    "portal:activity": SEES,
}
# Pages for who manages a record only: others who may see it get the page for what is not there.
MANAGER_PAGES: dict[str, int] = {
    "portal:users": SEES,
    "portal:users-resend": SEES,
    "portal:users-withdraw": SEES,
    "portal:users-revoke": SEES,
}
EVERY_PAGE = {**CHART_PAGES, **MANAGER_PAGES}
# Pages that show texts of the record, so that the canary proves they were looked at.
SHOWS_THE_RECORD = CHART_PAGES.keys() - {
    "portal:appointment-file",  # says "Appointment" and no more
    "portal:calendar-feed",
    "portal:resources",
    "portal:activity",
    "portal:record",
    "portal:by-date",  # asks for two days first
    "portal:report-choose",
    "portal:document-choose",
}
MAY_SEE = ("ruth", "luis")
MAY_NOT = ("nora", "stan", "fay", "otto")
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
CHANGES_EACH_TIME = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')


def chart_routes() -> dict[str, list[str]]:
    """Each chart address by name, with the names of its ids."""
    return {
        route.name: [found["name"] for found in PARAMETER.finditer(route.pattern)]
        for route in walk(get_resolver().url_patterns)
        if route.pattern.startswith(CHART_PREFIX)
    }


class Stage:
    """The cast, with a record each for Ruth and Stan."""

    def __init__(self, folder: Path) -> None:
        self.cast: Cast = make_cast()
        self.ruths = give_record(self.cast.ruths_record, folder)
        self.stans = give_record(self.cast.stans_record, folder)
        let_see(self.cast.otto, self.cast.stans_record, "family")
        self.ruths |= self._people(self.cast.ruth, self.cast.luis, self.cast.ruths_record)
        self.stans |= self._people(self.cast.stan, self.cast.otto, self.cast.stans_record)

    def _people(self, patient: User, family: User, record: Patient) -> dict[str, UUID]:
        """The ids of a grant and of an invitation to a record."""
        sent = invite(
            patient=record,
            email="ana@example.com",
            kind="family",
            birth_date=date(1990, 4, 1),
            origin="patient",
            by=actor_of(patient),
        )
        return {"grant_id": family.grants.get(patient=record).pk, "invitation_id": sent.pk}

    def ids(
        self, name: str, patient_id: UUID, inner: dict[str, UUID | str]
    ) -> dict[str, UUID | str]:
        """The ids in the address ``name``: the patient's, and those of one thing in a record."""
        given: dict[str, UUID | str] = {"patient_id": patient_id, **inner}
        return {each: given[each] for each in chart_routes()[name]}

    def ruths_page(self, name: str) -> str:
        return reverse(name, kwargs=self.ids(name, self.cast.ruths_record.pk, self.ruths))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def body(response: Answer) -> bytes:
    """The answer as anybody would compare it, without what differs each time."""
    content = b"".join(response) if response.streaming else response.content
    return CHANGES_EACH_TIME.sub(b"", content)


def answer(response: Answer) -> tuple[int, bytes, dict[str, str]]:
    return response.status_code, body(response), dict(response.headers)


def test_every_chart_address_has_a_row() -> None:
    assert chart_routes().keys() == EVERY_PAGE.keys()


def test_a_planted_chart_address_without_a_row_would_fail() -> None:
    assert chart_routes().keys() | {"portal:planted"} != EVERY_PAGE.keys()


@pytest.mark.parametrize("person", MAY_SEE)
def test_those_who_may_see_the_record_see_it(stage: Stage, client: Client, person: str) -> None:
    sign_in(client, getattr(stage.cast, person))
    word = canary(stage.cast.ruths_record).encode()
    for name, status in CHART_PAGES.items():
        response = client.get(stage.ruths_page(name))
        assert response.status_code == status, name
        assert (word in body(response)) == (name in SHOWS_THE_RECORD), name


@pytest.mark.parametrize("person", MAY_NOT)
def test_others_get_what_a_record_that_is_not_there_gives(
    stage: Stage, client: Client, person: str
) -> None:
    sign_in(client, getattr(stage.cast, person))
    for name in EVERY_PAGE:
        nowhere = reverse(name, kwargs=stage.ids(name, uuid4(), stage.ruths))
        for method in METHODS:
            ask = getattr(client, method)
            theirs, missing = ask(stage.ruths_page(name)), ask(nowhere)
            assert theirs.status_code in {NOT_FOUND, 405}, (name, method)
            assert answer(theirs) == answer(missing), (name, method)
            assert canary(stage.cast.ruths_record).encode() not in body(theirs)
            assert b"Adler" not in body(theirs)
        assert client.get(stage.ruths_page(name)).status_code == NOT_FOUND, name


def test_only_who_manages_the_record_reaches_its_people(stage: Stage, client: Client) -> None:
    sign_in(client, stage.cast.ruth)
    for name, status in MANAGER_PAGES.items():
        assert client.get(stage.ruths_page(name)).status_code == status, name
    sign_in(client, stage.cast.luis)
    for name in MANAGER_PAGES:
        nowhere = reverse(name, kwargs=stage.ids(name, uuid4(), stage.ruths))
        for ask in (client.get, client.post):
            theirs, missing = ask(stage.ruths_page(name)), ask(nowhere)
            assert theirs.status_code == NOT_FOUND, name
            assert answer(theirs) == answer(missing), name


def test_nobody_signed_in_is_led_to_the_sign_in_page(stage: Stage, client: Client) -> None:
    for name in EVERY_PAGE:
        response = client.get(stage.ruths_page(name))
        assert (response.status_code, body(response)) == (SIGN_IN, b""), name
        assert response.headers["Location"].startswith(reverse("portal:sign-in")), name


@pytest.mark.parametrize(
    ("note", "age_seconds"),
    [
        ("seen_at", settings.CARESPACE_IDLE_SECONDS + 1),
        ("started_at", settings.SESSION_COOKIE_AGE + 1),
    ],
)
def test_an_expired_session_is_led_to_the_sign_in_page(
    stage: Stage, client: Client, note: str, age_seconds: int
) -> None:
    for name in EVERY_PAGE:
        sign_in(client, stage.cast.ruth)
        client.get(stage.ruths_page(name))
        session = client.session
        session[note] = int(time.time()) - age_seconds
        session.save()
        response = client.get(stage.ruths_page(name))
        assert response.status_code == SIGN_IN, name
        assert SessionStore(session.session_key).load() == {}, "the server keeps the session"


def test_anothers_thing_under_ones_own_record_is_not_there(stage: Stage, client: Client) -> None:
    """Ruth asks under her own id for what is Stan's: exactly as for an id that nobody has."""
    sign_in(client, stage.cast.ruth)
    own = stage.cast.ruths_record.pk
    named_by = {"patient_id", "slug"}  # a slug names a page, not a thing of somebody
    with_things = [name for name, ids in chart_routes().items() if set(ids) - named_by]
    assert len(with_things) >= 4
    for name in with_things:
        random: dict[str, UUID | str] = dict.fromkeys(stage.stans, uuid4())
        own_things = stage.ruths
        swapped = {
            "result_id": own_things["document_id"],
            "document_id": own_things["result_id"],
            "vital_id": own_things["document_id"],
            "report_id": own_things["document_id"],
            "file_id": own_things["document_id"],
            "appointment_id": own_things["document_id"],
            "grant_id": own_things["invitation_id"],
            "invitation_id": own_things["grant_id"],
        }
        for inner in (stage.stans, swapped):
            theirs = client.get(reverse(name, kwargs=stage.ids(name, own, inner)))
            missing = client.get(reverse(name, kwargs=stage.ids(name, own, random)))
            assert theirs.status_code == NOT_FOUND, name
            assert answer(theirs) == answer(missing), name


def test_a_grant_that_ends_during_a_session_ends_at_the_next_request(
    stage: Stage, client: Client
) -> None:
    sign_in(client, stage.cast.luis)
    assert client.get(stage.ruths_page("portal:home")).status_code == SEES
    revoke(grant=stage.cast.luis.grants.get(), reason="ended", by=actor_of(stage.cast.ruth))
    for name in CHART_PAGES:
        assert client.get(stage.ruths_page(name)).status_code == NOT_FOUND, name


def test_two_tabs_with_two_records_never_mix(stage: Stage, client: Client) -> None:
    """T3: the record is in the address, so what was opened last elsewhere changes nothing."""

    cast = stage.cast
    grant_access(user=cast.luis, patient=cast.stans_record, kind="family", basis="x", by=SYSTEM)
    sign_in(client, cast.luis)
    stans = reverse("portal:labs", args=[cast.stans_record.pk])
    for _ in range(2):
        first, second = body(client.get(stage.ruths_page("portal:labs"))), body(client.get(stans))
        assert canary(cast.ruths_record).encode() in first
        assert canary(cast.stans_record).encode() not in first
        assert canary(cast.stans_record).encode() in second
        assert canary(cast.ruths_record).encode() not in second
