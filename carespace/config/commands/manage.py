"""``carespace manage``: Django's own management commands, for developers and for repair."""

import sys

import click
from django.core.management import execute_from_command_line


@click.command("manage", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run a Django management command."""
    execute_from_command_line([sys.argv[0], *arguments])
