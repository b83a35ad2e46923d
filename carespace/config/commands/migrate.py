"""``carespace migrate``: tables, roles, policies and privileges, all up to date.

Promises: nothing is changed where the database belongs to another master key; where the protection is as it should be
no table is locked, so that it can run beside an import.
"""

import click
from django.core.management import call_command
from django.db import OperationalError, connection

from carespace.audit import seal
from carespace.config import installation, row_security
from carespace.config.outside_roles import keep_roles
from carespace.config.row_security_check import disagreements, trigger_problems

_LOCK = 0x43617265  # one migration at a time; the number only has to be ours
_LOCK_NOT_AVAILABLE = "55P03"
BUSY = (
    "The tables are in use for longer than 10 seconds, such as by an import or a backup, and their protection has to be"
    " mended. Run carespace migrate again when that has ended; until then start neither serve nor worker."
)


@click.command("migrate")
@click.option("--quiet", is_flag=True)
def command(quiet: bool) -> None:
    """Bring the database up to date; safe to run again at any time."""
    try:
        migrate(verbosity=0 if quiet else 1)
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
            raise
        raise click.ClickException(BUSY) from None


def migrate(*, verbosity: int) -> None:
    """Migrate under a lock, so that two processes starting at once do it once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            keep_roles()  # first: where a role is missing, nothing has changed yet
            installation.keep_installation()
            call_command("migrate", interactive=False, verbosity=verbosity)
            if not is_protected():
                row_security.apply()
            seal.resume()  # where a dump was restored on another server
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def is_protected() -> bool:
    """Whether the database has this program's protection already, to the last policy and trigger."""
    return (
        installation.noted_protection() == row_security.digest()
        and installation.is_signing_key_ours()
        and not disagreements()
        and not trigger_problems()
    )
