"""Statement: a query set that becomes SQL once per process; each use binds its values only.

Promises: the SQL is what Django makes of the query set, with its filters (``visible_in`` among them), and holds no value
of anybody's: a stand-in takes each one's place while the text is made, and a stand-in that is left over, or that the
text does not ask for, is an error. Making the text of a page's query each time costs more CPU than its answer
(performance.md part 2.3).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

# Values that no query means: each is found again in the text's parameters, and replaced.
STAND_INS: Mapping[str, Any] = {
    "practice": UUID("00000000-0000-4000-8000-00000000c0de"),
    "patient": UUID("00000000-0000-4000-8000-0000000da7a5"),
    "user": UUID("00000000-0000-4000-8000-00000000feed"),
    "identity": UUID("00000000-0000-4000-8000-00000000face"),
    "identities": [UUID("00000000-0000-4000-8000-0000decade00")],
    "topic": "a topic that stands in for another",
    "moment": datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC),
    "moment_after": datetime(1, 2, 3, 4, 5, 7, tzinfo=UTC),
}
PAGE = " LIMIT %s OFFSET %s"
Found = TypeVar("Found", bound=Model)


class StandInLeft(RuntimeError):
    """A stand-in went into the text in another form, where no value would ever take its place."""


class Statement:
    """``made`` returns a query set of ``values_list()`` over stand-ins; a ``paged`` one is asked piece by piece."""

    def __init__(self, made: Callable[[], QuerySet[Any, Any]], *, paged: bool = False) -> None:
        self._made = made
        self._paged = paged

    def rows(
        self, values: Mapping[str, object], *, start: int = 0, size: int = 0
    ) -> list[tuple[Any, ...]]:
        """Return the rows for ``values``, given by the names of their stand-ins, as the driver reads them.

        Nothing is converted: jsonb is its text. Raises KeyError for a value that is missing or not asked for.
        """
        text, fixed, places = self._text
        parameters = list(fixed)
        for place, name in places:
            parameters[place] = values[name]
        if len(values) > len({name for _, name in places}):
            raise KeyError(*values)
        if self._paged:
            parameters += [size, start]
        with connection.cursor() as cursor:
            cursor.execute(text, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    @cached_property
    def _text(self) -> tuple[str, tuple[Any, ...], tuple[tuple[int, str], ...]]:
        """The SQL, its parameters, and the places in them that each use fills."""
        text, parameters = self._made().query.sql_with_params()
        places = tuple(
            (place, name)
            for place, parameter in enumerate(parameters)
            for name, stand_in in STAND_INS.items()
            if type(parameter) is type(stand_in) and parameter == stand_in
        )
        filled = {place for place, _ in places}
        rest = [str(each) for place, each in enumerate(parameters) if place not in filled]
        if any(
            _mark(stand_in) in each for each in (text, *rest) for stand_in in STAND_INS.values()
        ):
            raise StandInLeft
        return f"{text}{PAGE if self._paged else ''}", tuple(parameters), places


def _mark(stand_in: object) -> str:
    """Return by what a stand-in is known however it is written."""
    only = stand_in[0] if isinstance(stand_in, list) else stand_in
    return str(only)


def columns(model: type[Model], *, behind: str = "") -> list[str]:
    """Return the names of all columns of ``model``, for ``values_list()``; ``behind`` the relation to it."""
    prefix = f"{behind}__" if behind else ""
    return [f"{prefix}{field.attname}" for field in model._meta.concrete_fields]  # noqa: SLF001


def loaded(model: type[Found], values: Sequence[Any]) -> Found:
    """Return the instance whose ``columns()`` a statement has read, as Django would load it."""
    fields = model._meta.concrete_fields  # noqa: SLF001  Django's documented API
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], read)
