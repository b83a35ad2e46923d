"""``carespace audit``: seal the audit trail, and check the seal."""

import click

from carespace.audit import seal as sealing
from carespace.audit.heads import set_aside


@click.group("audit")
def command() -> None:
    """Check or extend the audit seal."""


@command.command("seal")
def seal() -> None:
    """Chain every event that can no longer be preceded by another."""
    click.echo(f"Sealed {sealing.seal_all(sealing.heads_file())} events.")


@command.command("resume")
def resume() -> None:
    """Go on after a restore: begin a new epoch, and set the noted heads of the old one aside."""
    epoch = sealing.resume(at_any_rate=True)
    kept = set_aside(sealing.heads_file(), epoch or 0)
    click.echo(f"Epoch {epoch} of the audit trail begins.")
    if kept:
        click.echo(f"The heads noted before are kept in {kept}.")


@command.command("verify")
def verify() -> None:
    """Walk the chain; exit 1 and name the first bad event."""
    verdict = sealing.verify(sealing.heads_file())
    if not verdict.intact:
        click.echo(f"The audit trail was altered: {verdict.problem} (position {verdict.sealed}).")
        click.echo(f"First bad event: {verdict.event_id or 'after the last seal'}")
        raise SystemExit(1)
    click.echo(f"The audit trail is whole: {verdict.sealed} sealed, {verdict.unsealed} not yet.")
