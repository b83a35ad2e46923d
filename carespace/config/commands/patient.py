"""``carespace patient list``: the patients of a practice, for the person at the server."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from carespace.audit.recording import About, record
from carespace.config.commands.shared import as_json, operator, practice_named
from carespace.patients.models import Patient


@click.group("patient")
def command() -> None:
    """List a practice's patients."""


@command.command("list")
@click.option("--practice", "slug", required=True)
@click.option("--json", "json_wanted", is_flag=True)
def list_patients(slug: str, json_wanted: bool) -> None:
    """List patients with their numbers and birth dates."""
    practice = practice_named(slug)
    found = Patient.objects.filter(practice=practice).prefetch_related("identifiers")
    rows = [_row(patient) for patient in found.order_by("search_name", "birth_date")]
    record("patient.list", by=operator(), about=About(practice.pk), detail={"patients": len(rows)})
    if json_wanted:
        as_json({"practice": slug, "patients": rows})
        return
    table = Table("Name", "Born", "Numbers", "Id")
    for row in rows:
        numbers = ", ".join(each["value"] for each in row["identifiers"])
        table.add_row(row["name"], row["birth_date"], numbers, row["id"])
    Console().print(table)


def _row(patient: Patient) -> dict[str, Any]:
    return {
        "id": str(patient.pk),
        "name": patient.display_name,
        "birth_date": patient.birth_date_text,
        "identifiers": [
            {"system": each.system, "value": each.value, "type": each.kind}
            for each in patient.identifiers.all()
        ],
    }
