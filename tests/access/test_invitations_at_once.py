"""Two clicks on "Create Password" at the same moment (S-24): one sign-in, one grant, one ended link."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from carespace.access.actions import LinkEnded, invite, note_handed_over
from carespace.access.models import Grant
from carespace.access.registration import SignInExists, open_registration, register
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from tests.people import PASSWORD, make_patient, make_practice

CLICKS = 4


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_of_clicks_at_once_one_registers_and_the_others_find_the_link_used() -> None:
    patient = make_patient(make_practice(preset="echo"), mrn="M-1", born="1961-04-27")
    invitation = invite(patient=patient, email="maria@example.com", kind="self", by=SYSTEM)
    note_handed_over(invitation=invitation, ttl_hours=96, by=SYSTEM)
    together = Barrier(CLICKS)

    def click(_: int) -> str:
        try:
            with transaction.atomic():
                registration = open_registration(token_for(invitation.pk))
                together.wait(timeout=20)
                register(registration=registration, name="", password=PASSWORD, birth_date=None)
        except LinkEnded:
            return "ended"
        finally:
            connections.close_all()
        return "registered"

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = sorted(pool.map(click, range(CLICKS)))
    assert answers == ["ended"] * (CLICKS - 1) + ["registered"]
    assert (User.objects.count(), Grant.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_of_two_practices_links_at_once_one_makes_the_sign_in() -> None:
    """The other is then asked for its password."""
    tokens = []
    for slug, number in (("lakeside", "M-1"), ("hillside", "H-1")):
        patient = make_patient(make_practice(slug, "echo"), mrn=number, born="1961-04-27")
        invitation = invite(patient=patient, email="maria@example.com", kind="self", by=SYSTEM)
        note_handed_over(invitation=invitation, ttl_hours=96, by=SYSTEM)
        tokens.append(token_for(invitation.pk))
    together = Barrier(len(tokens))

    def click(token: str) -> str:
        try:
            with transaction.atomic():
                registration = open_registration(token)
                together.wait(timeout=20)
                register(registration=registration, name="", password=PASSWORD, birth_date=None)
        except SignInExists:
            with transaction.atomic():
                return "asked" if open_registration(token).has_sign_in else "lost"
        finally:
            connections.close_all()
        return "registered"

    with ThreadPoolExecutor(len(tokens)) as pool:
        answers = sorted(pool.map(click, tokens))
    assert answers == ["asked", "registered"]
    assert (User.objects.count(), Grant.objects.count()) == (1, 1)
