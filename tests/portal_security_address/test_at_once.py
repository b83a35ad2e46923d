"""Two confirmations of a new address in the same moment (S-31)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from carespace.access import own_account
from carespace.accounts import addresses
from carespace.accounts.models import User
from carespace.accounts.sessions import SessionStore
from carespace.audit.models import AuditEvent
from carespace.outbox.models import OutboxMessage
from tests.people import make_person
from tests.portal_security_address.conftest import NEW, OLD

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
CLICKS = 4


def confirm(user: User, key: str, together: Barrier) -> str:
    """Press the button as the web role, in the moment in which the others do."""
    try:
        with transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute("SET LOCAL ROLE carespace_web")
            together.wait(timeout=20)
            own_account.confirm_address(user=user, key=key, session=SessionStore())
    except addresses.AddressLinkEnded:
        return "ended"
    finally:
        connections.close_all()
    return "changed"


def all_at_once(tries: list[tuple[User, str]]) -> list[str]:
    together = Barrier(len(tries))
    with ThreadPoolExecutor(len(tries)) as pool:
        return sorted(pool.map(lambda each: confirm(each[0], each[1], together), tries))


def test_of_clicks_at_once_one_changes_the_address() -> None:
    maria = make_person("Maria Reyes", email=OLD)
    key = addresses.key_for(maria, NEW, addresses.asked_by(maria))
    assert all_at_once([(maria, key)] * CLICKS) == ["changed", *["ended"] * (CLICKS - 1)]
    maria.refresh_from_db()
    assert maria.email == NEW
    assert AuditEvent.objects.filter(action="address.change").count() == 1
    told = OutboxMessage.objects.values_list("to_address", flat=True)
    assert sorted(told) == sorted([NEW, OLD]), "each address is told once"


def test_of_two_people_who_want_one_address_the_first_gets_it() -> None:
    people = [make_person(name) for name in ("Maria Reyes", "Stan Moran")]
    keys = [addresses.key_for(each, NEW, addresses.asked_by(each)) for each in people]
    assert all_at_once(list(zip(people, keys, strict=True))) == ["changed", "ended"]
    assert User.objects.filter(email=NEW).count() == 1
    assert OutboxMessage.objects.count() == 2
