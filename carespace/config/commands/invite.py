"""``carespace invite``: the first person in."""

import uuid

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from carespace.access.actions import invite
from carespace.access.policies import may_invite
from carespace.access.states import GrantKind
from carespace.config.commands.shared import as_json, operator, practice_named
from carespace.patients.models import Patient
from carespace.practices.models import Practice


@click.command("invite")
@click.option("--practice", "slug", required=True)
@click.option("--patient", "wanted", required=True, metavar="ID-OR-MRN")
@click.option("--email", required=True)
@click.option("--json", "json_wanted", is_flag=True)
def command(slug: str, wanted: str, email: str, json_wanted: bool) -> None:
    """Send a patient the mail with "Complete Your Registration"; the link lives 4 days."""
    practice = practice_named(slug)
    patient = _patient(practice, wanted)
    try:
        validate_email(email)
    except ValidationError:
        message = f"{email!r} is not an e-mail address."
        raise click.ClickException(message) from None
    if not may_invite(patient, practice.settings).allowed:
        message = (
            "This patient has no birth date on file, and the practice asks for it at registration:"
            " nobody could use the link."
        )
        raise click.ClickException(message)
    invitation = invite(patient=patient, email=email, kind=GrantKind.SELF, by=operator())
    if json_wanted:
        as_json({"invitation": str(invitation.pk), "email": invitation.email})
    else:
        click.echo(
            f"The invitation to {invitation.email} is on its way (carespace worker sends it)."
        )


def _patient(practice: Practice, wanted: str) -> Patient:
    found = Patient.objects.filter(practice=practice)
    try:
        chosen = list(found.filter(pk=uuid.UUID(wanted)))
    except ValueError:
        chosen = list(found.filter(identifiers__value=wanted).distinct()[:2])
    if len(chosen) != 1:
        problem = "No patient has" if not chosen else "More than one patient has"
        message = f"{problem} the id or number {wanted!r}; see: carespace patient list."
        raise click.ClickException(message)
    return chosen[0]
