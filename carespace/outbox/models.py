"""OutboxMessage: a mail to be sent, queued in the transaction of the act that asks for it.

Promises: the row holds an address, the name of a template and ids, never words of the record; ``dedupe_key`` keeps one
thing from being mailed twice; a mail is tried again until it is sent, given up, or no longer wanted (F11).
"""

import uuid

from django.db import models
from django.utils import timezone


class OutboxMessage(models.Model):
    """One mail to one address."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        REFUSED = "refused"
        DROPPED = "dropped"
        GIVEN_UP = "given-up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice_id = models.UUIDField(null=True)
    to_address = models.EmailField(max_length=254)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["state", "queued_at"], name="outbox_by_state"),)

    def __str__(self) -> str:
        return f"{self.template} {self.state}"
