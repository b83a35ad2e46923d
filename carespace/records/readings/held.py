"""Held: one stored resource with the elements of it that a page reads.

Promises: one typed decode per resource; what does not fit its shape is None, and counted by who asks for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.elements import Element, read_as

Shape = TypeVar("Shape", bound=Element, covariant=True)


@dataclass(frozen=True, slots=True)
class Held(Generic[Shape]):
    """One entry of a record; ``found`` are its elements as they came."""

    stored: Stored
    found: Shape

    @property
    def id(self) -> UUID:
        return self.stored.id


def reader(shape: type[Shape]) -> Callable[[Stored], Held[Shape] | None]:
    """Return what reads a stored resource as ``shape``."""

    def read(stored: Stored) -> Held[Shape] | None:
        found = read_as(shape, stored.content)
        return None if found is None else Held(stored, found)

    return read


def reader_of(shapes: Mapping[str, type[Element]]) -> Callable[[Stored], Held[Any] | None]:
    """Return what reads a stored resource as the shape of its type; each type must be among ``shapes``."""

    def read(stored: Stored) -> Held[Any] | None:
        found = read_as(shapes[stored.resource_type], stored.content)
        return None if found is None else Held(stored, found)

    return read
