"""``carespace database``: the private server of this home, for people and for programs that start and stop it."""

import json

import click

from carespace.config import embedded_postgres
from carespace.config.processes import home_folder


@click.group("database")
def command() -> None:
    """Look at the private database server of this home, or stop it."""


@command.command("status")
@click.option("--json", "json_wanted", is_flag=True)
def status(json_wanted: bool) -> None:
    """Say whether the server runs; starts and changes nothing."""
    home = home_folder()
    found = embedded_postgres.status(home)
    if json_wanted:
        told = {"home": str(home), "running": found.running, "version": found.version}
        click.echo(json.dumps({**told, "size_bytes": found.size_bytes}))
    elif found.running:
        size_mib = found.size_bytes / 1024**2
        click.echo(f"PostgreSQL {found.version} runs in {found.data_folder} ({size_mib:.0f} MiB).")
    else:
        click.echo(f"No server runs in {found.data_folder}; any CareSpace command starts it.")


@command.command("stop")
def stop() -> None:
    """Stop the server in good order; the next command that needs it starts it again."""
    embedded_postgres.stop(home_folder())
