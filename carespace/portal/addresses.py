"""Addresses of a record's pages.

Promises: a page's pattern is looked up once per process; each address differs in its ids only. No address is kept.
"""

from functools import cache
from uuid import UUID

from django.urls import reverse

_RECORD, _ITEM = UUID(int=1), UUID(int=2)


def chart_url(page: str, patient_id: UUID) -> str:
    """Return the address of ``page`` ("labs") of a record."""
    return _pattern(page).replace(str(_RECORD), str(patient_id))


def item_pattern(page: str, patient_id: UUID) -> tuple[str, str]:
    """Return what stands before and after the id in the addresses of a record's single results or documents."""
    before, _, after = _pattern(page, _ITEM).partition(str(_ITEM))
    return before.replace(str(_RECORD), str(patient_id)), after


@cache
def _pattern(page: str, *items: UUID) -> str:
    return reverse(f"portal:{page}", args=[_RECORD, *items])
