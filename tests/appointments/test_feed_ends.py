"""What a calendar address ends with: the access it was made under, and whatever ends the sessions of its person."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from django.urls import reverse
from django.utils import timezone

from carespace.access.actions import revoke
from carespace.access.chart import actor_of
from carespace.accounts import addresses
from carespace.accounts.actions import EVENT_MAIL, add_factor
from carespace.accounts.factors import APP, app_data, new_secret
from carespace.accounts.models import User
from carespace.accounts.resets import key_for
from carespace.config.commands.sign_in import command as sign_in_command
from carespace.outbox.models import OutboxMessage
from carespace.sharing.models import CalendarFeed
from tests.appointments.test_feed import feed_of, fetch, made, page_of, shown
from tests.appointments.test_page import text_of
from tests.conftest import WebClient
from tests.people import PASSWORD, Cast, let_see, sign_in

pytestmark = pytest.mark.django_db
NEW = "Meadow-8-lane!"
STOPS = "It stops when you change your password or sign out everywhere."


def revoked(cast: Cast) -> None:
    revoke(grant=cast.luis.grants.get(), reason="x", by=actor_of(cast.ruth))


def ran_out(cast: Cast) -> None:
    cast.luis.grants.update(ends_at=timezone.now())


@pytest.mark.parametrize("end", [revoked, ran_out])
def test_who_is_let_in_again_makes_a_new_address(
    cast: Cast, client: WebClient, end: Callable[[Cast], None]
) -> None:
    """What rested on access that ended is not woken by new access: the old one may be in others' hands."""
    old = feed_of(cast.luis, cast)
    assert fetch(old).status_code == 200
    end(cast)
    assert fetch(old).status_code == 404
    let_see(cast.luis, cast.ruths_record, "family")
    assert fetch(old).status_code == 404
    sign_in(client, cast.luis)
    assert "Make a calendar address" in text_of(client.get(page_of(cast)))
    new = made(client, cast)
    assert (fetch(old).status_code, fetch(new).status_code) == (404, 200)


def test_anothers_address_for_the_same_record_stays(cast: Cast) -> None:
    ruths, luiss = feed_of(cast.ruth, cast), feed_of(cast.luis, cast)
    revoked(cast)
    assert (fetch(ruths).status_code, fetch(luiss).status_code) == (200, 404)


def change_password(client: WebClient, user: User) -> None:
    sign_in(client, user)
    given = {"current_password": PASSWORD, "password": NEW}
    assert client.post("/settings/password/", given).status_code == 302


def reset_password(client: WebClient, user: User) -> None:
    key = key_for(User.objects.get(pk=user.pk))
    assert client.post(f"/new-password/{key}/", {"password": NEW}).status_code == 302


def confirm_address(client: WebClient, user: User) -> None:
    sign_in(client, user)
    key = addresses.key_for(user, "new@example.com", addresses.asked_by(user))
    assert client.post(f"/confirm-email/{key}/").status_code == 302


def sign_out_everywhere(client: WebClient, user: User) -> None:
    sign_in(client, user)
    assert client.post(reverse("portal:devices")).status_code == 302


def removed_at_the_server(client: WebClient, user: User) -> None:
    add_factor(user=user, kind=APP, data=app_data(new_secret(), 1))
    given = ["remove-second-step", "--email", user.email, "--reason", "passport seen"]
    assert CliRunner().invoke(sign_in_command, given).exit_code == 0


WAYS = [change_password, reset_password, confirm_address, sign_out_everywhere, removed_at_the_server]  # fmt: skip


@pytest.mark.parametrize("end", WAYS)
def test_it_ends_with_the_sessions_of_its_person(
    cast: Cast, client: WebClient, end: Callable[[WebClient, User], None]
) -> None:
    ruths, luiss = feed_of(cast.ruth, cast), feed_of(cast.luis, cast)
    end(client, cast.luis)
    assert (fetch(ruths).status_code, fetch(luiss).status_code) == (200, 404)
    assert CalendarFeed.objects.get(user=cast.luis).ended_at is not None


@pytest.mark.parametrize("act", ["end-sessions", "remove-factors"])
def test_it_ends_with_what_the_desk_does_to_a_sign_in(
    cast: Cast, client: WebClient, act: str
) -> None:
    path, grant = feed_of(cast.luis, cast), cast.luis.grants.get()
    sign_in(client, cast.fay)
    given = {"reason": "passport seen", "checked": "on"}
    desk = f"/staff/patients/{grant.patient_id}/people/{grant.pk}/{act}/"
    assert client.post(desk, given).status_code == 302
    assert fetch(path).status_code == 404


def test_signing_out_of_one_browser_leaves_it(cast: Cast, client: WebClient) -> None:
    path = feed_of(cast.luis, cast)
    sign_in(client, cast.luis)
    assert client.post(reverse("portal:sign-out")).status_code == 302
    assert fetch(path).status_code == 200


def test_the_page_says_when_it_stops(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    made(client, cast)
    assert STOPS in text_of(client.get(page_of(cast)))


def test_its_person_is_told_by_mail_of_each_new_address_once(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    for _ in range(2):
        client.post(page_of(cast), {"act": "make", "says": "less"})
    assert told() == [cast.ruth.email]
    client.post(page_of(cast), {"act": "choose", "says": "more"})
    assert told() == [cast.ruth.email]
    client.post(page_of(cast), {"act": "reset"})
    assert shown(client.get(page_of(cast)))
    assert told() == [cast.ruth.email] * 2


def told() -> list[str]:
    event = "calendar-address-made"
    sent = OutboxMessage.objects.filter(template=EVENT_MAIL, context__event=event)
    return [message.to_address for message in sent]
