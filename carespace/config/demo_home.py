"""Whether this home holds the demo's sign-ins, whose passwords are known to everybody.

Promises: no production process serves such a home (``security.md``, no default credentials: ASVS 6.3.2).
"""

import click
from django.conf import settings

from carespace.accounts.models import User
from carespace.demo.cast import SIGN_INS


def has_known_passwords() -> bool:
    """Whether a sign-in of the demo is in the database."""
    return User.objects.filter(email__in=[person.email for person in SIGN_INS]).exists()


def refuse_known_passwords() -> None:
    """End a production process politely on a home that the demo has set up."""
    if settings.CARESPACE_MODE == "production" and has_known_passwords():
        message = (
            "This home was set up by the demo: its passwords are known to all. Set CARESPACE_HOME"
            " to a folder of your own, or CARESPACE_MODE=demo to go on with the demo."
        )
        raise click.ClickException(message)
