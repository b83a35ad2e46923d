"""``carespace doctor``: one line for each thing that must be right, with the remedy where it is not.

Promises: it goes as far as it can (a home that cannot be written, a lost key or a silent database are lines, not
tracebacks) and ends with exit code 1 when something must be mended. It makes no key, no database and no role, and
changes none; where the private database server does not run it starts it, as nothing could be seen otherwise.
"""

import importlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import click
import django
import psycopg

from carespace.config.embedded_postgres import EmbeddedServerError
from carespace.config.finding import Finding
from carespace.config.keys import KeyProblem, existing_key, is_new, key_file
from carespace.config.processes import home_folder, prepare_to_look


@click.command("doctor")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
def command(json_wanted: bool) -> None:
    """Say what is wrong and how to mend it."""
    found = []
    for finding in _findings():
        found.append(finding)
        if not json_wanted:
            click.echo(f"{'mend' if finding.remedy else 'ok  '}  {finding.check}: {finding.told}")
            if finding.remedy:
                click.echo(f"      {finding.remedy}")
    well = not any(finding.remedy for finding in found)
    if json_wanted:
        checks = [{"check": f.check, "told": f.told, "remedy": f.remedy} for f in found]
        click.echo(json.dumps({"well": well, "checks": checks}, ensure_ascii=False))
    if not well:
        raise SystemExit(1)


def _findings() -> Iterator[Finding]:
    home = home_folder()
    for finding in (_home(home), _key(home)):
        yield finding
        if finding.remedy:
            return
    try:
        prepare_to_look()
    except KeyProblem as problem:
        yield Finding("master key", "It is another database’s key.", str(problem))
        return
    except (EmbeddedServerError, click.ClickException, psycopg.OperationalError) as problem:
        told, remedy = "The database cannot be used.", " ".join(str(problem).split())
        yield Finding("database", told, remedy)
        return
    django.setup()
    yield from importlib.import_module("carespace.config.checks").findings()


def _home(home: Path) -> Finding:
    if not home.exists():
        return Finding("home", f"{home} is not there yet.", "Run: carespace migrate")
    probe = home / f".doctor-{secrets.token_hex(4)}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as problem:
        remedy = "Give this user the folder, or set CARESPACE_HOME to another one."
        return Finding("home", f"{home} cannot be written: {problem.strerror}.", remedy)
    return Finding("home", f"{home} can be written.")


def _key(home: Path) -> Finding:
    if is_new(home):
        remedy = "Run: carespace migrate. With a database that has records already, restore the key first."
        return Finding("master key", "There is none yet.", remedy)
    try:
        existing_key(home)
    except (KeyProblem, OSError) as problem:
        remedy = "Restore the key from your backup: without it no stored file can be opened."
        return Finding("master key", f"It cannot be used: {problem}", remedy)
    path = key_file(home)
    if os.environ.get("CARESPACE_MASTER_KEY"):
        return Finding("master key", "It comes from CARESPACE_MASTER_KEY.")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding("master key", f"Others can read it (mode {mode:o}).", f"chmod 600 {path}")
    return Finding("master key", "It is there, and closed to others.")
