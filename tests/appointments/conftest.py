"""The cast with appointments, and one page asked for as somebody."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from tests.conftest import Answer, WebClient
from tests.people import Cast, make_cast, sign_in

Ask = Callable[..., Answer]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ruths(cast: Cast, client: WebClient) -> Ask:
    """Ask for a page of Ruth's record as Ruth: ``ruths("appointments")``."""
    sign_in(client, cast.ruth)

    def ask(name: str, *arguments: object, **query: str | int) -> Answer:
        return client.get(reverse(f"portal:{name}", args=[cast.ruths_record.pk, *arguments]), query)

    return ask
