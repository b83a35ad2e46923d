"""``carespace staff add``: let a person work for a practice."""

import click

from carespace.accounts.actions import add_user
from carespace.accounts.models import User
from carespace.config.commands.shared import operator, practice_named
from carespace.practices.actions import add_staff
from carespace.practices.models import StaffRole


@click.group("staff")
def command() -> None:
    """Add a member of a practice's staff."""


@command.command("add")
@click.option("--practice", "slug", required=True)
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(StaffRole.values))
def add(slug: str, email: str, name: str, role: str) -> None:
    """Add a member of staff; they set their password by "Forgot password" on the sign-in page."""
    practice, by = practice_named(slug), operator()
    address = User.objects.normalize_email(email)
    user = User.objects.filter(email=address).first() or add_user(
        email=address, name=name, password=None, birth_date=None, by=by
    )
    add_staff(user=user, practice=practice, role=role, by=by)
    click.echo(f"{name} ({address}) works for {practice.name} as {StaffRole(role).label}.")
    click.echo("They set their password with “Forgot password” on the sign-in page.")
