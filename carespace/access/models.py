"""Grant, Invitation and StaffVisit.

Promises: the patient's own access is a Grant like any other; a revoked Grant never comes back and says who ended it: a
person by id, the person at the server, who has none, by the name of their login; an Invitation keeps
only the SHA-256 of its token, lives 96 hours from the moment its mail is handed over, and ends in at most one Grant.
A member of staff opens a record by a StaffVisit only: with a reason, for a while.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from carespace.access.permissions import Permission, roles_with
from carespace.access.states import GrantKind, InvitationState, Origin
from carespace.patients.models import Patient
from carespace.practices.models import Practice, StaffMembership


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by whether they count at a moment."""

    def active(self, at: datetime | None = None) -> "GrantQuerySet":
        """Return grants that have started, not ended and not been revoked at ``at`` (default: now)."""
        moment = at or timezone.now()
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
            starts_at__lte=moment,
            revoked_at__isnull=True,
        )


class Grant(models.Model):
    """That one person may see one patient's record (PRX-5: scope, start, end, basis, granter)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=20, choices=GrantKind)
    scope = models.JSONField(default=dict, blank=True)
    basis = models.CharField(max_length=200)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.UUIDField(null=True, blank=True)
    revoked_by_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(revoked_at__isnull=True),
                name="grant_once_while_active",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True)
                | Q(revoked_by__isnull=False)
                | ~Q(revoked_by_name=""),
                name="grant_revoked_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} grant {self.pk}"

    def has_ended(self, at: datetime) -> bool:
        """Whether the grant's own end lies at or before ``at``, revoked or not."""
        return self.ends_at is not None and self.ends_at <= at


class Invitation(models.Model):
    """A one-time link to one address that ends in at most one Grant (S-12 to S-22)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    kind = models.CharField(max_length=20, choices=GrantKind)
    birth_date = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.SERVER)
    basis = models.CharField(max_length=200, blank=True)
    access_ends_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.BinaryField(unique=True)
    state = models.CharField(max_length=20, choices=InvitationState, default=InvitationState.QUEUED)
    wrong_birth_dates = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.UUIDField(null=True)
    asked_again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "email"],
                condition=Q(state__in=("queued", "sent")),
                name="invitation_one_live_link",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} invitation {self.pk}"


class StaffVisitQuerySet(models.QuerySet["StaffVisit"]):
    """Visits by whether they count at a moment."""

    def open(self, at: datetime | None = None) -> "StaffVisitQuerySet":
        """Return visits that have begun and not ended at ``at`` (default: now), of people who still work there."""
        moment = at or timezone.now()
        works_there = StaffMembership.objects.filter(
            user_id=OuterRef("user_id"),
            practice_id=OuterRef("practice_id"),
            ended_at__isnull=True,
            role__in=roles_with(Permission.RECORD_OPEN),
        )
        return self.filter(Exists(works_there), started_at__lte=moment, ends_at__gt=moment)


class StaffVisit(models.Model):
    """That a member of staff opens a patient's record for a while, and why (T23; the patient's activity shows it)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    objects = StaffVisitQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="staff_visit_has_a_reason"),
        )
        indexes = (models.Index(fields=["user", "patient", "-ends_at"], name="staff_visit_open"),)

    def __str__(self) -> str:
        return f"staff visit {self.pk}"
