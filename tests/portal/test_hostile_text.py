"""Whatever a feed writes as a name, a note or a display text is shown as text and nothing more."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils.html import escape

from tests.conftest import Answer
from tests.people import Cast
from tests.portal.conftest import Outline
from tests.records.shelf import lab, paper, put, visit

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
NAUGHTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7|add:7 }}{% debug %}",
    "</title><h1>Taken over</h1>",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "\u202eevil\u2066",
    "\uff2e\uff35\uff2c\uff2c",
    "0" * 300,
    "Robert'); DROP TABLE patients;--",
)
SHARED = (
    Path(__file__).parents[2].parent / "shared/data/hostile/naughty-strings/naughty-strings.json"
)
PAGES = ["home", "health", "labs", "documents", "appointments"]


def fill_with(cast: Cast, text: str) -> object:
    """Write ``text`` wherever a feed may write words; return the id of the result."""
    patient = cast.ruths_record
    patient.display_name = text[:400]
    patient.save()
    named = {"display": text}
    paper(cast.practice, patient, text.encode(), "text/plain", title=text, author=[named])
    put(
        cast.practice,
        patient,
        visit("2099-01-01T09:00:00Z", serviceType=[{"text": text}], patientInstruction=text, participant=[{"actor": named}]),
    )  # fmt: skip
    result = lab(
        "1", text, performer=[named], note=[{"text": text}], referenceRange=[{"text": text}]
    )
    result["code"] = {"text": text, "coding": [{"code": "1", "display": f"also {text}"}]}
    return put(cast.practice, patient, result)


def shown(ruths: Ask, result: object) -> list[Answer]:
    return [*(ruths(f"portal:{name}") for name in PAGES), ruths("portal:lab", result)]


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_is_shown_as_text(cast: Cast, ruths: Ask, text: str) -> None:
    result = fill_with(cast, text)
    for response in shown(ruths, result):
        page = Outline(response)
        assert response.status_code == 200
        assert len(page.headings) == 1
        assert "img" not in page.tags
        assert b"alert(1)</script>" not in response.content
        assert not re.search(rb"<[^>]*\son(error|mouseover)=", response.content)
    assert escape(text.strip()) in shown(ruths, result)[-1].content.decode()


def test_every_naughty_string_of_the_collection_is_shown_as_text(cast: Cast, ruths: Ask) -> None:
    if not SHARED.exists():
        pytest.skip(f"the collection of naughty strings is not there: {SHARED.name}")
    strings = [
        each for each in json.loads(SHARED.read_text()) if "\x00" not in each and each.strip()
    ]
    for number, text in enumerate(strings):
        result = lab(f"{number}-9", text, note=[{"text": text}])
        result["code"]["text"] = text
        put(cast.practice, cast.ruths_record, result)
    tags = Outline(ruths("portal:labs")).tags
    plain = lab("plain", "12.4", note=[{"text": "words"}])
    fresh = {"html", "head", "meta", "title", "link", "script", "body", "a", "header", "div", "b"}
    assert put(cast.practice, cast.ruths_record, plain)
    allowed = fresh | {
        "span", "svg", "path", "circle", "nav", "details", "summary", "ul", "li", "form", "input",
        "button", "p", "main", "h1", "h2", "section", "table", "caption", "thead", "tbody", "tr", "th",
        "td", "footer", "br", "dialog", "label",
    }  # fmt: skip
    assert tags - allowed == set()
    assert Outline(ruths("portal:labs")).headings == ["Labs"]
