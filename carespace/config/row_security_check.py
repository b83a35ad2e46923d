"""Does the database protect its tables as ``config.row_security`` says? Looks only; changes nothing that stays.

Promises: every table of the database is compared, also those no model knows: row security forced, each policy's command,
role and condition, and each privilege of every role; each function of ours by its text and by who may call it.
Conditions are compared as PostgreSQL writes them back, so that only a difference in meaning counts. Used by ``carespace doctor`` and by a guard (VDT-16; house rule 10).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import ProgrammingError, connection, transaction

from carespace.config.row_security import Protection, roles, statements, tables


@dataclass(frozen=True, slots=True, order=True)
class _Policy:
    name: str
    permissive: str
    roles: str
    command: str
    using: str
    check: str


def disagreements() -> list[str]:
    """Return one sentence for each difference; empty when the database agrees. Needs the owner's role."""
    placed = tables()
    found: list[str] = []
    for name in sorted(_tables_there("public") - set(placed)):
        # A table nobody placed (Django's own, for many-to-many) is closed to all but the owner.
        found += _privilege_problems("public", name, set())
    for name in sorted(_tables_there("carespace")):
        # The signing key: what opens a chart.
        found += _privilege_problems("carespace", name, set())
    for name, protection in sorted(placed.items()):
        found += _of_table(name, protection)
    return [*found, *_function_problems()]


def trigger_problems() -> list[str]:
    """Return one sentence for each trigger of ours that is missing or switched off: they keep the audit trail."""
    wanted = set(_TRIGGER.findall("\n".join(statements())))
    there = {(str(name), str(table)) for name, table in _rows(_TRIGGERS, {})}
    return [f"The trigger {name} of {table} is missing." for name, table in sorted(wanted - there)]


def role_problems() -> list[str]:
    """Return one sentence for each way in which a process's role is stronger than it may be."""
    found: list[str] = []
    for name in roles().values():
        row = _row(_ROLE, {"name": name})
        if row is None:
            found.append(f"The role {name} is missing.")
            continue
        problems = ("is a superuser", "can bypass row security", "may make roles", "owns tables")
        more = ("is a member of the owner’s role", "can read the signing key")
        told = [text for text, true in zip((*problems, *more), row, strict=True) if true]
        found += [f"The role {name} {text}." for text in told]
    return found


def _of_table(name: str, protection: Protection) -> Iterator[str]:
    row = _row(_TABLE, {"name": name})
    if row is None:
        yield f"The table {name} is missing."
        return
    enabled, forced = row
    if protection.has_policies and not (enabled and forced):
        yield f"Row security of {name} is not forced."
    wanted = _wanted_policies(name, protection)
    there = _policies("public", name)
    for policy in sorted(wanted - there):
        yield f"The policy {policy.name} of {name} is missing or says something else."
    for policy in sorted(there - wanted):
        if policy.name not in {each.name for each in wanted}:
            yield f"The policy {policy.name} of {name} should not be there."
    yield from _privilege_problems("public", name, _wanted_privileges(protection))


def _wanted_privileges(protection: Protection) -> set[tuple[str, ...]]:
    """Every (role, command, column) of a protection; the column is empty where it is the whole table."""
    return {
        (role, command, column)
        for kind, role, command, _ in _rules(protection)
        for column in protection.columns.get((kind, command), "").split() or [""]
    }


def _privilege_problems(schema: str, name: str, wanted: set[tuple[str, ...]]) -> Iterator[str]:
    there = set(_rows(_PRIVILEGES, {"schema": schema, "name": name}))
    for role, command, column in sorted(wanted - there):
        yield f"{role} lacks {command} on {name} {column}".rstrip() + "."
    for role, command, column in sorted(there - wanted):
        yield f"{role} may {command} {name} {column}".rstrip() + " and should not."


def _rules(protection: Protection) -> list[tuple[str, str, str, str]]:
    """Every (kind, role, command, condition) of a protection."""
    return [
        (kind, roles()[kind], command, condition)
        for kind, conditions in (("web", protection.web), ("worker", protection.worker))
        for command, condition in conditions.items()
    ]


