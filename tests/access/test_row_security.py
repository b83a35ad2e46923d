"""What an attacker reaches who can run any SQL as the web role: one open chart, and nothing else.

These tests log in as the web role itself, outside Django, the way injected SQL would speak.
"""

import uuid
from typing import Any

import psycopg
import pytest
from django.db import connection as owner
from django.db import transaction
from django.utils import timezone
from psycopg import errors

from carespace.access import signing
from carespace.access.actions import (
    MayNotEnd,
    accept,
    invite,
    note_handed_over,
    open_link,
    revoke,
)
from carespace.access.chart import actor_of, open_chart
from carespace.access.models import Grant
from carespace.access.permissions import Permission
from carespace.access.tokens import hash_of, token_for
from carespace.accounts.actions import note_verified_address
from carespace.audit.recording import SYSTEM
from carespace.files.models import Blob
from carespace.files.store import NewFile, keep_files
from carespace.interop.models import Delivery, QuarantinedEntry
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from carespace.records.models import Resource, ResourceVersion
from tests.people import Cast, let_see

pytestmark = pytest.mark.django_db(transaction=True)

OF_PATIENTS = (
    "patients_patient",
    "patients_patientidentifier",
    "access_grant",
    "access_invitation",
    "files_blob",
    "records_resource",
    "records_resourceversion",
    "audit_auditevent",
)
OF_FEEDS = ("interop_delivery", "interop_quarantinedentry")


def give_record(practice: Practice, patient: Patient, source_key: str = "") -> Resource:
    """One result with an earlier version, a file, a delivery and an entry in quarantine."""
    now = timezone.now()
    keep_files(practice, [NewFile(uuid.uuid4(), patient.pk, None, b"a letter")])
    blob = Blob.objects.filter(patient=patient).latest("created_at")
    resource = Resource.objects.create(
        practice=practice,
        patient=patient,
        feed="import",
        source_key=source_key or f"Observation/{patient.pk}",
        resource_type="Observation",
        content={"resourceType": "Observation", "note": [{"text": f"canary {patient.pk}"}]},
        content_hash=b"1",
        received_at=now,
        released_at=now,
    )
    ResourceVersion.objects.create(
        practice=practice,
        patient=patient,
        resource=resource,
        version=1,
        content={"resourceType": "Observation"},
        content_hash=b"0",
        received_at=now,
    )
    delivery = Delivery.objects.create(
        practice=practice,
        feed="import",
        name="f",
        sha256=resource.pk.hex,
        blob=blob,
        received_at=now,
    )
    QuarantinedEntry.objects.create(
        practice=practice,
        delivery=delivery,
        feed="import",
        position="0",
        code="x",
        reason="r",
        content={"resourceType": "Observation"},
        state="quarantined",
        created_at=now,
    )
    return resource


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    for patient in (committed_cast.ruths_record, committed_cast.stans_record):
        give_record(committed_cast.practice, patient)
        invite(patient=patient, email=f"{patient.pk}@example.com", kind="family", by=SYSTEM)
    return committed_cast


@pytest.fixture
def web(cast: Cast, web_connection: psycopg.Connection) -> psycopg.Connection:
    return web_connection


def count(connection: psycopg.Connection, table: str) -> int:
    """How many rows of ``table`` this login sees; 0 where it may not even ask."""
    try:
        with connection.transaction():
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    except errors.InsufficientPrivilege:
        return 0
    assert row is not None
    return int(row[0])


def seen(connection: psycopg.Connection, tables: tuple[str, ...] = OF_PATIENTS + OF_FEEDS) -> int:
    return sum(count(connection, table) for table in tables)


def test_there_is_something_to_steal(cast: Cast) -> None:
    with owner.cursor() as cursor:
        for table in OF_PATIENTS + OF_FEEDS:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert cursor.fetchone()[0] >= 2, table


def test_without_a_setting_no_table_shows_a_row(web: psycopg.Connection) -> None:
    assert [table for table in OF_PATIENTS + OF_FEEDS if count(web, table)] == []


