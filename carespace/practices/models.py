"""Practice, its staff, and the terms that people agreed to.

Promises: a practice's settings are its preset plus its own overrides (``practice.settings``); a person works for a
practice only through a StaffMembership that has not ended.
"""

import re
import uuid
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from carespace.practices.presets import PRESETS, PracticeSettings, settings_from
from carespace.practices.terms import CURRENT_VERSION

_DIGITS = re.compile(r"[0-9]+")
_EXTENSION = re.compile(r"extension|ext\.?|x|#")
OFFER_LIFE = timedelta(days=14)


class Practice(models.Model):
    """One oncology practice (FHIR Organization): the tenant of everything below it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    tagline = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40)
    hours = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64)
    preset = models.CharField(max_length=20, choices=[(name, name) for name in PRESETS])
    overrides = models.JSONField(default=dict)
    sender_email = models.EmailField(max_length=254, blank=True)
    terms_version = models.CharField(max_length=20, default=CURRENT_VERSION)
    hosts = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.slug

    @cached_property
    def settings(self) -> PracticeSettings:
        return settings_from(self.preset, self.overrides)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def phone_url(self) -> str:
        """The ``tel:`` address of the practice's phone, its extension told apart (RFC 3966)."""
        number, extension = (_DIGITS.findall(part) for part in _phone_parts(self.phone))
        plus = "+" if self.phone.lstrip(" (").startswith("+") else ""
        return f"tel:{plus}{''.join(number)}" + (f";ext={''.join(extension)}" if extension else "")


def _phone_parts(phone: str) -> tuple[str, str]:
    number, _, extension = _EXTENSION.sub("x", phone.lower(), count=1).partition("x")
    return number, extension


class StaffRole(models.TextChoices):
    """What a member of staff does for the practice (PractitionerRole.code)."""

    FRONT_DESK = "front-desk", gettext_lazy("Front desk")
    CARE_TEAM = "care-team", gettext_lazy("Care team")
    CLINICIAN = "clinician", gettext_lazy("Clinician")
    MANAGER = "manager", gettext_lazy("Manager")


class StaffMembership(models.Model):
    """A person who works for a practice, in one role, until it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="staff")
    role = models.CharField(max_length=20, choices=StaffRole)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "practice"],
                condition=models.Q(ended_at__isnull=True),
                name="staff_once_per_practice",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.practice_id}"


class OfferAnswer(models.TextChoices):
    """What became of a practice's question to somebody, if they will work there."""

    NONE = "", "Not answered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class StaffOffer(models.Model):
    """A practice's question to the person at an address, if they will work there; nobody works anywhere unasked.

    ``name`` is what the manager typed; it is never compared with anybody's sign-in. It ends ``OFFER_LIFE`` after it
    was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="offers")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=StaffRole)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.UUIDField()
    answer = models.CharField(
        max_length=20, choices=OfferAnswer, blank=True, default=OfferAnswer.NONE
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "email"],
                condition=models.Q(answer=""),
                name="staff_offer_once",
            ),
        )

    def __str__(self) -> str:
        return f"offer of {self.practice_id}"


class Terms(models.Model):
    """One version of a practice's own terms of service; the one in force is ``Practice.terms_version`` (D-4).

    A practice that has published none uses the text that ships with CareSpace (``practices.terms``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="terms")
    version = models.CharField(max_length=20)
    text = models.TextField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["practice", "version"], name="terms_version_once"),
        )

    def __str__(self) -> str:
        return f"terms {self.version} of {self.practice_id}"


class TermsAcceptance(models.Model):
    """That a person agreed to one version of a practice's terms of service (D-4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "practice", "version"], name="terms_accepted_once"
            ),
        )

    def __str__(self) -> str:
        return f"terms {self.version}"
