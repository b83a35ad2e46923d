"""What has ended stays ended for injected SQL too, even with a signed setting that a request once had for good reason."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone
from psycopg import errors

from carespace.access import signing
from carespace.access.actions import accept, invite, note_handed_over, revoke
from carespace.access.chart import actor_of
from carespace.access.models import Grant, Invitation, StaffVisit
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff, end_staff
from tests.people import Cast, let_see

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    return committed_cast


@pytest.fixture
def web(cast: Cast, web_connection: psycopg.Connection) -> psycopg.Connection:
    return web_connection


@pytest.fixture
def used(cast: Cast) -> Invitation:
    """A link that Otto took up a day ago, and whose grant Ruth has ended since."""
    made = invite(patient=cast.ruths_record, email=cast.otto.email, kind="family", by=SYSTEM)
    note_handed_over(invitation=made, ttl_hours=96, by=SYSTEM)
    grant = accept(invitation=made, user=cast.otto, by=actor_of(cast.otto))
    revoke(grant=grant, reason="ended", by=actor_of(cast.ruth))
    Invitation.objects.filter(pk=made.pk).update(accepted_at=timezone.now() - timedelta(days=1))
    return made


def test_a_used_link_gives_no_second_grant_and_shows_nobody(
    cast: Cast, used: Invitation, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.USER, cast.otto.pk)
    open_setting(web, signing.TOKEN, used.pk)
    assert web.execute("SELECT * FROM patients_patient").fetchall() == []
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(
            "INSERT INTO access_grant (id, practice_id, user_id, patient_id, kind, scope, basis, starts_at,"
            " reason, revoked_by_name) VALUES (gen_random_uuid(), %s, %s, %s, 'family', '{}', '', now(), '', '')",
            [cast.practice.pk, cast.otto.pk, cast.ruths_record.pk],
        )


@pytest.mark.parametrize("state", ["queued", "sent"])
def test_an_ended_link_is_not_made_to_work_again(
    state: str, used: Invitation, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.TOKEN, used.pk)
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute("UPDATE access_invitation SET state = %s", [state])


def test_a_representative_does_not_end_the_patients_own_access(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    let_see(cast.otto, cast.ruths_record, "representative")
    open_setting(web, signing.USER, cast.otto.pk)
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.otto.pk)
    ended = "UPDATE access_grant SET revoked_at = now(), revoked_by = %s WHERE patient_id = %s AND kind = %s"
    record = cast.ruths_record.pk
    assert web.execute(ended, [cast.otto.pk, record, "self"]).rowcount == 0
    assert web.execute(ended, [cast.otto.pk, record, "family"]).rowcount == 1


@pytest.mark.parametrize("role", ["care-team", "clinician"])
def test_who_only_reads_at_a_desk_changes_no_access(
    role: str, cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.USER, cast.fay.pk)
    open_setting(web, signing.PRACTICE, cast.practice.pk, role)
    ended = "UPDATE access_grant SET revoked_at = now(), revoked_by = %s"
    assert web.execute(ended, [cast.fay.pk]).rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(
            "INSERT INTO access_invitation (id, practice_id, patient_id, email, kind, token_hash, state,"
            " wrong_birth_dates, created_at, origin, basis) VALUES (gen_random_uuid(), %s, %s, 'x@example.com',"
            " 'representative', 'x', 'queued', 0, now(), 'desk', '')",
            [cast.practice.pk, cast.ruths_record.pk],
        )


def test_a_visit_grows_no_longer_and_ends_with_the_work(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    nurse = cast.stan
    membership = add_staff(user=nurse, practice=cast.practice, role="care-team", by=SYSTEM)
    visit = StaffVisit.objects.create(
        practice=cast.practice,
        patient=cast.ruths_record,
        user=nurse,
        reason="a question by phone",
        ends_at=timezone.now() + timedelta(hours=1),
    )
    open_setting(web, signing.USER, nurse.pk)
    seen = "SELECT count(*) FROM patients_patient WHERE id = %s"
    assert web.execute(seen, [cast.ruths_record.pk]).fetchone() == (1,)
    with pytest.raises(errors.InsufficientPrivilege), web.transaction():
        web.execute("UPDATE access_staffvisit SET ends_at = '2099-01-01'")
    web.execute("UPDATE access_staffvisit SET ends_at = now() + interval '1 minute'")
    web.rollback()
    end_staff(membership=membership, reason="left", by=SYSTEM)
    open_setting(web, signing.USER, nurse.pk)
    assert web.execute(seen, [cast.ruths_record.pk]).fetchone() == (0,)
    assert StaffVisit.objects.get(pk=visit.pk).ends_at > timezone.now()
    assert Grant.objects.filter(user=nurse, patient=cast.ruths_record).count() == 0
