"""Whose resource it is."""

from collections import Counter

import pytest

from carespace.interop.fhir.elements import (
    EITHER_TYPES,
    NOT_IN_A_RECORD,
    SHARED_TYPES,
    SUBJECT_ELEMENTS,
    THROUGH_OTHERS,
    subject_references,
)
from carespace.interop.fhir.structure import element_names, resource_types

GROUPS = (SUBJECT_ELEMENTS, EITHER_TYPES, SHARED_TYPES, THROUGH_OTHERS, NOT_IN_A_RECORD)


def test_every_r4_type_stands_in_exactly_one_group() -> None:
    placed = Counter(name for group in GROUPS for name in group)
    assert {name for name, times in placed.items() if times > 1} == set()
    assert set(placed) == resource_types()


def test_every_element_that_names_a_patient_is_an_element_of_r4() -> None:
    for group in (SUBJECT_ELEMENTS, EITHER_TYPES, THROUGH_OTHERS):
        for name, paths in group.items():
            for path in paths:
                assert path.partition(".")[0] in element_names(name), (name, path)


@pytest.mark.parametrize(
    ("resource", "references"),
    [
        ({"resourceType": "Patient", "id": "a", "link": [{"other": {"reference": "b"}}]}, []),
        (
            {"resourceType": "Observation", "subject": {"reference": "Patient/a"}},
            ["Patient/a"],
        ),
        (
            {
                "resourceType": "Appointment",
                "participant": [
                    {"actor": {"reference": "Practitioner/x"}},
                    {"status": "accepted"},
                    {"actor": {"reference": "Patient/a"}},
                ],
            },
            ["Practitioner/x", "Patient/a"],
        ),
        (
            {
                "resourceType": "Account",
                "subject": [{"reference": "Patient/a"}, {"reference": "Patient/b"}],
            },
            ["Patient/a", "Patient/b"],
        ),
        ({"resourceType": "Observation", "subject": {"identifier": {"value": "1"}}}, []),
        (
            {
                "resourceType": "Observation",
                "subject": {"reference": "Patient/a"},
                "performer": [{"reference": "Patient/b"}],
            },
            ["Patient/a"],
        ),
        (
            {"resourceType": "Provenance", "target": [{"reference": "Observation/1"}]},
            ["Observation/1"],
        ),
        ({"resourceType": "Practitioner", "id": "x"}, []),
        ({"resourceType": ["Observation"]}, []),
        ({"resourceType": "Observation", "subject": "Patient/a"}, []),
        ({}, []),
    ],
)
def test_the_references_are_those_that_say_whose_it_is(
    resource: dict[str, object], references: list[str]
) -> None:
    assert subject_references(resource) == references
