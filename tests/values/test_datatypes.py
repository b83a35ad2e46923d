"""FHIR's datatypes read alike from bytes and from parsed JSON."""

from decimal import Decimal

import msgspec
import pytest

from carespace.values import (
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    HumanName,
    Identifier,
    Period,
    Quantity,
    Reference,
    ReferenceRange,
    dump_json,
    parse_json,
)

EXAMPLES = [
    (
        b'{"value":1.20,"comparator":"<","unit":"g/dL","system":"u","code":"g/dL"}',
        Quantity(value=Decimal("1.20"), comparator="<", unit="g/dL", system="u", code="g/dL"),
    ),
    (b'{"value":7}', Quantity(value=Decimal(7))),
    (b'{"start":"1980","end":"1981-02"}', Period(start="1980", end="1981-02")),
    (
        b'{"reference":"Patient/1","type":"Patient","identifier":{"value":"9"},"display":"A"}',
        Reference(
            reference="Patient/1", type="Patient", identifier=Identifier(value="9"), display="A"
        ),
    ),
    (
        b'{"use":"usual","type":{"coding":[{"code":"MR"}]},"system":"s","value":"9"}',
        Identifier(
            use="usual", type=CodeableConcept(coding=(Coding(code="MR"),)), system="s", value="9"
        ),
    ),
    (
        b'{"contentType":"text/plain","data":"YQ==","size":1,"creation":"2020"}',
        Attachment(content_type="text/plain", data="YQ==", size=1, creation="2020"),
    ),
    (
        b'{"text":"ok","authorString":"Lab","time":"2020"}',
        Annotation(text="ok", author_string="Lab", time="2020"),
    ),
    (
        b'{"low":{"value":1.0},"high":{"value":2.50},"appliesTo":[{"text":"women"}]}',
        ReferenceRange(
            low=Quantity(value=Decimal("1.0")),
            high=Quantity(value=Decimal("2.50")),
            applies_to=(CodeableConcept(text="women"),),
        ),
    ),
    (b"{}", HumanName()),
]


@pytest.mark.parametrize(("written", "value"), EXAMPLES)
def test_bytes_and_parsed_json_give_the_same_value(written: bytes, value: object) -> None:
    kind = type(value)
    assert msgspec.json.decode(written, type=kind) == value
    assert msgspec.convert(parse_json(written), kind) == value
    assert parse_json(dump_json(value)) == parse_json(written)


@pytest.mark.parametrize(("written", "value"), EXAMPLES)
def test_elements_that_are_not_known_are_passed_over(written: bytes, value: object) -> None:
    parsed = parse_json(written) | {"extension": [{"url": "x"}], "_text": {"id": "1"}}
    assert msgspec.convert(parsed, type(value)) == value


def test_a_quantity_keeps_its_printed_digits() -> None:
    read = msgspec.json.decode(b'{"value":1.20}', type=Quantity)
    assert str(read.value) == "1.20"
    assert dump_json(read) == b'{"value":1.20}'


def test_nothing_can_be_changed() -> None:
    coding = Coding(code="718-7")
    with pytest.raises(AttributeError):
        coding.code = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("concept", "label"),
    [
        (CodeableConcept(text="Hemoglobin", coding=(Coding(display="Hgb"),)), "Hemoglobin"),
        (CodeableConcept(coding=(Coding(code="1"), Coding(display="Hgb"))), "Hgb"),
        (CodeableConcept(coding=(Coding(code="1"),)), None),
        (CodeableConcept(text=""), None),
    ],
)
def test_a_concept_is_called_by_its_text_else_by_its_first_display(
    concept: CodeableConcept, label: str | None
) -> None:
    assert concept.label() == label


def test_a_concept_gives_its_code_in_one_system() -> None:
    concept = CodeableConcept(
        coding=(Coding(system="a"), Coding(system="b", code="2"), Coding(system="a", code="1"))
    )
    assert concept.code_in("a") == "1"
    assert concept.code_in("c") is None


@pytest.mark.parametrize(
    ("name", "full"),
    [
        (HumanName(text="Dr. Ada Lovelace", family="Byron"), "Dr. Ada Lovelace"),
        (
            HumanName(prefix=("Dr.",), given=("Ada", "K."), family="Lovelace", suffix=("MD",)),
            "Dr. Ada K. Lovelace MD",
        ),
        (HumanName(given=("Cher",)), "Cher"),
        (HumanName(), ""),
    ],
)
def test_a_name_is_written_in_full(name: HumanName, full: str) -> None:
    assert name.full() == full
