"""Writes about people who sign in: add one, ask for a new password, set it (S-28, AUTH-14).

Promises: asking for a reset link does the same work for a known and an unknown address, for who it is is looked up
only when the mail is written; a reset link works once and its use ends every other session.
"""

from datetime import date
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from carespace.accounts.models import User
from carespace.accounts.resets import user_by
from carespace.accounts.security_events import Event
from carespace.audit.recording import About, Actor, record
from carespace.outbox.actions import queue_mail

RESET_MAIL = "password-reset"
EVENT_MAIL = "security-event"
SOMEBODY = Actor(user_id=None, name="somebody signed out", kind="visitor")


@transaction.atomic
def add_user(
    *, email: str, name: str, password: str | None, birth_date: date | None, by: Actor
) -> User:
    """Add a person; without a password they must first set one by mail."""
    user = User(
        email=User.objects.normalize_email(email),
        name=name,
        birth_date=birth_date,
        password=make_password(password),
    )
    user.save(force_insert=True)
    record("user.add", by=by, about=_about(user))
    return user


@transaction.atomic
def note_verified_address(*, user: User, by: Actor) -> None:
    """Note that ``user`` has shown to read mail at their address, by a link that was sent there."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    record("user.verify-address", by=by, about=_about(user))


@transaction.atomic
def ask_for_reset(*, email: str) -> None:
    """Queue a mail to ``email`` with a link to set a new password; nobody is looked up here (T6)."""
    record("password.ask-reset", by=SOMEBODY)
    queue_mail(
        to_address=User.objects.normalize_email(email),
        template=RESET_MAIL,
        context={},
        dedupe_key=f"{RESET_MAIL}:{uuid4()}",
    )


@transaction.atomic
def reset_password(*, key: str, password: str) -> User:
    """Set the password of the person whose reset link ``key`` is; raise ResetEnded if it works no more.

    The new password changes what sessions are signed with, so every session of that person ends.
    """
    user = user_by(key, lock=True)
    user.password = make_password(password)
    user.save(update_fields=["password"])
    by = Actor(user_id=user.pk, name=user.name)
    record("password.reset", by=by, about=_about(user))
    note_verified_address(user=user, by=by)
    tell_security_event(user=user, event="password-changed")
    return user


@transaction.atomic
def tell_security_event(*, user: User, event: Event, to_address: str | None = None) -> None:
    """Queue the mail that tells ``user`` of ``event``, to their address or to ``to_address`` (AUTH-13).

    Part of another action, whose audit event tells of it.
    """
    queue_mail(
        to_address=to_address or user.email,
        template=EVENT_MAIL,
        context={"user": str(user.pk), "event": event},
        dedupe_key=f"{EVENT_MAIL}:{uuid4()}",
    )


@transaction.atomic
def renew_hash(*, user: User, password: str) -> None:
    """Hash ``password``, which was just right, with today's settings."""
    user.password = make_password(password)
    user.save(update_fields=["password"])
    record("password.rehash", by=Actor(user_id=user.pk, name=user.name), about=_about(user))


@transaction.atomic
def note_sign_in(*, user: User) -> None:
    """Write that ``user`` signed in."""
    record("user.sign-in", by=Actor(user_id=user.pk, name=user.name), about=_about(user))


def _about(user: User) -> About:
    return About(entity="User", entity_id=str(user.pk))
