"""Who reaches which page of the staff room: every address, asked by everybody else (T1, T4, T5, X6)."""

import re
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.urls import get_resolver, reverse

from carespace.access.actions import invite
from carespace.access.models import Grant, Invitation, StaffVisit
from carespace.audit.recording import SYSTEM
from carespace.messaging.models import Thread
from tests.conftest import Answer, WebClient
from tests.guard.test_routes import PARAMETER, STAFF_PREFIX, walk
from tests.people import Cast, sign_in
from tests.staff.conftest import Sit

pytestmark = pytest.mark.django_db

CHANGES_EACH_TIME = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
ASKED = {
    "reason": "x",
    "email": "x@example.com",
    "confirmed": "yes",
    "why": "Your care",
    "outcome": "x",
}
# What a desk of another practice may open too: its own lists.
LISTS = {
    "staff:patients",
    "staff:requests",
    "staff:invitations",
    "staff:practices",
    "staff:team",
    "staff:team-add",
}


def routes() -> dict[str, list[str]]:
    """Each address of the staff room, with the ids in it; the team's own ones have a test of their own."""
    return {
        route.name: [found["name"] for found in PARAMETER.finditer(route.pattern)]
        for route in walk(get_resolver().url_patterns)
        if route.pattern.startswith(STAFF_PREFIX) and not route.pattern.startswith("staff/team/")
    }


def given_ids(cast: Cast) -> dict[str, UUID]:
    invitation = Invitation.objects.first() or invite(
        patient=cast.ruths_record,
        email="x@example.com",
        kind="representative",
        origin="desk",
        by=SYSTEM,
    )
    grant = Grant.objects.get(user=cast.luis, patient=cast.ruths_record)
    return {
        "patient_id": cast.ruths_record.pk,
        "grant_id": grant.pk,
        "invitation_id": invitation.pk,
        "request_id": request_of(cast).pk,
    }


def request_of(cast: Cast) -> Thread:
    """What Ruth asks of the desk."""
    return Thread.objects.first() or Thread.objects.create(
        practice=cast.practice,
        patient=cast.ruths_record,
        category="appointment",
        subject="Ruth Adler: x@example.com",
        wish="change",
        form_id=uuid4(),
        opened_by=cast.ruth,
        opened_by_name=cast.ruth.name,
    )


def address(name: str, ids: dict[str, UUID]) -> str:
    return reverse(name, kwargs={each: ids[each] for each in routes()[name]})


def answer(response: Answer) -> tuple[int, bytes]:
    return response.status_code, CHANGES_EACH_TIME.sub(b"", response.content)


def test_the_list_of_addresses_is_not_empty() -> None:
    assert len([name for name, ids in routes().items() if ids]) >= 12


@pytest.mark.parametrize("person", ["otto", "luis", "nora", "stan", "ruth"])
def test_others_get_what_a_patient_who_is_not_there_gives(
    cast: Cast, sit: Sit, person: str
) -> None:
    ids = given_ids(cast)
    client = sit(getattr(cast, person))
    for name, parameters in routes().items():
        if not parameters:
            continue
        random = {each: uuid4() for each in ids}
        for method in METHODS:
            ask = getattr(client, method)
            theirs, missing = ask(address(name, ids), ASKED), ask(address(name, random), ASKED)
            assert theirs.status_code in {404, 405}, (name, method)
            assert answer(theirs) == answer(missing), (name, method)
            assert b"Adler" not in theirs.content
    assert cast.luis.grants.get().revoked_at is None
    assert Invitation.objects.count() == 1
    assert Invitation.objects.get().state == "queued"
    assert not StaffVisit.objects.exists()
    assert Thread.objects.get().state == "open"


@pytest.mark.parametrize("person", ["luis", "nora", "stan", "ruth"])
def test_who_works_nowhere_opens_no_list(cast: Cast, sit: Sit, person: str) -> None:
    client = sit(getattr(cast, person))
    for name, parameters in routes().items():
        if not parameters:
            assert client.get(address(name, {})).status_code == 404, name


def test_the_lists_of_another_practice_show_nobody_of_this_one(cast: Cast, sit: Sit) -> None:
    given_ids(cast)
    client = sit(cast.otto)
    client.post(reverse("staff:patients"), {"find": "adler"})
    for name in LISTS - {"staff:team", "staff:team-add"}:
        page = client.get(address(name, {}))
        assert page.status_code == 200
        assert b"Ruth" not in page.content
        assert b"x@example.com" not in page.content


def test_nobody_signed_in_is_led_to_the_sign_in_page(cast: Cast, client: WebClient) -> None:
    ids = given_ids(cast)
    for name in routes():
        for method in ("get", "post"):
            response = getattr(client, method)(address(name, ids), ASKED)
            assert response.status_code == 302, name
            assert response["Location"].startswith("/sign-in/"), name


@pytest.mark.parametrize(
    ("note", "age_seconds"),
    [
        ("seen_at", settings.CARESPACE_STAFF_IDLE_SECONDS + 1),
        ("started_at", settings.SESSION_COOKIE_AGE + 1),
    ],
)
def test_an_expired_session_is_led_to_the_sign_in_page_and_does_nothing(
    cast: Cast, client: WebClient, note: str, age_seconds: int
) -> None:
    ids = given_ids(cast)
    for name in routes():
        client.logout()
        sign_in(client, cast.fay)
        session = client.session
        session["is_staff"] = True
        session.save()
        client.get(reverse("staff:patients"))
        session = client.session
        session[note] = int(session[note]) - age_seconds
        session.save()
        response = client.post(address(name, ids), ASKED)
        assert response.status_code == 302, name
        assert response["Location"].startswith("/sign-in/"), name
    assert Invitation.objects.get().state == "queued"
    assert cast.luis.grants.get().revoked_at is None


def test_a_session_without_a_second_factor_is_led_to_set_one_up(cast: Cast, sit: Sit) -> None:
    ids = given_ids(cast)
    client = sit(cast.fay)
    session = client.session
    del session["second_factor"]
    session.save()
    for name in routes():
        response = client.post(address(name, ids), ASKED)
        if name in {"staff:open-record", "staff:close-visit"}:
            assert response.status_code == 404, name
        elif response.status_code == 405:
            assert client.get(address(name, ids)).status_code == 302, name
        else:
            assert response["Location"].startswith("/settings/second-factor/"), name
    assert cast.luis.grants.get().revoked_at is None


def test_a_get_changes_nothing(cast: Cast, sit: Sit, manager: object) -> None:
    ids = given_ids(cast)
    client = sit(manager)  # type: ignore[arg-type]
    for name in routes():
        response = client.get(address(name, ids), ASKED)
        assert response.status_code in {200, 302, 405}, name
    assert Invitation.objects.count() == 1
    assert Invitation.objects.get().state == "queued"
    assert cast.luis.grants.get().revoked_at is None
    assert not StaffVisit.objects.exists()
