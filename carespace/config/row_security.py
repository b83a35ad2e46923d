"""Which row-level policy protects each table, for every model, and how the database is made to agree.

Promises: a model that nobody placed here fails the build (a guard compares this table with the models and with the
database); a table without a policy has no privileges for the web role either, so forgetting is refusing. ``apply()`` is
idempotent and runs in one transaction, after a migration that leaves something to mend.

Roles: the owner migrates; ``web`` serves requests and sees only what a signed setting opens; ``worker`` runs feeds and
jobs under a practice's own setting. Neither owns a table nor may bypass row security.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from carespace.access.signing import key_halves
from carespace.access.sql import (
    ASKED_BY_POLICIES,
    BELONGING,
    FOR_WEB,
    FOR_WORKER,
    FUNCTIONS,
    NO_WAY_BACK,
    PEOPLE,
    SCHEMA,
)
from carespace.accounts import sql as accounts
from carespace.audit.sql import REFUSE_CHANGES, SEAL
from carespace.config import installation
from carespace.sharing import sql as sharing

Kind = Literal["chart", "user", "practice", "token", "worker", "none"]

IN_CHART = "practice_id = (SELECT carespace.chart_practice()) AND patient_id = (SELECT carespace.chart_patient())"
IN_CHART_OR_SHARED = (
    "practice_id = (SELECT carespace.chart_practice())"
    " AND (patient_id = (SELECT carespace.chart_patient()) OR patient_id IS NULL)"
)
IN_PRACTICE = "practice_id = (SELECT carespace.working_practice())"
ON_FEED = f"{IN_PRACTICE} AND (SELECT carespace.working_role()) = 'feed'"
ON_JOB = f"{IN_PRACTICE} AND (SELECT carespace.working_role()) IN ('feed', 'job')"
AS_STAFF = (
    f"{IN_PRACTICE} AND (SELECT carespace.working_role())"
    " IN ('front-desk', 'care-team', 'clinician', 'manager')"
)
AS_DESK = f"{IN_PRACTICE} AND (SELECT carespace.working_role()) IN ('front-desk', 'manager')"
AS_MANAGER = f"{IN_PRACTICE} AND (SELECT carespace.working_role()) = 'manager'"
OWN = "user_id = (SELECT carespace.acting_user())"
# A record is opened by those of its practice's staff who may, each for themselves (permissions.RECORD_OPEN).
_VISITORS = "('care-team', 'clinician', 'manager')"
AS_VISITOR = f"{OWN} AND {IN_PRACTICE} AND (SELECT carespace.working_role()) IN {_VISITORS}"
VISITED = (
    "id IN (SELECT v.patient_id FROM access_staffvisit v"  # noqa: S608  a constant
    " JOIN practices_staffmembership s ON s.user_id = v.user_id AND s.practice_id = v.practice_id"
    " WHERE v.user_id = (SELECT carespace.acting_user())"
    " AND v.started_at <= statement_timestamp() AND v.ends_at > statement_timestamp()"
    f" AND s.ended_at IS NULL AND s.role IN {_VISITORS})"
)
MINE_TO_SEE = (
    "id IN (SELECT g.patient_id FROM access_grant g"
    " WHERE g.user_id = (SELECT carespace.acting_user()) AND g.revoked_at IS NULL"
    " AND g.starts_at <= statement_timestamp()"
    " AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp()))"
)
# The link gives what it was made for and nothing more: this person, patient, practice and kind; and it gives it when
# it is taken up, not again when what it gave was ended.
AS_INVITED = (
    f"{OWN} AND EXISTS (SELECT 1 FROM access_invitation i"  # noqa: S608  a constant
    " WHERE i.id = (SELECT carespace.token_invitation())"
    " AND i.patient_id = access_grant.patient_id AND i.practice_id = access_grant.practice_id"
    " AND i.kind = access_grant.kind AND i.state = 'accepted'"
    " AND i.accepted_by = access_grant.user_id"
    " AND i.accepted_at > statement_timestamp() - interval '15 minutes'"
    " AND i.access_ends_at IS NOT DISTINCT FROM access_grant.ends_at)"
)
# A person is made by a link that was sent to their address, and by nothing else.
AS_ADDRESSEE = (
    "EXISTS (SELECT 1 FROM access_invitation i"
    " WHERE i.id = (SELECT carespace.token_invitation()) AND i.state = 'sent'"
    " AND i.email = accounts_user.email)"
)
# Family members see who else may see the record; to change that is for the patient and who stands for them.
MANAGED = f"{IN_CHART} AND (SELECT carespace.manages_chart())"
# Nobody but the patient and the practice ends the patient's own access.
TO_END = f"({OWN} OR ({MANAGED} AND kind <> 'self') OR ({AS_DESK}))"
# Ending is the one change there is, in one's own name; what was ended is found by no change again.
STILL_OPEN = f"{TO_END} AND revoked_at IS NULL"
NOW_ENDED = f"{TO_END} AND revoked_at IS NOT NULL AND revoked_by = (SELECT carespace.acting_user())"
# Nobody works for a practice without their yes: they join by its question to their own address, and its managers change
# the role of who works there already.
MY_ADDRESS = "(SELECT u.email FROM accounts_user u WHERE u.id = (SELECT carespace.acting_user()))"
ASKED = "created_at > statement_timestamp() - interval '14 days'"  # practices.models.OFFER_LIFE
AS_ASKED = (
    f"{OWN} AND EXISTS (SELECT 1 FROM practices_staffoffer o WHERE o.email = {MY_ADDRESS}"  # noqa: S608  a constant
    " AND o.practice_id = practices_staffmembership.practice_id"
    f" AND o.role = practices_staffmembership.role AND o.answer = '' AND o.{ASKED})"
)
ANSWERED = (
    f"answered_at IS NOT NULL AND (({AS_MANAGER} AND answer = 'withdrawn')"
    f" OR (email = {MY_ADDRESS} AND answer IN ('accepted', 'declined')))"
)
RELEASED = "released_at IS NOT NULL AND held_at IS NULL"
# Of what is held or not released yet, nothing earlier shows either; the policy of the resources themselves says so.
OF_SHOWN = (
    "EXISTS (SELECT 1 FROM records_resource r WHERE r.id = records_resourceversion.resource_id"
    " AND r.released_at IS NOT NULL AND r.held_at IS NULL)"
)
DAY_AGO = "statement_timestamp() - interval '1 day'"
ME = "id = (SELECT carespace.acting_user())"
ALWAYS = "true"
LOCK_PATIENCE_SECONDS = 10
# What a practice's desk sees of the messages: those about appointments.
DESK_CATEGORY = "category = 'appointment'"
DESK_THREAD = f"{AS_DESK} AND {DESK_CATEGORY}"
DESK_MESSAGE = (
    "EXISTS (SELECT 1 FROM messaging_thread t WHERE t.id = messaging_communication.thread_id"  # noqa: S608  a constant
    f" AND t.{DESK_CATEGORY}) AND {AS_DESK}"
)
# A practice's own staff read a record by a visit; they ask nothing in it and take nothing out of it.
BY_GRANT = (
    " AND EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = (SELECT carespace.acting_user())"
    " AND g.patient_id = {table}.patient_id AND g.practice_id = {table}.practice_id AND g.revoked_at IS NULL)"
)
ASKED_IN_CHART = (
    f"{IN_CHART} AND opened_by_id = (SELECT carespace.acting_user()) AND state = 'open'"
)
WRITTEN_IN_CHART = (
    f"{IN_CHART} AND sender_id = (SELECT carespace.acting_user()) AND NOT from_practice"  # noqa: S608  a constant
    " AND EXISTS (SELECT 1 FROM messaging_thread t WHERE t.id = messaging_communication.thread_id"
    " AND t.patient_id = messaging_communication.patient_id"
    " AND t.practice_id = messaging_communication.practice_id)"
)

Conditions = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Protection:
    """How one table is protected: per role and command the rows it may touch; no entry means no privilege.

    ``columns`` narrows a role's command to the named columns; ``becomes`` is what a changed row must fulfil afterwards,
    where that is not what it had to fulfil before.
    """

    kind: Kind
    why: str
    web: Conditions = field(default_factory=dict)
    worker: Conditions = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    becomes: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def has_policies(self) -> bool:
        return self.kind != "none"

    def clause(self, kind: str, command: str, condition: str) -> str:
        """Return which rows ``command`` finds and leaves, as a policy of the role ``kind`` says it."""
        if command in {"SELECT", "DELETE"}:
            return f"USING ({condition})"
        if command == "INSERT":
            return f"WITH CHECK ({condition})"
        return f"USING ({condition}) WITH CHECK ({self.becomes.get((kind, command), condition)})"


def _open(why: str, web: str, worker: str = "") -> Protection:
    """A table without row security: the named commands are permitted on all rows, for a stated reason."""
    return Protection(
        "none",
        why,
        dict.fromkeys(web.split(), ALWAYS),
        dict.fromkeys((worker or web).split(), ALWAYS),
    )


READ_WRITE = "SELECT INSERT UPDATE DELETE"
JOBS = "the queue holds signed ids only; who may do what is checked when a job runs"
_EVENT = (
    "id recorded_at action category outcome actor_id actor_name actor_kind practice_id patient_id"
    " entity entity_id reason detail"
)
PROTECTIONS: Mapping[str, Protection] = {
    "accounts.User": Protection(
        "user",
        "oneself; before anybody is known carespace.find_user() answers with one person",
        web={"SELECT": ME, "INSERT": AS_ADDRESSEE, "UPDATE": ME},
        # The password's hash as well: the key of a reset link is made from it.
        worker={"SELECT": "is_active"},
        columns={("web", "UPDATE"): "password last_login language shows_news_at_once"},
    ),
    "accounts.SignIn": Protection(
        "user",
        "one's own browsers; the upkeep job removes those of the days before",
        web={"SELECT": OWN, "INSERT": OWN, "UPDATE": OWN, "DELETE": OWN},
        worker=dict.fromkeys(("SELECT", "DELETE"), f"last_seen_at < {DAY_AGO}"),
        columns={("web", "UPDATE"): "last_seen_at session_row"},
    ),
    "accounts.Draft": Protection(
        "user",
        "what one has typed and not sent; the upkeep job removes it after a day",
        web={"SELECT": OWN, "INSERT": OWN, "UPDATE": OWN, "DELETE": OWN},
        worker=dict.fromkeys(("SELECT", "DELETE"), f"saved_at < {DAY_AGO}"),
        columns={("web", "UPDATE"): "fields saved_at"},
    ),
    "mfa.Authenticator": Protection(
        "user",
        "one's own second factors: secrets sealed with a key outside the database, public keys, digests",
        web={"SELECT": OWN, "INSERT": OWN, "UPDATE": OWN, "DELETE": OWN},
        columns={("web", "UPDATE"): "data last_used_at"},
    ),
    "accounts.Throttle": _open("keyed digests and counts, nobody's data", READ_WRITE),
    "account.EmailAddress": Protection(
        "user",
        "one's own",
        web={"SELECT": OWN, "INSERT": OWN, "UPDATE": OWN},
        columns={("web", "UPDATE"): "verified primary"},
    ),
    "account.EmailConfirmation": Protection(
        "none", "not used: our own links show that mail is read"
    ),
    "sessions.Session": _open("digests of keys, and data that opens with the key only", READ_WRITE),
    "contenttypes.ContentType": _open("names of tables", "SELECT"),
    "auth.Permission": _open("not used: permissions are grants and roles", "SELECT"),
    "auth.Group": _open("not used: permissions are grants and roles", "SELECT"),
    "practices.Practice": _open("what a practice tells everyone", "SELECT"),
    "practices.StaffMembership": Protection(
        "user",
        "who works where: one's own, or in one's practice; who was asked joins, a manager changes and ends",
        web={
            "SELECT": f"{OWN} OR ({AS_STAFF})",
            "INSERT": f"({AS_MANAGER} AND carespace.works_here(user_id)) OR ({AS_ASKED})",
            "UPDATE": f"{AS_MANAGER} AND ended_at IS NULL",
        },
        columns={("web", "UPDATE"): "ended_at"},
        becomes={("web", "UPDATE"): f"{AS_MANAGER} AND ended_at IS NOT NULL"},
    ),
    "practices.StaffOffer": Protection(
        "user",
        "whom a practice asks to work there: its managers ask and withdraw, the addressee answers",
        web={
            "SELECT": f"({AS_MANAGER}) OR email = {MY_ADDRESS}",
            "INSERT": f"{AS_MANAGER} AND created_by = (SELECT carespace.acting_user()) AND answer = ''"
            " AND answered_at IS NULL",
            "UPDATE": f"(({AS_MANAGER}) OR (email = {MY_ADDRESS} AND {ASKED})) AND answer = ''",
        },
        columns={("web", "UPDATE"): "answer answered_at"},
        becomes={("web", "UPDATE"): ANSWERED},
    ),
    "practices.Terms": _open("what a practice tells everyone", "SELECT"),
    "practices.TermsAcceptance": Protection(
        "user", "one's own", web={"SELECT": OWN, "INSERT": OWN}
    ),
    "patients.Patient": Protection(
        "chart",
        "demographics: the open chart, those one may see, the link's, the practice's staff",
        web={
            "SELECT": f"id = (SELECT carespace.chart_patient()) OR {MINE_TO_SEE} OR {VISITED}"
            f" OR id = (SELECT carespace.token_patient()) OR ({AS_STAFF})"
        },
        worker={"SELECT": ON_JOB, "INSERT": ON_FEED, "UPDATE": ON_FEED},
    ),
    "patients.PatientIdentifier": Protection(
        "chart",
        "numbers of a patient: the open chart, the practice's staff",
        web={"SELECT": f"({IN_CHART}) OR ({AS_STAFF})"},
        worker={"SELECT": ON_FEED, "INSERT": ON_FEED},
    ),
    "access.Grant": Protection(
        "user",
        "who sees whom: one's own, the open chart's, the link's new one, the practice's staff",
        web={
            "SELECT": f"{OWN} OR ({IN_CHART}) OR ({AS_STAFF})",
            "INSERT": AS_INVITED,
            "UPDATE": STILL_OPEN,
        },
        worker={"SELECT": ON_JOB},
        columns={("web", "UPDATE"): "revoked_at revoked_by revoked_by_name reason"},
        becomes={("web", "UPDATE"): NOW_ENDED},
    ),
    "access.Invitation": Protection(
        "token",
        "by its token's hash, the open chart's, the practice's staff",
        web={
            "SELECT": f"id = (SELECT carespace.token_invitation()) OR ({IN_CHART}) OR ({AS_STAFF})",
            "INSERT": f"({MANAGED}) OR ({AS_DESK})",
            "UPDATE": f"id = (SELECT carespace.token_invitation()) OR ({MANAGED}) OR ({AS_DESK})",
        },
        worker={"SELECT": ON_JOB, "UPDATE": ON_JOB},
        columns={
            ("web", "UPDATE"): "state wrong_birth_dates accepted_at accepted_by asked_again_at",
            ("worker", "UPDATE"): "state sent_at expires_at",
        },
    ),
    "access.StaffVisit": Protection(
        "user",
        "who of the staff opened whose record, and why: one's own, the open chart's, the practice's staff",
        web={
            "SELECT": f"{OWN} OR ({IN_CHART}) OR ({AS_STAFF})",
            "INSERT": AS_VISITOR,
            "UPDATE": f"{OWN} OR ({AS_MANAGER})",
        },
        columns={("web", "UPDATE"): "ends_at"},
    ),
    "files.Blob": Protection(
        "chart",
        "files of the open chart; deliveries belong to the feed",
        web={"SELECT": IN_CHART},
        worker={"SELECT": ON_FEED, "INSERT": ON_FEED},
    ),
    "records.Resource": Protection(
        "chart",
        "the record itself, and the practice's own people and places, as far as released and not held",
        web={"SELECT": f"{IN_CHART_OR_SHARED} AND {RELEASED}"},
        worker={"SELECT": ON_FEED, "INSERT": ON_FEED, "UPDATE": ON_FEED},
    ),
    "records.ResourceVersion": Protection(
        "chart",
        "earlier versions of what the open chart shows now: from when a visit was moved, what a corrected result said",
        web={"SELECT": f"{IN_CHART} AND {OF_SHOWN}"},
        worker={"SELECT": ON_FEED, "INSERT": ON_FEED},
    ),
    "records.Look": Protection(
        "chart",
        "when one looked at a page of the open record, for what is new since: one's own",
        web=dict.fromkeys(("SELECT", "INSERT", "UPDATE"), f"{OWN} AND {IN_CHART}"),
        columns={("web", "UPDATE"): "seen_at since"},
    ),
    "messaging.Thread": Protection(
        "chart",
        "what was asked of the practice: in the open chart; at its desk what is about appointments, to answer once",
        web={
            "SELECT": f"({IN_CHART}) OR ({DESK_THREAD})",
            "INSERT": ASKED_IN_CHART + BY_GRANT.format(table="messaging_thread"),
            "UPDATE": f"{DESK_THREAD} AND state = 'open'",
        },
        columns={("web", "UPDATE"): "state closed_at closed_by closed_by_name outcome"},
        becomes={
            ("web", "UPDATE"): f"{DESK_THREAD} AND state = 'closed'"
            " AND closed_by = (SELECT carespace.acting_user())"
        },
    ),
    "messaging.Communication": Protection(
        "chart",
        "the words of a thread: in the open chart; at the practice's desk those about appointments",
        web={
            "SELECT": f"({IN_CHART}) OR ({DESK_MESSAGE})",
            "INSERT": WRITTEN_IN_CHART + BY_GRANT.format(table="messaging_communication"),
        },
    ),
    "sharing.CalendarFeed": Protection(
        "user",
        "one's own calendar addresses for the open record; carespace.find_calendar_feed() finds one by its hash",
        web={
            "SELECT": f"{OWN} AND {IN_CHART}",
            "INSERT": f"{OWN} AND {IN_CHART}" + BY_GRANT.format(table="sharing_calendarfeed"),
            "UPDATE": f"{OWN} AND {IN_CHART}",
        },
        columns={("web", "UPDATE"): "with_words ended_at last_fetched_at"},
    ),
    "interop.Delivery": Protection(
        "practice",
        "what a feed brought, before anybody knows whose it is",
        worker={"SELECT": ON_FEED, "INSERT": ON_FEED, "UPDATE": ON_FEED},
    ),
    "interop.QuarantinedEntry": Protection(
        "practice",
        "clinical, and not yet anybody's",
        worker={"SELECT": ON_FEED, "INSERT": ON_FEED, "UPDATE": ON_FEED},
    ),
    "audit.AuditEvent": Protection(
        "chart",
        "added by everyone, read in the open chart, changed by nobody",
        web={"SELECT": IN_CHART, "INSERT": ALWAYS},
        worker={"INSERT": ALWAYS},
        # Not the columns by which the seal knows the order: those the database fills in.
        columns={("web", "INSERT"): _EVENT, ("worker", "INSERT"): _EVENT},
    ),
    "audit.AuditSeal": Protection("worker", "written by carespace.seal_audit() only"),
    "outbox.OutboxMessage": Protection(
        "worker",
        "addresses of every practice's people: added by a request, read by the mail job",
        web={"INSERT": ALWAYS},
        worker={"SELECT": ALWAYS, "INSERT": ALWAYS, "UPDATE": ALWAYS},
    ),
    "procrastinate.ProcrastinateJob": _open(JOBS, "SELECT INSERT UPDATE", READ_WRITE),
    "procrastinate.ProcrastinateEvent": _open(JOBS, "SELECT INSERT", READ_WRITE),
    "procrastinate.ProcrastinatePeriodicDefer": _open(JOBS, "SELECT INSERT", READ_WRITE),
    "procrastinate.ProcrastinateWorker": _open(JOBS, "SELECT", READ_WRITE),
}
OTHER_TABLES: Mapping[str, Protection] = {
    "django_migrations": _open(
        "names of migrations: a process refuses a schema not its own", "SELECT"
    ),
}


def tables() -> dict[str, Protection]:
    """Return the protection of each table by the table's name; unplaced models are left out."""
    placed = {
        model._meta.db_table: PROTECTIONS[model._meta.label]  # noqa: SLF001  Django's documented API
        for model in apps.get_models()
        if model._meta.label in PROTECTIONS and not model._meta.proxy  # noqa: SLF001
    }
    return {**placed, **OTHER_TABLES}


