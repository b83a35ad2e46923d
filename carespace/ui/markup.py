"""Markup filled in Python, for the rows of long tables only.

Promises: every value is escaped, whatever it is; what is not escaped is a pattern that stands in the source. A template's
row costs four times its text (performance.md part 2.3), so a table of hundreds of values is not one.
"""

from collections.abc import Iterable
from html import escape
from typing import LiteralString


class Markup(str):
    """Text that a template prints as markup, because each value in it went through ``filled()``."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def filled(pattern: LiteralString, *values: str) -> Markup:
    """Return ``pattern`` with its ``{}`` filled in order; a value that is Markup itself is not escaped again."""
    safe = [each if type(each) is Markup else escape(each) for each in values]
    return Markup(pattern.format(*safe))


def joined(pieces: Iterable[Markup]) -> Markup:
    """Return ``pieces`` one after the other."""
    return Markup("".join(pieces))


NOTHING = Markup()
