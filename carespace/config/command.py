"""The ``carespace`` command: each part names the database role it works as, before Django is set up.

Promises: a part is imported only after the settings stand, so ``carespace --help`` needs no database; every problem that
a practice's IT person can mend ends in one sentence and exit code 1, not in a traceback.
"""

import importlib
import os
import sys
from dataclasses import dataclass

import click
import django

from carespace.config.database import Role
from carespace.config.embedded_postgres import EmbeddedServerError
from carespace.config.keys import KeyProblem
from carespace.config.processes import prepare


@dataclass(frozen=True, slots=True)
class Part:
    """One sub-command: where it lives, as which role it works (none: it sets up nothing), what it does."""

    module: str
    role: Role | None
    about: str


PARTS = {
    "access": Part(
        "carespace.config.commands.access", "owner", "List or end who may see a patient's record."
    ),
    "audit": Part("carespace.config.commands.audit", "owner", "Check or extend the audit seal."),
    "database": Part(
        "carespace.config.commands.database", None, "Look at or stop this home's private server."
    ),
    "demo": Part("carespace.demo.command", None, "Run a demo practice with invented patients."),
    "doctor": Part(
        "carespace.config.commands.doctor", None, "Say what is wrong and how to mend it."
    ),
    "import": Part(
        "carespace.config.commands.importing", "worker", "Take in FHIR files and folders."
    ),
    "invite": Part(
        "carespace.config.commands.invite", "owner", "Invite a patient, or withdraw a link."
    ),
    "mail": Part(
        "carespace.config.commands.mail", "worker", "Try the mail server, or take in returned mail."
    ),
    "manage": Part("carespace.config.commands.manage", "owner", "Run a Django management command."),
    "migrate": Part("carespace.config.commands.migrate", "owner", "Bring the database up to date."),
    "patient": Part("carespace.config.commands.patient", "owner", "List a practice's patients."),
    "practice": Part("carespace.config.commands.practice", "owner", "Add or list practices."),
    "quarantine": Part(
        "carespace.config.commands.quarantine", "owner", "See and settle what was set aside."
    ),
    "serve": Part("carespace.config.commands.serve", "web", "Serve the portal's pages."),
    "sign-in": Part(
        "carespace.config.commands.sign_in", "owner", "Help a person who can no longer sign in."
    ),
    "staff": Part(
        "carespace.config.commands.staff", "owner", "Add or end a member of a practice's staff."
    ),
    "worker": Part(
        "carespace.config.commands.worker", "worker", "Send mail and do other queued work."
    ),
}


class Parts(click.Group):
    """A group that loads a part when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        part = PARTS.get(cmd_name)
        if part is None:
            return None
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carespace.config.settings")
        if part.role is not None:
            prepare(part.role)
            django.setup()
        command: click.Command = importlib.import_module(part.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, PARTS[name].about) for name in self.list_commands(ctx)])


@click.group(cls=Parts, context_settings={"help_option_names": ["-h", "--help"]})
def carespace() -> None:
    """CareSpace: the patient portal of a community oncology practice."""


def main() -> None:
    """Run the command line."""
    try:
        carespace()
    except (EmbeddedServerError, KeyProblem) as problem:
        click.echo(f"carespace: {problem}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
