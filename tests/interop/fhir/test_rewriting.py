"""References are rewritten in the text exactly as they would be in the value."""

from decimal import Decimal

import pytest

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
