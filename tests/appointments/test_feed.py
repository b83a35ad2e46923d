"""The private calendar address: made, read by a program that is signed in as nobody, reset and ended (S-49)."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carespace.access.actions import revoke
from carespace.access.chart import actor_of, open_chart
from carespace.access.permissions import Permission
from carespace.accounts import throttle
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import publish_terms
from carespace.sharing.actions import make_feed
from carespace.sharing.feeds import FETCHES_OF_ONE, MISSES_OF_A_NETWORK
from carespace.sharing.models import CalendarFeed
from carespace.sharing.tokens import hash_of, token_for
from tests.appointments.test_calendar_file import read
from tests.appointments.test_page import at, clinic, text_of
from tests.conftest import Answer, WebClient
from tests.people import Cast, enter, let_see, sign_in
from tests.records.shelf import put, visit

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"https?://[^<\"]+/calendar/[A-Za-z0-9_-]{43}\.ics")


@pytest.fixture
def infusion(cast: Cast) -> None:
    """One appointment each for Ruth and Stan."""
    for record, what in ((cast.ruths_record, "Infusion"), (cast.stans_record, "Stans scan")):
        booked = visit(
            "2099-11-24T09:30:00-05:00",
            serviceType=[{"text": what}],
            participant=at(clinic(cast)),
        )
        put(cast.practice, record, booked)


def page_of(cast: Cast) -> str:
    return reverse("portal:calendar-feed", args=[cast.ruths_record.pk])


def made(client: WebClient, cast: Cast, says: str = "less") -> str:
    """Press "Make the address"; return the path of the address that the page shows once."""
    sent = client.post(page_of(cast), {"act": "make", "says": says})
    assert (sent.status_code, sent["Location"]) == (302, page_of(cast))
    return shown(client.get(page_of(cast)))


def shown(page: Answer) -> str:
    addresses = set(ADDRESS.findall(page.content.decode()))
    assert len(addresses) == 1
    return "/" + addresses.pop().split("/", 3)[3]


def feed_of(user: User, cast: Cast, *, with_words: bool = False) -> str:
    with transaction.atomic():
        chart = open_chart(user, cast.ruths_record.pk, Permission.APPOINTMENT_READ)
        feed = make_feed(chart=chart, with_words=with_words, by=chart.actor)
    return reverse("portal:calendar", args=[token_for(feed.pk)])


def fetch(path: str) -> Answer:
    """What a calendar program gets, which keeps no cookies and is signed in as nobody."""
    return WebClient().get(path)


def test_an_address_is_shown_once_and_read_without_signing_in(
    cast: Cast, client: WebClient, infusion: None
) -> None:
    sign_in(client, cast.ruth)
    path = made(client, cast)
    assert not ADDRESS.search(client.get(page_of(cast)).content.decode())
    answer = fetch(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    (event,) = read(answer.content)
    assert (event["SUMMARY"], event["DTSTART"]) == ("Appointment", "20991124T143000Z")
    text = answer.content.decode().lower()
    for word in ("infusion", "ruth", "adler", "cancer", "lakeshore", "stan"):
        assert word not in text, word
    assert "A calendar last looked on" in text_of(client.get(page_of(cast)))


def test_words_come_only_where_the_person_chose_so(
    cast: Cast, client: WebClient, infusion: None
) -> None:
    sign_in(client, cast.ruth)
    path = made(client, cast, "more")
    (event,) = read(fetch(path).content)
    assert event["SUMMARY"] == "Infusion"
    assert event["LOCATION"] == "Lakeside clinic, 1200 Lakeshore Drive, Port Alden, NY 14499"
    assert client.post(page_of(cast), {"act": "choose", "says": "less"}).status_code == 302
    (event,) = read(fetch(path).content)
    assert event["SUMMARY"] == "Appointment"
    assert "LOCATION" not in event


def test_a_reset_ends_the_old_address_at_once(
    cast: Cast, client: WebClient, infusion: None
) -> None:
    sign_in(client, cast.ruth)
    old = made(client, cast, "more")
    client.post(page_of(cast), {"act": "reset"})
    new = shown(client.get(page_of(cast)))
    assert (fetch(old).status_code, fetch(new).status_code) == (404, 200)
    assert read(fetch(new).content)[0]["SUMMARY"] == "Infusion", "it says as much as before"


def test_turned_off_it_is_gone(cast: Cast, client: WebClient, infusion: None) -> None:
    sign_in(client, cast.ruth)
    path = made(client, cast)
    client.post(page_of(cast), {"act": "end"})
    assert fetch(path).status_code == 404
    assert "Make a calendar address" in text_of(client.get(page_of(cast)))


def test_a_double_click_makes_one_address(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    for _ in range(2):
        client.post(page_of(cast), {"act": "make", "says": "less"})
    assert CalendarFeed.objects.count() == 1
    assert fetch(shown(client.get(page_of(cast)))).status_code == 200


@pytest.mark.parametrize("act", [{"act": "make"}, {"act": "make", "says": "all"}, {}])
def test_an_unknown_choice_makes_nothing(
    cast: Cast, client: WebClient, act: dict[str, str]
) -> None:
    sign_in(client, cast.ruth)
    assert client.post(page_of(cast), act).status_code == 200
    assert not CalendarFeed.objects.exists()


@pytest.mark.parametrize("act", ["make", "reset"])
def test_a_stolen_session_takes_no_lasting_address(cast: Cast, client: WebClient, act: str) -> None:
    enter(client, cast.ruth)
    answer = client.post(page_of(cast), {"act": act, "says": "less"})
    assert answer["Location"].startswith(reverse("portal:confirm"))
    assert not CalendarFeed.objects.exists()


def end_grant(cast: Cast) -> None:
    revoke(grant=cast.luis.grants.get(), reason="x", by=actor_of(cast.ruth))


def end_of_time(cast: Cast) -> None:
    cast.luis.grants.update(ends_at=timezone.now())


def deactivate(cast: Cast) -> None:
    User.objects.filter(pk=cast.luis.pk).update(is_active=False)


def new_terms(cast: Cast) -> None:
    publish_terms(practice=cast.practice, version="2099-01", text="# New\nWords.", by=SYSTEM)


def appointments_off(cast: Cast) -> None:
    cast.practice.overrides = {"feature_appointments": False}
    cast.practice.save()


@pytest.mark.parametrize(
    "end", [end_grant, end_of_time, deactivate, new_terms, appointments_off], ids=lambda e: e.__name__
)  # fmt: skip
def test_it_ends_with_what_it_rests_on(cast: Cast, infusion: None, end: Any) -> None:
    path, missing = feed_of(cast.luis, cast), reverse("portal:calendar", args=["x" * 43])
    assert fetch(path).status_code == 200
    end(cast)
    gone, never = fetch(path), fetch(missing)
    assert (gone.status_code, never.status_code) == (404, 404)
    assert plain(gone) == plain(never)


def plain(answer: Answer) -> tuple[bytes, dict[str, str]]:
    body = re.sub(rb'nonce="[^"]*"|value="[^"]*"', b"", answer.content)
    return body, dict(answer.headers)


def test_each_person_has_their_own_address(cast: Cast, infusion: None) -> None:
    ruths, luiss = feed_of(cast.ruth, cast), feed_of(cast.luis, cast)
    assert ruths != luiss
    end_grant(cast)
    assert (fetch(ruths).status_code, fetch(luiss).status_code) == (200, 404)


def test_luis_address_never_shows_stans_record(cast: Cast, infusion: None) -> None:
    """Also where he may see both: an address is for one record."""
    path = feed_of(cast.luis, cast, with_words=True)
    let_see(cast.luis, cast.stans_record, "family")
    text = fetch(path).content.decode()
    assert "Infusion" in text
    assert "Stans" not in text


def test_another_signed_in_person_changes_nothing(
    cast: Cast, client: WebClient, infusion: None
) -> None:
    path = feed_of(cast.luis, cast)
    sign_in(client, cast.stan)
    client.get(reverse("portal:settings"))  # the first page of a session notes when it began
    before = client.session.load()
    answer = client.get(path)
    assert len(read(answer.content)) == 1
    assert not answer.cookies, "and asking it keeps nobody's session alive"
    assert client.session.load() == before


@pytest.mark.parametrize("odd", ["x", "x" * 42, "x" * 44, "x" * 4000, "%C3%A9" * 43, "..%2f", "' OR 1=1"])  # fmt: skip
def test_a_guess_is_answered_like_an_address_that_has_ended(cast: Cast, odd: str) -> None:
    never = fetch(reverse("portal:calendar", args=["x" * 43]))
    assert plain(fetch(f"/calendar/{odd}.ics"))[0] == plain(never)[0]


def test_the_table_keeps_no_address(cast: Cast) -> None:
    path = feed_of(cast.ruth, cast)
    feed = CalendarFeed.objects.get()
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) == 43
    assert bytes(feed.token_hash) == hash_of(token)
    kept = " ".join(str(value) for value in CalendarFeed.objects.values().get().values())
    assert token not in kept
    assert fetch(f"/calendar/{feed.pk.hex}{'0' * 11}.ics").status_code == 404


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_guesses_wait_and_working_addresses_do_not(cast: Cast, infusion: None) -> None:
    path = feed_of(cast.ruth, cast)
    for _ in range(MISSES_OF_A_NETWORK.tries):
        assert fetch(f"/calendar/{uuid4().hex:x<43}.ics").status_code == 404
    answer = fetch(f"/calendar/{'y' * 43}.ics")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert fetch(path).status_code == 200


def test_a_program_without_a_pause_waits(cast: Cast, infusion: None) -> None:
    path = feed_of(cast.ruth, cast)
    feed = CalendarFeed.objects.get()
    for _ in range(FETCHES_OF_ONE.tries - 1):
        throttle.take((FETCHES_OF_ONE, str(feed.pk)))
    assert fetch(path).status_code == 200
    assert fetch(path).status_code == 429


def test_each_fetch_is_in_the_patients_activity(
    cast: Cast, client: WebClient, infusion: None
) -> None:
    fetch(feed_of(cast.luis, cast))
    event = AuditEvent.objects.filter(category="calendar feed").get()
    assert (event.actor_id, event.patient_id) == (cast.luis.pk, cast.ruths_record.pk)
    sign_in(client, cast.ruth)
    page = client.get(reverse("portal:activity", args=[cast.ruths_record.pk]))
    assert "Had a calendar app read the appointments" in text_of(page)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_an_address_is_for_reading(cast: Cast, method: str) -> None:
    assert getattr(Client(), method)(feed_of(cast.ruth, cast)).status_code == 405


def test_the_file_of_one_appointment_says_what_the_person_chose(
    cast: Cast, client: WebClient
) -> None:
    one = put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00Z"))
    feed_of(cast.ruth, cast, with_words=True)
    file = reverse("portal:appointment-file", args=[cast.ruths_record.pk, one])
    for person, summary in ((cast.ruth, "Infusion"), (cast.luis, "Appointment")):
        client.logout()
        sign_in(client, person)
        assert read(client.get(file).content)[0]["SUMMARY"] == summary
