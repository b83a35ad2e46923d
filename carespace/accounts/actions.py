"""Writes about people who sign in."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from carespace.accounts.models import User
from carespace.audit.recording import About, Actor, record


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
    record("user.add", by=by, about=About(entity="User", entity_id=str(user.pk)))
    return user
