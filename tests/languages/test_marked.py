"""No text of a page stands outside a translation: each template is walked, and each attribute people read or hear."""

import re
from pathlib import Path

import pytest

from tests.guard.tree import ROOT

ROOMS = ("portal", "ui", "accounts", "access", "practices", "outbox", "demo")
READ_ALOUD = ("aria-label", "placeholder", "title", "alt")
# Of what scripts say; other data attributes hold addresses and names.
SAID_BY_SCRIPTS = ("data-copied", "data-failed", "data-shown", "data-hidden", "data-met",
                   "data-done", "data-needed", "data-cannot", "data-follow")  # fmt: skip
NAMES = {"CareSpace"}
NOT_READ = {
    "ui_gallery.html": "components with made-up content, never in production",
    "document_content.html": "a frame around a paper of the record, in the record's language",
    "try.html": "the operator's test mail",
    "try.txt": "the operator's test mail",
}
# Templates whose owners have not marked them yet; empty when all is done.
NOT_YET: set[str] = set()

_MARKED = re.compile(
    r"{%\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}|{#.*?#}|<(script|style)\b.*?</\2>",
    re.DOTALL,
)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_ELEMENT = re.compile(r"<[^>]*>", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
# A word in small letters is a class or a code, not a text.
_LITERAL = re.compile(r"(?:(?<==)|(?<=default:))\"[A-Z][^\"]*[a-z][^\"]*\"")


def templates() -> list[Path]:
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / "carespace" / room).glob("templates/**/*.*")
        if path.name not in NOT_READ
    )


def unmarked(source: str) -> list[str]:
    """Each text of a template that no translation is asked for."""
    plain = _MARKED.sub(" ", source)
    found = [
        hit
        for tag in re.findall(r"{%\s*(?:include|with)\b.*?%}|{{.*?}}", plain)
        for hit in _LITERAL.findall(tag)
        if is_text(hit)
    ]
    bare = _TAG.sub("\N{REPLACEMENT CHARACTER}", plain)
    for name in (*READ_ALOUD, *SAID_BY_SCRIPTS):
        found += [text for text in re.findall(rf"\s{name}=\"([^\"]*)\"", bare) if is_text(text)]
    found += [text for text in _ELEMENT.split(bare) if is_text(text)]
    return [" ".join(each.split()) for each in found]


def is_text(text: str) -> bool:
    return bool(set(_WORD.findall(re.sub(r"&\w+;", " ", text))) - NAMES)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_a_template_is_marked(path: Path) -> None:
    place = path.relative_to(ROOT / "carespace").as_posix()
    if place in NOT_YET:
        assert unmarked(path.read_text(encoding="utf-8")), (
            f"{place} is marked: take it off the list"
        )
        return
    assert unmarked(path.read_text(encoding="utf-8")) == []


def test_no_template_waits_to_be_marked() -> None:
    assert not NOT_YET


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Hello there</p>",
        "<p>{{ name }}, born {{ date }}</p>",
        "{% if x %}Month{% endif %}",
        '<nav aria-label="Main">',
        '<svg><title>Your results</title></svg>',
        '<input placeholder="Type here">',
        '{% include "x.html" with label="Back to Home" only %}',
        '{{ label|default:"Pages" }}',
        '<span data-copied="Copied"></span>',
        "{% blocktranslate %}One{% endblocktranslate %} two",
        "Dear {{ name }}",
    ],
)  # fmt: skip
def test_a_planted_text_is_found(planted: str) -> None:
    assert unmarked(planted)


@pytest.mark.parametrize(
    "fine",
    [
        '<p>{% translate "Hello" %}</p>',
        "{% blocktranslate trimmed with a=b %}\n Hello {{ a }}\n{% endblocktranslate %}",
        '<nav aria-label="{% translate "Main" %}">',
        '{% include "x.html" with label=_("Back to Home") url=home_url kind="info" only %}',
        "<b>CareSpace</b> &middot; {{ name }}",
        "{# A word to who reads the source #}<p class='soft'>{{ words }}</p>",
    ],
)
def test_a_marked_text_is_not(fine: str) -> None:
    assert unmarked(fine) == []
