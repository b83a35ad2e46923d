"""Where merged patients lead: the one place that follows ``merged_into`` (V2-9)."""

from collections.abc import Iterable
from uuid import UUID

from carespace.patients.models import Patient

MOST_MERGES_IN_A_ROW = 20


def survivors(patient_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Map those of ``patient_ids`` that were merged to the patient they lead to; the others are absent."""
    leads: dict[UUID, UUID] = {}
    asked = set(patient_ids)
    for _ in range(MOST_MERGES_IN_A_ROW):
        if not asked:
            break
        rows = Patient.objects.filter(pk__in=asked, merged_into__isnull=False)
        found = {pk: into for pk, into in rows.values_list("pk", "merged_into_id") if into}
        asked = {into for into in found.values() if into not in leads}
        leads |= found
    return {pk: _end(pk, leads) for pk in leads}


def _end(patient_id: UUID, leads: dict[UUID, UUID]) -> UUID:
    for _ in range(MOST_MERGES_IN_A_ROW):
        if patient_id not in leads:
            break
        patient_id = leads[patient_id]
    return patient_id
