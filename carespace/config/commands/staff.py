"""``carespace staff``: let a person work for a practice, and end it."""

import click
from django.db import transaction

from carespace.access.desk_team import end_work_at_server
from carespace.accounts.actions import add_user
from carespace.accounts.models import User
from carespace.audit.recording import Actor
from carespace.config.commands.shared import address_in, operator, practice_named, reason_in
from carespace.practices.actions import add_staff
from carespace.practices.models import StaffMembership, StaffRole


@click.group("staff")
def command() -> None:
    """Add or end a member of a practice's staff."""


@command.command("add")
@click.option("--practice", "slug", required=True)
@click.option("--email", required=True)
@click.option("--name", default="", help="Required for a person who does not sign in yet.")
@click.option("--role", required=True, type=click.Choice(StaffRole.values))
@click.option("--existing", is_flag=True, help="The address is somebody's sign-in already.")
def add(slug: str, email: str, name: str, role: str, existing: bool) -> None:
    """Add a member of staff; a new one sets their password by "Forgot password" on the sign-in page."""
    practice, by, address = practice_named(slug), operator(), address_in(email)
    with transaction.atomic():
        user = _existing(address) if existing else _new(address, name, by)
        add_staff(user=user, practice=practice, role=role, by=by)
    click.echo(f"{user.name} ({address}) works for {practice.name} as {StaffRole(role).label}.")
    if not existing:
        click.echo("They set their password with “Forgot password” on the sign-in page.")


@command.command("end")
@click.option("--practice", "slug", required=True)
@click.option("--email", required=True)
@click.option("--reason", required=True)
def end(slug: str, email: str, reason: str) -> None:
    """End a membership: from the next request on, the person finds no page of the practice's staff."""
    practice, address = practice_named(slug), address_in(email)
    found = StaffMembership.objects.filter(
        practice=practice, user__email=address, ended_at__isnull=True
    )
    membership = found.select_related("user").first()
    if membership is None:
        message = f"Nobody with the address {address} works for {practice.name} now."
        raise click.ClickException(message)
    end_work_at_server(membership=membership, reason=reason_in(reason), by=operator())
    click.echo(f"{membership.user.name} ({address}) no longer works for {practice.name}.")


def _existing(address: str) -> User:
    user = User.objects.filter(email=address).first()
    if user is None:
        message = f"Nobody signs in as {address}: leave out --existing and give --name."
        raise click.ClickException(message)
    return user


def _new(address: str, name: str, by: Actor) -> User:
    if user := User.objects.filter(email=address).first():
        message = (
            f"{address} is the sign-in of {user.name} already."
            " If that is who shall work for the practice, add --existing."
        )
        raise click.ClickException(message)
    if not name.strip():
        message = "Give --name: this person does not sign in yet."
        raise click.ClickException(message)
    return add_user(email=address, name=name.strip(), password=None, birth_date=None, by=by)
