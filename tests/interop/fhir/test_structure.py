"""What is structurally R4, and in which words we say that something is not."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carespace.interop.fhir.structure import Problem, modifier_problems, problems

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "hgb-1",
    "meta": {"lastUpdated": "2024-02-29T10:00:00.000-05:00", "profile": ["http://x/p|1"]},
    "text": {"status": "generated", "div": "<div>x</div>"},
    "contained": [{"resourceType": "Practitioner", "id": "p", "name": [{"family": "Ito"}]}],
    "extension": [
        {"url": "http://x/e", "valueCode": "a"},
        {
            "url": "http://x/f",
            "_valueCode": {"extension": [{"url": "http://x/g", "valueBoolean": False}]},
        },
    ],
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Hemoglobin"},
    "subject": {"reference": "Patient/1"},
    "effectiveDateTime": "2024-02-29",
    "valueQuantity": {"value": Decimal("11.20"), "unit": "g/dL"},
    "referenceRange": [{"low": {"value": 12}, "text": "12 to 16"}],
    "component": [{"code": {"text": "x"}, "valueInteger": 3}],
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "name": [
        {"given": ["Ada", None], "_given": [None, {"extension": [{"url": "u", "valueId": "a"}]}]}
    ],
    "birthDate": "1980-03",
    "_birthDate": {"extension": [{"url": "u", "valueDateTime": "1980-03-04T10:00:00Z"}]},
    "multipleBirthInteger": 2,
    "photo": [{"data": "aGVs\r\nbG8=", "size": 5}],
    "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
}


def changed(resource: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy with the value at a path like "name.0.given"; removed where it is Ellipsis."""
    result = copy.deepcopy(resource)
    place: Any = result
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result


@pytest.mark.parametrize("resource", [OBSERVATION, PATIENT, {"resourceType": "Patient"}])
def test_a_good_resource_has_no_problems(resource: dict[str, Any]) -> None:
    assert problems(resource) == []


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        ("status", ..., "Observation.status", "missing"),
        ("code", ..., "Observation.code", "missing"),
        ("status", "done", "Observation.status", "code"),
        ("status", ["final"], "Observation.status", "code"),
        ("status", None, "Observation.status", "code"),
        ("related", [], "Observation.related", "unknown"),
        ("code.wrong", "x", "Observation.code.wrong", "unknown"),
        ("code", [{"text": "x"}], "Observation.code", "type"),
        ("category", {"text": "x"}, "Observation.category", "list"),
        ("category", [], "Observation.category", "empty"),
        ("category", [{}], "Observation.category[0]", "empty"),
        ("category", [None], "Observation.category[0]", "null"),
        ("subject", {}, "Observation.subject", "empty"),
        ("subject", "Patient/1", "Observation.subject", "type"),
        ("valueString", "x", "Observation.value[x]", "choice"),
        ("_valueString", {"id": "x"}, "Observation.value[x]", "choice"),
        ("valueQuantity.value", "11.20", "Observation.valueQuantity.value", "type"),
        ("valueQuantity.value", True, "Observation.valueQuantity.value", "type"),
        ("valueQuantity.unit", "", "Observation.valueQuantity.unit", "type"),
        (
            "component.0.valueInteger",
            Decimal("3.0"),
            "Observation.component[0].valueInteger",
            "type",
        ),
        ("component.0.valueInteger", 2**31, "Observation.component[0].valueInteger", "type"),
        ("component.0.code", ..., "Observation.component[0].code", "missing"),
        ("effectiveDateTime", "2023-02-29", "Observation.effectiveDateTime", "format"),
        ("effectiveDateTime", "2023-2-9", "Observation.effectiveDateTime", "format"),
        ("effectiveDateTime", "2023-02-09T10:00:00", "Observation.effectiveDateTime", "format"),
        ("effectiveDateTime", 2023, "Observation.effectiveDateTime", "format"),
        ("issued", "2023-02-09", "Observation.issued", "format"),
        ("id", "a/b", "Observation.id", "format"),
        ("id", "a" * 65, "Observation.id", "format"),
        ("id", "a\n", "Observation.id", "format"),
        ("language", "en ", "Observation.language", "format"),
        ("implicitRules", "a b", "Observation.implicitRules", "format"),
        ("extension.0.url", ..., "Observation.extension[0].url", "missing"),
        ("extension.0.valueBoolean", True, "Observation.extension[0].value[x]", "choice"),
        ("text.div", ..., "Observation.text.div", "missing"),
        ("_status", "x", "Observation._status", "type"),
        ("_code", {"id": "x"}, "Observation._code", "unknown"),
        ("contained.0.resourceType", ..., "Observation.contained[0].resourceType", "resourceType"),
        ("contained.0.family", "x", "Observation.contained[0].family", "unknown"),
        ("contained.0", "x", "Observation.contained[0]", "type"),
    ],
)
def test_what_is_not_r4_is_named_with_its_place(
    path: str, value: object, where: str, code: str
) -> None:
    found = problems(changed(OBSERVATION, path, value))
    assert [(each.path, each.code) for each in found] == [(where, code)]


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        ("name.0._given", ..., "Patient.name[0].given[1]", "null"),
        ("name.0._given", [{"id": "x"}, None], "Patient.name[0].given[1]", "null"),
        ("name.0._given", [{"id": "x"}], "Patient.name[0].given[1]", "null"),
        ("active", "true", "Patient.active", "type"),
        ("photo.0.data", "a", "Patient.photo[0].data", "format"),
        ("photo.0.data", "a!==", "Patient.photo[0].data", "format"),
        ("photo.0.size", -1, "Patient.photo[0].size", "type"),
        ("link.0.type", ..., "Patient.link[0].type", "missing"),
        ("animal", {"species": {"text": "x"}}, "Patient.animal", "unknown"),
        ("deceasedBoolean", 0, "Patient.deceasedBoolean", "type"),
    ],
)
def test_a_patient_that_is_not_r4_is_named_with_its_place(
    path: str, value: object, where: str, code: str
) -> None:
    found = problems(changed(PATIENT, path, value))
    assert [(each.path, each.code) for each in found] == [(where, code)]


