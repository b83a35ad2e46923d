"""References are rewritten in the text exactly as they would be in the value."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carespace.interop.fhir.references import rewritten, rewritten_text
from carespace.values import dump_json, parse_json

HARD = 'a "reference":"Patient/1" {"reference":"Patient/2"},"reference":"Patient/3'
VALUES = [
    {"subject": {"reference": "Patient/1"}, "note": [{"text": HARD}, {"text": "{"}, {"text": ","}]},
    {"a": {"reference": HARD, "display": "Patient/1"}, "reference": "", "b": {"reference": "\\"}},
    {"a": [{"reference": 'x\\"'}, {"reference": ["Patient/1"]}, {"reference": {"reference": "é"}}]},
    {'a,"reference': "Patient/1", 'reference":"': "b", "preference": "Patient/1"},
    {"url": "Binary/1", "x": {"url": "urn:uuid:1"}, "y": {"url": "http://a.example/b"}},
    {"url": 'http://a.example/Binary/"1"', "valueUrl": "Binary/1", "text": '"url":"Binary/1"'},
    {"value": Decimal("1.20"), "text": "no reference at all"},
    {"reference": "line\nbreak\tand \u0001", "extension": [{"url": "urn:x", "valueCode": "c"}]},
]

# Pieces of text that look like the start or the end of what is rewritten, written in every way a source may.
PIECES = st.sampled_from(
    ['"reference":"', '"url":"', '{"reference":"Patient/1"}', "Binary/", "urn:", "Patient/1"]
) | st.sampled_from(
    ['"', "\\", '\\"', "\\u0022", "{", ",", "}", "é", "\u2028", "\U0001f600", "\n", "\x01"]
)
TEXTS = (
    st.lists(PIECES | st.text(max_size=4), max_size=6)
    .map("".join)
    .filter(
        lambda text: "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
    )
)
NAMES = st.sampled_from(["reference", "url", "display"]) | TEXTS
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(
        TEXTS | st.none() | st.booleans() | st.integers(-9, 9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
        max_leaves=25,
    ),
    max_size=5,
)


def shouted(text: str) -> str:
    return f'"{text}"\\'


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("change", [shouted, str])
def test_text_and_value_are_rewritten_alike(value, change):
    text = rewritten_text(dump_json(value), change)
    assert text == dump_json(rewritten(value, change))
    assert parse_json(text) == rewritten(value, change)


def test_what_is_known_is_not_asked_again():
    asked = []

    def change(text: str) -> str:
        asked.append(text)
        return f"Patient/{len(asked)}"

    known: dict[bytes, bytes] = {}
    data = dump_json({"subject": {"reference": "Patient/a"}})
    texts = {rewritten_text(data, change, known) for _ in range(3)}
    assert (texts, asked) == ({b'{"subject":{"reference":"Patient/1"}}'}, ["Patient/a"])


@given(value=DOCUMENTS, escaped=st.booleans())
@example(value={"text": '{"reference":"', "a": [{"reference": '\\","reference":"'}]}, escaped=True)
@pytest.mark.parametrize("change", [shouted, str])
def test_any_document_is_rewritten_in_its_text_as_in_its_tree(change, value, escaped):
    source = json.dumps(value, ensure_ascii=escaped)
    if escaped:
        source = re.sub(r"\\.", lambda mark: "\\u0022" if mark[0] == '\\"' else mark[0], source)
    read = parse_json(source.encode())
    assert read == value
    text = rewritten_text(dump_json(read), change)
    assert parse_json(text) == rewritten(read, change)
    assert text == dump_json(rewritten(read, change))
