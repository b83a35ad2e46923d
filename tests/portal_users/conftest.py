"""The cast on stage for the pages of a record's people."""

from collections.abc import Callable
from typing import Any

import pytest

from carespace.access.actions import note_handed_over
from carespace.access.models import Invitation
from carespace.access.tokens import token_for
from carespace.accounts.passwords import PracticeArgon2Hasher
from carespace.audit.recording import SYSTEM
from tests.conftest import Answer, WebClient
from tests.people import Cast, make_cast, sign_in


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Static files by their own names, and Argon2 with little memory: neither is what is tried here."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    monkeypatch.setattr(PracticeArgon2Hasher, "memory_cost", 64)
    monkeypatch.setattr(PracticeArgon2Hasher, "time_cost", 1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ruths(cast: Cast, client: WebClient) -> WebClient:
    """A browser in which Ruth is signed in."""
    sign_in(client, cast.ruth)
    return client


@pytest.fixture
def hand_over() -> Callable[..., str]:
    """Return a function that hands over the mail of the newest link to an address, and returns its token."""

    def handed_over(email: str) -> str:
        invitation = Invitation.objects.filter(email=email).latest("created_at")
        hours = invitation.practice.settings.invite_ttl_hours
        note_handed_over(invitation=invitation, ttl_hours=hours, by=SYSTEM)
        return token_for(invitation.pk)

    return handed_over


def words_of(response: Answer) -> str:
    """The page as text with single spaces."""
    return " ".join(response.content.decode().split())
