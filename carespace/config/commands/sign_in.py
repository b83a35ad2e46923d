"""``carespace sign-in``: the last way back, for who has lost every other one (ASVS 6.4.4).

For the only manager of a practice whose phone is gone, and for somebody of two practices, whose second step no single
practice may remove. Make sure who it is first, as for a records request: what is done here is written down with your login.
"""

import click
from django.db import transaction

from carespace.access import signing
from carespace.access.actions import end_visits_of
from carespace.access.own_account import NO_SESSION, end_other_sessions
from carespace.accounts.actions import remove_every_factor, unlock
from carespace.accounts.models import User
from carespace.config.commands.shared import address_in, operator, reason_in


@click.group("sign-in")
def command() -> None:
    """Help a person who can no longer sign in."""


@command.command("remove-second-step")
@click.option("--email", required=True)
@click.option("--reason", required=True, help="How you made sure who asks.")
def remove_second_step(email: str, reason: str) -> None:
    """Remove a person's authenticator app, passkeys and recovery codes, and sign them out everywhere."""
    user, why = _person(email), reason_in(reason)
    with transaction.atomic():
        removed = remove_every_factor(user=user, reason=why, by=operator())
        if removed:
            signing.set_signed(signing.USER, user.pk)
            end_other_sessions(user=user, keep_session_key=NO_SESSION, by=operator())
            end_visits_of(user_id=user.pk, by=operator())
    if not removed:
        message = f"{user.name} ({user.email}) has no second step."
        raise click.ClickException(message)
    click.echo(f"{user.name} ({user.email}) signs in with the password; staff set up a new step.")


@command.command("unlock")
@click.option("--email", required=True)
def unlock_sign_in(email: str) -> None:
    """Let a person try again at once, who must wait after too many wrong passwords."""
    user = _person(email)
    unlock(email=user.email, by=operator())
    click.echo(f"{user.name} ({user.email}) can try again now.")


def _person(email: str) -> User:
    address = address_in(email)
    user = User.objects.filter(email=address).first()
    if user is None:
        message = f"Nobody signs in as {address}."
        raise click.ClickException(message)
    return user
