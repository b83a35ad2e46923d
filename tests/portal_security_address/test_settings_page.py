"""The Settings page: who is signed in, and what keeps the sign-in safe (S-30, S-32)."""

import pytest

from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff
from tests.conftest import WebClient
from tests.people import make_person, make_practice, sign_in
from tests.portal_security_address.conftest import OLD, send_all, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("preset", ["echo", "highlands", "classic"])
def test_a_patient_reads_who_is_signed_in_and_finds_each_change(
    client: WebClient, preset: str
) -> None:
    make_practice(preset=preset)
    sign_in(client, make_person("Maria Reyes"))
    answer = client.get("/settings/")
    words, page = text_of(answer), answer.content.decode()
    assert "Name Maria Reyes" in words
    assert f"Email address {OLD}" in words
    for heading in ("You", "Sign-in security", "How pages look"):
        assert f">{heading}</h2>" in page
    for path in ("/settings/email/", "/settings/second-factor/", "/settings/devices/"):
        assert f'href="{path}"' in page
    for path in ("/settings/email/", "/settings/password/", "/settings/devices/"):
        assert client.get(path).status_code == 200


def test_the_name_menu_leads_there(home: WebClient) -> None:
    assert '<a href="/settings/">Settings</a>' in home.get("/settings/devices/").content.decode()


def test_somebody_without_a_record_can_change_their_sign_in_too(client: WebClient) -> None:
    fay = make_person("Fay Desk")
    add_staff(user=fay, practice=make_practice(), role="front-desk", by=SYSTEM)
    sign_in(client, fay)
    for path in ("/settings/", "/settings/email/", "/settings/password/", "/settings/devices/"):
        page = text_of(client.get(path))
        assert "Lakeside Cancer Associates" in page, path


def test_the_mail_with_a_reset_link_names_the_practice(client: WebClient, maria: User) -> None:
    client.post("/forgot-password/", {"email": OLD})
    (message,) = send_all()
    assert "the patient portal of Lakeside Cancer Associates" in str(message.body)
    assert "Call Lakeside Cancer Associates: (555) 010-0142." in str(message.body)
    assert message.from_email.startswith("Lakeside Cancer Associates <")


def test_only_the_own_browsers_are_counted(home: WebClient) -> None:
    stan = make_person("Stan Moran")
    signed_in(WebClient(), stan.email)
    assert "Devices signed in Only this one" in text_of(home.get("/settings/"))
