"""What the functions that know other people tell and do, asked as injected SQL in a request would ask them."""

import uuid
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.utils import timezone

from carespace.access import signing
from carespace.access.actions import invite
from carespace.access.models import Invitation
from carespace.accounts.models import SignIn, User
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from tests.people import Cast, let_see, make_patient, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    return committed_cast


@pytest.fixture
def web(cast: Cast, web_connection: psycopg.Connection) -> psycopg.Connection:
    return web_connection


def asked(web: psycopg.Connection, text: str, *values: object) -> Any:
    row = web.execute(text, values).fetchone()
    assert row is not None
    return row[0]


def names(web: psycopg.Connection, patient: Any) -> set[str]:
    return {row[1] for row in web.execute("SELECT * FROM carespace.people_of(%s)", [patient.pk])}


def signed_in(person: User) -> Session:
    row = uuid.uuid4().hex
    SignIn.objects.create(user=person, session_row=row)
    return Session.objects.create(session_key=row, session_data="", expire_date=timezone.now())


def open_chart(web: psycopg.Connection, open_setting: Any, cast: Cast, person: User) -> None:
    open_setting(web, signing.USER, person.pk)
    open_setting(web, signing.CHART, cast.ruths_record.pk, cast.practice.pk, person.pk)


def test_the_patient_learns_who_sees_her_record(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_chart(web, open_setting, cast, cast.ruth)
    assert names(web, cast.ruths_record) == {"Ruth Adler", "Luis Adler", "Nora Quist"}
    assert names(web, cast.stans_record) == set()


def test_family_and_strangers_learn_nothing_of_the_others(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    assert names(web, cast.ruths_record) == set()
    open_chart(web, open_setting, cast, cast.luis)
    assert names(web, cast.ruths_record) == set()


def test_staff_learn_of_their_own_practice_only(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.PRACTICE, cast.other_practice.pk, "manager")
    assert names(web, cast.ruths_record) == set()
    colleagues = {row[1] for row in web.execute("SELECT * FROM carespace.colleagues()")}
    assert colleagues == {"Otto Elsewhere"}


@pytest.mark.parametrize("role", ["feed", "job", "front-desk", "care-team", "clinician"])
def test_only_a_manager_adds_a_colleague(
    role: str, cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.PRACTICE, cast.practice.pk, role)
    text = "SELECT carespace.add_colleague(%s, %s, %s, %s)"
    assert asked(web, text, uuid.uuid4(), "new@example.com", "New", "!x") is None
    open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
    usable = make_password("Known-to-me-7!")
    assert asked(web, text, uuid.uuid4(), "new@example.com", "New", usable) is None
    identity = uuid.uuid4()
    assert asked(web, text, identity, "new@example.com", "New", "!x") == identity
    assert asked(web, text, uuid.uuid4(), "new@example.com", "New", "!x") == identity


def test_sessions_end_by_oneself_and_by_ones_practice_only(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    text = "SELECT carespace.end_sessions(%s, %s)"
    kept, _other = signed_in(cast.ruth), signed_in(cast.ruth)
    assert asked(web, text, cast.ruth.pk, "") == 0
    open_setting(web, signing.USER, cast.luis.pk)
    assert asked(web, text, cast.ruth.pk, "") == 0
    open_setting(web, signing.PRACTICE, cast.other_practice.pk, "manager")
    assert asked(web, text, cast.ruth.pk, "") == 0
    open_setting(web, signing.PRACTICE, cast.practice.pk, "care-team")
    assert asked(web, text, cast.ruth.pk, "") == 0
    open_setting(web, signing.USER, cast.ruth.pk)
    assert asked(web, text, cast.ruth.pk, kept.session_key) == 1
    open_setting(web, signing.USER, cast.fay.pk)
    open_setting(web, signing.PRACTICE, cast.practice.pk, "front-desk")
    assert asked(web, text, cast.ruth.pk, None) == 1


def test_with_the_sessions_the_trusted_devices_end_and_nobody_elses(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    def trusts(person: User) -> bool:
        return "trust" in Authenticator.objects.get(user=person).data

    for person in (cast.ruth, cast.luis):
        kept = {"secret": "x", "last_step": 1, "trust": "an epoch"}
        Authenticator.objects.create(user=person, type="totp", data=kept)
    text = "SELECT carespace.end_sessions(%s, '')"
    open_setting(web, signing.USER, cast.luis.pk)
    asked(web, text, cast.ruth.pk)
    web.commit()
    assert trusts(cast.ruth)
    open_setting(web, signing.USER, cast.ruth.pk)
    asked(web, text, cast.ruth.pk)
    web.commit()
    assert Authenticator.objects.get(user=cast.ruth).data == {"secret": "x", "last_step": 1}
    assert trusts(cast.luis)


def test_a_front_desk_does_not_act_on_staff_and_a_manager_not_on_others_staff(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    open_setting(web, signing.PRACTICE, cast.practice.pk, "front-desk")
    assert asked(web, "SELECT carespace.may_help(%s)", cast.fay.pk) is False
    open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
    assert asked(web, "SELECT carespace.may_help(%s)", cast.fay.pk) is True
    assert asked(web, "SELECT carespace.may_help(%s)", cast.otto.pk) is False


def test_what_somebody_is_elsewhere_neither_opens_nor_closes_anything_here(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    text = "SELECT carespace.may_help(%s)"
    add_staff(user=cast.luis, practice=cast.other_practice, role="front-desk", by=SYSTEM)
    open_setting(web, signing.PRACTICE, cast.practice.pk, "front-desk")
    assert asked(web, text, cast.luis.pk) is True
    open_setting(web, signing.PRACTICE, cast.other_practice.pk, "front-desk")
    assert asked(web, text, cast.luis.pk) is False
    open_setting(web, signing.PRACTICE, cast.other_practice.pk, "manager")
    assert asked(web, text, cast.luis.pk) is True
    assert asked(web, text, cast.ruth.pk) is False


def test_a_practice_signs_a_leaver_out_only_where_nothing_is_another_ones(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    text = "SELECT carespace.sign_out_leaver(%s)"
    signed_in(cast.fay)
    open_setting(web, signing.PRACTICE, cast.practice.pk, "front-desk")
    assert asked(web, text, cast.fay.pk) == 0
    open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
    elsewhere = add_staff(user=cast.fay, practice=cast.other_practice, role="manager", by=SYSTEM)
    assert asked(web, text, cast.fay.pk) == 0
    elsewhere.delete()
    assert asked(web, text, cast.fay.pk) == 1


def test_factors_are_removed_for_ones_own_people_and_never_ones_own(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    text = "SELECT carespace.remove_factors(%s)"
    for person in (cast.ruth, cast.luis, cast.fay):
        Authenticator.objects.create(user=person, type="totp", data={})
    elsewhere = make_patient(cast.other_practice, "Adler", "Ruth", mrn="R-9", born="1951-03-04")
    let_see(cast.luis, elsewhere, "family")
    open_setting(web, signing.USER, cast.fay.pk)
    open_setting(web, signing.PRACTICE, cast.practice.pk, "manager")
    assert asked(web, text, cast.ruth.pk) == 1
    assert asked(web, text, cast.luis.pk) == 0
    assert asked(web, text, cast.fay.pk) == 0
    mia = make_person("Mia Both")
    for practice in (cast.practice, cast.other_practice):
        add_staff(user=mia, practice=practice, role="care-team", by=SYSTEM)
    Authenticator.objects.create(user=mia, type="totp", data={})
    assert asked(web, text, mia.pk) == 0


def test_an_address_is_claimed_by_its_own_link_and_before_anybody_came_in(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    text = "SELECT carespace.claim_sign_in('Nell', NULL, 'hash')"
    nell = make_person("Nell Written", password=None)
    link = invite(patient=cast.ruths_record, email=nell.email, kind="family", by=SYSTEM)
    other = invite(patient=cast.ruths_record, email="stan@example.com", kind="family", by=SYSTEM)
    assert asked(web, text) is None
    open_setting(web, signing.TOKEN, link.pk)
    assert asked(web, text) is None  # its mail is not out
    Invitation.objects.update(state="sent")
    open_setting(web, signing.TOKEN, other.pk)
    assert asked(web, text) is None  # has a password
    open_setting(web, signing.TOKEN, link.pk)
    User.objects.filter(pk=nell.pk).update(last_login=timezone.now())
    assert asked(web, text) is None
    User.objects.filter(pk=nell.pk).update(last_login=None)
    assert asked(web, text) == nell.pk
    assert asked(web, text) is None


def test_an_address_changes_by_the_signed_word_only(
    cast: Cast, web: psycopg.Connection, open_setting: Any
) -> None:
    text, wanted = "SELECT carespace.change_address()", b"new@example.com".hex()
    open_setting(web, signing.USER, cast.ruth.pk)
    assert asked(web, text) is False
    web.execute(
        "SELECT set_config('carespace.address', %s, false)",
        [f"carespace.address|9999999999|{cast.ruth.pk}|{wanted}|{'0' * 64}"],
    )
    assert asked(web, text) is False
    open_setting(web, signing.ADDRESS, cast.luis.pk, wanted)
    assert asked(web, text) is False
    open_setting(web, signing.ADDRESS, cast.ruth.pk, b"luis@example.com".hex())
    assert asked(web, text) is False
    open_setting(web, signing.ADDRESS, cast.ruth.pk, wanted)
    assert asked(web, text) is True
    web.commit()
    assert User.objects.get(pk=cast.ruth.pk).email == "new@example.com"
