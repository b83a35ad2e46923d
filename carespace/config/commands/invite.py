"""``carespace invite``: the first person in; ``carespace invite withdraw``: a link sent to the wrong address ends."""

import click

from carespace.access.actions import invite, withdraw
from carespace.access.models import Grant, Invitation
from carespace.access.policies import may_invite, may_invite_from_desk
from carespace.access.states import LIVE, GrantKind
from carespace.accounts.authentication import user_with_email
from carespace.config.commands.shared import (
    address_in,
    as_json,
    operator,
    patient_named,
    practice_named,
    reason_in,
)
from carespace.patients.models import Patient
from carespace.practices.models import StaffMembership, StaffRole


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
    _refuse_as_a_desk_would(patient, address)
    invitation = invite(patient=patient, email=address, kind=GrantKind.SELF, by=operator())
    if json_wanted:
        as_json({"invitation": str(invitation.pk), "email": invitation.email})
    else:
        click.echo(
            f"The invitation to {invitation.email} is on its way (carespace worker sends it)."
        )


def _refuse_as_a_desk_would(patient: Patient, address: str) -> None:
    """Stop where no desk would send this link either; who sits at the server may do what a manager may (T5)."""
    user = user_with_email(address)
    working = StaffMembership.objects.filter(practice=patient.practice_id, ended_at__isnull=True)
    is_staff = user is not None and working.filter(user_id=user.pk).exists()
    own = Grant.objects.active().filter(patient=patient, kind=GrantKind.SELF)
    decision = may_invite_from_desk(
        has_sign_in=own.exists(), is_staff_address=is_staff, role=StaffRole.MANAGER
    )
    if not decision.allowed:
        message = (
            "This patient has a sign-in already. If it is lost for good, end it first:"
            " carespace access revoke; a new password is asked for on the sign-in page."
        )
        raise click.ClickException(message)
    if is_staff:
        click.echo(f"Note: {address} belongs to somebody who works at this practice.", err=True)


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
