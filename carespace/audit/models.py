"""AuditEvent and its seal.

Promises: a row is only ever added. No application role holds UPDATE or DELETE, a trigger refuses both for
everyone, and ``AuditSeal`` chains the rows so that a change by a database owner shows (AUD-6, AUD-7).
No foreign keys leave this room: an event outlives what it speaks of (HIP-12).
"""

import uuid

from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """One act on health information or on access to it (ASTM E2147 7.1.1 to 7.1.9, AUD-1).

    Two more columns live in the database only (see the first migration): ``sequence`` and
    ``transaction_id``, by which the seal knows an order that no later commit can disturb.
    """

    class Outcome(models.TextChoices):
        SUCCESS = "success"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    action = models.CharField(max_length=60)
    category = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.SUCCESS)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    actor_kind = models.CharField(max_length=20)
    practice_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    entity = models.CharField(max_length=60, blank=True)
    entity_id = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["patient_id", "-recorded_at"], name="audit_by_patient"),
            models.Index(fields=["actor_id", "-recorded_at"], name="audit_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d %H:%M:%S} {self.action} {self.outcome}"


class AuditSeal(models.Model):
    """One link of the chain: ``chain = SHA-256(previous chain || digest of the event)``."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    chain = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.position}"
