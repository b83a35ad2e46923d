"""What the tests of the account pages share: a link that was mailed, and a form to fill in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from carespace.access.actions import invite, note_handed_over
from carespace.access.models import Invitation
from carespace.access.tokens import token_for
from carespace.accounts.passwords import PracticeArgon2Hasher
from carespace.audit.recording import SYSTEM
from carespace.patients.models import Patient


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time a password was hashed or compared since the test began."""
    counted: list[str] = []
    for name in ("encode", "verify"):
        plain = getattr(PracticeArgon2Hasher, name)

        def spy(self: Any, *args: Any, _plain: Any = plain, _name: str = name) -> Any:
            counted.append(_name)
            return _plain(self, *args)

        monkeypatch.setattr(PracticeArgon2Hasher, name, spy)
    return counted


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move Django's clock on."""
    moved = timedelta()

    def now() -> datetime:
        return datetime.now(tz=settings_zone) + moved

    settings_zone = timezone.get_default_timezone()

    def move(by: timedelta) -> None:
        nonlocal moved
        moved += by

    monkeypatch.setattr(timezone, "now", now)
    return move


def mailed_link(patient: Patient, email: str = "maria@example.com", **more: Any) -> str:
    """Invite ``email`` to ``patient``'s record as if its mail were out; return the link's token."""
    invitation = invite(
        patient=patient, email=email, kind=more.pop("kind", "self"), by=SYSTEM, **more
    )
    hours = patient.practice.settings.invite_ttl_hours
    note_handed_over(invitation=invitation, ttl_hours=hours, by=SYSTEM)
    return token_for(invitation.pk)


def invitation_of(patient: Patient) -> Invitation:
    return Invitation.objects.filter(patient=patient).latest("created_at")


def typed(day: str, name: str = "birth_date") -> dict[str, str]:
    """What a browser posts for the birth date ``day`` (1961-04-27)."""
    year, month, date = day.split("-")
    return {f"{name}_month": month, f"{name}_day": date, f"{name}_year": year}
