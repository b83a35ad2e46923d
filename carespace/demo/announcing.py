"""What the demo says when it is ready: a table for people, or one JSON object for programs."""

import json
from datetime import date

import click
from rich.console import Console
from rich.table import Table

from carespace.demo.cast import PRACTICE_NAME, SIGN_INS
from carespace.demo.home import age_days

MAILBOX_PATH = "demo/mail/"
CODES_PATH = "demo/codes/"
STALE_DAYS = 7
LEAST_WIDTH = 100  # a password cut at the edge of a narrow terminal is of no use


def announce(url: str, made_on: date, *, json_wanted: bool) -> None:
    """Say where the portal is and who can sign in."""
    mailbox, codes = f"{url}{MAILBOX_PATH}", f"{url}{CODES_PATH}"
    if json_wanted:
        accounts = [person.as_json() for person in SIGN_INS]
        told = {"url": url, "mailbox": mailbox, "codes": codes, "accounts": accounts}
        click.echo(json.dumps(told))
        return
    click.echo(f"CareSpace is ready: {url}")
    console = Console(highlight=False)
    console.width = max(console.width, LEAST_WIDTH)
    console.print(_table())
    click.echo(f"Staff also type a code. Theirs are here: {codes}")
    click.echo(f"Mail that CareSpace sends: {mailbox}")
    click.echo(f"The records are invented, and told as of {_day(made_on)}.")
    if age_days(made_on) > STALE_DAYS:
        click.echo("For records up to today, stop this and run: ./dev demo --fresh")
    click.echo("Ctrl-C stops everything.")


def _table() -> Table:
    table = Table(title=f"{PRACTICE_NAME}: sign-ins", title_justify="left")
    for heading in ("Who", "Name", "Email", "Password", "Birth date"):
        table.add_column(heading, no_wrap=True)
    for person in SIGN_INS:
        role = person.role.replace("-", " ").capitalize()
        born = _day(person.birth_date)
        table.add_row(role, person.name, person.email, person.password, born)
    return table


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
