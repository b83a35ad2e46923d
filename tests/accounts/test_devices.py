"""What a browser is called on the list of devices, and how long a row is kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from carespace.accounts import devices, jobs
from carespace.accounts.models import Draft, SignIn
from carespace.accounts.sessions import SessionStore, row_key
from tests.people import make_person

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {KIT} Chrome/130.0.0.0 Mobile Safari/537.36",
            "Chrome on an Android phone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 13; SM-X200) {KIT} Chrome/130.0.0.0 Safari/537.36",
            "Chrome on an Android tablet",
        ),
        (
            (
                f"Mozilla/5.0 (Linux; Android 14; SM-S911B) {KIT} SamsungBrowser/26.0 Chrome/122.0.0.0"
                " Mobile Safari/537.36"
            ),
            "Samsung Internet on an Android phone",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
            ),
            "Safari on an iPhone",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on an iPhone",
        ),
        (
            (
                "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
                " FxiOS/132.0 Mobile/15E148 Safari/605.1.15"
            ),
            "Firefox on an iPad",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like"
                " Gecko) Version/18.1 Safari/605.1.15"
            ),
            "Safari on a Mac",
        ),
        (
            (
                f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/130.0.0.0 Safari/537.36"
                " Edg/130.0.0.0"
            ),
            "Edge on a Windows computer",
        ),
        (
            (
                f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/130.0.0.0 Safari/537.36"
                " OPR/115.0.0.0"
            ),
            "Opera on a Windows computer",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/130.0.0.0 Safari/537.36",
            "Chrome on a Chromebook",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox on a Linux computer",
        ),
        ("curl/8.5.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(said: str, words: str) -> None:
    assert devices.device_text(said) == words


@given(st.text(max_size=2000))
def test_whatever_is_sent_there_is_a_short_plain_name(said: str) -> None:
    words = devices.device_text(said)
    assert words.isascii()
    assert 0 < len(words) <= (SignIn._meta.get_field("device_text").max_length or 0)


@pytest.mark.django_db
def test_old_devices_and_drafts_go_and_todays_stay() -> None:
    maria = make_person("Maria Reyes")
    for hours in (1, 23, 25, 300):
        then = timezone.now() - timedelta(hours=hours)
        SignIn.objects.create(user=maria, session_row=str(hours), last_seen_at=then)
        Draft.objects.create(user=maria, place=f"/{hours}/", fields={"a": "b"}, saved_at=then)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE carespace_worker")
    jobs.remove_stale_rows(0)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert set(SignIn.objects.values_list("session_row", flat=True)) == {"1", "23"}
    assert set(Draft.objects.values_list("place", flat=True)) == {"/1/", "/23/"}


@pytest.mark.django_db
def test_a_session_without_a_key_gets_one_and_a_line() -> None:
    maria, session = make_person("Maria Reyes"), SessionStore()
    devices.start(user=maria, session=session, user_agent="")
    assert session.session_key
    assert SignIn.objects.get().session_row == row_key(session.session_key)


@pytest.mark.django_db
def test_being_seen_is_noted_for_the_one_browser() -> None:
    maria = make_person("Maria Reyes")
    before = timezone.now() - timedelta(minutes=5)
    for key in ("a" * 32, "b" * 32):
        SignIn.objects.create(user=maria, session_row=row_key(key), last_seen_at=before)
    devices.note_seen(user=maria, session_key="a" * 32)
    seen = dict(SignIn.objects.values_list("session_row", "last_seen_at"))
    assert seen[row_key("a" * 32)] > before
    assert seen[row_key("b" * 32)] == before
