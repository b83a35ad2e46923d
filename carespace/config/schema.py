"""Whether the database's schema is the one this code expects."""

import click
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def missing_migrations() -> list[str]:
    """Return the migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown_migrations() -> list[str]:
    """Return migrations of our rooms that the database has and this code does not know."""
    loader = MigrationExecutor(connection).loader
    ours = {app for app, _ in loader.disk_migrations}
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations)
    return sorted(f"{app}.{name}" for app, name in unknown if app in ours)


def refuse_other_schema() -> None:
    """End the process politely when the database is older or newer than the code (F21)."""
    if missing := missing_migrations():
        message = f"The database is older than this program ({missing[0]}): run carespace migrate."
        raise click.ClickException(message)
    if unknown := unknown_migrations():
        message = f"The database is newer than this program ({unknown[0]}): install the newer one."
        raise click.ClickException(message)
