"""What is typed and not sent: the author's alone, of one page, for a day, and never a secret (A11Y-8)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from carespace.access import signing
from carespace.accounts import drafts
from carespace.accounts.models import Draft
from carespace.audit.models import AuditEvent
from carespace.ui.keeping import keeps, kept_fields
from tests.guard.test_routes import every_route
from tests.people import sign_in
from tests.sessions.conftest import TYPED, Ruth

pytestmark = pytest.mark.django_db
KEEP = "/session/draft/"


def send(ruth: Ruth, **fields: str) -> int:
    return ruth.client.post(KEEP, {"place": ruth.place, **fields}).status_code


def test_what_is_typed_is_there_again(ruth: Ruth) -> None:
    assert send(ruth, **TYPED) == 204
    page = ruth.shows()
    for text in TYPED.values():
        assert f'value="{text}"' in page


def test_only_its_author_sees_it(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    for person in (ruth.cast.luis, ruth.cast.stan, ruth.cast.fay):
        sign_in(ruth.client, person)
        assert TYPED["email"] not in ruth.client.get(ruth.place).content.decode()
    sign_in(ruth.client, ruth.cast.ruth)
    assert TYPED["email"] in ruth.shows()


def test_the_database_shows_and_takes_ones_own_only(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    others = Draft(user=ruth.cast.stan, place="/p/", fields={"email": "x"})
    others.save()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE carespace_web")
        signing.set_signed(signing.USER, ruth.cast.ruth.pk)
        assert [each.place for each in Draft.objects.all()] == [ruth.place]
        assert Draft.objects.filter(pk=others.pk).update(fields={}) == 0
        assert Draft.objects.filter(pk=others.pk).delete()[0] == 0
        signing.forget_settings()
        assert not Draft.objects.exists()
        cursor.execute("RESET ROLE")


def test_it_belongs_to_one_page(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    assert drafts.restore(user=ruth.cast.ruth, place=ruth.place) == TYPED
    assert drafts.restore(user=ruth.cast.ruth, place="/settings/") == {}


def test_nothing_but_what_the_page_names_is_kept(ruth: Ruth) -> None:
    assert send(ruth, **TYPED, password="Orchard-7-lane!", note="hello") == 204
    assert Draft.objects.get().fields == TYPED


@pytest.mark.parametrize(
    "place",
    ["/settings/", "/sign-in/", "/nowhere/", "https://evil.example/", "//evil.example/", "", "x"],
)
def test_a_page_that_keeps_nothing_keeps_nothing(ruth: Ruth, place: str) -> None:
    answer = ruth.client.post(KEEP, {"place": place, **TYPED, "password": "Orchard-7-lane!"})
    assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_nobody_signed_in_keeps_nothing(ruth: Ruth) -> None:
    ruth.client.logout()
    assert send(ruth, **TYPED) == 302
    assert not Draft.objects.exists()


def test_emptied_boxes_are_forgotten(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    send(ruth, **dict.fromkeys(TYPED, " "))
    assert not Draft.objects.exists()


def test_the_last_of_what_was_typed_counts(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    send(ruth, **{**TYPED, "email": "dan@example.com"})
    assert Draft.objects.get().fields["email"] == "dan@example.com"


def test_it_is_gone_once_the_form_is_done(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    assert ruth.client.post(ruth.place, TYPED)["Location"] == ruth.place
    assert not Draft.objects.exists()
    assert f'value="{TYPED["email"]}"' not in ruth.shows()


def test_it_is_shown_for_a_day(ruth: Ruth) -> None:
    send(ruth, **TYPED)
    Draft.objects.update(saved_at=timezone.now() - timedelta(hours=23))
    assert TYPED["email"] in ruth.shows()
    Draft.objects.update(saved_at=timezone.now() - timedelta(hours=24))
    assert TYPED["email"] not in ruth.shows()


def test_nobody_fills_the_table(ruth: Ruth) -> None:
    user = ruth.cast.ruth
    drafts.keep(user=ruth.cast.stan, place="/p/", fields={"text": "mine"})
    for number in range(drafts.MOST_PLACES + 5):
        assert drafts.keep(user=user, place=f"/{number}/", fields={"text": "x"})
    kept = set(Draft.objects.filter(user=user).values_list("place", flat=True))
    assert kept == {f"/{number}/" for number in range(5, drafts.MOST_PLACES + 5)}
    assert drafts.restore(user=ruth.cast.stan, place="/p/") == {"text": "mine"}
    assert not drafts.keep(user=user, place="/" * 301, fields={"text": "x"})


def test_the_trail_does_not_tell_what_was_not_said(ruth: Ruth) -> None:
    before = AuditEvent.objects.count()
    send(ruth, **TYPED)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "current_password",
        "code",
        "recovery_code",
        "csrfmiddlewaretoken",
        "pin",
        "place",
    ],
)
def test_no_view_can_ask_to_keep_a_secret(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        keeps("text", name)


def test_boxes_that_only_sound_like_it_may_be_kept() -> None:
    @keeps("opinion", "passage", "zipcode")
    def view() -> None: ...

    assert kept_fields(view) == ("opinion", "passage", "zipcode")


def test_the_forms_with_something_to_lose_keep_it() -> None:
    keeping = {route.name for route in every_route() if kept_fields(route.view)}
    assert keeping >= {
        "portal:users",
        "staff:invite",
        "staff:representative",
        "staff:open-record",
        "staff:revoke",
    }
