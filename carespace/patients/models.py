"""Patient and PatientIdentifier.

Promises: one row per person and practice; its id is random (a derived one could be guessed from an MRN);
an identifier belongs to one patient of a practice; a merged patient leads on to the survivor (V2-9).
"""

import uuid

from django.db import models
from django.utils import timezone

from carespace.practices.models import Practice


class Patient(models.Model):
    """A person whom a practice treats (FHIR Patient); the demographics a page needs, the rest is in the record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="patients")
    family_name = models.CharField(max_length=200, blank=True)
    given_names = models.CharField(max_length=200, blank=True)
    display_name = models.CharField(max_length=400)
    search_name = models.CharField(max_length=400)
    birth_date_text = models.CharField(max_length=10, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    # "es", as the practice's system has it (Patient.communication): for what is mailed before they chose themselves.
    language = models.CharField(max_length=10, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    deceased = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = (
            models.Index(
                fields=["practice", "search_name"],
                opclasses=["uuid_ops", "text_pattern_ops"],
                name="patient_by_name",
            ),
            models.Index(fields=["practice", "birth_date"], name="patient_by_birth_date"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class PatientIdentifier(models.Model):
    """A number by which a practice knows a patient (FHIR Identifier), unique per practice and system."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=300)
    value = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "system", "value"], name="identifier_once_per_practice"
            ),
        )
        indexes = (models.Index(fields=["practice", "value"], name="identifier_by_value"),)

    def __str__(self) -> str:
        return str(self.pk)
