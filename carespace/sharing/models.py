"""CalendarFeed: a private address from which a calendar program reads somebody's appointments (S-49).

Promises: the table holds a keyed hash of the address only; of one person for one record one address at most works; one
that has ended never works again.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from carespace.access.chart import Chart
from carespace.patients.models import Patient
from carespace.practices.models import Practice


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Calendar addresses by whose they are."""

    def visible_in(self, chart: Chart) -> "CalendarFeedQuerySet":
        """Return the reader's own addresses for this record."""
        reader = chart.actor.user_id
        if reader is None:
            return self.none()
        return self.filter(practice=chart.practice, patient=chart.patient, user_id=reader)


class CalendarFeed(models.Model):
    """One address; ``with_words`` says whether it may tell what each appointment is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    token_hash = models.BinaryField(unique=True)
    with_words = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    last_fetched_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(ended_at__isnull=True),
                name="calendar_feed_one_live",
            ),
        )

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"
