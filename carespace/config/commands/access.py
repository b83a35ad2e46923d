"""``carespace access``: who may see a patient's record, and the end of it, for the person at the server (D-7)."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from carespace.access.actions import revoke
from carespace.access.models import Grant, Invitation
from carespace.audit.recording import About, record
from carespace.config.commands.shared import (
    address_in,
    as_json,
    operator,
    patient_named,
    practice_named,
    reason_in,
)
from carespace.patients.models import Patient


@click.group("access")
def command() -> None:
    """List or end who may see a patient's record."""


@command.command("list")
@click.option("--practice", "slug", required=True)
@click.option("--patient", "wanted", required=True, metavar="ID-OR-MRN")
@click.option("--json", "json_wanted", is_flag=True)
def list_access(slug: str, wanted: str, json_wanted: bool) -> None:
    """List everybody who may see the record, could once, or was invited to."""
    patient = patient_named(practice_named(slug), wanted)
    rows = [*_grants(patient), *_links(patient)]
    about = About(patient.practice_id, patient.pk, "access", "Grant")
    record("access.list", by=operator(), about=about, detail={"rows": len(rows)})
    if json_wanted:
        as_json({"patient": str(patient.pk), "access": rows})
        return
    table = Table("Address", "Name", "Kind", "State", "Since")
    for row in rows:
        table.add_row(row["email"], row["name"], row["kind"], row["state"], row["since"])
    Console().print(table)


@command.command("revoke")
@click.option("--practice", "slug", required=True)
@click.option("--patient", "wanted", required=True, metavar="ID-OR-MRN")
@click.option("--email", required=True)
@click.option("--reason", required=True)
def revoke_access(slug: str, wanted: str, email: str, reason: str) -> None:
    """End a person's access for good: it counts at their next request; a new invitation makes a new one."""
    patient, address = patient_named(practice_named(slug), wanted), address_in(email)
    found = Grant.objects.filter(patient=patient, user__email=address, revoked_at__isnull=True)
    grant = found.select_related("user").first()
    if grant is None:
        message = (
            f"Nobody with the address {address} may see this record; see: carespace access list."
        )
        raise click.ClickException(message)
    revoke(grant=grant, reason=reason_in(reason), by=operator())
    click.echo(f"{grant.user.name} ({address}) may no longer see the record.")


def _grants(patient: Patient) -> list[dict[str, Any]]:
    counts = set(Grant.objects.active().filter(patient=patient).values_list("pk", flat=True))
    found = Grant.objects.filter(patient=patient).select_related("user").order_by("starts_at", "pk")
    return [
        {
            "email": grant.user.email,
            "name": grant.user.name,
            "kind": grant.kind,
            "state": "may see it" if grant.pk in counts else "ended",
            "since": (grant.revoked_at or grant.starts_at).isoformat(timespec="minutes"),
        }
        for grant in found
    ]


def _links(patient: Patient) -> list[dict[str, Any]]:
    found = Invitation.objects.filter(patient=patient, accepted_at__isnull=True)
    return [
        {
            "email": link.email,
            "name": "",
            "kind": link.kind,
            "state": f"link {link.state}",
            "since": link.created_at.isoformat(timespec="minutes"),
        }
        for link in found.order_by("created_at", "pk")
    ]
