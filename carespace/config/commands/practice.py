"""``carespace practice``: add and list practices, publish their terms of service, choose the sender of their mail."""

from typing import TextIO

import click
from django.conf import settings

from carespace.config.commands.shared import as_json, operator, practice_named
from carespace.practices.actions import (
    PracticeRefused,
    TermsRefused,
    add_practice,
    publish_terms,
    set_sender,
)
from carespace.practices.models import Practice
from carespace.practices.presets import PRESETS
from carespace.practices.terms import HEADING, sections_of, version_of


@click.group("practice")
def command() -> None:
    """Add or list practices, publish their terms, choose the sender of their mail."""


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


@command.command("terms")
@click.option("--practice", "slug", required=True)
@click.option("--version", default="", help="A new version, such as 2027-01.")
@click.option("--file", "source", type=click.File(encoding="utf-8"), help="Plain text.")
@click.option("--show", is_flag=True, help="Print the terms in force, and change nothing.")
def terms(slug: str, version: str, source: TextIO | None, show: bool) -> None:
    """Publish a practice's own terms of service: everybody is asked to agree to them, from now on."""
    practice = practice_named(slug)
    if show:
        _print_terms(practice)
        return
    if not version or source is None:
        message = "Give --version and --file; or --show to see the terms in force."
        raise click.ClickException(message)
    try:
        publish_terms(practice=practice, version=version, text=_read(source), by=operator())
    except TermsRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    asked = "is asked to agree" if practice.settings.tos_required else "can read them"
    click.echo(f"Version {version} of {practice.name}'s terms is in force: everybody {asked}.")


def _read(source: TextIO) -> str:
    try:
        return source.read()
    except UnicodeDecodeError:
        message = f"{source.name} is not plain text in UTF-8."
        raise click.ClickException(message) from None


def _print_terms(practice: Practice) -> None:
    click.echo(f"Version {version_of(practice)}")
    for heading, paragraphs in sections_of(practice):
        click.echo("\n" + "\n\n".join((f"{HEADING}{heading}", *paragraphs)))


@command.command("sender")
@click.option("--practice", "slug", required=True)
@click.option("--email", default="", help="Such as noreply@lakeside.example.org.")
@click.option("--default", "default_wanted", is_flag=True, help="Use CARESPACE_SENDER again.")
def sender(slug: str, email: str, default_wanted: bool) -> None:
    """Choose the address that the practice's mail comes from."""
    if bool(email) == default_wanted:
        message = "Give either --email or --default."
        raise click.ClickException(message)
    practice = practice_named(slug)
    try:
        set_sender(practice=practice, address=email, by=operator())
    except PracticeRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(
        f"Mail of {practice.name} comes from {practice.sender_email or settings.CARESPACE_SENDER}."
    )
