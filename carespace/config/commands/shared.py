"""What several parts of the command need: a practice by its slug, a patient, an address, the actor at the keyboard, one JSON object out."""

import getpass
import json
import uuid
from collections.abc import Mapping
from typing import Any

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from carespace.access.actions import OPERATOR
from carespace.accounts.models import User
from carespace.audit.recording import Actor
from carespace.patients.models import Patient
from carespace.practices.models import Practice


def practice_named(slug: str) -> Practice:
    """Return the practice, or end with the slugs there are."""
    practice = Practice.objects.filter(slug=slug).first()
    if practice is None:
        known = (
            ", ".join(Practice.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        )
        message = f"There is no practice {slug!r} (there are: {known})."
        raise click.ClickException(message)
    return practice


def patient_named(practice: Practice, wanted: str) -> Patient:
    """Return the practice's patient with this id or number, or end and say where to look."""
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


def address_in(email: str) -> str:
    """Return the address as it is kept, or end: a mistyped one would be somebody else's sign-in, or nobody's."""
    try:
        validate_email(email)
    except ValidationError:
        message = f"{email!r} is not an email address."
        raise click.ClickException(message) from None
    return User.objects.normalize_email(email)


def reason_in(text: str) -> str:
    """Return the reason, or end: the trail shall say why."""
    if not text.strip():
        message = "Give a --reason: it stands in the audit trail."
        raise click.ClickException(message)
    return text.strip()


def operator() -> Actor:
    """Return who types the command, for the audit trail."""
    return Actor(user_id=None, name=f"command line ({_login()})", kind=OPERATOR)


def as_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
