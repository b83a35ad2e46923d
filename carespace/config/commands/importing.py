"""``carespace import``: take in FHIR files and folders."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.db import InterfaceError, OperationalError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from carespace.config.commands.shared import as_json, practice_named
from carespace.interop.importing import ImportReport, files_below, import_files
from carespace.practices.models import Practice

REASONS_PRINTED = 20
FEED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def _feed(_context: click.Context, _option: click.Parameter, given: str) -> str:
    if not FEED.fullmatch(given):
        message = (
            "write at most 60 letters, digits, dots, hyphens and underscores, such as lab-west"
        )
        raise click.BadParameter(message)
    return given


@click.command("import")
@click.option("--practice", "slug", required=True)
@click.option(
    "--feed",
    default="import",
    show_default=True,
    callback=_feed,
    help="The source's name; ids count per feed.",
)
@click.option("--json", "json_wanted", is_flag=True, help="End with one JSON object.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def command(slug: str, feed: str, json_wanted: bool, paths: tuple[Path, ...]) -> None:
    """Take in Bundles, single resources and NDJSON, plain or gzip, from files and folders."""
    practice = practice_named(slug)
    files = files_below(paths)
    try:
        report = (
            import_files(practice, feed, files)
            if json_wanted
            else _with_progress(practice, feed, files)
        )
    except (OperationalError, InterfaceError) as problem:
        raise click.ClickException(_broken_off(problem)) from None
    if json_wanted:
        as_json(report.as_json())
    else:
        _print(report)
    if report.unreadable:
        sys.exit(1)


def _broken_off(problem: Exception) -> str:
    return (
        f"The database did not answer any more ({str(problem).splitlines()[0]})."
        " What was stored until then is kept: run the same command again to complete it."
    )


def _with_progress(practice: Practice, feed: str, files: list[Path]) -> ImportReport:
    with _bar(len(files)) as (bar, task):
        return import_files(
            practice,
            feed,
            files,
            on_file=lambda path: bar.update(task, description=path.name[:40], advance=1),
        )


@contextmanager
def _bar(total: int) -> Iterator[tuple[Progress, TaskID]]:
    columns = (
        TextColumn("{task.description:<40}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar, bar.add_task("", total=total)


def _print(report: ImportReport) -> None:
    told = report.as_json()
    table = Table("Type", "Resources", title=f"{report.files} files")
    for name, count in told["resources"].items():
        table.add_row(name, str(count))
    console = Console()
    console.print(table)
    console.print(
        f"Stored {report.stored}, updated {report.updated}, unchanged {report.unchanged},"
        f" waiting {report.waiting}, quarantined {report.quarantined}"
        f" in {told['seconds']} s ({told['resources_per_second']} resources/s)."
    )
    for each in report.unreadable:
        console.print(f"  Could not be read: {each['file']}: {each['reason']}", markup=False)
    for reason in report.reasons[:REASONS_PRINTED]:
        console.print(f"  {reason['file']}, {reason['position']}: {reason['reason']}", markup=False)
    if report.quarantined > REASONS_PRINTED:
        console.print(f"  … and {report.quarantined - REASONS_PRINTED} more (--json lists them)")
