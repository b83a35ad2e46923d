"""Clicks at the same moment in Manage Users: one invitation, one new link (S-65, S-68)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connections, transaction

from carespace.access.chart import Chart, open_chart
from carespace.access.models import Invitation
from carespace.access.people import invite_family, resend_to_family
from carespace.access.permissions import Permission
from carespace.outbox.models import OutboxMessage
from tests.people import let_see, make_patient, make_person, make_practice

CLICKS = 4
ANA, BORN = "ana@example.com", date(1990, 4, 1)


def at_once(act: Callable[[Chart], Invitation], opened: Callable[[], Chart]) -> list[Invitation]:
    together = Barrier(CLICKS)

    def click(_: int) -> Invitation:
        try:
            with transaction.atomic():
                chart = opened()
                together.wait(timeout=20)
                return act(chart)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(click, range(CLICKS)))


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_clicks_at_once_send_one_invitation_and_one_new_link() -> None:
    patient = make_patient(make_practice(), mrn="M-1", born="1961-04-27")
    maria = make_person("Maria Reyes")
    let_see(maria, patient, "self")

    def opened() -> Chart:
        return open_chart(maria, patient.pk, Permission.USERS_MANAGE)

    sent = at_once(lambda chart: invite_family(chart=chart, email=ANA, birth_date=BORN), opened)
    assert len({each.pk for each in sent}) == 1
    mails = OutboxMessage.objects.filter(template="invitation")
    assert (Invitation.objects.count(), mails.count()) == (1, 1)

    first = sent[0].pk
    again = at_once(lambda chart: resend_to_family(chart=chart, invitation_id=first), opened)
    assert len({each.pk for each in again}) == 1
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["queued", "replaced"]
    assert mails.count() == 2