def apply() -> None:
    """Make the database agree: key, functions, triggers, policies and privileges, in one transaction.

    Every table is locked for a moment, and requests wait for the locks as this does: it waits 10 seconds at most, then
    OperationalError. ``carespace migrate`` calls it where something is to be mended only.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE_SECONDS}s'")
        cursor.execute(SCHEMA)
        inner, outer = key_halves(settings.CARESPACE_CHART_KEY)
        cursor.execute(
            "INSERT INTO carespace.signing_key VALUES (1, %s, %s) ON CONFLICT (id)"
            " DO UPDATE SET inner_key = EXCLUDED.inner_key, outer_key = EXCLUDED.outer_key",
            [inner, outer],
        )
        for statement in statements():
            cursor.execute(statement)
        installation.note_protection(digest())


def statements() -> list[str]:
    """Return every statement that makes functions, triggers, policies and privileges, in order."""
    functions = (
        FUNCTIONS,
        PEOPLE,
        BELONGING,
        NO_WAY_BACK,
        accounts.FIND_USER,
        sharing.FIND_FEED,
        REFUSE_CHANGES,
        SEAL,
    )
    made = [*functions, installation.FUNCTION, *_schema_privileges()]
    for table, protection in sorted(tables().items()):
        made += _statements(table, protection)
    return made


def digest() -> str:
    """Return what tells one set of these statements from another; 64 hex digits."""
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()


def roles() -> dict[str, str]:
    """Return the database role of each kind of process."""
    return {"web": settings.CARESPACE_WEB_ROLE, "worker": settings.CARESPACE_WORKER_ROLE}


def _schema_privileges() -> list[str]:
    both = ", ".join(f'"{role}"' for role in roles().values())
    web, worker = (f'"{role}"' for role in roles().values())
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        _NO_TEMPORARY_OBJECTS.format(worker=worker),
        f"GRANT USAGE ON SCHEMA public, carespace TO {both}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public, carespace FROM PUBLIC, {both}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {both}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA carespace FROM PUBLIC, {both}",
        f"GRANT EXECUTE ON FUNCTION {', '.join(ASKED_BY_POLICIES)} TO {both}",
        f"GRANT EXECUTE ON FUNCTION carespace.key_fingerprint() TO {both}",
        f"GRANT EXECUTE ON FUNCTION {', '.join((*FOR_WEB, *accounts.FOR_WEB, *sharing.FOR_WEB))} TO {web}",
        f"GRANT EXECUTE ON FUNCTION {', '.join(FOR_WORKER)} TO {worker}",
        f"GRANT EXECUTE ON FUNCTION carespace.seal_audit(integer), carespace.audit_head() TO {worker}",
    ]


def _statements(table: str, protection: Protection) -> list[str]:
    made = [
        f'GRANT {_command(protection, kind, command)} ON "{table}" TO "{roles()[kind]}"'
        for kind, command, _ in _rules(protection)
    ]
    if not protection.has_policies:
        return made
    made += [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        _DROP_POLICIES.format(table=table),
        # Under FORCE an owner without a policy sees no rows, and a data migration does nothing, silently.
        f'CREATE POLICY owner_all ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)',
    ]
    for kind, command, condition in _rules(protection):
        text = protection.clause(kind, command, condition)
        made.append(
            f'CREATE POLICY {kind}_{command.lower()} ON "{table}" FOR {command}'
            f' TO "{roles()[kind]}" {text}'
        )
    return made


def _command(protection: Protection, kind: str, command: str) -> str:
    columns = [f'"{name}"' for name in protection.columns.get((kind, command), "").split()]
    return f"{command} ({', '.join(columns)})" if columns else command


def _rules(protection: Protection) -> list[tuple[str, str, str]]:
    return [
        (kind, command, condition)
        for kind, conditions in (("web", protection.web), ("worker", protection.worker))
        for command, condition in conditions.items()
    ]


# Temporary tables and types come first in a search path: a request needs none, an import copies through one.
# Where the database is not ours (an outside server), its administrator decides.
_NO_TEMPORARY_OBJECTS = """
DO $$ BEGIN
    IF pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {worker}', current_database());
    END IF;
END $$
"""

_DROP_POLICIES = """
DO $$ DECLARE item record; BEGIN
    FOR item IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' LOOP
        EXECUTE format('DROP POLICY %I ON %I', item.policyname, '{table}');
    END LOOP;
END $$
"""
