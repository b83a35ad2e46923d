"""Resource, ResourceVersion and Look: the record is FHIR R4.

Promises: ``content`` is the resource as it came (references rewritten, large attachments moved to Blobs); the other
columns are what pages and searches need and can be made again from it. A changed resource keeps its earlier versions.
Release is a column: what is held or retracted is in the table and in no reading (IB-11).
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from carespace.access.chart import Chart
from carespace.accounts.models import User
from carespace.patients.models import Patient
from carespace.practices.models import Practice
from carespace.records.fields import FhirField


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Resources by who may see them."""

    def visible_in(self, chart: Chart) -> "ResourceQuerySet":
        """Return what this patient may see now: released, of this patient, of this practice."""
        return self.filter(
            practice=chart.practice,
            patient=chart.patient,
            released_at__isnull=False,
            held_at__isnull=True,
        )

    def shared_in(self, chart: Chart) -> "ResourceQuerySet":
        """Return the practice's own resources that are nobody's: practitioners, places, organizations."""
        return self.filter(practice=chart.practice, patient__isnull=True)


class Resource(models.Model):
    """The current version of one FHIR resource."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    feed = models.CharField(max_length=60)
    source_key = models.CharField(max_length=300)
    resource_type = models.CharField(max_length=40)
    content = FhirField()
    content_hash = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=40, blank=True)
    categories = ArrayField(models.TextField(), default=list)
    codes = ArrayField(models.TextField(), default=list)
    topic = models.CharField(max_length=300, blank=True)
    effective_start = models.DateTimeField(null=True)
    effective_end = models.DateTimeField(null=True)
    last_updated = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_reason = models.CharField(max_length=200, blank=True)
    retracted_at = models.DateTimeField(null=True)
    delivery_id = models.UUIDField(null=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["patient", "resource_type", "topic", "-effective_start"],
                name="resource_by_topic",
            ),
            models.Index(
                fields=["patient", "resource_type", "-effective_start"], name="resource_by_date"
            ),
            models.Index(
                fields=["practice", "resource_type"],
                condition=models.Q(patient__isnull=True),
                name="resource_shared",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(held_at__isnull=True) | ~models.Q(held_reason=""),
                name="resource_held_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.resource_type}/{self.pk}"


class ResourceVersion(models.Model):
    """An earlier version of a resource, kept when a newer one came (VDT-6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="earlier_versions")
    version = models.PositiveIntegerField()
    content = FhirField()
    content_hash = models.BinaryField()
    received_at = models.DateTimeField()
    delivery_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["resource", "version"], name="version_once"),
        )

    def __str__(self) -> str:
        return f"version {self.version} of {self.resource_id}"


class Look(models.Model):
    """When one person looked at one page of one record: what came after ``since`` is new to them there.

    ``page`` is "labs", or "report:<id>" for one report. A look within half an hour of the last one belongs to the same
    visit: ``since`` stays, so that what is new does not become old by turning the page.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    seen_at = models.DateTimeField()
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "patient", "page"], name="look_once"),
        )

    def __str__(self) -> str:
        return f"{self.page} seen at {self.seen_at}"
