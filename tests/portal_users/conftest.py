"""The cast on stage for the pages of a record's people."""

from collections.abc import Callable
from typing import Any

import pytest

from carespace.access.actions import note_handed_over
from carespace.access.models import Invitation
from carespace.access.tokens import token_for
from carespace.audit.recording import SYSTEM
from tests.conftest import Answer, WebClient
from tests.people import Cast, make_cast, sign_in


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any) -> None:
    """Static files by their own names."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


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
