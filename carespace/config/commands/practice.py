"""``carespace practice``: add and list practices."""

import click

from carespace.config.commands.shared import as_json, operator
from carespace.practices.actions import PracticeRefused, add_practice
from carespace.practices.models import Practice
from carespace.practices.presets import PRESETS


@click.group("practice")
def command() -> None:
    """Add or list practices."""


@command.command("add")
@click.option("--slug", required=True, help="Short name for addresses and commands.")
@click.option("--name", required=True, help="The practice's own name, as patients know it.")
@click.option("--preset", required=True, type=click.Choice(list(PRESETS)))
@click.option("--phone", required=True, help="The number patients call.")
@click.option("--time-zone", required=True, help="Such as America/New_York.")
@click.option("--host", "hosts", multiple=True, help="A host name that shows this practice.")
@click.option("--json", "json_wanted", is_flag=True)
def add(
    slug: str,
    name: str,
    preset: str,
    phone: str,
    time_zone: str,
    hosts: tuple[str, ...],
    json_wanted: bool,
) -> None:
    """Add a practice from a preset."""
    try:
        practice = add_practice(
            slug=slug,
            name=name,
            preset=preset,
            phone=phone,
            time_zone=time_zone,
            hosts=hosts,
            by=operator(),
        )
    except PracticeRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    if json_wanted:
        as_json({"id": str(practice.pk), "slug": practice.slug})
    else:
        click.echo(f"Added {practice.name} ({practice.slug}).")


@command.command("list")
def list_practices() -> None:
    """List the practices."""
    for practice in Practice.objects.order_by("slug"):
        click.echo(f"{practice.slug}\t{practice.name}\t{practice.preset}")
