"""How staff find a patient: by the beginning of any name, a birth date, or a number; every word must fit.

Promises: patients of one practice only (row security says the same); a record that was merged into another is not
found; no more than one page at a time, in the order of family names.
"""

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from carespace.patients.matching import plain
from carespace.patients.models import Patient, PatientIdentifier

PAGE_ROWS = 25
MOST_WORDS = 6
MEDICAL_RECORD_NUMBER = "MR"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_CENTURY = 100


def find(practice_id: UUID, text: str, page: int) -> tuple[tuple[Patient, ...], bool]:
    """Return page ``page`` (from 1) of the patients that fit ``text`` (empty: everybody), and whether more follow."""
    found = _listed(practice_id)
    for word in text.split()[:MOST_WORDS]:
        found = found.filter(_fits(word))
    start = (page - 1) * PAGE_ROWS
    rows = list(found.order_by("search_name", "birth_date", "pk")[start : start + PAGE_ROWS + 1])
    return tuple(rows[:PAGE_ROWS]), len(rows) > PAGE_ROWS


def near_twins(practice_id: UUID, patients: Sequence[Patient]) -> dict[UUID, str]:
    """Return which of ``patients`` another of the practice could be taken for: ``same-name`` or ``near`` (T18, X5).

    ``near``: the same birth date and family name, and given names that begin alike.
    """
    names = {patient.search_name for patient in patients}
    days = {patient.birth_date for patient in patients if patient.birth_date}
    alike = Patient.objects.filter(practice_id=practice_id, merged_into__isnull=True).filter(
        Q(search_name__in=names) | Q(birth_date__in=days)
    )
    others = list(alike.only("search_name", "birth_date", "family_name", "given_names"))
    found = {}
    for patient in patients:
        kinds = {_alike(patient, other) for other in others if other.pk != patient.pk}
        if kind := next((each for each in ("same-name", "near") if each in kinds), ""):
            found[patient.pk] = kind
    return found


def patient_at(practice_id: UUID, patient_id: UUID) -> Patient | None:
    """Return the patient of this practice with this id."""
    return _listed(practice_id).filter(pk=patient_id).first()


def number_of(patient: Patient) -> str:
    """Return the medical record number, else any number the practice knows the patient by, else ``""``."""
    numbers = sorted(
        patient.identifiers.all(), key=lambda each: (each.kind != MEDICAL_RECORD_NUMBER, each.value)
    )
    return numbers[0].value if numbers else ""


def date_in(word: str) -> date | None:
    """Read "1961-04-27", "4/27/1961" or "4/27/61"; None where ``word`` is no date.

    Of a year in two digits it is the latest that is not in the future.
    """
    if iso := _ISO.fullmatch(word):
        year, month, day = (int(part) for part in iso.groups())
    elif written := _WRITTEN.fullmatch(word):
        month, day, year = (int(part) for part in written.groups())
        if len(written[3]) == len("61"):
            year = _whole(year)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole(year: int) -> int:
    """Return the latest year ending in these two digits that has begun."""
    this_year = timezone.localdate().year
    return this_year - (this_year - year) % _CENTURY


def _listed(practice_id: UUID) -> QuerySet[Patient]:
    numbers = Prefetch("identifiers", PatientIdentifier.objects.order_by("system", "value"))
    found = Patient.objects.filter(practice_id=practice_id, merged_into__isnull=True)
    return found.prefetch_related(numbers)


def _alike(one: Patient, other: Patient) -> str:
    if one.search_name == other.search_name:
        return "same-name"
    same_day = one.birth_date is not None and one.birth_date == other.birth_date
    same_family = plain(one.family_name) == plain(other.family_name)
    begin = plain(one.given_names)[:1] == plain(other.given_names)[:1]
    return "near" if same_day and same_family and begin else ""


def _fits(word: str) -> Q:
    name = plain(word)
    fits = Q(pk__in=PatientIdentifier.objects.filter(value__iexact=word).values("patient_id"))
    if name:
        fits |= Q(search_name__startswith=name) | Q(search_name__contains=f" {name}")
    if day := date_in(word):
        fits |= Q(birth_date=day)
    return fits
