"""``carespace migrate``: tables, roles, policies and privileges, all up to date."""

import click
from django.core.management import call_command
from django.db import connection

from carespace.audit import seal
from carespace.config import row_security
from carespace.config.outside_roles import keep_roles

_LOCK = 0x43617265  # one migration at a time; the number only has to be ours


@click.command("migrate")
@click.option("--quiet", is_flag=True)
def command(quiet: bool) -> None:
    """Bring the database up to date; safe to run again at any time."""
    migrate(verbosity=0 if quiet else 1)


def migrate(*, verbosity: int) -> None:
    """Migrate under a lock, so that two processes starting at once do it once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            keep_roles()  # first: where a role is missing, nothing has changed yet
            call_command("migrate", interactive=False, verbosity=verbosity)
            row_security.apply()
            seal.resume()  # where a dump was restored on another server
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
