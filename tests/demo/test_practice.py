"""The practice as a whole: its patients, its bundles, its clock, and that it repeats itself."""

import re
from datetime import date, datetime, timedelta
from itertools import pairwise

from carespace.demo.generate import generate_practice
from carespace.demo.generate.clock import is_holiday, is_workday
from carespace.interop.fhir.structure import problems
from tests.demo.conftest import FRIDAY, generate


def references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "reference" and isinstance(inner, str):
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


# What is to be reached, used before a day, or done: dates that lie ahead by their meaning.
AHEAD = {"dueDate", "expirationDate", "occurrenceDateTime"}


def dates(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in AHEAD:
                yield from dates(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from dates(inner)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}(T\S+)?", value):
        yield date.fromisoformat(value[:10])


def test_every_resource_is_structurally_r4(generated, generated_on_another_day):
    for run in (generated, generated_on_another_day):
        found = [(item["id"], problems(item)) for item in run.resources() if problems(item)]
        assert found == []
        assert all(problems(bundle) == [] for bundle in run.bundles.values())


def test_the_same_day_and_seed_give_the_same_bytes(generated, tmp_path):
    again = generate_practice(tmp_path, today=FRIDAY)
    first = [path.read_bytes() for path in generated.practice.files]
    assert [path.read_bytes() for path in again.files] == first
    assert again.patients == generated.practice.patients


def test_another_seed_gives_other_numbers_for_the_same_people(generated, tmp_path):
    other = generate(tmp_path, FRIDAY, seed=21)
    assert other.practice.patients == generated.practice.patients
    name = generated.practice.files[1].name
    assert other.bundles[name] != generated.bundles[name]


def test_the_cast_is_the_one_that_the_demo_promises(generated):
    patients = generated.practice.patients
    assert len(patients) >= 14
    assert len({patient.mrn for patient in patients}) == len(patients)
    assert len({patient.email for patient in patients}) == len(patients)
    assert all(patient.email.endswith("@example.com") for patient in patients)
    maria = patients[0]
    assert (maria.given, maria.family, maria.birth_date) == ("Maria", "Reyes", date(1961, 4, 27))
    assert (maria.mrn, maria.email) == ("LCA-100001", "maria.reyes@example.com")
    diagnoses = " ".join(patient.diagnosis.lower() for patient in patients)
    for word, at_least in (("breast", 3), ("lung", 3), ("prostate", 2), ("lymphoma", 2)):
        assert diagnoses.count(word) >= at_least, word
    assert sum(patient.birth_date.year < 1966 for patient in patients) > len(patients) / 2


def test_two_patients_share_a_birth_date_and_nearly_a_name(generated):
    twins = [item for item in generated.practice.patients if item.family == "Miller"]
    assert [item.given for item in twins] == ["Dorothy", "Dorothea"]
    assert len({item.birth_date for item in twins}) == 1
    assert len({item.source_id for item in twins}) == 2


def test_one_patient_prefers_spanish_and_has_papers_in_it(generated):
    speakers = [
        item["id"]
        for item in generated.resources("Patient")
        if item["communication"][0]["language"]["coding"][0]["code"] == "es"
    ]
    assert speakers == ["lca-100007"]
    languages = [
        item["content"][0]["attachment"]["language"]
        for item in generated.of_patient("LCA-100007", "DocumentReference")
    ]
    assert "es" in languages


def _inside(bundle):
    """The addresses of what travels inside other resources."""
    entries = (entry["resource"] for entry in bundle["entry"])
    return {f"#{each['id']}" for resource in entries for each in resource.get("contained", [])}


def test_references_resolve_in_the_bundle_or_the_directory(generated):
    def addresses(bundle):
        found = [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]]
        assert len(set(found)) == len(found)
        return set(found)

    directory = addresses(generated.bundles["00-directory.json"])
    for name, bundle in generated.bundles.items():
        known = addresses(bundle) | directory | _inside(bundle)
        dangling = set(references(bundle)) - known
        assert dangling == set(), name


def test_every_entry_can_be_put_at_its_own_address(generated):
    for bundle in generated.bundles.values():
        assert bundle["type"] == "transaction"
        for entry in bundle["entry"]:
            address = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
            assert entry["request"] == {"method": "PUT", "url": address}
            assert entry["fullUrl"].endswith("/" + address)


def test_nothing_but_appointments_lies_in_the_future(generated, generated_on_another_day):
    for run in (generated, generated_on_another_day):
        for item in run.resources():
            if item["resourceType"] != "Appointment":
                assert all(day < run.today for day in dates(item)), item["id"]


def test_appointments_keep_opening_hours_and_never_overlap(generated, generated_on_another_day):
    for run in (generated, generated_on_another_day):
        taken: dict[str, list] = {}
        for item in run.resources("Appointment"):
            start, end = (datetime.fromisoformat(item[key]) for key in ("start", "end"))
            assert is_workday(start.date()), item["id"]
            assert start.hour >= 8
            assert (end.hour, end.minute) <= (17, 0)
            assert start < end
            assert start.utcoffset() is not None
            if item["status"] in ("booked", "fulfilled"):
                person = item["participant"][0]["actor"]["reference"]
                taken.setdefault(person, []).append((start, end, item["id"]))
        for slots in taken.values():
            slots.sort()
            for earlier, later in pairwise(slots):
                assert earlier[1] <= later[0], (earlier, later)


def test_appointments_lie_before_and_after_today_with_fitting_status(generated):
    statuses: dict[str, set[str]] = {"past": set(), "coming": set()}
    for item in generated.resources("Appointment"):
        coming = date.fromisoformat(item["start"][:10]) >= generated.today
        statuses["coming" if coming else "past"].add(item["status"])
    assert statuses == {
        "past": {"fulfilled", "cancelled", "noshow"},
        "coming": {"booked", "cancelled"},
    }


def test_maria_has_an_infusion_within_a_week(generated, generated_on_another_day):
    for run in (generated, generated_on_another_day):
        days = [
            date.fromisoformat(item["start"][:10])
            for item in run.of_patient("LCA-100001", "Appointment")
            if item["description"].startswith("Infusion") and item["status"] == "booked"
        ]
        assert min(days) - run.today <= timedelta(days=7)


def test_holidays_are_known():
    assert is_holiday(date(2026, 11, 26))
    assert is_holiday(date(2026, 5, 25))
    assert is_holiday(date(2026, 9, 7))
    assert not is_holiday(date(2026, 11, 19))