def test_a_null_deep_inside_is_not_explained_by_a_sibling_above_it() -> None:
    hostile = changed(PATIENT, "contained", [{"resourceType": "Patient", "name": [None]}])
    found = problems({**hostile, "_contained": [{"id": "x"}]})
    assert {each.path for each in found} == {"Patient.contained[0].name[0]", "Patient._contained"}


def test_a_required_element_may_be_an_extension_that_says_why_it_is_absent() -> None:
    without = changed(OBSERVATION, "status", ...)
    reason = {"extension": [{"url": "http://x/data-absent-reason", "valueCode": "unknown"}]}
    assert problems({**without, "_status": reason}) == []
    assert [each.path for each in problems({**without, "_status": {"id": "a"}})] == [
        "Observation.status"
    ]


def test_a_required_choice_must_be_there_in_one_form() -> None:
    statement = {
        "resourceType": "MedicationStatement",
        "status": "stopped",
        "subject": {"reference": "Patient/1"},
    }
    assert [(each.path, each.code) for each in problems(statement)] == [
        ("MedicationStatement.medication[x]", "missing")
    ]
    assert problems({**statement, "medicationCodeableConcept": {"text": "x"}}) == []


def test_entries_of_a_bundle_are_not_looked_into() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Observation"}}],
    }
    assert problems(bundle) == []


@pytest.mark.parametrize("value", [None, 1, "x", [], [OBSERVATION], Decimal("1.0"), True])
def test_what_is_no_object_is_no_resource(value: object) -> None:
    assert [each.code for each in problems(value)] == ["type"]


def test_an_unknown_type_is_named_only_where_it_looks_like_one() -> None:
    assert "BodySite" in problems({"resourceType": "BodySite"})[0].message
    assert "Smith" not in problems({"resourceType": "Ann Smith"})[0].message
    assert problems({"resourceType": ["Patient"]})[0].code == "resourceType"
    assert problems({"id": "1"})[0].message.startswith("resource.resourceType is missing")


def test_the_message_says_what_to_do_and_quotes_no_data() -> None:
    assert problems(changed(OBSERVATION, "status", ...)) == [
        Problem("Observation.status", "missing", "Observation.status is missing; R4 requires it.")
    ]
    wrong = problems(changed(OBSERVATION, "status", "Amina Hassan"))[0].message
    assert "registered, preliminary, final" in wrong
    keyed = problems({"resourceType": "Patient", "Amina Hassan, 4 March": 1})[0]
    for text in (wrong, keyed.message, keyed.path):
        assert "Amina" not in text


def test_no_more_problems_are_listed_than_asked_for() -> None:
    many = {"resourceType": "Patient", **{f"x{number}": 1 for number in range(20)}}
    assert len(problems(many)) == 5
    assert len(problems(many, limit=2)) == 2


def test_a_very_deep_resource_is_judged_without_harm() -> None:
    extension: dict[str, Any] = {"url": "u", "valueCode": "a"}
    for _ in range(48):
        extension = {"url": "u", "extension": [extension]}
    assert problems({"resourceType": "Patient", "extension": [extension]}) == []


@pytest.mark.parametrize(
    ("resource", "paths"),
    [
        (OBSERVATION, []),
        (
            changed(OBSERVATION, "component.0.modifierExtension", [{"url": "u"}]),
            ["Observation.component[0].modifierExtension"],
        ),
        (
            changed(OBSERVATION, "contained.0.modifierExtension", [{"url": "u"}]),
            ["Observation.contained[0].modifierExtension"],
        ),
        (changed(OBSERVATION, "implicitRules", "http://x"), ["Observation.implicitRules"]),
        (changed(OBSERVATION, "implicitRules", ""), []),
        ([], []),
    ],
)
def test_what_changes_the_meaning_is_found_anywhere(resource: Any, paths: list[str]) -> None:
    assert [each.path for each in modifier_problems(resource)] == paths


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*OBSERVATION, *PATIENT, "_status", "coding", "given", "_given", "url"]
            ),
            below,
            max_size=3,
        )
    ),
    max_leaves=10,
)


def places(value: Any, before: str = "") -> Iterator[str]:
    """Yield the path of everything inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inside:
        yield f"{before}{key}"
        if isinstance(each, dict | list):
            yield from places(each, f"{before}{key}.")


@given(st.sampled_from(sorted(places(OBSERVATION))), ANYTHING)
def test_anything_anywhere_is_judged_without_an_error(path: str, value: object) -> None:
    for each in problems(changed(OBSERVATION, path, value)):
        assert each.message.startswith(each.path)
        assert each.message.endswith(".")


@given(ANYTHING)
def test_anything_at_all_is_judged_without_an_error(value: object) -> None:
    assert isinstance(problems(value), list)
    assert isinstance(modifier_problems(value), list)
