"""``carespace audit``: seal the audit trail, and check the seal."""

from pathlib import Path

import click
from django.conf import settings

from carespace.audit import seal as sealing


@click.group("audit")
def command() -> None:
    """Check or extend the audit seal."""


@command.command("seal")
def seal() -> None:
    """Chain every event that can no longer be preceded by another."""
    click.echo(f"Sealed {seal_all()} events.")


@command.command("verify")
def verify() -> None:
    """Walk the chain; exit 1 and name the first bad event."""
    verdict = sealing.verify(heads())
    if not verdict.intact:
        click.echo(f"The audit trail was altered: {verdict.problem} (position {verdict.sealed}).")
        click.echo(f"First bad event: {verdict.event_id or 'after the last seal'}")
        raise SystemExit(1)
    click.echo(f"The audit trail is whole: {verdict.sealed} sealed, {verdict.unsealed} not yet.")


def seal_all() -> int:
    """Seal until nothing is left below the horizon; return how many."""
    total = 0
    while count := sealing.seal_events():
        total += count
    sealing.write_head(heads())
    return total


def heads() -> Path:
    """Return the file beside the database that remembers the chain's head."""
    return settings.CARESPACE_HOME / "audit" / "heads.jsonl"
