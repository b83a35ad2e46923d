"""What ``carespace doctor`` looks at once Django stands: the database, its protection, the settings, the audit trail.

Promises: every check answers with one sentence and, where something must be mended, the remedy; a check changes nothing.
"""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import OperationalError, connection

from carespace.audit import seal
from carespace.config import checks_running
from carespace.config.demo_home import has_known_passwords
from carespace.config.finding import Finding
from carespace.config.row_security_check import disagreements, role_problems, trigger_problems
from carespace.config.schema import missing_migrations, unknown_migrations

OLDEST_POSTGRES = 15
MOST_TOLD = 5


def findings() -> Iterator[Finding]:
    """Run every check; without a database, those that need none."""
    reached = _database()
    yield reached
    if reached.well:
        migrations = _migrations()
        yield migrations
        if migrations.well:
            for check in DATABASE_CHECKS:
                yield check()
    for setting in SETTINGS_CHECKS:
        yield setting()


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
    except OperationalError:
        remedy = "Check DATABASE_URL and whether the server runs and lets this machine in."
        return Finding("database", "The database does not answer.", remedy)
    if int(version.split(".")[0]) < OLDEST_POSTGRES:
        remedy = f"Move to PostgreSQL {OLDEST_POSTGRES} or newer."
        return Finding("database", f"PostgreSQL {version} is too old.", remedy)
    return Finding("database", f"PostgreSQL {version} answers.")


def _migrations() -> Finding:
    if missing := missing_migrations():
        told = f"{len(missing)} migrations are missing ({missing[0]} first)."
        return Finding("migrations", told, "Run: carespace migrate")
    if unknown := unknown_migrations():
        told = f"The database is newer than this program ({unknown[0]})."
        return Finding("migrations", told, "Install the newer program.")
    return Finding("migrations", "The tables are up to date.")


def _row_security() -> Finding:
    if found := [*disagreements(), *trigger_problems()]:
        told = " ".join(found[:MOST_TOLD])
        more = f" And {len(found) - MOST_TOLD} more." if found[MOST_TOLD:] else ""
        return Finding("row security", told + more, "Run: carespace migrate")
    return Finding("row security", "Every table is protected as the program expects.")


def _roles() -> Finding:
    if found := role_problems():
        remedy = "Let the administrator ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEROLE, and take tables and memberships away."
        return Finding("roles", " ".join(found), remedy)
    return Finding("roles", "The processes’ roles own nothing and cannot bypass row security.")


def _sign_ins() -> Finding:
    if settings.CARESPACE_MODE == "production" and has_known_passwords():
        remedy = "Set CARESPACE_HOME to a folder the demo has not set up."
        return Finding(
            "sign-ins", "The demo’s sign-ins are here; everybody knows their passwords.", remedy
        )
    return Finding("sign-ins", "No password here is known to everybody.")


def _audit() -> Finding:
    verdict = seal.verify(settings.CARESPACE_HOME / "audit" / "heads.jsonl")
    if not verdict.intact:
        told = f"The audit trail was altered: {verdict.problem} (position {verdict.sealed})."
        return Finding("audit", told, "Run: carespace audit verify. Keep a copy; do not repair it.")
    told = f"The audit trail is whole: {verdict.sealed} sealed, {verdict.unsealed} not yet."
    return Finding("audit", told)


def _mail() -> Finding:
    by_file = settings.EMAIL_BACKEND.endswith("FileChannel")
    if by_file and settings.CARESPACE_MODE == "production":
        remedy = "Set EMAIL_URL, such as smtp://user:password@mail.example.org:587"
        return Finding("mail", "Mail is only written to files; nobody gets it.", remedy)
    try:
        validate_email(settings.CARESPACE_SENDER)
    except ValidationError:
        told = f"Mail would come from {settings.CARESPACE_SENDER!r}, which is no address."
        return Finding("mail", told, "Set CARESPACE_SENDER, such as noreply@example.org")
    way = "is written to files" if by_file else "goes out by SMTP"
    return Finding("mail", f"Mail {way}, from {settings.CARESPACE_SENDER}.")


def _address() -> Finding:
    origin = settings.CARESPACE_ORIGIN
    if settings.CARESPACE_MODE == "production" and not origin.startswith("https://"):
        remedy = "Set CARESPACE_ORIGIN to the https:// address that people use."
        return Finding("address", f"The address {origin} is not encrypted.", remedy)
    return Finding("address", f"People come to {origin}.")


def _debug() -> Finding:
    if settings.DEBUG:
        remedy = "Unset CARESPACE_DEBUG: it shows the program’s inside to everybody."
        return Finding("debug", "CARESPACE_DEBUG is on.", remedy)
    return Finding("debug", "CARESPACE_DEBUG is off.")


def _proxies() -> Finding:
    if settings.CARESPACE_ORIGIN.startswith("https://") and not settings.CARESPACE_PROXIES:
        told = "People come by HTTPS, and no proxy is named: every visitor seems to come from one address."
        remedy = "Set CARESPACE_PROXIES to the address of the TLS proxy, such as 127.0.0.1."
        return Finding("proxies", told, remedy)
    return Finding("proxies", "Who the visitor is, the right machine says.")


DATABASE_CHECKS: tuple[Callable[[], Finding], ...] = (
    *(_row_security, _roles, _sign_ins, _audit),
    *(checks_running.clock, checks_running.signature, checks_running.waiting_mail),
)
SETTINGS_CHECKS: tuple[Callable[[], Finding], ...] = (
    *(_mail, _address, _proxies, _debug),
    *(checks_running.disk, checks_running.modes),
)
