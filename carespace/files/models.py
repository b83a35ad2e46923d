"""Blob: one encrypted file.

Promises: the row holds what names and proves the file (SHA-256 of the plain bytes, size, wrapped key); small files lie
encrypted in the row itself, so that they live and die with the transaction, larger ones under the home folder.
"""

import uuid

from django.db import models
from django.utils import timezone

from carespace.access.chart import Chart
from carespace.patients.models import Patient
from carespace.practices.models import Practice


class BlobQuerySet(models.QuerySet["Blob"]):
    """Blobs by who may open them."""

    def visible_in(self, chart: Chart) -> "BlobQuerySet":
        return self.filter(practice=chart.practice, patient=chart.patient)


class Blob(models.Model):
    """One file of a practice; ``patient`` is null for what a feed delivered.

    ``owner_id`` is the id of the resource whose content this is, where it stands for a whole one (Binary).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    owner_id = models.UUIDField(null=True, db_index=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    wrapped_key = models.BinaryField()
    inline = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BlobQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
