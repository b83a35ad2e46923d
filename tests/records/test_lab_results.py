"""What a stored Observation says to its patient: digits, ranges, flags, dates, withdrawals."""

from typing import Any
from uuid import uuid4

import pytest

from carespace.records.readings.labs import LabResult, lab_result
from carespace.records.readings.units import pretty_unit
from carespace.values import dump_json, parse_json
from tests.records.shelf import lab

V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def read(json: dict[str, Any]) -> LabResult:
    found = lab_result(uuid4(), "topic", dump_json(json).decode())
    assert found is not None
    return found


def quantity(text: str, unit: str = "g/dL", **more: Any) -> dict[str, Any]:
    return {"value": parse_json(text), "unit": unit, **more}


def between(low: str | None, high: str | None, unit: str = "g/dL", **more: Any) -> dict[str, Any]:
    ends = {"low": low, "high": high}
    return {k: quantity(v, unit) for k, v in ends.items() if v is not None} | more


def interpreted(code: str) -> list[dict[str, Any]]:
    return [{"coding": [{"system": V3, "code": code}]}]


@pytest.mark.parametrize(
    ("json", "value", "unit"),
    [
        ({"value": quantity("1.20")}, "1.20", "g/dL"),
        ({"value": quantity("0.0000001")}, "0.0000001", "g/dL"),
        ({"value": quantity("5", comparator="<")}, "<5", "g/dL"),
        ({"value": quantity("5", comparator=">=")}, "≥5", "g/dL"),
        ({"value": quantity("3.1", "10*3/uL")}, "3.1", "10³/µL"),
        ({"value": "  Not detected "}, "Not detected", ""),
        ({"value": "", "valueCodeableConcept": {"text": "A Rh positive"}}, "A Rh positive", ""),
        ({"value": "", "valueBoolean": False}, "No", ""),
        ({"value": "", "valueInteger": 0}, "0", ""),
        (
            {"value": "", "dataAbsentReason": {"text": "Sample clotted"}},
            "No result: Sample clotted",
            "",
        ),
        (
            {"value": "", "valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}},
            "1:128",
            "",
        ),
        (
            {"value": "", "valueRange": {"low": quantity("5"), "high": quantity("10")}},
            "5–10 g/dL",
            "",
        ),
    ],
)
def test_a_value_is_printed_as_it_came(json: dict[str, Any], value: str, unit: str) -> None:
    made = lab("718-7", **json)
    if made.get("valueString") == "":
        del made["valueString"]
    found = read(made)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("value", "more", "usual", "flag"),
    [
        (quantity("12.4"), {"referenceRange": [between("12.0", "16.0")]}, "12.0–16.0", "in"),
        (quantity("12.0"), {"referenceRange": [between("12.0", "16.0")]}, "12.0–16.0", "in"),
        (quantity("11.9"), {"referenceRange": [between("12.0", "16.0")]}, "12.0–16.0", "low"),
        (quantity("38.0"), {"referenceRange": [between(None, "31.3")]}, "under 31.3", "high"),
        (quantity("4"), {"referenceRange": [between("5", None)]}, "over 5", "low"),
        (quantity("4"), {"referenceRange": [{"text": "Negative"}]}, "Negative", None),
        (quantity("4"), {}, "", None),
        # The laboratory's own word wins over the arithmetic.
        (quantity("12.4"), {"referenceRange": [between("12", "16")], "interpretation": interpreted("H")}, "12–16", "high"),
        (quantity("12.4"), {"interpretation": interpreted("A")}, "", "outside"),
        (quantity("12.4"), {"interpretation": [*interpreted("A"), *interpreted("LL")]}, "", "low"),
        (quantity("12.4"), {"interpretation": [*interpreted("N"), *interpreted("H")]}, "", None),
        # A word we do not know is never turned into "in range".
        (quantity("12.4"), {"referenceRange": [between("12", "16")], "interpretation": [{"text": "See comment"}]}, "12–16", None),
        (quantity("18"), {"referenceRange": [between("12", "16")], "interpretation": [{"text": "See comment"}]}, "12–16", "high"),
        # Comparators are judged only where every value they may stand for is judged alike.
        (quantity("5", comparator="<"), {"referenceRange": [between("6", "9")]}, "6–9", "low"),
        (quantity("5", comparator="<"), {"referenceRange": [between("4", "9")]}, "4–9", None),
        (quantity("5", comparator="<"), {"referenceRange": [between(None, "5")]}, "under 5", "in"),
        (quantity("60", comparator=">"), {"referenceRange": [between("60", None)]}, "over 60", "in"),
        (quantity("60", comparator=">"), {"referenceRange": [between("40", "90")]}, "40–90", None),
        (quantity("90", comparator=">="), {"referenceRange": [between("40", "90")]}, "40–90", None),
        (quantity("90", comparator=">"), {"referenceRange": [between("40", "90")]}, "40–90", "high"),
        # Never across units; several ranges, or one for some people, are only said.
        (quantity("124", "g/L"), {"referenceRange": [between("12", "16")]}, "12–16 g/dL", None),
        (
            quantity("12.4"),
            {"referenceRange": [between("12", "16", appliesTo=[{"text": "Women"}]), between("13", "17", appliesTo=[{"text": "Men"}])]},
            "Women: 12–16; Men: 13–17",
            None,
        ),
        (
            quantity("12.4"),
            {"referenceRange": [between("12", "16", appliesTo=[{"text": "Women"}])]},
            "Women: 12–16",
            None,
        ),
    ],
)  # fmt: skip
def test_a_flag_is_said_only_where_it_is_certain(
    value: dict[str, Any], more: dict[str, Any], usual: str, flag: str | None
) -> None:
    found = read(lab("718-7", value, **more))
    assert (found.usual, found.flag) == (usual, flag)