def test_an_open_chart_shows_its_own_patients_rows_and_no_others(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    ruth = cast.ruths_record.pk
    open_setting(web, signing.CHART, ruth, cast.practice.pk, cast.ruth.pk)
    for table in OF_PATIENTS:
        column = "id" if table == "patients_patient" else "patient_id"
        rows = web.execute(f"SELECT {column} FROM {table}").fetchall()  # noqa: S608
        assert {row[0] for row in rows} == {ruth}, table
    assert [table for table in OF_FEEDS if count(web, table)] == []


def test_a_chart_of_one_practice_opens_nothing_under_another(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.other_practice.pk, cast.ruth.pk)
    assert count(web, "records_resource") == 0
    assert count(web, "files_blob") == 0


def altered(cast: Cast) -> dict[str, tuple[str, str]]:
    """Settings that are not what the server signed, by what was done to them."""
    parts = (cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk)
    good = signing.sign(signing.CHART, *parts)
    body, _, mac = good.rpartition("|")
    other = str(cast.stans_record.pk)
    return {
        "a made-up mac": (signing.CHART, f"{body}|{'0' * 64}"),
        "a mac in capitals": (signing.CHART, f"{body}|{mac.upper()}"),
        "another patient": (signing.CHART, good.replace(str(parts[0]), other)),
        "a longer life": (
            signing.CHART,
            good.replace(body.split("|")[1], str(int(body.split("|")[1]) + 9)),
        ),
        "no mac": (signing.CHART, body),
        "expired": (signing.CHART, signing.sign(signing.CHART, *parts, life_seconds=-1)),
        "a user's setting as a chart": (signing.CHART, signing.sign(signing.USER, *parts)),
        "a link's setting as a chart": (signing.CHART, signing.sign(signing.TOKEN, *parts)),
        "a chart as a user": (signing.USER, good),
        "a chart as a practice": (signing.PRACTICE, good),
        "nothing": (signing.CHART, ""),
        "noise": (signing.CHART, "'; DROP TABLE records_resource; --" * 4),
        "separators only": (signing.CHART, "|" * 80),
    }


def test_a_setting_the_server_did_not_sign_shows_nothing(
    cast: Cast, web: psycopg.Connection
) -> None:
    for how, (name, value) in altered(cast).items():
        web.execute("SELECT set_config(%s, %s, true)", [name, value])
        assert seen(web) == 0, how
        web.rollback()


def test_a_setting_ends_with_its_transaction(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk)
    assert count(web, "records_resource") == 1
    web.commit()
    assert seen(web) == 0


def test_a_user_sees_the_grants_and_patients_that_count_now(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    Grant.objects.filter(user=cast.luis).update(ends_at=timezone.now())
    for person, patients in ((cast.ruth, 1), (cast.luis, 0), (cast.nora, 0), (cast.otto, 0)):
        open_setting(web, signing.USER, person.pk)
        assert count(web, "patients_patient") == patients, person.name
        assert count(web, "records_resource") == 0
        web.rollback()


def test_staff_see_their_own_practice_and_no_record(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    for practice, patients in ((cast.practice, 2), (cast.other_practice, 0)):
        open_setting(web, signing.PRACTICE, practice.pk, "front-desk")
        assert count(web, "patients_patient") == patients
        assert count(web, "records_resource") + count(web, "files_blob") + seen(web, OF_FEEDS) == 0
        web.rollback()


def test_only_a_staff_role_opens_a_practice_to_the_web(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    for role in ("feed", "job", "nobody", "", "Front-desk"):
        open_setting(web, signing.PRACTICE, cast.practice.pk, role)
        assert seen(web) == 0, role


REFUSED = {
    "reading the key": "SELECT * FROM carespace.signing_key",
    "changing the key": "UPDATE carespace.signing_key SET inner_key = ''",
    "becoming the owner": "SET ROLE carespace_owner",
    "becoming the worker": "SET ROLE carespace_worker",
    "another login": "SET SESSION AUTHORIZATION carespace_owner",
    "dropping row security": "ALTER TABLE records_resource DISABLE ROW LEVEL SECURITY",
    "a policy of one's own": "CREATE POLICY mine ON records_resource USING (true)",
    "dropping a policy": "DROP POLICY web_select ON records_resource",
    "another function": "CREATE OR REPLACE FUNCTION carespace.chart_patient() RETURNS uuid"
    " LANGUAGE sql AS 'SELECT NULL::uuid'",
    "dropping a function": "DROP FUNCTION carespace.chart_patient() CASCADE",
    "changing a function": "ALTER FUNCTION carespace.signed_parts(text) SECURITY INVOKER",
    "a function of one's own": "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a function in our schema": "CREATE FUNCTION carespace.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a table": "CREATE TABLE public.t (x int)",
    "a temporary table": "CREATE TEMPORARY TABLE access_invitation (id uuid)",
    "a temporary type": "CREATE TYPE pg_temp.uuid AS ENUM ('x')",
    "a schema": "CREATE SCHEMA mine",
    "a trigger": "CREATE TRIGGER t BEFORE INSERT ON access_grant FOR EACH ROW"
    " EXECUTE FUNCTION carespace.refuse_audit_change()",
    "emptying a table": "TRUNCATE records_resource",
    "dropping a table": "DROP TABLE records_resource CASCADE",
    "giving away": "GRANT SELECT ON carespace.signing_key TO PUBLIC",
    "copying in": "COPY access_grant FROM STDIN",
    "copying to a program": "COPY patients_patient TO PROGRAM 'cat'",
    "reading a file": "SELECT pg_read_file('/etc/passwd')",
    "sealing": "SELECT carespace.seal_audit(1)",
    "reading the seal": "SELECT * FROM audit_auditseal",
    "the chain's head": "SELECT * FROM carespace.audit_head()",
    "inserting a result": "INSERT INTO records_resource SELECT * FROM records_resource",
    "changing a result": "UPDATE records_resource SET content = content",
    "removing a result": "DELETE FROM records_resource",
    "inserting a patient": "INSERT INTO patients_patient SELECT * FROM patients_patient",
    "changing a patient": "UPDATE patients_patient SET birth_date = NULL",
    "changing whose grant it is": "UPDATE access_grant SET user_id = user_id",
    "a revoked grant alive again, as another kind": "UPDATE access_grant SET kind = 'self'",
    "an invitation for another address": "UPDATE access_invitation SET email = email",
    "a link of one's own": "UPDATE access_invitation SET token_hash = token_hash",
    "a longer link": "UPDATE access_invitation SET expires_at = now()",
    "removing a grant": "DELETE FROM access_grant",
    "changing a file": "UPDATE files_blob SET wrapped_key = wrapped_key",
    "changing the trail": "UPDATE audit_auditevent SET action = ''",
    "removing the trail": "DELETE FROM audit_auditevent",
    "emptying the trail": "TRUNCATE audit_auditevent",
    "reading the mail queue": "SELECT to_address FROM outbox_outboxmessage",
    "becoming staff": "INSERT INTO practices_staffmembership SELECT * FROM practices_staffmembership",
    "asking oneself to work": "INSERT INTO practices_staffoffer (id, practice_id, email, name, role, created_at,"
    " created_by, answer) SELECT gen_random_uuid(), id, 'ruth@example.com', 'x', 'manager', now(),"
    " carespace.acting_user(), '' FROM practices_practice",
    "another role in a question": "UPDATE practices_staffoffer SET role = 'manager'",
    "removing a question": "DELETE FROM practices_staffoffer",
    "another role at work": "UPDATE practices_staffmembership SET role = 'manager'",
    "changing a practice": "UPDATE practices_practice SET name = ''",
}


def refused(connection: psycopg.Connection, statement: str) -> bool:
    """Whether the database refuses ``statement`` for want of a right, and nothing else."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except (errors.InsufficientPrivilege, errors.FeatureNotSupported):
        return True
    except psycopg.Error:
        return False
    return False


def test_the_web_role_is_refused(cast: Cast, web: psycopg.Connection, open_setting: Any) -> None:
    """Even where a chart, a user, a link and a practice are open, all at once."""
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk)
    open_setting(web, signing.USER, cast.ruth.pk)
    open_setting(web, signing.PRACTICE, cast.practice.pk, "front-desk")
    assert [what for what, statement in REFUSED.items() if not refused(web, statement)] == []


def test_turning_row_security_off_shows_an_error_and_no_row(web: psycopg.Connection) -> None:
    web.execute("SET row_security = off")
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute("SELECT * FROM records_resource")


def test_copying_out_shows_only_the_open_chart(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, cast.ruth.pk)
    with web.cursor().copy("COPY records_resource (patient_id) TO STDOUT") as rows:
        assert {row[0] for row in rows.rows()} == {str(cast.ruths_record.pk)}


def test_a_temporary_type_cannot_answer_for_a_patient(cast: Cast, web: psycopg.Connection) -> None:
    """A function body kept as text would read ``uuid`` as the caller's own type, with a cast of its own."""
    with owner.cursor() as cursor:
        cursor.execute("GRANT TEMPORARY ON DATABASE carespace_test TO carespace_web")
    try:
        web.execute("CREATE TYPE pg_temp.uuid AS ENUM ('x')")
        web.execute(
            "CREATE FUNCTION pg_temp.f(pg_temp.uuid) RETURNS pg_catalog.uuid LANGUAGE sql IMMUTABLE"
            f" AS $$ SELECT '{cast.stans_record.pk}'::pg_catalog.uuid $$"
        )
        web.execute(
            "CREATE CAST (pg_temp.uuid AS pg_catalog.uuid)"
            " WITH FUNCTION pg_temp.f(pg_temp.uuid) AS ASSIGNMENT"
        )
        web.execute("SET search_path = pg_temp, public, pg_catalog")
        assert web.execute("SELECT carespace.chart_patient()").fetchone() == (None,)
        assert seen(web) == 0
    finally:
        web.rollback()
        with owner.cursor() as cursor:
            cursor.execute("REVOKE TEMPORARY ON DATABASE carespace_test FROM carespace_web")


def test_shadowed_tables_and_functions_do_not_fool_the_functions(
    cast: Cast, web: psycopg.Connection
) -> None:
    with owner.cursor() as cursor:
        cursor.execute("GRANT TEMPORARY ON DATABASE carespace_test TO carespace_web")
    try:
        web.execute(
            "CREATE TEMPORARY TABLE access_invitation (id uuid, patient_id uuid, token_hash bytea)"
        )
        web.execute(
            "INSERT INTO pg_temp.access_invitation VALUES (%s, %s, 'x')",
            [uuid.uuid4(), cast.stans_record.pk],
        )
        web.execute(
            "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT $1 $$"
        )
        web.execute(
            "CREATE FUNCTION pg_temp.current_setting(text, boolean) RETURNS text LANGUAGE sql"
            " AS $$ SELECT repeat('0', 80) $$"
        )
        web.execute("SET search_path = pg_temp, public, pg_catalog")
        assert web.execute("SELECT carespace.find_invitation('x'::bytea)").fetchone() == (None,)
        assert web.execute("SELECT carespace.chart_patient()").fetchone() == (None,)
        assert count(web, "public.records_resource") == 0
    finally:
        web.rollback()
        with owner.cursor() as cursor:
            cursor.execute("REVOKE TEMPORARY ON DATABASE carespace_test FROM carespace_web")


def test_an_invitation_is_found_by_its_tokens_hash_only(
    cast: Cast, web: psycopg.Connection
) -> None:
    invitation = cast.ruths_record.invitations.get()
    find = "SELECT carespace.find_invitation(%s)"
    assert web.execute(find, [hash_of(token_for(invitation.pk))]).fetchone() == (invitation.pk,)
    assert web.execute(find, [hash_of("guess")]).fetchone() == (None,)
    assert web.execute(find, [None]).fetchone() == (None,)


def grant_row(cast: Cast, **changed: Any) -> list[Any]:
    row = {
        "id": uuid.uuid4(),
        "practice": cast.practice.pk,
        "user": cast.otto.pk,
        "patient": cast.ruths_record.pk,
        "kind": "family",
    } | changed
    return list(row.values())


INSERT_GRANT = (
    "INSERT INTO access_grant (id, practice_id, user_id, patient_id, kind, scope, basis, starts_at, reason, revoked_by_name)"
    " VALUES (%s, %s, %s, %s, %s, '{}', 'x', now(), '', '')"
)


def test_a_link_gives_what_it_was_made_for_and_nothing_more(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    invitation = cast.ruths_record.invitations.get()
    invitation.state, invitation.accepted_by = "accepted", cast.otto.pk
    invitation.accepted_at = timezone.now()
    invitation.save()

    def insert(**changed: Any) -> None:
        open_setting(web, signing.TOKEN, invitation.pk)
        open_setting(web, signing.USER, cast.otto.pk)
        web.execute(INSERT_GRANT, grant_row(cast, **changed))

    for changed in (
        {"kind": "self"},
        {"patient": cast.stans_record.pk},
        {"practice": cast.other_practice.pk},
        {"user": cast.fay.pk},
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            insert(**changed)
        web.rollback()
    insert()
    web.rollback()
    open_setting(web, signing.USER, cast.otto.pk)
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(INSERT_GRANT, grant_row(cast))


def test_a_practice_setting_does_not_make_a_grant(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
    open_setting(web, signing.USER, cast.otto.pk)
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(INSERT_GRANT, grant_row(cast))


def test_a_signed_setting_never_stands_in_a_statement_others_can_read(
    cast: Cast, as_web: Any, web_connection: psycopg.Connection
) -> None:
    """One role serves every request: whoever can read its statements could use the setting again."""
    with as_web(), transaction.atomic():
        signing.set_signed(signing.USER, cast.ruth.pk)
        texts = web_connection.execute(
            "SELECT query FROM pg_stat_activity WHERE usename = current_user"
        ).fetchall()
    assert any("set_config" in text for (text,) in texts)
    assert not any(str(cast.ruth.pk) in text for (text,) in texts)


def passwords() -> dict[Any, str]:
    with owner.cursor() as cursor:
        cursor.execute("SELECT id, password FROM accounts_user")
        return dict(cursor.fetchall())


def test_nobody_else_can_be_listed_changed_or_made(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    before = passwords()
    assert count(web, "accounts_user") == 0
    open_setting(web, signing.USER, cast.otto.pk)
    assert web.execute("SELECT id FROM accounts_user").fetchall() == [(cast.otto.pk,)]
    taken = web.execute("UPDATE accounts_user SET password = 'x' WHERE id = %s", [cast.ruth.pk])
    assert taken.rowcount == 0
    web.execute("UPDATE accounts_user SET password = 'x'")
    web.commit()
    after = passwords()
    assert {each for each in before if before[each] != after[each]} == {cast.otto.pk}


@pytest.mark.parametrize("setting", ["email = 'x@example.com'", "is_active = false", "name = 'x'"])
def test_a_persons_address_is_not_the_web_roles_to_change(
    cast: Cast, web: psycopg.Connection, open_setting: Any, setting: str
) -> None:
    open_setting(web, signing.USER, cast.otto.pk)
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(f"UPDATE accounts_user SET {setting}")  # noqa: S608  constants


INSERT_USER = (
    "INSERT INTO accounts_user (id, email, name, password, is_active, language, shows_news_at_once, created_at)"
    " VALUES (%s, %s, 'x', '', true, '', false, now())"
)


def test_a_link_makes_its_own_addressee_and_nobody_else(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    invitation = cast.ruths_record.invitations.get()
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(INSERT_USER, [uuid.uuid4(), invitation.email])
    web.rollback()
    invitation.state = "sent"
    invitation.save()
    open_setting(web, signing.TOKEN, invitation.pk)
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(INSERT_USER, [uuid.uuid4(), "other@example.com"])
    web.rollback()
    open_setting(web, signing.TOKEN, invitation.pk)
    assert web.execute(INSERT_USER, [uuid.uuid4(), invitation.email]).rowcount == 1
    web.rollback()


def test_a_person_is_found_one_at_a_time_and_in_whole(cast: Cast, web: psycopg.Connection) -> None:
    by_email = "SELECT id FROM carespace.find_user(%s::text)"
    assert web.execute(by_email, ["ruth@example.com"]).fetchall() == [(cast.ruth.pk,)]
    for guess in ("ruth@%", "%", "", None):
        assert web.execute(by_email, [guess]).fetchall() == []
    by_id = "SELECT email FROM carespace.find_user(%s::uuid)"
    assert web.execute(by_id, [cast.ruth.pk]).fetchall() == [("ruth@example.com",)]
    assert web.execute(by_id, [None]).fetchall() == []


def test_verified_addresses_are_ones_own(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    for person in (cast.ruth, cast.otto):
        note_verified_address(user=person, by=SYSTEM)
    assert count(web, "account_emailaddress") == 0
    open_setting(web, signing.USER, cast.otto.pk)
    found = web.execute("SELECT user_id FROM account_emailaddress").fetchall()
    assert found == [(cast.otto.pk,)]
    for statement in (
        "UPDATE account_emailaddress SET email = 'x@example.com'",
        "UPDATE account_emailaddress SET user_id = gen_random_uuid()",
        "DELETE FROM account_emailaddress",
        "SELECT * FROM account_emailconfirmation",
    ):
        with pytest.raises(errors.InsufficientPrivilege), web.transaction():
            web.execute(statement)


END = (
    "UPDATE access_grant SET revoked_at = now(), revoked_by = %s, revoked_by_name = 'x', reason = 'x'"
    " WHERE user_id = %s"
)


def open_for(cast: Cast, web: psycopg.Connection, open_setting: Any, person: str) -> uuid.UUID:
    """Open Ruth's record for ``person``, as `open_chart` does; return who they are."""
    acting: uuid.UUID = getattr(cast, person).pk
    web.rollback()
    open_setting(web, signing.USER, acting)
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, acting)
    return acting


def test_a_revoked_grant_is_found_by_no_change(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    for person, statement in (
        ("ruth", "UPDATE access_grant SET revoked_at = NULL WHERE user_id = %s"),
        ("nora", "UPDATE access_grant SET revoked_at = NULL WHERE user_id = %s"),
        ("ruth", "UPDATE access_grant SET reason = 'another' WHERE user_id = %s"),
    ):
        open_for(cast, web, open_setting, person)
        open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
        assert web.execute(statement, [cast.nora.pk]).rowcount == 0, (person, statement)


def test_ending_is_the_only_change_of_a_grant_and_in_ones_own_name(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    for change in (
        "reason = 'x'",
        "ends_at = now() + interval '1 day'",
        f"revoked_at = now(), revoked_by = '{cast.stan.pk}'",
        "revoked_at = now(), revoked_by_name = 'somebody'",
    ):
        open_for(cast, web, open_setting, "ruth")
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(f"UPDATE access_grant SET {change} WHERE revoked_at IS NULL")  # noqa: S608


@pytest.mark.parametrize(
    ("person", "whose", "rows"),
    [
        ("ruth", "luis", 1),
        ("luis", "ruth", 0),
        ("luis", "luis", 1),
        ("ruth", "stan", 0),
        ("otto", "luis", 0),
    ],
)
def test_who_manages_a_record_ends_anothers_access_and_family_only_their_own(
    cast: Cast, web: psycopg.Connection, open_setting: Any, person: str, whose: str, rows: int
) -> None:
    acting = open_for(cast, web, open_setting, person)
    assert web.execute(END, [acting, getattr(cast, whose).pk]).rowcount == rows


def test_a_representative_manages_a_record_until_their_own_access_ends(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    Grant.objects.filter(user=cast.luis).update(kind="representative")
    let_see(cast.stan, cast.ruths_record, "family")
    acting = open_for(cast, web, open_setting, "luis")
    assert web.execute(END, [acting, cast.stan.pk]).rowcount == 1
    web.rollback()
    Grant.objects.filter(user=cast.luis).update(ends_at=timezone.now())
    acting = open_for(cast, web, open_setting, "luis")
    assert web.execute(END, [acting, cast.stan.pk]).rowcount == 0


def test_the_action_says_so_where_a_grant_is_not_ones_own_to_end(cast: Cast, as_web: Any) -> None:
    grant = cast.ruth.grants.get()
    with as_web(), transaction.atomic():
        open_chart(cast.luis, cast.ruths_record.pk, Permission.RECORD_READ)
        with pytest.raises(MayNotEnd):
            revoke(grant=grant, reason="x", by=actor_of(cast.luis))
    with as_web(), transaction.atomic():
        open_chart(cast.ruth, cast.ruths_record.pk, Permission.RECORD_READ)
        for grant in (cast.luis.grants.get(), cast.nora.grants.get()):
            revoke(grant=grant, reason="done", by=actor_of(cast.ruth))
    assert cast.luis.grants.get().reason == "done"
    assert cast.nora.grants.get().reason == "moved away"


def test_a_link_that_permits_more_replaces_a_grant_as_the_web_role(cast: Cast, as_web: Any) -> None:
    link = invite(
        patient=cast.ruths_record, email=cast.luis.email, kind="representative", by=SYSTEM
    )
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    with as_web(), transaction.atomic():
        accept(invitation=open_link(token_for(link.pk)), user=cast.luis, by=actor_of(cast.luis))
    kinds = cast.luis.grants.active().values_list("kind", flat=True)
    assert list(kinds) == ["representative"]


@pytest.mark.parametrize("kept_back", [{"released_at": None}, {"held_at": timezone.now()}])
def test_what_is_not_released_or_is_held_is_in_no_row(
    cast: Cast, web: psycopg.Connection, open_setting: Any, kept_back: dict[str, Any]
) -> None:
    Resource.objects.filter(patient=cast.ruths_record).update(**kept_back, held_reason="x")
    shared = give_record(cast.practice, cast.ruths_record, source_key="Practitioner/1")
    Resource.objects.filter(pk=shared.pk).update(patient=None)
    open_for(cast, web, open_setting, "ruth")
    found = web.execute("SELECT id FROM records_resource").fetchall()
    assert found == [(shared.pk,)]
    Resource.objects.filter(pk=shared.pk).update(**kept_back, held_reason="x")
    open_for(cast, web, open_setting, "ruth")
    assert count(web, "records_resource") == 0


@pytest.mark.parametrize("kept_back", [{"released_at": None}, {"held_at": timezone.now()}])
def test_what_is_kept_back_shows_nothing_of_what_it_said_before(
    cast: Cast, web: psycopg.Connection, open_setting: Any, kept_back: dict[str, Any]
) -> None:
    open_for(cast, web, open_setting, "ruth")
    assert count(web, "records_resourceversion") == 1
    Resource.objects.filter(patient=cast.ruths_record).update(**kept_back, held_reason="x")
    open_for(cast, web, open_setting, "ruth")
    assert count(web, "records_resourceversion") == 0


def test_a_part_cannot_smuggle_another_part() -> None:
    with pytest.raises(ValueError, match="separates"):
        signing.sign(signing.PRACTICE, uuid.uuid4(), "feed|job")


def test_outside_a_transaction_nothing_can_be_opened(transactional_db: None) -> None:
    with pytest.raises(signing.NoTransaction):
        signing.set_signed(signing.CHART, uuid.uuid4())


REFUSED_TO_WORKER = (
    "UPDATE accounts_user SET password = ''",
    "SELECT * FROM carespace.signing_key",
    "SELECT * FROM audit_auditevent",
    "SELECT * FROM audit_auditseal",
    "UPDATE audit_auditevent SET action = ''",
    "DELETE FROM audit_auditevent",
    "TRUNCATE audit_auditevent",
    "DELETE FROM records_resource",
    "UPDATE access_grant SET reason = ''",
    "INSERT INTO access_grant SELECT * FROM access_grant",
    "UPDATE access_invitation SET email = ''",
    "SET ROLE carespace_owner",
    "SET ROLE carespace_web",
)


class TestTheWorker:
    """The second login: feeds and jobs, one practice at a time."""

    def test_without_a_practice_it_sees_nobody(
        self, cast: Cast, worker_connection: psycopg.Connection
    ) -> None:
        assert seen(worker_connection) == 0

    def test_the_feed_of_one_practice_sees_nothing_of_another(
        self, cast: Cast, worker_connection: psycopg.Connection, open_setting: Any
    ) -> None:
        open_setting(worker_connection, signing.PRACTICE, cast.other_practice.pk, "feed")
        assert seen(worker_connection) == 0
        worker_connection.rollback()
        open_setting(worker_connection, signing.PRACTICE, cast.practice.pk, "feed")
        assert count(worker_connection, "records_resource") == 2
        with pytest.raises(errors.InsufficientPrivilege):
            worker_connection.execute(
                "UPDATE records_resource SET practice_id = %s", [cast.other_practice.pk]
            )

    def test_a_job_reads_no_record(
        self, cast: Cast, worker_connection: psycopg.Connection, open_setting: Any
    ) -> None:
        open_setting(worker_connection, signing.PRACTICE, cast.practice.pk, "job")
        assert count(worker_connection, "patients_patient") == 2
        for table in ("records_resource", "files_blob", *OF_FEEDS):
            assert count(worker_connection, table) == 0

    def test_it_is_refused(
        self, cast: Cast, worker_connection: psycopg.Connection, open_setting: Any
    ) -> None:
        open_setting(worker_connection, signing.PRACTICE, cast.practice.pk, "feed")
        done = [each for each in REFUSED_TO_WORKER if not refused(worker_connection, each)]
        assert done == []

    def test_it_reads_the_addresses_it_writes_to(
        self, cast: Cast, worker_connection: psycopg.Connection
    ) -> None:
        found = worker_connection.execute("SELECT email FROM accounts_user").fetchall()
        assert ("ruth@example.com",) in found
