"""Thread and Communication: what somebody who may see a record asks the practice, and what becomes of it.

Promises: a thread belongs to one patient and one practice; it says who opened it and, once answered, who answered and
how; of one thing (an appointment) one thread at most is open; the same form sent twice makes one thread.
``about_id`` points at a resource of the record, by id only: a messaging room knows no record.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from carespace.access.chart import Chart
from carespace.messaging.states import Category, ThreadState, Wish
from carespace.patients.models import Patient
from carespace.practices.models import Practice


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Threads by who may see them."""

    def visible_in(self, chart: Chart) -> "ThreadQuerySet":
        """Return the threads of this patient at this practice."""
        return self.filter(practice=chart.practice, patient=chart.patient)


class Thread(models.Model):
    """One matter between the people of a record and the practice.

    ``subject`` says in words what it is about (the appointment as it stood when it was asked), ``about_at`` when that
    is; ``phone`` is where the practice may call back; ``outcome`` is what the practice answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=Category)
    subject = models.CharField(max_length=300)
    about_id = models.UUIDField(null=True)
    about_at = models.DateTimeField(null=True)
    wish = models.CharField(max_length=20, choices=Wish, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    form_id = models.UUIDField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    opened_by_name = models.CharField(max_length=200)
    opened_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=20, choices=ThreadState, default=ThreadState.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_by_name = models.CharField(max_length=200, blank=True)
    outcome = models.TextField(blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "opened_by", "form_id"], name="thread_once_per_form"
            ),
            models.UniqueConstraint(
                fields=["patient", "about_id"],
                condition=Q(state="open", about_id__isnull=False),
                name="thread_one_open_about",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, outcome="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")),
                name="thread_closed_with_outcome",
            ),
        )
        indexes = (
            models.Index(fields=["patient", "category", "-opened_at"], name="thread_by_patient"),
            models.Index(
                fields=["practice", "category", "opened_at"],
                condition=Q(state="open"),
                name="thread_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.category} thread {self.pk}"


class CommunicationQuerySet(models.QuerySet["Communication"]):
    """What was written, by who may see it."""

    def visible_in(self, chart: Chart) -> "CommunicationQuerySet":
        """Return what was written in this patient's threads at this practice."""
        return self.filter(practice=chart.practice, patient=chart.patient)


class Communication(models.Model):
    """One message of a thread; ``on_behalf_of`` names the patient where somebody else wrote for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="communications")
    sent_at = models.DateTimeField(default=timezone.now)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    sender_name = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    from_practice = models.BooleanField(default=False)
    body = models.TextField()

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["thread", "sent_at"], name="communication_in_thread"),)

    def __str__(self) -> str:
        return f"communication {self.pk}"
