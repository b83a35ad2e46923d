"""Which language a page speaks, and the switch at its foot (LANG-4, A11Y-12)."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.ui.languages import COOKIE
from tests.conftest import WebClient
from tests.people import Cast, make_cast, make_practice, sign_in

pytestmark = pytest.mark.django_db
SWITCH = "/language/"
SIGN_IN = "/sign-in/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def spoken(page: Any) -> str:
    """The language the page says it is in; its head says the same."""
    found = re.search(r'<html lang="([\w-]+)"', page.content.decode())
    assert found
    assert page.headers["Content-Language"] == found[1]
    return found[1]


def switch(client: WebClient, language: str, came_from: str = SIGN_IN) -> Any:
    referer = f"http://testserver{came_from}" if came_from.startswith("/") else came_from
    return client.post(SWITCH, {"language": language}, headers={"Referer": referer})


@pytest.mark.parametrize(
    ("asked", "language"),
    [("", "en"), ("es", "es"), ("es-MX,es;q=0.9,en;q=0.5", "es"), ("fr", "en"), ("en-US,es;q=0.8", "en")],
)  # fmt: skip
def test_a_browser_gets_the_language_it_asks_for(
    client: WebClient, asked: str, language: str
) -> None:
    make_practice()
    page = client.get(SIGN_IN, headers={"Accept-Language": asked})
    assert spoken(page) == language
    assert {"Cookie", "Accept-Language"} <= set(re.split(", *", page.headers["Vary"]))


def test_the_switch_counts_before_what_the_browser_asks_for(client: WebClient) -> None:
    make_practice()
    assert 'lang="es">Español</button>' in client.get(SIGN_IN).content.decode()
    answer = switch(client, "es")
    assert (answer.status_code, answer.headers["Location"]) == (302, SIGN_IN)
    kept = answer.cookies[COOKIE]
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("es", True, "Lax")
    page = client.get(SIGN_IN, headers={"Accept-Language": "en"})
    assert spoken(page) == "es"
    assert 'lang="en">English</button>' in page.content.decode()
    switch(client, "en")
    assert spoken(client.get(SIGN_IN, headers={"Accept-Language": "es"})) == "en"


def test_what_a_person_chose_counts_on_every_device(client: WebClient, cast: Cast) -> None:
    sign_in(client, cast.ruth)
    home = reverse("portal:home", args=[cast.ruths_record.pk])
    assert switch(client, "es", home).headers["Location"] == home
    assert User.objects.get(pk=cast.ruth.pk).language == "es"
    event = AuditEvent.objects.get(action="user.language")
    assert (event.actor_id, event.detail) == (cast.ruth.pk, {"language": "es"})
    other = WebClient()
    other.cookies[COOKIE] = "en"
    sign_in(other, cast.ruth)
    assert spoken(other.get(home, headers={"Accept-Language": "en"})) == "es"


def test_choosing_the_same_again_is_no_act(client: WebClient, cast: Cast) -> None:
    sign_in(client, cast.ruth)
    for _time in range(2):
        switch(client, "es")
    assert AuditEvent.objects.filter(action="user.language").count() == 1


def test_settings_offer_the_choice(client: WebClient, cast: Cast) -> None:
    sign_in(client, cast.ruth)
    page = client.get("/settings/").content.decode()
    assert re.search(r'<input[^>]+name="language"[^>]+value="en"[^>]+checked', page)
    assert switch(client, "es", "/settings/").headers["Location"] == "/settings/"
    page = client.get("/settings/").content.decode()
    assert re.search(r'<input[^>]+name="language"[^>]+value="es"[^>]+checked', page)


@pytest.mark.parametrize("language", ["", "fr", "xx-YY", "<b>", "e" * 500])
def test_a_language_we_do_not_speak_changes_nothing(client: WebClient, language: str) -> None:
    make_practice()
    answer = switch(client, language)
    assert answer.status_code == 302
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(
    "came_from",
    [
        "https://evil.example/sign-in/",
        "http://testserver.evil.example/sign-in/",
        "http://testserver//evil.example/",
        "http://testserver/%2f/evil.example/",
        "http://testserver/nowhere/",
        "",
        "javascript:alert(1)",
    ],
)
def test_it_leads_to_no_page_but_our_own(client: WebClient, came_from: str) -> None:
    make_practice()
    assert switch(client, "es", came_from).headers["Location"] == "/"


def test_it_leads_back_to_the_page_with_its_question(client: WebClient) -> None:
    make_practice()
    place = "/sign-in/?next=/settings/"
    assert switch(client, "es", place).headers["Location"] == place


def test_a_form_from_elsewhere_is_refused(cast: Cast) -> None:
    client = WebClient(enforce_csrf_checks=True)
    sign_in(client, cast.ruth)
    assert switch(client, "es").status_code == 403
    assert User.objects.get(pk=cast.ruth.pk).language == ""


def test_it_takes_a_button_only(client: WebClient) -> None:
    make_practice()
    assert client.get(SWITCH).status_code == 405


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere/", 404), (SWITCH, 405), ("/register/x/", 410)]
)
def test_what_goes_wrong_is_told_in_the_same_language(
    client: WebClient, path: str, status: int
) -> None:
    make_practice()
    page = client.get(path, headers={"Accept-Language": "es"})
    assert (page.status_code, spoken(page)) == (status, "es")


def test_a_wrong_host_is_answered_in_the_language_asked_for(client: WebClient) -> None:
    page = client.get(SIGN_IN, headers={"Host": "evil.example", "Accept-Language": "es"})
    assert (page.status_code, spoken(page)) == (400, "es")


def test_the_practices_side_speaks_english(client: WebClient, cast: Cast) -> None:
    User.objects.filter(pk=cast.fay.pk).update(language="es")
    sign_in(client, cast.fay)
    page = client.get("/staff/", follow=True)
    assert spoken(page) == "en"
    assert SWITCH not in page.content.decode()


def test_no_language_stays_behind(client: WebClient) -> None:
    make_practice()
    before = translation.get_language()
    client.get(SIGN_IN, headers={"Accept-Language": "es"})
    assert translation.get_language() == before


def test_a_choice_costs_no_query(client: WebClient, cast: Cast) -> None:
    sign_in(client, cast.ruth)
    counts = []
    for language in ("", "es"):
        User.objects.filter(pk=cast.ruth.pk).update(language=language)
        client.get("/settings/")
        with CaptureQueriesContext(connection) as captured:
            assert spoken(client.get("/settings/")) == (language or "en")
        counts.append(len(captured))
    assert counts[0] == counts[1]
