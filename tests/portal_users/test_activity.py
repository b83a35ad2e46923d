"""Who has looked at this record (VDT-16, VDT-17, PRX-7, T23)."""

import pytest

from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.portal_users.conftest import words_of

pytestmark = pytest.mark.django_db


def test_the_patient_reads_what_family_did(cast: Cast, client: WebClient) -> None:
    home = f"/p/{cast.ruths_record.pk}/"
    sign_in(client, cast.luis)
    for _ in range(3):
        client.get(f"{home}labs/")
    sign_in(client, cast.ruth)
    page = words_of(client.get(f"{home}activity/"))
    assert "Luis Adler" in page
    assert "Looked at Labs, 3 times, last at " in page
