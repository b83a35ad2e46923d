"""The list of signed-in devices, and signing one out (ASVS 7.5.2, T10)."""

import re
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from carespace.accounts.models import SignIn, User
from carespace.accounts.resets import key_for
from carespace.accounts.sessions import SessionStore, row_key
from tests.conftest import WebClient
from tests.people import make_person, sign_in
from tests.portal_security_address.conftest import (
    EVERY_PRESET,
    ON_A_PHONE,
    is_in,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db
PAGE = "/settings/devices/"


@pytest.fixture
def phone(home: WebClient) -> WebClient:
    """Maria's other browser."""
    return signed_in(WebClient(), headers={"User-Agent": ON_A_PHONE})


def row_of(client: WebClient) -> SignIn:
    return SignIn.objects.get(session_row=row_key(str(client.session.session_key)))


def sign_out(client: WebClient, **which: Any) -> Any:
    return client.post(PAGE, which)


def test_each_signed_in_browser_is_listed_in_plain_words(home: WebClient, phone: WebClient) -> None:
    page = text_of(home.get(PAGE))
    assert page.index("This device") < page.index("Chrome on an Android phone")
    assert page.count("This device") == 1
    assert page.count("Last used") == 1
    assert "Signed in " in page
    assert "Devices signed in This one and 1 more" in text_of(home.get("/settings/"))


def test_no_address_and_no_version_is_kept(phone: WebClient) -> None:
    kept = row_of(phone)
    whole = " ".join(str(getattr(kept, field.name)) for field in SignIn._meta.fields)
    for trace in ("127.0.0.1", "130", "Pixel", "Mozilla"):
        assert trace not in whole


@EVERY_PRESET
def test_one_is_signed_out_at_its_very_next_request(
    maria: User, home: WebClient, phone: WebClient
) -> None:
    tablet = signed_in(WebClient())
    key = phone.session.session_key
    assert sign_out(home, device=row_of(phone).pk)["Location"] == PAGE
    assert "That device is signed out." in text_of(home.get(PAGE))
    assert not is_in(phone)
    assert not SessionStore().exists(key)
    assert is_in(tablet)
    assert is_in(home)
    assert "Chrome on an Android phone" not in text_of(home.get(PAGE))


def test_all_others_are_signed_out_at_once(home: WebClient, phone: WebClient) -> None:
    tablet = signed_in(WebClient())
    sign_out(home)
    page = text_of(home.get(PAGE))
    assert "You are signed out everywhere else." in page
    assert "No other device is signed in." in page
    assert not is_in(phone)
    assert not is_in(tablet)


def test_nobody_signs_out_somebody_else(home: WebClient, maria: User) -> None:
    stan = WebClient()
    sign_in(stan, make_person("Stan Moran"))
    told = [sign_out(stan, device=each) for each in (row_of(home).pk, uuid4())]
    assert [(answer.status_code, answer["Location"]) for answer in told] == [(302, PAGE)] * 2
    sign_out(stan)
    assert is_in(home)
    assert "Only this one" in text_of(stan.get("/settings/"))


def test_signing_out_asks_for_a_fresh_proof(home: WebClient, phone: WebClient) -> None:
    session = home.session
    session["proved_at"] = int(time.time()) - 15 * 60 - 1
    session.save()
    assert home.get(PAGE).status_code == 200
    answer = sign_out(home)
    assert answer["Location"] == "/settings/confirm/?next=%2Fsettings%2Fdevices%2F"
    assert is_in(phone)


def test_what_is_no_device_signs_nobody_out(home: WebClient, phone: WebClient) -> None:
    sign_out(home, device="' OR 1=1 --")
    assert is_in(phone)


def test_a_browser_that_signed_out_or_went_idle_is_not_listed(
    home: WebClient, phone: WebClient
) -> None:
    idle = row_of(signed_in(WebClient()))
    long_ago = timezone.now() - timedelta(seconds=settings.CARESPACE_IDLE_SECONDS + 60)
    SignIn.objects.filter(pk=idle.pk).update(last_seen_at=long_ago)
    phone.post("/sign-out/")
    assert "No other device is signed in." in text_of(home.get(PAGE))
    assert SignIn.objects.count() == 2, "the one that signed out left no row"


def test_all_others_include_those_that_are_no_longer_listed(home: WebClient) -> None:
    idle = signed_in(WebClient())
    key = idle.session.session_key
    SignIn.objects.filter(pk=row_of(idle).pk).update(
        last_seen_at=timezone.now() - timedelta(hours=1)
    )
    sign_out(home)
    assert not SessionStore().exists(key)


def test_a_name_from_outside_is_shown_as_letters(home: WebClient) -> None:
    hostile = "<script>alert(1)</script> Firefox on Android Mobile " + "x" * 5000
    signed_in(WebClient(), headers={"User-Agent": hostile})
    page = home.get(PAGE).content.decode()
    assert "Firefox on an Android phone" in page
    assert not re.search(r"<script>alert", page)


def test_a_reset_by_mail_ends_every_session(home: WebClient, phone: WebClient, maria: User) -> None:
    keys = [each.session.session_key for each in (home, phone)]
    maria.refresh_from_db()
    answer = WebClient().post(f"/new-password/{key_for(maria)}/", {"password": "Quiet-Harbor-9!"})
    assert answer.status_code == 302
    assert not is_in(home)
    assert not is_in(phone)
    assert not any(SessionStore().exists(key) for key in keys)
    assert not SignIn.objects.filter(user=maria).exists()
