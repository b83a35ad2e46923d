"""``carespace doctor``: one line for each thing that must be right, with the remedy where it is not.

Promises: it goes as far as it can (a home that cannot be written, a lost key or a silent database are lines, not
tracebacks), changes nothing, and ends with exit code 1 when something must be mended.
"""

import importlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import click
import django

from carespace.config.embedded_postgres import EmbeddedServerError
from carespace.config.keys import KeyProblem, master_key
from carespace.config.processes import home_folder, prepare


class _Finding(Protocol):
    @property
    def check(self) -> str: ...
    @property
    def told(self) -> str: ...
    @property
    def remedy(self) -> str: ...


class _Line:
    """A finding from before Django stands (``config.checks`` cannot be imported yet)."""

    def __init__(self, check: str, told: str, remedy: str = "") -> None:
        self.check, self.told, self.remedy = check, told, remedy


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


def _findings() -> Iterator[_Finding]:
    home = home_folder()
    for finding in (_home(home), _key(home)):
        yield finding
        if finding.remedy:
            return
    try:
        prepare("owner")
    except EmbeddedServerError as problem:
        yield _Line("database", "The private server does not start.", str(problem))
        return
    django.setup()
    yield from importlib.import_module("carespace.config.checks").findings()


def _home(home: Path) -> _Line:
    probe = home / f".doctor-{secrets.token_hex(4)}"
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as problem:
        remedy = "Give this user the folder, or set CARESPACE_HOME to another one."
        return _Line("home", f"{home} cannot be written: {problem.strerror}.", remedy)
    return _Line("home", f"{home} can be written.")


def _key(home: Path) -> _Line:
    try:
        master_key(home)
    except (KeyProblem, OSError) as problem:
        remedy = "Restore the key from your backup: without it no stored file can be opened."
        return _Line("master key", f"It cannot be used: {problem}", remedy)
    path = home / "keys" / "master.key"
    if os.environ.get("CARESPACE_MASTER_KEY"):
        return _Line("master key", "It comes from CARESPACE_MASTER_KEY.")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return _Line("master key", f"Others can read it (mode {mode:o}).", f"chmod 600 {path}")
    return _Line("master key", "It is there, and closed to others.")
