"""``carespace quarantine``: see what was set aside, and settle it.

Promises: nothing of a record's content is printed, and neither the look nor what is settled goes unaudited.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import click
from django.db import transaction
from rich.console import Console
from rich.table import Table

from carespace.audit.recording import About, record
from carespace.config.commands.shared import as_json, operator, practice_named
from carespace.files.sealing import DamagedFile
from carespace.interop.actions import NotToBeSettled, discard, retry, settle_as_same_person
from carespace.interop.models import QuarantinedEntry

Answer = TypeVar("Answer")
REASON = click.option("--reason", required=True, help="Why, for the audit trail.")


@click.group("quarantine")
def command() -> None:
    """List and settle what an import has set aside."""


@command.command("list")
@click.option("--practice", "slug", required=True)
@click.option("--feed", help="Only of this source.")
@click.option("--json", "json_wanted", is_flag=True)
@transaction.atomic
def list_entries(slug: str, feed: str | None, json_wanted: bool) -> None:
    """List what needs a person: where it stood, and why it was set aside."""
    rows = [_row(each) for each in _open_entries(slug, feed)]
    about = About(practice_named(slug).pk, None, "record", "QuarantinedEntry")
    record("quarantine.list", by=operator(), about=about, detail={"entries": len(rows)})
    if json_wanted:
        as_json({"practice": slug, "entries": rows})
        return
    table = Table("Id", "File", "Position", "Type", "Code", "Reason", "Since")
    for row in rows:
        table.add_row(*(row[name] for name in _SHOWN))
    Console().print(table)


@command.command("discard")
@click.argument("identity", metavar="ID", type=click.UUID)
@REASON
def discard_entry(identity: UUID, reason: str) -> None:
    """Close an entry for good: it is never taken in."""
    entry = _entry(identity)
    retracted = _settled(lambda: discard(entry=entry, reason=reason, by=operator()))
    click.echo(f"Discarded. {retracted} held results stay out for good.")


@command.command("retry")
@click.argument("identity", metavar="ID", type=click.UUID, required=False)
@click.option("--practice", "slug", help="With --feed: the practice's slug.")
@click.option("--feed", help="All that is set aside of this source.")
def retry_entries(identity: UUID | None, slug: str | None, feed: str | None) -> None:
    """Take an entry in again, or all of a source, after what was wrong has been put right."""
    if identity is not None and not (slug or feed):
        entries = [_entry(identity)]
    elif identity is None and slug and feed:
        entries = _open_entries(slug, feed)
    else:
        message = "Give an ID, or --practice and --feed."
        raise click.UsageError(message)
    taken = _settled(lambda: retry(entries=entries, by=operator()))
    click.echo(f"{taken} of {len(entries)} entries are in the record now.")


@command.command("settle")
@click.argument("identity", metavar="ID", type=click.UUID)
@click.option("--same-person", is_flag=True, required=True, help="Staff have made sure of it.")
@REASON
def settle_entry(identity: UUID, same_person: bool, reason: str) -> None:
    """Confirm that a Patient who was set aside is the person on file; take in what came with them."""
    if not same_person:
        message = "Say --same-person, or discard the entry."
        raise click.UsageError(message)
    entry = _entry(identity)
    released = _settled(lambda: settle_as_same_person(entry=entry, reason=reason, by=operator()))
    click.echo(f"Settled. {released} held results are shown again.")


_SHOWN = ("id", "file", "position", "type", "code", "reason", "since")


def _open_entries(slug: str, feed: str | None) -> list[QuarantinedEntry]:
    found = QuarantinedEntry.objects.filter(
        practice=practice_named(slug), state=QuarantinedEntry.State.QUARANTINED
    ).select_related("delivery")
    if feed is not None:
        found = found.filter(feed=feed)
    return list(found.order_by("created_at", "id"))


def _entry(identity: UUID) -> QuarantinedEntry:
    entry = QuarantinedEntry.objects.filter(pk=identity).first()
    if entry is None:
        message = f"Nothing was set aside under {identity}: see carespace quarantine list."
        raise click.ClickException(message)
    return entry


def _row(entry: QuarantinedEntry) -> dict[str, Any]:
    return {
        "id": str(entry.pk),
        "feed": entry.feed,
        "file": entry.delivery.name,
        "position": entry.position,
        "type": entry.resource_type,
        "code": entry.code,
        "reason": entry.reason,
        "since": entry.created_at.isoformat(timespec="seconds"),
    }


def _settled(act: Callable[[], Answer]) -> Answer:
    try:
        return act()
    except NotToBeSettled as refusal:
        raise click.ClickException(str(refusal)) from None
    except (DamagedFile, FileNotFoundError):
        message = "The kept bytes of its delivery cannot be read: nothing was changed. Send the file again."
        raise click.ClickException(message) from None
