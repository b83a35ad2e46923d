"""The database agrees with the table of protections, for every model and every table there is."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from carespace.config.row_security import PROTECTIONS, Protection, roles, tables
from carespace.config.row_security_check import disagreements

pytestmark = pytest.mark.django_db

FLAGS = """
    SELECT relname, relrowsecurity::text || relforcerowsecurity::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"""
PRIVILEGES = """
    SELECT table_name || ' ' || grantee || ' ' || privilege_type, string_agg(column_name, ' ' ORDER BY column_name)
    FROM information_schema.column_privileges WHERE table_schema IN ('public', 'carespace') GROUP BY 1
    UNION ALL
    SELECT table_name || ' ' || grantee || ' all ' || privilege_type, ''
    FROM information_schema.role_table_grants WHERE table_schema IN ('public', 'carespace')"""


def rows(query: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(name): str(text) for name, text in cursor.fetchall()}


def unplaced(found: Iterable[type[models.Model]], placed: Mapping[str, Protection]) -> list[str]:
    """Each model without a protection, and each protection without a model."""
    labels = {model._meta.label for model in found if not model._meta.proxy}
    return sorted(labels ^ set(placed))


def unprotected(found: Iterable[type[models.Model]], placed: Mapping[str, Protection]) -> list[str]:
    """Each model with a patient that has no row security."""
    with_patient = {
        model._meta.label
        for model in found
        if {"patient", "patient_id"} & {field.name for field in model._meta.get_fields()}
    }
    return sorted(label for label in with_patient if not placed[label].has_policies)


def test_every_model_is_placed() -> None:
    assert unplaced(apps.get_models(), PROTECTIONS) == []


def test_every_protection_says_why() -> None:
    assert [label for label, each in PROTECTIONS.items() if not each.why] == []


def test_every_model_with_a_patient_has_row_security() -> None:
    assert unprotected(apps.get_models(), PROTECTIONS) == []


def test_row_security_is_on_and_forced_in_the_database() -> None:
    flags = rows(FLAGS)
    missing = [t for t, each in tables().items() if each.has_policies and flags[t] != "truetrue"]
    assert missing == []


def test_no_policy_has_a_condition_that_is_always_true_over_a_patient() -> None:
    """Only adding to the trail is open to all; reading a patient's rows never is."""
    open_to_all = [
        f"{label} {command}"
        for label, each in PROTECTIONS.items()
        if each.kind in {"chart", "user", "practice", "token"}
        for conditions in (each.web, each.worker)
        for command, condition in conditions.items()
        if condition == "true"
    ]
    assert set(open_to_all) == {"audit.AuditEvent INSERT"}


def test_the_database_agrees() -> None:
    assert disagreements() == []


def test_a_table_that_nobody_placed_is_closed() -> None:
    web, worker = roles().values()
    reachable = {
        name.split(" ")[0] for name in rows(PRIVILEGES) if name.split(" ")[1] in {web, worker}
    }
    assert reachable - set(tables()) == set()
    assert not [name for name in rows(PRIVILEGES) if name.split(" ")[1] == "PUBLIC"]


def test_functions_with_the_owners_rights_have_a_fixed_search_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, array_to_string(proconfig, ',') FROM pg_proc"
            " WHERE prosecdef AND pronamespace IN ('carespace'::regnamespace, 'public'::regnamespace)"
        )
        found = dict(cursor.fetchall())
    assert set(found) >= {"signed_parts", "find_invitation", "seal_audit", "audit_head"}
    paths = ("search_path=pg_catalog, pg_temp", "search_path=pg_catalog, public, pg_temp")
    assert [name for name, path in found.items() if path not in paths] == []


def test_functions_that_policies_ask_are_parsed_when_made() -> None:
    """A body kept as text would be read under the caller's search path."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'carespace'::regnamespace"
            " AND NOT prosecdef AND prosqlbody IS NULL AND prorettype <> 'trigger'::regtype"
        )
        assert cursor.fetchall() == []


def test_no_role_of_a_process_can_pass_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls"
            " OR rolcreaterole OR rolcreatedb OR rolreplication)",
            [list(roles().values())],
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    "offence",
    [
        "DROP POLICY web_select ON records_resource",
        "CREATE POLICY also ON records_resource TO carespace_web USING (true)",
        "ALTER POLICY web_select ON files_blob USING (true)",
        "ALTER TABLE patients_patient DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE patients_patient NO FORCE ROW LEVEL SECURITY",
        "GRANT DELETE ON access_grant TO carespace_web",
        "GRANT UPDATE (kind) ON access_grant TO carespace_web",
        "GRANT SELECT ON audit_auditevent TO carespace_worker",
        "GRANT UPDATE (password) ON accounts_user TO carespace_worker",
        "CREATE OR REPLACE FUNCTION carespace.acting_user() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "GRANT SELECT ON practices_practice TO PUBLIC",
        "GRANT SELECT ON carespace.signing_key TO carespace_web",
        "GRANT EXECUTE ON FUNCTION carespace.seal_audit(integer) TO carespace_web",
        "GRANT EXECUTE ON FUNCTION carespace.find_invitation(bytea) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION carespace.chart_patient() FROM carespace_web",
        "ALTER FUNCTION carespace.find_invitation(bytea) RESET search_path",
        "CREATE FUNCTION carespace.also() RETURNS integer LANGUAGE sql RETURN 1",
        "DROP FUNCTION carespace.audit_head()",
        (
            "DROP FUNCTION carespace.audit_head();"
            " CREATE FUNCTION carespace.audit_head() RETURNS integer LANGUAGE sql RETURN 1"
        ),
    ],
)
def test_a_planted_offence_in_the_database_is_found(offence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(offence)
    assert len(disagreements()) >= 1


def test_planted_offences_in_the_table_are_found() -> None:
    less: dict[str, Any] = {k: v for k, v in PROTECTIONS.items() if k != "files.Blob"}
    assert unplaced(apps.get_models(), less) == ["files.Blob"]
    assert unplaced(apps.get_models(), {**PROTECTIONS, "x.Gone": Protection("none", "x")}) == [
        "x.Gone"
    ]
    weak = {**PROTECTIONS, "files.Blob": Protection("none", "forgotten")}
    assert unprotected(apps.get_models(), weak) == ["files.Blob"]
