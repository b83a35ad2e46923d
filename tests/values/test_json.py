"""JSON keeps what was printed, and refuses what no record could give back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carespace.values import Coding, JsonRefused, dump_json, parse_json

PRINTED_NUMBERS = st.from_regex(
    r"-?(?:0|[1-9][0-9]{0,30})\.[0-9]{1,5}|-?[1-9](?:\.[0-9]{1,5})?E\+[1-9][0-9]?", fullmatch=True
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
    | PRINTED_NUMBERS.map(Decimal),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
            below,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("printed", ["1.20", "0.0", "-0.00", "100.000000000000000001", "12", "0"])
def test_a_number_leaves_as_it_came(printed: str) -> None:
    assert dump_json(parse_json(printed)) == printed.encode()


@given(PRINTED_NUMBERS)
def test_any_number_keeps_its_value_and_precision(printed: str) -> None:
    again = parse_json(dump_json(parse_json(printed)))
    assert Decimal(again).as_tuple() == Decimal(printed).as_tuple()


@given(st.from_regex(r"-?(?:0|[1-9][0-9]{0,30})\.[0-9]{1,5}", fullmatch=True))
def test_any_number_with_up_to_five_places_keeps_its_digits(printed: str) -> None:
    assert dump_json(parse_json(f"[{printed}]")) == f"[{printed}]".encode()


@given(st.integers(min_value=-(10**400), max_value=10**400))
def test_whole_numbers_of_any_length_stay_exact(number: int) -> None:
    read = parse_json(str(number))
    assert type(read) is int
    assert read == number
    assert dump_json(read) == str(number).encode()


@given(JSON_VALUES)
def test_every_value_comes_back(value: object) -> None:
    assert parse_json(dump_json(value)) == value
    assert parse_json(dump_json(value, canonical=True).decode()) == value


def test_numbers_with_a_point_or_exponent_are_decimals() -> None:
    assert parse_json("[1.5, 2e3, 7]") == [Decimal("1.5"), Decimal("2E+3"), 7]
    assert [type(each) for each in parse_json("[1.5, 2e3, 7]")] == [Decimal, Decimal, int]


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    one = dump_json({"b": {"y": 1, "x": 2}, "a": []}, canonical=True)
    other = dump_json({"a": [], "b": {"x": 2, "y": 1}}, canonical=True)
    assert one == other == b'{"a":[],"b":{"x":2,"y":1}}'


def test_a_datatype_leaves_out_what_it_does_not_hold() -> None:
    assert dump_json(Coding(code="718-7")) == b'{"code":"718-7"}'


def test_a_byte_order_mark_is_dropped() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert parse_json('\ufeff{"a":1}') == {"a": 1}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "ends in the middle"),
        (b'{"a":1,}', "near byte 7"),
        (b"{} {}", "near byte"),
        (b"hello", "byte 0"),
        (b"NaN", "NaN and Infinity"),
        (b"[-Infinity]", "NaN and Infinity"),
        (b"[Infinity]", "NaN and Infinity"),
        (b'"\xff"', "UTF-8"),
        (b'{"\xed\xa0\x80":1}', "UTF-8"),
        ('{"a":1}'.encode("utf-16"), "UTF-8"),
        (b'"a\\u0000b"', "null character"),
        (b'{"a\\u0000":1}', "null character"),
        (b'"\\\\\\u0000"', "null character"),
        (b'"\x00"', "byte 1"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\ud83d":1}', "surrogate"),
        (b'"\\udc00"', "surrogate"),
        ('"\ud800"', "surrogate"),
        (b"1e1001", "exponent"),
        (b"[1e-1001]", "exponent"),
        (b"1e99999999999999999999999", "exponent"),
        (b"0." + b"1" * 1001, "longer than 1000 digits"),
        (b"[" + b"1" * 4301 + b"]", "4300 digits"),
        (b"[" * 101 + b"]" * 101, "100 levels"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "100 levels"),
        (b"[" * 100_000, "100 levels"),
        (b'{"status":"final","status":"amended"}', "same key twice"),
        (b'[{"a": {"b" : 1, "c": ": ", "b": 1}}]', "same key twice"),
        (b'{"a":1,"\\u0061":2}', "same key twice"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(document: bytes | str, reason: str) -> None:
    with pytest.raises(JsonRefused, match=reason):
        parse_json(document)


@pytest.mark.parametrize(
    "document",
    [
        b"[" * 100 + b"]" * 100,
        b'"\\\\u0000"',
        b'"\\ud83d\\ude00"',
        b'{"a": ": \\": ", "b\\"" : {"a": 1}}',
        b"1e1000",
        b"0." + b"1" * 1000,
    ],
)
def test_what_only_looks_like_it_is_kept(document: bytes) -> None:
    assert parse_json(dump_json(parse_json(document))) == parse_json(document)


@pytest.mark.parametrize("printed", ["1e-1000", "1.5e1000", f"1.{'2' * 999}e-1000", "0e-1000"])
def test_a_number_that_was_taken_can_be_read_as_jsonb_writes_it(printed: str) -> None:
    number = parse_json(printed)
    in_full = f"{number:f}"
    assert Decimal(parse_json(in_full)) == number


def test_a_reason_quotes_nothing_of_the_data() -> None:
    for document in (b'{"name": "Amina" "x"}', b'{"Amina": 1, "Amina": 2}', b'"Amina'):
        with pytest.raises(JsonRefused) as refused:
            parse_json(document)
        assert "Amina" not in str(refused.value)


@pytest.mark.parametrize("value", [Decimal("NaN"), {"a": [Decimal("-Infinity"), "x"]}])
def test_what_is_no_number_is_not_written(value: object) -> None:
    with pytest.raises(JsonRefused, match="not numbers"):
        dump_json(value)


def test_the_word_nan_may_be_written() -> None:
    assert dump_json({"text": "NaN, Infinity"}) == b'{"text":"NaN, Infinity"}'


def test_half_of_a_surrogate_pair_is_not_written() -> None:
    with pytest.raises(JsonRefused, match="surrogate"):
        dump_json("\ud800")
