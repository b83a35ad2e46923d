"""What a page may be told of other people's sign-ins: their name, email address and last sign-in, and nothing else.

Promises: the users' table shows each person only themselves; what is told of others comes from functions of the database,
which answer to the signed setting of whom it concerns (``access.sql.PEOPLE``).
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Person(NamedTuple):
    """Somebody else, as a page may show them."""

    name: str
    email: str
    last_sign_in: datetime | None


def told_by(function: str, *given: UUID) -> dict[UUID, Person]:
    """Return the people that ``function`` ("carespace.colleagues()") tells of, by id; ``given`` are its values."""
    text = f"SELECT id, name, email, last_login FROM {function}"  # noqa: S608  a constant of ours
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return {identity: Person(*rest) for identity, *rest in cursor.fetchall()}
