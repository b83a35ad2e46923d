"""What several parts of the command need: a practice by its slug, the actor at the keyboard, one JSON object out."""

import getpass
import json
from collections.abc import Mapping
from typing import Any

import click

from carespace.audit.recording import Actor
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


def operator() -> Actor:
    """Return who types the command, for the audit trail."""
    return Actor(user_id=None, name=f"command line ({_login()})", kind="operator")


def as_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
