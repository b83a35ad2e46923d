"""A mail that did not arrive is shown to who sent it: the front desk, and the patient in Manage Users (S-20)."""

import re
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from carespace.access.actions import invite
from carespace.access.chart import actor_of
from carespace.access.states import Origin
from carespace.outbox.actions import note_returned
from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.returned import Returned
from tests.mail.post import Office
from tests.people import Cast, agree, make_cast, sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "wrong-address@example.com"


def send(cast: Cast, origin: str) -> OutboxMessage:
    """Invite somebody from the front desk or as the patient, and hand the mail over."""
    by = actor_of(cast.ruth if origin == Origin.PATIENT else cast.fay)
    invite(patient=cast.ruths_record, email=ADDRESS, kind="family", origin=origin, by=by)
    message = OutboxMessage.objects.get(template="invitation")
    deliver(signing.dumps(str(message.pk), salt=SALT))
    return message


def words_of(client: Client, url: str) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


@pytest.mark.parametrize("how", ["refused", "returned"])
def test_the_front_desk_sees_it_among_its_invitations(
    client: Client, office: Office, how: str
) -> None:
    cast = make_cast()
    did_not_arrive(office, cast, Origin.DESK, how)
    sign_in(client, cast.fay)
    words = words_of(client, reverse("staff:invitations"))
    assert ADDRESS in words
    assert "The mail did not arrive. Check the address, then send it again." in words


@pytest.mark.parametrize("how", ["refused", "returned"])
def test_the_patient_sees_it_in_manage_users(client: Client, office: Office, how: str) -> None:
    cast = make_cast()
    agree(cast.ruth, cast.practice)
    did_not_arrive(office, cast, Origin.PATIENT, how)
    sign_in(client, cast.ruth)
    words = words_of(client, reverse("portal:users", args=[cast.ruths_record.pk]))
    assert ADDRESS in words
    assert "Check the address" in words


def did_not_arrive(office: Office, cast: Cast, origin: str, how: str) -> None:
    if how == "refused":
        office.steps["RCPT"].append("550 5.1.1 No such user")
    message = send(cast, origin)
    if how == "returned":
        assert note_returned(returned=Returned(message.pk, "5.1.1"))
    message.refresh_from_db()
    assert message.state == "refused"
