"""Whom a reference names: people, laboratories and places by the words of the resource itself.

Promises: the name a resource itself gives (``Reference.display``) comes first; the rest of a page's names come from
``records.names``, in one query.
"""

from collections.abc import Iterable, Mapping

from carespace.records.readings.plain_cancers import plain_cancer
from carespace.records.readings.semantic_tags import without_tag
from carespace.values import Reference


def name_in(reference: Reference | None, names: Mapping[str, str]) -> str:
    """Return what ``reference`` is called: its own display, else the name found for it; a cancer by its plain name."""
    if reference is None:
        return ""
    name = without_tag(reference.display or "") or names.get(reference.reference or "", "")
    return plain_cancer(name) or name


def unnamed(references: Iterable[Reference | None]) -> list[str]:
    """Return the addresses of those references that give no name themselves."""
    return [each.reference for each in references if each and each.reference and not each.display]
