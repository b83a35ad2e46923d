"""Two people who are nearly alike are never taken for one (T18, V2-13)."""

from dataclasses import replace
from random import Random

import pytest

from carespace.audit.recording import SYSTEM
from carespace.patients.actions import PatientConflict, register_patient
from carespace.patients.matching import Identity, KnownIdentifier, same_person
from carespace.patients.models import Patient
from tests.people import make_patient, make_practice

PAIRS = 2000
FAMILIES = ("Reyes", "Moran", "Adler", "Quist", "O’Neill", "Nguyen")
GIVEN = ("Anna", "Amy", "Luis", "Leo", "Maria", "Marta", "Ruth", "Rosa")
NUMBER = KnownIdentifier("urn:practice:mrn", "1001", "MR")
ANNA = Identity((NUMBER,), "Reyes", "Anna Maria", "Anna Maria Reyes", "1980-03-12", "female", False)


def someone(random: Random) -> Identity:
    family, given = random.choice(FAMILIES), random.choice(GIVEN)
    born = f"{random.randint(1930, 1999)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    number = KnownIdentifier("urn:practice:mrn", str(random.randint(1000, 9999)), "MR")
    return Identity((number,), family, given, f"{given} {family}", born, "female", False)


def near_twin(one: Identity, random: Random) -> Identity:
    """Another person: a twin, a parent of the same name, or a namesake with a number or birth date much like it."""
    number = one.identifiers[0]
    other_number = replace(number, value=str(int(number.value) + random.choice((1, 10, 100))))
    other_system = replace(number, system="urn:other:mrn")
    other_given = random.choice([each for each in GIVEN if each != one.given_names])
    year = int(one.birth_date_text[:4])
    parent_born = f"{year - random.randint(16, 45)}-{(year % 12) + 1:02}-{(year % 27) + 1:02}"
    twin = replace(one, given_names=other_given, display_name=f"{other_given} {one.family_name}")
    day = int(one.birth_date_text[-2:])
    next_day = f"{one.birth_date_text[:-2]}{day % 28 + 1:02}"
    return random.choice(
        (
            twin,
            replace(twin, identifiers=(other_number,)),
            replace(twin, identifiers=(other_system,)),
            replace(one, identifiers=(other_number,), birth_date_text=next_day),
            replace(one, identifiers=(other_system,), birth_date_text=next_day),
            replace(one, birth_date_text=parent_born)
            if parent_born[5:] != one.birth_date_text[5:]
            else twin,
        )
    )


def test_two_thousand_near_twins_are_never_one_person() -> None:
    random = Random(20261120)  # noqa: S311  a fixed sample
    pairs = [(one, near_twin(one, random)) for one in (someone(random) for _ in range(PAIRS))]
    assert [pair for pair in pairs if same_person(*pair) or same_person(*reversed(pair))] == []


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"given_names": "Anna"}, True),
        ({"given_names": "A. M."}, True),
        ({"family_name": "Moran"}, True),  # married
        ({"given_names": "Anna Beth"}, False),
        ({"given_names": "Amy Maria"}, False),
        ({"birth_date_text": "1980-03-13"}, True),  # a slip of the pen
        ({"birth_date_text": "1980-12-03"}, True),  # day and month changed places
        ({"birth_date_text": "1955-11-02"}, False),
        ({"birth_date_text": "1980"}, True),
        ({"birth_date_text": "1979"}, False),
        ({"birth_date_text": ""}, True),
        ({"birth_date_text": "", "family_name": "Moran"}, False),
        ({"identifiers": ()}, True),
        ({"identifiers": (), "birth_date_text": ""}, False),
        ({"identifiers": (), "birth_date_text": "1980-03-13"}, False),
    ],
)
def test_what_may_differ_and_what_may_not(changed: dict[str, object], same: bool) -> None:
    other = replace(ANNA, **changed)  # type: ignore[arg-type]
    assert same_person(ANNA, other) is same
    assert same_person(other, ANNA) is same


@pytest.mark.django_db
def test_a_twin_under_the_others_number_is_for_a_person_to_decide() -> None:
    practice = make_practice()
    make_patient(practice, "Reyes", "Anna", mrn="1", born="1980-03-12")
    with pytest.raises(PatientConflict):
        make_patient(practice, "Reyes", "Amy", mrn="1", born="1980-03-12")
    assert Patient.objects.get().given_names == "Anna"


@pytest.mark.django_db
def test_numbers_of_two_patients_in_one_description_are_refused() -> None:
    practice = make_practice()
    for mrn in ("1", "2"):
        make_patient(practice, "Reyes", "Anna", mrn=mrn, born="1980-03-12")
    both = replace(ANNA, identifiers=tuple(KnownIdentifier("urn:mrn", each) for each in "12"))
    with pytest.raises(PatientConflict):
        register_patient(practice=practice, identity=both, known=None, by=SYSTEM)
    assert Patient.objects.count() == 2


@pytest.mark.django_db
def test_the_same_number_at_two_practices_is_two_patients() -> None:
    first, second = make_practice(), make_practice("hillside")
    for practice in (first, second):
        make_patient(practice, "Reyes", "Anna", mrn="1", born="1980-03-12")
    assert Patient.objects.count() == 2
