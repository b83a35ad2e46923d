"""``carespace mail``: try the mail server, and take in the report of a mail that came back.

Promises: ``returned`` reads one message, changes at most the one mail that the message names by its random id, and ends
well for everything else, so that a mail server has no reason to answer; where the database does not answer it ends
with the code by which a mail server tries again (75, sysexits.h). ``try`` tells the server's answer in codes.
"""

import smtplib
import sys

import click
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.template.loader import render_to_string

from carespace.audit.recording import About, record
from carespace.config.commands.shared import address_in, operator, practice_named
from carespace.outbox.actions import note_returned
from carespace.outbox.composing import composed
from carespace.outbox.models import OutboxMessage
from carespace.outbox.returned import MOST_BYTES, read_report
from carespace.outbox.templates import Mail
from carespace.outbox.troubles import trouble

TRY_AGAIN = 75
AT_A_TIME_BYTES = 1024 * 1024


@click.group("mail")
def command() -> None:
    """Try the mail server, or take in a mail that came back."""


@command.command("returned")
def returned() -> None:
    """Read one returned mail from standard input, and show who sent the first that it did not arrive."""
    raw = sys.stdin.buffer.read(MOST_BYTES)
    while sys.stdin.buffer.read(AT_A_TIME_BYTES):
        pass  # whoever hands it over shall not meet a closed pipe
    report = read_report(raw)
    if report is None:
        click.echo("This reports no mail of ours that failed: nothing is changed.")
        return
    try:
        is_noted = note_returned(returned=report)
    except (OperationalError, InterfaceError):
        click.echo("The database does not answer: hand this in again later.", err=True)
        raise SystemExit(TRY_AGAIN) from None
    known = "is noted as returned" if is_noted else "is not known, or noted already"
    click.echo(f"The mail {report.message_id} {known}.")


@command.command("try")
@click.option("--to", "to_address", required=True, help="Your own address.")
@click.option("--practice", "slug", default="", help="Send it as this practice would.")
def try_server(to_address: str, slug: str) -> None:
    """Hand one test mail to the mail server, now, and say what the server answered."""
    practice = practice_named(slug) if slug else None
    name, sender = (practice.name, practice.sender_email) if practice else ("CareSpace", "")
    text, html = (render_to_string(f"outbox/mail/try.{kind}") for kind in ("txt", "html"))
    mail = Mail("CareSpace test mail", text, html, name, sender)
    message = OutboxMessage(to_address=address_in(to_address), template="try")
    about = About(practice_id=practice.pk if practice else None)
    record("mail.try", by=operator(), about=about)
    try:
        composed(message, mail).send()
    except (OSError, smtplib.SMTPException) as error:
        problem = f"The mail server did not take it ({trouble(error).told}). Check EMAIL_URL."
        raise click.ClickException(problem) from None
    where = "the mail server" if settings.EMAIL_BACKEND.endswith("SmtpChannel") else "a file"
    click.echo(f"Handed over to {where}, from {sender or settings.CARESPACE_SENDER}.")
