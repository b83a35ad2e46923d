"""User, SignIn, Draft and Throttle.

Promises: a person is an internal id, never an email address; the address can change and belongs to one user.
There is no superuser and no permission on a user: what someone may see is a Grant or a StaffMembership.
"""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Finds people by email address, whatever its case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address in small letters: two spellings are never two people."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser):
    """A person who signs in (FHIR Person). ``birth_date`` is stored once confirmed.

    ``language`` is the one they chose ("es"), empty while they chose none; ``shows_news_at_once`` is their own choice to
    read scans, pathology and genetics reports without being asked first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    shows_news_at_once = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_lower"),
        )

    def __str__(self) -> str:
        return str(self.pk)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]


class Throttle(models.Model):
    """How often something happened lately, by a keyed digest of whom it concerns (AUTH-7)."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"


class SignIn(models.Model):
    """One signed-in browser of a person: a line of their list of devices (ASVS 7.5.2).

    ``session_row`` is the key under which the session table keeps it (see ``sessions.row_key``): of no use to who reads it.
    ``device_text`` is what the browser says it is, in plain words; no address is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_row = models.CharField(max_length=40, unique=True)
    device_text = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["user", "-last_seen_at"], name="sign_in_by_user"),)

    def __str__(self) -> str:
        return str(self.pk)


class Draft(models.Model):
    """What a person has typed into one page's form and not sent yet; kept for a day (product.md part 2, sessions).

    ``place`` is the path of the page; ``fields`` holds the typed texts by the names of the boxes, never a password.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "place"], name="draft_once_per_place"),
        )

    def __str__(self) -> str:
        return str(self.pk)
