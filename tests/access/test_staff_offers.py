"""Who joins a practice's staff, asked as injected SQL in a request would ask: nobody without a question and a yes."""

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone
from psycopg import errors

from carespace.access import signing
from carespace.practices.models import StaffMembership, StaffOffer
from tests.people import Cast

pytestmark = pytest.mark.django_db(transaction=True)

JOIN = (
    "INSERT INTO practices_staffmembership (id, user_id, practice_id, role, started_at)"
    " VALUES (gen_random_uuid(), %s, %s, %s, now())"
)
ASK = (
    "INSERT INTO practices_staffoffer (id, practice_id, email, name, role, created_at, created_by, answer)"
    " VALUES (gen_random_uuid(), %s, 'new@example.com', 'New', 'manager', now(), %s, '')"
)
ANSWER = "UPDATE practices_staffoffer SET answer = %s, answered_at = now() WHERE id = %s"


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    return committed_cast


@pytest.fixture
def web(cast: Cast, web_connection: psycopg.Connection) -> psycopg.Connection:
    return web_connection


@pytest.fixture
def offer(cast: Cast) -> StaffOffer:
    """Otto's practice asks Stan to be of its care team."""
    return StaffOffer.objects.create(
        practice=cast.other_practice,
        email=cast.stan.email,
        name="Stan",
        role="care-team",
        created_by=cast.otto.pk,
    )


def refused(web: psycopg.Connection, text: str, *values: object) -> bool:
    try:
        with web.transaction():
            web.execute(text, values)
    except errors.InsufficientPrivilege:
        return True
    return False


def changed(web: psycopg.Connection, text: str, *values: object) -> int:
    """How many rows ``text`` changed; 0 where it is refused."""
    try:
        with web.transaction():
            return web.execute(text, values).rowcount
    except errors.InsufficientPrivilege:
        return 0


def work(web: Any, open_setting: Any, cast: Cast, role: str = "manager") -> None:
    open_setting(web, signing.USER, cast.otto.pk)
    open_setting(web, signing.PRACTICE, cast.other_practice.pk, role)


def test_a_manager_lets_nobody_work_here(
    cast: Cast, web: psycopg.Connection, open_setting: Any, offer: StaffOffer
) -> None:
    work(web, open_setting, cast)
    for person in (cast.luis, cast.stan, cast.fay):
        assert refused(web, JOIN, person.pk, cast.other_practice.pk, "care-team")


def test_a_manager_changes_the_role_of_who_works_here(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    membership = StaffMembership.objects.create(
        user=cast.stan, practice=cast.other_practice, role="care-team"
    )
    work(web, open_setting, cast)
    end = "UPDATE practices_staffmembership SET ended_at = now() WHERE id = %s"
    assert changed(web, end, membership.pk) == 1
    assert not refused(web, JOIN, cast.stan.pk, cast.other_practice.pk, "clinician")
    web.rollback()
    StaffMembership.objects.filter(pk=membership.pk).update(ended_at=timezone.now())
    work(web, open_setting, cast)
    assert refused(web, JOIN, cast.stan.pk, cast.other_practice.pk, "clinician")


def test_who_was_asked_joins_as_what_they_were_asked(
    cast: Cast, web: psycopg.Connection, open_setting: Any, offer: StaffOffer
) -> None:
    there = cast.other_practice.pk
    open_setting(web, signing.USER, cast.luis.pk)
    assert refused(web, JOIN, cast.luis.pk, there, "care-team")
    open_setting(web, signing.USER, cast.stan.pk)
    assert refused(web, JOIN, cast.stan.pk, there, "manager")
    assert refused(web, JOIN, cast.stan.pk, cast.practice.pk, "care-team")
    assert refused(web, JOIN, cast.luis.pk, there, "care-team")
    assert not refused(web, JOIN, cast.stan.pk, there, "care-team")


@pytest.mark.parametrize("end", ["declined", "withdrawn", "accepted", "too old"])
def test_a_question_that_waits_no_more_lets_nobody_in(
    cast: Cast, web: psycopg.Connection, open_setting: Any, offer: StaffOffer, end: str
) -> None:
    if end == "too old":
        offer.created_at = timezone.now() - timedelta(days=14)
    else:
        offer.answer = end
    offer.save()
    open_setting(web, signing.USER, cast.stan.pk)
    assert refused(web, JOIN, cast.stan.pk, cast.other_practice.pk, "care-team")
    assert changed(web, ANSWER, "accepted", offer.pk) == 0


def test_a_question_is_seen_and_answered_by_its_two_sides_only(
    cast: Cast, web: psycopg.Connection, open_setting: Any, offer: StaffOffer
) -> None:
    def seen() -> int:
        return len(web.execute("SELECT id FROM practices_staffoffer").fetchall())

    assert seen() == 0
    open_setting(web, signing.USER, cast.luis.pk)
    open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
    assert seen() == 0
    assert changed(web, ANSWER, "accepted", offer.pk) == 0
    web.rollback()
    work(web, open_setting, cast, "front-desk")
    assert seen() == 0
    work(web, open_setting, cast)
    assert seen() == 1
    assert changed(web, ANSWER, "accepted", offer.pk) == 0
    assert changed(web, ANSWER, "withdrawn", offer.pk) == 1
    web.rollback()
    open_setting(web, signing.USER, cast.stan.pk)
    assert seen() == 1
    assert changed(web, ANSWER, "withdrawn", offer.pk) == 0
    assert changed(web, ANSWER, "accepted", offer.pk) == 1
    assert changed(web, ANSWER, "declined", offer.pk) == 0


def test_only_a_manager_asks_and_in_their_own_name(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    there = cast.other_practice.pk
    work(web, open_setting, cast, "front-desk")
    assert refused(web, ASK, there, cast.otto.pk)
    work(web, open_setting, cast)
    assert refused(web, ASK, there, uuid.uuid4())
    assert refused(web, ASK, cast.practice.pk, cast.otto.pk)
    assert not refused(web, ASK, there, cast.otto.pk)
