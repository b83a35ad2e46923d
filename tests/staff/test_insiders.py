"""Nobody at the front desk gets into a record by inviting themselves or a colleague (T5)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from carespace.access.actions import invite, revoke
from carespace.access.chart import actor_of
from carespace.access.desk import InvitationRefused, invite_from_desk, open_desk
from carespace.access.mail import write_invitation
from carespace.access.models import Invitation
from carespace.access.permissions import Permission
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import Cast, make_cast, make_patient, make_person, make_practice, sign_in

AT_ONCE = 3


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def ask(client: WebClient, cast: Cast, person: object, email: str, patient: object) -> str:
    client.logout()
    sign_in(client, person)  # type: ignore[arg-type]
    path = f"/staff/patients/{patient.pk}/invite/"  # type: ignore[attr-defined]
    return client.post(path, {"email": email, "confirmed": "yes"}, follow=True).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["fay@example.com", "Mina@Example.com"])
def test_the_front_desk_invites_no_address_of_its_own_staff(
    client: WebClient, cast: Cast, email: str
) -> None:
    manager = make_person("Mina Manager")
    add_staff(user=manager, practice=cast.practice, role="manager", by=SYSTEM)
    patient = make_patient(cast.practice, mrn="M-1", born="1961-04-27")
    page = ask(client, cast, cast.fay, email, patient)
    is_fays = email == "fay@example.com"
    words = "your own address" if is_fays else "belongs to somebody who works here"
    assert words in page
    assert not Invitation.objects.exists()
    event = AuditEvent.objects.get(action="invitation.refuse", outcome="refused")
    assert (event.actor_id, event.patient_id) == (cast.fay.pk, patient.pk)
    assert event.detail == {"reason": "own-address" if is_fays else "own-staff"}
    page = ask(client, cast, manager, email, patient)
    if email == "Mina@Example.com":
        assert "This is your own address" in page, "a manager invites nobody to themselves either"
        return
    assert "is on its way" in page
    assert Invitation.objects.get().created_by == manager.pk


@pytest.mark.django_db
def test_staff_of_another_practice_are_patients_like_others(client: WebClient, cast: Cast) -> None:
    patient = make_patient(cast.practice, mrn="M-1", born="1961-04-27")
    assert "is on its way" in ask(client, cast, cast.fay, "otto@example.com", patient)


@pytest.mark.django_db
def test_a_patient_with_a_sign_in_is_not_invited_again(client: WebClient, cast: Cast) -> None:
    page = ask(client, cast, cast.fay, "new@example.com", cast.ruths_record)
    assert "This patient has a sign-in" in page
    assert not Invitation.objects.exists()
    desk = open_desk(cast.fay, Permission.PATIENT_INVITE, second_factor=True)
    with pytest.raises(InvitationRefused, match="has-sign-in"):
        invite_from_desk(desk=desk, patient=cast.ruths_record, email="new@example.com")
    revoke(grant=cast.ruth.grants.get(), reason="lost", by=actor_of(cast.ruth))
    page = ask(client, cast, cast.fay, "new@example.com", cast.ruths_record)
    assert "is on its way" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "written"), [("a@example.com", True), ("b@example.com", False)])  # fmt: skip
def test_a_link_is_mailed_to_the_invited_address_only(address: str, written: bool) -> None:
    patient = make_patient(make_practice(), mrn="M-1", born="1961-04-27")
    invitation = invite(patient=patient, email="A@example.com", kind="self", by=SYSTEM)
    context = {"invitation": str(invitation.pk), "practice": str(patient.practice_id)}
    mail = write_invitation({**context, "to_address": address})
    assert bool(mail) is written
    if mail and mail.then:
        mail.then()
    invitation.refresh_from_db()
    assert (invitation.state == "sent") is written


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_of_invitations_at_once_the_last_one_counts() -> None:
    patient = make_patient(make_practice(), mrn="M-1", born="1961-04-27")
    together = Barrier(AT_ONCE)

    def click(_: int) -> None:
        try:
            with transaction.atomic():
                together.wait(timeout=20)
                invite(patient=patient, email="maria@example.com", kind="self", by=SYSTEM)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(click, range(AT_ONCE)))
    states = Invitation.objects.values_list("state", flat=True)
    assert sorted(states) == ["queued"] + ["replaced"] * (AT_ONCE - 1)