def _wanted_policies(name: str, protection: Protection) -> set[_Policy]:
    """What PostgreSQL would say of the right policies: made on an empty twin that does not stay."""
    if not protection.has_policies:
        return set()
    twin = f'pg_temp."{name}"'
    made = [
        f'CREATE POLICY {kind}_{command.lower()} ON {twin} FOR {command} TO "{role}" '
        + protection.clause(kind, command, condition)
        for kind, role, command, condition in _rules(protection)
    ]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE TEMPORARY TABLE "{name}" (LIKE public."{name}")')
            cursor.execute(f"CREATE POLICY owner_all ON {twin} TO CURRENT_USER USING (true)")
            cursor.execute(f"ALTER POLICY owner_all ON {twin} WITH CHECK (true)")
            for statement in made:
                cursor.execute(statement)
        wanted = _policies("pg_temp", name)
        transaction.set_rollback(True)
    return wanted


def _policies(schema: str, name: str) -> set[_Policy]:
    return {_Policy(*row) for row in _rows(_POLICIES, {"schema": schema, "name": name})}


def _function_problems() -> Iterator[str]:
    there = _functions()
    try:
        wanted = _wanted_functions()
    except ProgrammingError as refused:  # such as another type of answer under the same name
        problem = str(refused).partition("\n")[0]
        yield f"The functions cannot be made as they should be: {problem}."
        return
    for name in sorted(wanted.keys() | there.keys()):
        if name not in there:
            yield f"The function {name} is missing."
            continue
        text, callers = there[name]
        right_text, right_callers = wanted[name]
        if text != right_text:
            yield f"The function {name} does something else."
        if callers != right_callers:
            told, right = callers or "nobody", right_callers or "nobody"
            yield f"The function {name} may be called by {told} and should be by {right}."


def _wanted_functions() -> dict[str, tuple[str, ...]]:
    """What PostgreSQL would say of the right functions: made in a transaction that does not stay."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in _function_statements():
                cursor.execute(statement)
        wanted = _functions()
        transaction.set_rollback(True)
    return wanted


def _function_statements() -> list[str]:
    """Return what ``apply()`` says of functions."""
    # Without triggers: to make one locks its table, and every request would wait.
    without = (statement.partition("DROP TRIGGER")[0] for statement in statements())
    return [statement for statement in without if " FUNCTION" in statement]


def _functions() -> dict[str, tuple[str, ...]]:
    """Return (text, roles that may call it) of each function of ours, by its name and the types it takes."""
    return {name: (text, callers) for name, text, callers in _rows(_FUNCTIONS, {})}


def _tables_there(schema: str) -> set[str]:
    return {str(row[0]) for row in _rows(_TABLES, {"schema": schema})}


def _row(query: str, values: Mapping[str, str]) -> tuple[object, ...] | None:
    rows = _rows(query, values)
    return rows[0] if rows else None


def _rows(query: str, values: Mapping[str, str]) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [tuple(row) for row in cursor.fetchall()]


_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)")
_TRIGGERS = """
SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
"""
_TABLE = """
SELECT relrowsecurity, relforcerowsecurity
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = %(name)s
"""
_POLICIES = """
SELECT p.polname, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
       array_to_string(ARRAY(SELECT pg_get_userbyid(r) FROM unnest(p.polroles) r ORDER BY 1), ','),
       p.polcmd::text, coalesce(pg_get_expr(p.polqual, p.polrelid), ''),
       coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relname = %(name)s AND c.relnamespace =
    CASE %(schema)s WHEN 'public' THEN 'public'::regnamespace ELSE pg_my_temp_schema() END
"""
_PRIVILEGES = """
WITH here AS (SELECT oid, relowner, relacl FROM pg_class
              WHERE relnamespace = %(schema)s::regnamespace AND relname = %(name)s),
given AS (
    SELECT here.relowner, a.grantee, a.privilege_type, '' AS of_column FROM here, aclexplode(here.relacl) a
    UNION ALL
    SELECT here.relowner, a.grantee, a.privilege_type, c.attname
    FROM here JOIN pg_attribute c ON c.attrelid = here.oid, aclexplode(c.attacl) a
)
SELECT CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END, privilege_type, of_column
FROM given WHERE grantee <> relowner
"""
_FUNCTIONS = """
SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid), array_to_string(ARRAY(
    SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
    FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE a.grantee <> p.proowner ORDER BY 1), ', ')
FROM pg_proc p WHERE p.pronamespace = 'carespace'::regnamespace AND p.prokind <> 'a'
"""
_ROLE = """
SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid),
       pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = current_user), 'MEMBER'),
       has_table_privilege(r.oid, 'carespace.signing_key', 'SELECT')
FROM pg_roles r WHERE r.rolname = %(name)s
"""
