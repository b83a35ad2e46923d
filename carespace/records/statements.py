"""Statements about many rows at once: values travel beside the statement, each list as one array.

Promises: nothing of the values is ever part of a statement's text; a list costs one text, not one adapted value per
element, which is what makes an import of thousands of rows cheap.
https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

Values = Sequence[Any] | Mapping[str, Any]


def ask(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Return the rows of a query; ``statement`` is a constant of ours."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(statement.encode(), values).fetchall()


def tell(statement: str, values: Values) -> int:
    """Run a statement of ours that answers nothing; return how many rows it wrote."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(statement.encode(), values).rowcount


def array(elements: Iterable[str | None]) -> str:
    """Return an array as PostgreSQL reads it; an element that may hold anything must be ``quoted`` before."""
    return "{" + ",".join(["NULL" if each is None else each for each in elements]) + "}"


def quoted(text: str) -> str:
    """Return a text as an element of an array."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    # psycopg's own cursor sends values beside the statement; Django's would write them into it.
    return psycopg.Cursor(connection.connection)
