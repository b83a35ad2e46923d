"""Help, and what is claimed: for everybody, in the practice's own words, and never more than a test shows (S-09, S-73)."""

import ast
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone, translation

from carespace.accounts.models import User
from carespace.portal.help import claims
from carespace.portal.help.claims import CLAIMS, READING_GRADE, Measure, reading_line
from carespace.portal.help.questions import answers, registration_steps
from carespace.practices.models import Practice
from carespace.practices.presets import PRESETS
from tests.conftest import WebClient
from tests.guard.tree import ROOT
from tests.people import Cast, let_see, make_patient, make_practice, sign_in
from tests.portal.conftest import Outline

pytestmark = pytest.mark.django_db
PAGES = ("/help/", "/security-and-standards/")
PROOFS = [claim.proof for group in CLAIMS for claim in group.claims]
BOASTS = ("certified", "hipaa", "guarantee", "100%", "completely", "bank", "military")


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def is_there(proof: str) -> bool:
    path, _, name = proof.partition("::")
    return (
        (ROOT / path).is_file() and name.startswith("test_") and name in functions_in(ROOT / path)
    )


@pytest.mark.parametrize("proof", PROOFS + ([READING_GRADE.proof] if READING_GRADE else []))
def test_each_claim_names_a_test_that_is_there(proof: str) -> None:
    assert is_there(proof)


@pytest.mark.parametrize("proof", ["tests/none.py::test_x", "tests/portal/test_help.py::test_none", "tests/portal/test_help.py"])  # fmt: skip
def test_a_planted_claim_without_its_test_is_found(proof: str) -> None:
    assert not is_there(proof)


def test_no_claim_is_from_the_future_or_older_than_the_proofs() -> None:
    noted = (ROOT / "docs/reference/proofs.md").read_text(encoding="utf-8")
    for group in CLAIMS:
        for claim in group.claims:
            assert claim.tested_on <= timezone.now().date()
            assert claim.tested_on.isoformat() in noted


def test_what_was_not_measured_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "READING_GRADE", None)
    assert reading_line() == ""
    measured = Measure("5.1", "tests/x.py::test_x", date(2026, 11, 21))
    monkeypatch.setattr(claims, "READING_GRADE", measured)
    assert "5.1" in reading_line()
    assert "November 21, 2026" in reading_line()


def test_the_page_boasts_of_nothing_and_says_what_nobody_checked(
    cast: Cast, client: WebClient
) -> None:
    page = Outline(client.get("/security-and-standards/"))
    assert not [word for word in BOASTS if word in page.text.lower()]
    assert "No outside group has checked them" in page.text
    assert "not yet been reviewed by a qualified translator" in page.text
    assert "Tested by us on" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_it_is_read_signed_out_with_the_practice_of_the_host(
    client: WebClient, path: str, settings
) -> None:
    settings.ALLOWED_HOSTS = [".example.org"]
    make_practice(hosts=("lakeside.example.org",))
    make_practice("hillside", "classic", hosts=("hillside.example.org",))
    for host, name in (("lakeside.example.org", "Lakeside"), ("hillside.example.org", "Hillside")):
        page = Outline(client.get(path, headers={"host": host}))
        assert len(page.headings) == 1
        assert f"{name} Cancer Associates" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_without_a_practice_it_is_read_too(client: WebClient, path: str) -> None:
    page = Outline(client.get(path))
    assert len(page.headings) == 1
    assert "{phone}" not in page.text
    assert "call us." in page.text or path != "/help/"


def test_a_reader_of_one_practice_gets_its_words_and_of_two_neithers(
    cast: Cast, client: WebClient
) -> None:
    sign_in(client, cast.ruth)
    page = Outline(client.get("/help/"))
    assert "there is no app for carespace" in page.text.lower()
    assert "(555) 010-0142" in page.text
    other = make_patient(cast.other_practice, "Adler", "Ruth", mrn="O-1", born="1951-03-04")
    let_see(cast.ruth, other, "family")
    page = Outline(client.get("/help/"))
    assert "Call the office of your practice" in page.text
    assert "(555) 010-0142" not in page.text


def test_every_page_leads_there(cast: Cast, client: WebClient) -> None:
    for path in ("/sign-in/", "/terms/"):
        assert set(PAGES) <= set(Outline(client.get(path)).links), path
    sign_in(client, cast.ruth)
    for path in (f"/p/{cast.ruths_record.pk}/", "/settings/", "/people/"):
        assert set(PAGES) <= set(Outline(client.get(path)).links), path
    assert "/help/" in Outline(client.get("/no-such-page/")).links


def test_the_steps_are_those_the_practice_asks() -> None:
    told = {
        name: " ".join(registration_steps(Practice(preset=name, phone="1"))) for name in PRESETS
    }
    assert "date of birth" not in told["echo"]
    assert "terms of service" not in told["echo"]
    assert "confirm your date of birth. Agree to the terms of service" in told["highlands"]
    assert "and your date of birth" in told["classic"]
    assert all("within 4 days" in text and "spam folder" in text for text in told.values())
    short = Practice(preset="echo", overrides={"invite_ttl_hours": 30})
    assert "within 30 hours" in " ".join(registration_steps(short))


def test_a_practice_has_its_own_questions_in_both_languages() -> None:
    own = {"question": "Where do I park?", "answer": "Call {phone}.", "question_es": "¿Dónde estaciono?", "answer_es": "Llame al {phone}."}  # fmt: skip
    practice = Practice(preset="echo", phone="555", overrides={"help_questions": [own]})
    assert answers(practice)[0] == ("Where do I park?", "Call 555.")
    with translation.override("es"):
        assert answers(practice)[0] == ("¿Dónde estaciono?", "Llame al 555.")
    only_english = {"question": "Park?", "answer": "Behind."}
    practice = Practice(preset="echo", phone="555", overrides={"help_questions": [only_english]})
    with translation.override("es"):
        assert answers(practice)[0] == ("Park?", "Behind.")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_ready_question_and_link_is_whole_in_both_languages(preset: str) -> None:
    settings = PRESETS[preset]
    for each in settings.help_questions:
        assert all((each.question, each.answer, each.question_es, each.answer_es))
        assert ("{phone}" in each.answer) == ("{phone}" in each.answer_es)
        assert each.answer == each.answer.strip()
    assert all(link.about_es for link in settings.resource_links)
    asked = [each.question for each in settings.help_questions]
    assert len(asked) == len(set(asked))


def test_resources_speak_the_readers_language(cast: Cast, client: WebClient) -> None:
    own = {"name": "Rides", "url": "https://rides.example.org/", "about": "We drive you.", "about_es": "Le llevamos."}  # fmt: skip
    cast.practice.overrides = {"resource_links": [own]}
    cast.practice.save()
    sign_in(client, cast.ruth)
    address = f"/p/{cast.ruths_record.pk}/resources/"
    assert "We drive you." in Outline(client.get(address)).text
    User.objects.filter(pk=cast.ruth.pk).update(language="es")
    client.cookies["carespace-language"] = "es"
    page = Outline(client.get(address))
    assert "Le llevamos." in page.text
    assert "We drive you." not in page.text
