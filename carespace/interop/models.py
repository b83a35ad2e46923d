"""Delivery and QuarantinedEntry: what came in, verbatim, and what of it could not be taken.

Promises: the bytes of every delivery are kept (encrypted) before anything is read from them; the same bytes on the same
feed are one delivery; what cannot be taken stays with a reason that a person can act on, never dropped, never guessed.
"""

import uuid

from django.db import models

from carespace.files.models import Blob
from carespace.practices.models import Practice
from carespace.records.fields import FhirField


class Delivery(models.Model):
    """One file or message as it was received."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received, not yet read to its end"
        DONE = "done", "Read to its end"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    feed = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    counts = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "feed", "sha256"], name="delivery_once_per_feed"
            ),
        )

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class QuarantinedEntry(models.Model):
    """One entry of a delivery that was not stored: it waits for its patient, or for a person."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for its patient"
        QUARANTINED = "quarantined", "Needs a person"
        RELEASED = "released", "Stored since"
        DISCARDED = "discarded", "Discarded with a reason"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="entries")
    feed = models.CharField(max_length=60)
    position = models.CharField(max_length=60)
    resource_type = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=300, blank=True)
    resource_id = models.UUIDField(null=True)
    waits_for = models.UUIDField(null=True)
    code = models.CharField(max_length=40)
    reason = models.TextField()
    content = FhirField(null=True)
    state = models.CharField(max_length=12, choices=State)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery", "position"], name="quarantined_once"),
        )
        indexes = (
            models.Index(
                fields=["practice", "feed", "waits_for"],
                condition=models.Q(state="waiting"),
                name="quarantine_waiting",
            ),
            models.Index(
                fields=["practice", "feed", "resource_id"],
                condition=models.Q(state="quarantined", resource_type="Patient"),
                name="quarantine_patients",
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} entry {self.pk}"
