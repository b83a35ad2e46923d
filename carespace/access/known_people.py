"""Who sees or saw a record: told to whoever manages it, and to the staff of its practice at an open desk."""

from uuid import UUID

from carespace.accounts.others import Person, told_by
from carespace.patients.models import Patient


def people_of(patient: Patient) -> dict[UUID, Person]:
    """Return everybody who sees the record of ``patient`` now or did once, by id; nobody for one who only reads it."""
    return told_by("carespace.people_of(%s)", patient.pk)
