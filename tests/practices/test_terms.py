"""Terms of service: a practice's own text, who agreed to which version, and who is asked again (S-23, D-4)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner
from django.db import connections, transaction

from carespace.access.actions import revoke
from carespace.access.chart import actor_of
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.config.commands.practice import command
from carespace.practices.actions import TermsRefused, accept_terms, publish_terms
from carespace.practices.models import Practice, Terms, TermsAcceptance
from carespace.practices.terms import CURRENT_VERSION, TERMS, sections_in, sections_of
from tests.conftest import WebClient
from tests.people import Cast, let_see, make_cast, make_patient, make_person, make_practice, sign_in

TEXT = "Before all.\n\n# Who we are\nWe are the lakeside\npractice.\n\nSecond part.\n# Costs\nNone."
NEW = "2099-01"
CLICKS = 3


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def publish(practice: Practice, version: str = NEW, text: str = TEXT) -> None:
    publish_terms(practice=practice, version=version, text=text, by=SYSTEM)


def agree_path(practice: Practice) -> str:
    return f"/terms/{practice.slug}/agree/"


def agreed(version: str = NEW, **more: str) -> dict[str, str]:
    return {"agreed": "on", "version": version, **more}


class TestText:
    def test_headings_and_empty_lines_make_parts_and_paragraphs(self) -> None:
        assert sections_in(TEXT) == (
            ("", ("Before all.",)),
            ("Who we are", ("We are the lakeside practice.", "Second part.")),
            ("Costs", ("None.",)),
        )

    def test_nothing_in_is_nothing_out(self) -> None:
        assert sections_in(" \n\n\t\n") == ()

    @pytest.mark.django_db
    def test_the_shipped_text_counts_where_a_practice_published_none(self) -> None:
        practice = make_practice()
        assert sections_of(practice) == sections_of(None)
        assert [heading for heading, _ in sections_of(practice)] == [title for title, _ in TERMS]
        publish(practice)
        assert sections_of(practice) == sections_in(TEXT)
        assert sections_of(make_practice("hillside")) == sections_of(None)


@pytest.mark.django_db
class TestPublishing:
    @pytest.mark.parametrize(
        ("version", "text", "words"),
        [
            ("", TEXT, "not a version"),
            ("a b", TEXT, "not a version"),
            ("1" * 21, TEXT, "not a version"),
            (CURRENT_VERSION, TEXT, "ships with CareSpace"),
            (NEW, " \n", "empty"),
            (NEW, "# A\nnul \0", "cannot be shown"),
        ],
    )
    def test_what_cannot_be_published_changes_nothing(
        self, version: str, text: str, words: str
    ) -> None:
        practice = make_practice()
        with pytest.raises(TermsRefused, match=words):
            publish(practice, version, text)
        practice.refresh_from_db()
        assert practice.terms_version == CURRENT_VERSION
        assert not Terms.objects.exists()

    def test_a_version_is_one_text_for_ever(self) -> None:
        practice = make_practice()
        publish(practice)
        with pytest.raises(TermsRefused, match="another text"):
            publish(practice, text=TEXT + " More.")
        assert Terms.objects.get().text == TEXT

    def test_an_earlier_version_comes_back_with_its_own_text(self) -> None:
        practice = make_practice()
        for version in (NEW, "2099-02"):
            publish(practice, version, f"# {version}\nWords.")
        publish(practice, NEW, f"# {NEW}\nWords.")
        practice.refresh_from_db()
        assert (practice.terms_version, sections_of(practice)[0][0]) == (NEW, NEW)
        assert AuditEvent.objects.filter(action="terms.publish").count() == 3

    def test_the_command_publishes_and_shows(self, tmp_path: Path) -> None:
        practice, source = make_practice(), tmp_path / "terms.txt"
        source.write_text(TEXT)
        given = ["terms", "--practice", practice.slug]
        done = CliRunner().invoke(command, [*given, "--version", NEW, "--file", str(source)])
        assert done.exit_code == 0, done.output
        assert "everybody is asked to agree" in done.output
        assert Practice.objects.get().terms_version == NEW
        shown = CliRunner().invoke(command, [*given, "--show"]).output
        assert f"Version {NEW}" in shown
        assert "# Who we are\n\nWe are the lakeside practice.\n\nSecond part." in shown

    def test_the_command_says_what_is_missing(self, tmp_path: Path) -> None:
        practice, odd = make_practice(), tmp_path / "odd.txt"
        odd.write_bytes(b"\xff\xfe# A")
        given = ["terms", "--practice", practice.slug, "--version", NEW]
        for more, words in (
            ([], "Give --version and --file"),
            (["--file", str(odd)], "not plain text"),
        ):
            done = CliRunner().invoke(command, [*given, *more])
            assert (done.exit_code, words in done.output) == (1, True), done.output
        assert not Terms.objects.exists()


@pytest.mark.django_db
class TestReading:
    def test_a_practices_own_text_is_shown_as_words_and_not_as_markup(
        self, client: WebClient
    ) -> None:
        practice = make_practice()
        publish(practice, text="# Who <b>we</b> are\n<script>x</script>")
        for path in ("/terms/", f"/terms/{practice.slug}/"):
            page = client.get(path).content.decode()
            assert "Who &lt;b&gt;we&lt;/b&gt; are</h2>" in page
            assert "<script>x" not in page
            assert f"Version {NEW}" in page

    def test_of_two_practices_each_shows_its_own(self, client: WebClient) -> None:
        one, two = make_practice(), make_practice("hillside")
        publish(one)
        assert "Who we are" in client.get(f"/terms/{one.slug}/").content.decode()
        assert "Who we are" not in client.get(f"/terms/{two.slug}/").content.decode()

    def test_terms_of_nobody_are_not_there(self, client: WebClient, cast: Cast) -> None:
        assert client.get("/terms/nowhere/").status_code == 404
        sign_in(client, cast.ruth)
        elsewhere = agree_path(cast.other_practice)
        for path in ("/terms/nowhere/agree/", elsewhere):
            assert client.get(path).status_code == 404
            assert client.post(path, agreed()).status_code == 404
        assert TermsAcceptance.objects.filter(practice=cast.other_practice).count() == 0

    def test_agreeing_is_for_those_who_are_signed_in(self, client: WebClient, cast: Cast) -> None:
        response = client.get(agree_path(cast.practice))
        assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.django_db
class TestAgreeing:
    def test_a_new_version_is_asked_of_everybody_at_their_next_request(
        self, client: WebClient, cast: Cast
    ) -> None:
        """Ruth and Luis have a session each, open before the terms changed."""
        labs = f"/p/{cast.ruths_record.pk}/labs/"
        browsers = {"ruth": client, "luis": WebClient()}
        for name, browser in browsers.items():
            sign_in(browser, getattr(cast, name))
            assert browser.get(labs).status_code == 200
        publish(cast.practice)
        for browser in browsers.values():
            asked = browser.get(labs)
            assert (
                asked["Location"] == f"{agree_path(cast.practice)}?next={labs.replace('/', '%2F')}"
            )
            page = browser.get(asked["Location"]).content.decode()
            assert "Who we are" in page
            assert ">I agree</button>" in page
        done = client.post(agree_path(cast.practice), agreed(next=labs))
        assert done["Location"] == labs
        assert client.get(labs).status_code == 200
        assert browsers["luis"].get(labs).status_code == 302
        stored = TermsAcceptance.objects.get(version=NEW)
        assert (stored.user, stored.practice) == (cast.ruth, cast.practice)
        event = AuditEvent.objects.filter(action="terms.accept").latest("recorded_at")
        assert (event.actor_id, event.detail) == (cast.ruth.pk, {"version": NEW})

    @pytest.mark.parametrize("path", ["", "health/", "documents/", "appointments/", "resources/"])
    def test_every_page_of_the_record_waits_for_it(
        self, client: WebClient, cast: Cast, path: str
    ) -> None:
        sign_in(client, cast.ruth)
        publish(cast.practice)
        asked = client.get(f"/p/{cast.ruths_record.pk}/{path}")
        assert (asked.status_code, asked["Location"].split("?")[0]) == (
            302,
            agree_path(cast.practice),
        )

    def test_without_the_tick_nothing_is_stored(self, client: WebClient, cast: Cast) -> None:
        sign_in(client, cast.ruth)
        publish(cast.practice)
        page = client.post(agree_path(cast.practice), {"version": NEW}).content.decode()
        assert "tick the box to agree" in page
        assert not TermsAcceptance.objects.filter(version=NEW).exists()

    def test_reading_stores_nothing(self, client: WebClient, cast: Cast) -> None:
        sign_in(client, cast.ruth)
        publish(cast.practice)
        before = TermsAcceptance.objects.count()
        assert client.get(agree_path(cast.practice)).status_code == 200
        assert client.head(agree_path(cast.practice)).status_code == 200
        assert TermsAcceptance.objects.count() == before

    def test_who_read_one_version_agrees_to_no_other(self, client: WebClient, cast: Cast) -> None:
        """The terms change between the page and the click."""
        sign_in(client, cast.ruth)
        publish(cast.practice)
        publish(cast.practice, "2099-02", "# Newer\nWords.")
        path = f"{agree_path(cast.practice)}?next=/settings/"
        response = client.post(path, agreed(), follow=True)
        page = response.content.decode()
        assert "The terms changed a moment ago. Please read them again." in page
        assert "Newer" in page
        assert not TermsAcceptance.objects.filter(version__startswith="2099").exists()

    @pytest.mark.parametrize("away", ["//evil.example/", "https://evil.example/", "/\\evil", ""])
    def test_it_leads_on_within_the_portal_only(
        self, client: WebClient, cast: Cast, away: str
    ) -> None:
        sign_in(client, cast.ruth)
        publish(cast.practice)
        assert client.post(agree_path(cast.practice), agreed(next=away))["Location"] == "/"

    def test_who_agreed_is_not_asked_twice(self, client: WebClient, cast: Cast) -> None:
        sign_in(client, cast.ruth)
        path = f"{agree_path(cast.practice)}?next=/settings/"
        assert client.get(path)["Location"] == "/settings/"
        assert client.post(path, agreed(CURRENT_VERSION))["Location"] == "/settings/"
        assert TermsAcceptance.objects.filter(user=cast.ruth).count() == 1

    @pytest.mark.parametrize("preset", ["echo", "classic"])
    def test_a_practice_that_asks_nothing_never_asks(self, client: WebClient, preset: str) -> None:
        practice = make_practice(preset=preset)
        maria, record = make_person("Maria"), make_patient(practice, mrn="M-1", born="1961-04-27")
        let_see(maria, record, "self")
        publish(practice)
        sign_in(client, maria)
        assert client.get(f"/p/{record.pk}/").status_code == 200
        assert client.get(agree_path(practice))["Location"] == "/"
        assert not TermsAcceptance.objects.filter(version=NEW).exists()

    def test_a_practice_that_begins_to_ask_asks_its_people_then(self, client: WebClient) -> None:
        practice = make_practice(preset="echo")
        maria, record = make_person("Maria"), make_patient(practice, mrn="M-1", born="1961-04-27")
        let_see(maria, record, "self")
        TermsAcceptance.objects.all().delete()
        sign_in(client, maria)
        assert client.get(f"/p/{record.pk}/").status_code == 200
        Practice.objects.update(overrides={"tos_required": True})
        assert client.get(f"/p/{record.pk}/")["Location"].startswith(agree_path(practice))

    def test_not_now_signs_out_or_leads_to_the_other_records(
        self, client: WebClient, cast: Cast
    ) -> None:
        publish(cast.practice)
        sign_in(client, cast.ruth)
        page = client.get(agree_path(cast.practice)).content.decode()
        assert "Not now, sign out</button>" in page
        elsewhere = make_patient(cast.other_practice, mrn="E-1", born="1950-01-01")
        let_see(cast.ruth, elsewhere, "family")
        page = client.get(agree_path(cast.practice)).content.decode()
        assert 'href="/people/">Not now</a>' in page
        assert client.get(f"/p/{elsewhere.pk}/").status_code == 200
        assert client.get(f"/p/{cast.ruths_record.pk}/").status_code == 302

    def test_whose_access_ended_is_asked_nothing(self, client: WebClient, cast: Cast) -> None:
        publish(cast.practice)
        revoke(grant=cast.luis.grants.get(), reason="x", by=actor_of(cast.ruth))
        sign_in(client, cast.luis)
        assert client.get(f"/p/{cast.ruths_record.pk}/").status_code == 404
        assert client.get(agree_path(cast.practice)).status_code == 404


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_of_clicks_at_once_one_is_stored_and_told() -> None:
    practice, maria = make_practice(), make_person("Maria")
    together = Barrier(CLICKS)

    def click(_: int) -> None:
        try:
            with transaction.atomic():
                together.wait(timeout=20)
                accept_terms(user=maria, practice=practice, version=NEW, by=actor_of(maria))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLICKS) as pool:
        list(pool.map(click, range(CLICKS)))
    assert TermsAcceptance.objects.count() == 1
    assert AuditEvent.objects.filter(action="terms.accept").count() == 1
