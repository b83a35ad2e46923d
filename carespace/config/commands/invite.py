"""``carespace invite``: the first person in; ``carespace invite withdraw``: a link sent to the wrong address ends."""

import click

from carespace.access.actions import invite, withdraw
from carespace.access.models import Invitation
from carespace.access.policies import may_invite
from carespace.access.states import GrantKind, InvitationState
from carespace.config.commands.shared import (
    address_in,
    as_json,
    operator,
    patient_named,
    practice_named,
    reason_in,
)

LIVE = (InvitationState.QUEUED, InvitationState.SENT)


class _Invite(click.Group):
    """A group whose own options mean ``send``: inviting is what the command is for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["send", *args])


@click.group("invite", cls=_Invite)
def command() -> None:
    """Invite a patient to the portal (send, which may be left out), or withdraw a link."""


@command.command("send")
@click.option("--practice", "slug", required=True)
@click.option("--patient", "wanted", required=True, metavar="ID-OR-MRN")
@click.option("--email", required=True)
@click.option("--json", "json_wanted", is_flag=True)
def send(slug: str, wanted: str, email: str, json_wanted: bool) -> None:
    """Send a patient the mail with "Complete Your Registration"; the link lives 4 days."""
    practice = practice_named(slug)
    patient, address = patient_named(practice, wanted), address_in(email)
    if not may_invite(patient, practice.settings).allowed:
        message = (
            "This patient has no birth date on file, and the practice asks for it at registration:"
            " nobody could use the link."
        )
        raise click.ClickException(message)
    invitation = invite(patient=patient, email=address, kind=GrantKind.SELF, by=operator())
    if json_wanted:
        as_json({"invitation": str(invitation.pk), "email": invitation.email})
    else:
        click.echo(
            f"The invitation to {invitation.email} is on its way (carespace worker sends it)."
        )


@command.command("withdraw")
@click.option("--practice", "slug", required=True)
@click.option("--patient", "wanted", required=True, metavar="ID-OR-MRN")
@click.option("--email", required=True)
@click.option("--reason", required=True)
def withdraw_link(slug: str, wanted: str, email: str, reason: str) -> None:
    """End the link that was sent to an address, before anybody uses it."""
    patient, address = patient_named(practice_named(slug), wanted), address_in(email)
    invitation = Invitation.objects.filter(patient=patient, email=address, state__in=LIVE).first()
    if invitation is None:
        message = f"No link to {address} waits for this patient; see: carespace access list."
        raise click.ClickException(message)
    withdraw(invitation=invitation, reason=reason_in(reason), by=operator())
    click.echo(f"The link to {address} no longer works.")
