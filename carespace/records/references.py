"""References: which resource an address such as "Practitioner/<id>" names.

Promises: total; an address that is not one of ours ("#lab", "https://…") names none.
"""

from collections.abc import Iterable
from uuid import UUID


def identity_in(reference: str | None) -> UUID | None:
    """Return the id in "Practitioner/<id>"; None where it has none of ours."""
    try:
        return UUID((reference or "").rpartition("/")[2])
    except ValueError:
        return None


def identities_in(references: Iterable[str | None]) -> dict[UUID, set[str]]:
    """Return the ids in ``references``, each with the addresses that name it."""
    found: dict[UUID, set[str]] = {}
    for text in references:
        if text and (key := identity_in(text)):
            found.setdefault(key, set()).add(text)
    return found