def test_a_bound_without_a_unit_is_meant_in_the_values_unit() -> None:
    usual = [{"low": {"value": 12}, "high": {"value": 16}}]
    found = read(lab("718-7", quantity("11"), referenceRange=usual))
    assert (found.usual, found.flag) == ("12–16", "low")


def test_a_withdrawn_result_says_so_and_not_its_value() -> None:
    found = read(
        lab(
            "718-7",
            quantity("99"),
            status="entered-in-error",
            referenceRange=[between("12", "16")],
            note=[{"text": "value 99 belonged to another person"}],
        )
    )
    assert found.status_word == "Withdrawn: entered in error"
    assert (found.value, found.flag, found.usual, found.comments) == ("", None, "", ())


@pytest.mark.parametrize(
    ("status", "word"),
    [("final", ""), ("preliminary", "First result, may still change"), ("corrected", "Corrected"), ("amended", "Corrected"), ("cancelled", "Cancelled")],
)  # fmt: skip
def test_a_status_becomes_a_word(status: str, word: str) -> None:
    assert read(lab("718-7", status=status)).status_word == word


@pytest.mark.parametrize("when", ["1980", "1980-03", "1980-03-04", "1980-03-04T09:00:00-05:00"])
def test_a_date_stays_as_precise_as_it_came(when: str) -> None:
    taken = read(lab("718-7", when=when)).taken
    assert taken is not None
    assert taken.text == when


def test_a_result_without_any_date_has_none() -> None:
    assert read(lab("718-7", when=None)).taken is None


def test_names_come_from_text_then_display_and_never_are_empty() -> None:
    coding = [
        {
            "system": "http://loinc.org",
            "code": "718-7",
            "display": "Hemoglobin [Mass/volume] in Blood",
        }
    ]
    named = read({**lab("718-7"), "code": {"text": "Hemoglobin", "coding": coding}})
    assert (named.test, named.also) == ("Hemoglobin", "Hemoglobin [Mass/volume] in Blood")
    assert read({**lab("718-7"), "code": {"coding": coding}}).test == coding[0]["display"]
    assert read({**lab("718-7"), "code": {}}).test == "Test without a name"


def test_the_parts_of_a_result_are_all_there() -> None:
    parts = [
        {"code": {"text": "Systolic"}, "valueQuantity": quantity("128", "mm[Hg]")},
        {"code": {"text": "Diastolic"}, "valueQuantity": quantity("80", "mm[Hg]")},
        {"code": {"text": "Empty"}},
    ]
    made = lab("85354-9", component=parts)
    del made["valueString"]
    found = read(made)
    assert [(part.name, part.value, part.unit) for part in found.parts] == [
        ("Systolic", "128", "mmHg"),
        ("Diastolic", "80", "mmHg"),
    ]


def test_what_is_not_shaped_like_a_result_reads_as_none() -> None:
    assert lab_result(uuid4(), "topic", '{"code": {"text": 5}}') is None


@pytest.mark.parametrize(
    ("unit", "pretty"),
    [
        ("10*3/uL", "10³/µL"),
        ("10*9/L", "10⁹/L"),
        ("x10E3/uL", "10³/µL"),
        ("K/uL", "K/µL"),
        ("umol/L", "µmol/L"),
        ("units/L", "units/L"),
        ("mm[Hg]", "mmHg"),
        ("{score}", ""),
        ("1", ""),
        ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
        ("%", "%"),
    ],
)
def test_units_are_written_as_people_write_them(unit: str, pretty: str) -> None:
    assert pretty_unit(unit) == pretty
