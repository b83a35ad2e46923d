"""Nothing reaches the record of a person whom it does not name (T18, V2-13)."""

import pytest

from carespace.files.models import Blob
from carespace.interop.models import QuarantinedEntry
from carespace.patients.models import Patient
from carespace.records.models import Resource
from tests.interop.fhir_builders import (
    MRN,
    Sender,
    bundle,
    codes,
    document,
    named,
    on_file,
    patient,
    result,
    stan,
)

pytestmark = pytest.mark.django_db


def results_of(family: str) -> set[str]:
    rows = Resource.objects.filter(patient=named(family), held_at=None)
    return set(rows.exclude(resource_type="Patient").values_list("source_key", flat=True))


def test_two_feeds_that_number_from_1_alike_never_meet(practice, tmp_path):
    Sender(practice, tmp_path, "lab").send(bundle(patient(mrn="R-1"), result()))
    Sender(practice, tmp_path, "clinic").send(bundle(stan(mrn="S-1"), result()))
    assert results_of("Adler") == results_of("Moran") == {"Observation/a"}
    assert codes() == []
    assert Resource.objects.count() == 4


def test_one_person_in_two_feeds_is_one_patient(practice, tmp_path):
    Sender(practice, tmp_path, "lab").send(bundle(patient(mrn="R-1"), result()))
    Sender(practice, tmp_path, "clinic").send(
        bundle(patient("77", mrn="R-1"), result("b", "Patient/77"))
    )
    assert Patient.objects.count() == 1
    assert results_of("Adler") == {"Observation/a", "Observation/b"}


def test_a_number_that_comes_with_another_person_takes_its_whole_bundle_aside(feed):
    feed.send(bundle(patient(mrn="R-1"), result()))
    report = feed.send(bundle(stan(mrn="S-1"), result("b"), result("c")))
    assert results_of("Adler") == {"Observation/a"}
    assert codes() == ["another-person"] * 3
    assert (report.stored, report.quarantined) == (0, 3)


def test_the_order_within_the_bundle_does_not_matter(feed):
    feed.send(bundle(patient(), result()))
    feed.send(bundle(result("b"), stan(), result("c")))
    assert results_of("Adler") == {"Observation/a"}
    assert codes() == ["another-person"] * 3


def test_two_people_under_one_number_in_one_bundle_get_no_results(feed):
    feed.send(bundle(patient(), result(), stan()))
    assert results_of("Adler") == set()
    assert codes() == ["another-person"] * 2
    assert not Patient.objects.filter(family_name="Moran").exists()


def test_later_lines_of_the_same_file_are_taken_aside_too(feed, monkeypatch):
    monkeypatch.setattr("carespace.interop.fhir.reading.GROUP_LINES", 2)
    feed.send(bundle(patient(), result()))
    feed.send(stan(), result("b"), result("c"), result("d"), result("e"))
    assert results_of("Adler") == {"Observation/a"}
    assert codes() == ["another-person"] * 5


def test_earlier_lines_of_the_same_file_are_held(feed, monkeypatch):
    monkeypatch.setattr("carespace.interop.fhir.reading.GROUP_LINES", 2)
    feed.send(bundle(patient(), result()))
    feed.send(result("b"), result("c"), result("d"), stan(), result("e"))
    assert results_of("Adler") == {"Observation/a"}
    held = Resource.objects.exclude(held_at=None)
    assert set(held.values_list("source_key", flat=True)) == {"Observation/b", "Observation/c"}
    assert all(each.held_reason for each in held)
    assert codes() == ["another-person"] * 3


def test_what_was_held_stays_held_when_a_newer_version_comes(feed):
    feed.send(bundle(patient(), result()))
    Resource.objects.filter(resource_type="Observation").update(
        held_at="2026-01-06T00:00Z", held_reason="Asked by the clinician", released_at=None
    )
    feed.send(bundle(patient(), result(status="amended")))
    row = on_file("Observation")
    assert (row.version, row.held_reason, row.released_at) == (2, "Asked by the clinician", None)
    assert row.held_at is not None


def test_the_next_file_of_the_feed_is_taken_aside_until_somebody_settles_it(feed):
    feed.send(bundle(patient(), result()))
    feed.send(stan())
    feed.send(result("b"))
    assert results_of("Adler") == {"Observation/a"}
    assert codes() == ["another-person"] * 2
    QuarantinedEntry.objects.filter(resource_type="Patient").update(state="discarded")
    feed.send(result("c"))
    assert results_of("Adler") == {"Observation/a", "Observation/c"}


def test_a_bundle_that_brings_the_right_person_is_not_stopped_by_an_old_conflict(feed):
    feed.send(bundle(patient(), result()))
    feed.send(stan())
    feed.send(bundle(patient(), result("b")))
    assert results_of("Adler") == {"Observation/a", "Observation/b"}


def test_what_was_waiting_for_a_number_is_taken_aside_when_another_person_comes_under_it(feed):
    feed.send(bundle(patient("7", mrn="R-1")))
    feed.send(bundle(stan(mrn="R-1"), result()))
    feed.send(bundle(patient(mrn="R-1")))
    assert results_of("Adler") == set()
    assert codes() == ["another-person"] * 2


def test_a_provenance_and_a_binary_of_a_refused_bundle_are_refused_with_it(feed):
    provenance = {
        "resourceType": "Provenance",
        "id": "p",
        "target": [{"reference": "Observation/a"}],
        "recorded": "2026-01-05T08:00:00Z",
        "agent": [{"who": {"display": "Lab"}}],
    }
    binary = {"resourceType": "Binary", "id": "x", "contentType": "text/plain", "data": "aGVsbG8="}
    feed.send(bundle(patient(), result(), document(url="Binary/x")))
    feed.send(bundle(stan(), result(), document(url="Binary/x"), provenance, binary))
    assert codes() == ["another-person"] * 5
    assert not Blob.objects.exclude(patient=None).exists()


def test_an_update_that_would_move_a_result_is_taken_aside(feed):
    feed.send(bundle(patient(), stan("2"), result()))
    feed.send(result(subject="Patient/2", status="amended"))
    assert codes() == ["moved"]
    row = on_file("Observation")
    assert (row.patient, row.version, row.status) == (named("Adler"), 1, "final")


def test_the_same_number_for_results_of_two_people_keeps_the_first(feed):
    feed.send(bundle(patient(), stan("2"), result(), result(subject="Patient/2")))
    assert codes() == ["moved"]
    assert results_of("Adler") == {"Observation/a"}
    assert results_of("Moran") == set()


def test_the_documents_of_a_move_go_nowhere(feed):
    feed.send(bundle(patient(), stan("2"), document(data="aGVsbG8=")))
    feed.send(bundle(document(subject="Patient/2", data="c3Rhbg==")))
    assert codes() == ["moved"]
    assert not Blob.objects.filter(patient=named("Moran")).exists()


def test_an_identifier_of_another_patient_is_a_conflict(feed):
    feed.send(bundle(patient(mrn="R-1"), stan("2", mrn="S-1")))
    both = patient(
        "1", identifier=[{"system": MRN, "value": "R-1"}, {"system": MRN, "value": "S-1"}]
    )
    feed.send(bundle(both, result()))
    assert codes() == ["another-person"] * 2
    assert named("Adler").identifiers.count() == 1


def test_a_family_s_insurance_number_does_not_make_twins_one_person(feed):
    shared = {"type": {"coding": [{"code": "MB"}]}, "system": "urn:insurer", "value": "55"}
    feed.send(bundle(patient(identifier=[shared]), patient("2", given="Rose", identifier=[shared])))
    assert Patient.objects.count() == 2
    assert codes() == []


def test_nameless_people_are_not_alike_for_being_nameless(feed):
    nameless = {"resourceType": "Patient", "identifier": [{"system": MRN, "value": "R-1"}]}
    feed.send(nameless | {"id": "1"})
    feed.send(nameless | {"id": "2"})
    assert codes() == ["another-person"]
    assert feed.send(nameless | {"id": "1"}, name="again.json").unchanged == 1


def test_a_name_alone_finds_nobody(feed):
    feed.send(bundle(patient(mrn="R-1"), patient("2", mrn="R-2")))
    assert Patient.objects.count() == 2


def test_a_reference_and_an_identifier_that_disagree_are_taken_aside(feed):
    feed.send(bundle(patient(mrn="R-1"), stan("2", mrn="S-1")))
    subject = {"reference": "Patient/1", "identifier": {"system": MRN, "value": "S-1"}}
    feed.send(result(subject=None) | {"subject": subject})
    assert codes() == ["many-patients"]


def test_an_appointment_of_one_known_and_one_unknown_patient_waits(feed):
    actors = [{"actor": {"reference": f"Patient/{n}"}, "status": "accepted"} for n in (1, 2)]
    appointment = {
        "resourceType": "Appointment",
        "id": "m",
        "status": "booked",
        "participant": actors,
    }
    feed.send(bundle(patient(), appointment))
    assert codes("waiting") == ["waiting"]
    feed.send(stan("2"))
    assert codes() == ["many-patients"]


def test_a_patient_on_another_server_is_not_ours_for_having_the_same_number(feed):
    ours = {"fullUrl": "https://ehr.example/fhir/Patient/1", "resource": patient()}
    same = {
        "fullUrl": "https://ehr.example/fhir/Observation/a",
        "resource": result(subject="https://ehr.example/fhir/Patient/1"),
    }
    other = {
        "fullUrl": "https://ehr.example/fhir/Observation/b",
        "resource": result("b", "https://elsewhere.example/fhir/Patient/1"),
    }
    feed.send(bundle(ours, same, other))
    assert results_of("Adler") == {"Observation/a"}
    assert codes() == ["no-patient"]


def test_what_comes_for_a_merged_patient_goes_to_the_survivor(feed):
    feed.send(bundle(patient(mrn="R-1"), result(), patient("2", mrn="R-2")))
    first, second = Patient.objects.order_by("created_at")
    Patient.objects.filter(pk=first.pk).update(merged_into=second)
    feed.send(bundle(patient(mrn="R-1", gender="female"), result(status="amended"), result("b")))
    assert codes() == []
    rows = Resource.objects.filter(resource_type="Observation")
    assert {row.patient_id for row in rows} == {second.pk}
    by_number = {"subject": {"identifier": {"system": MRN, "value": "R-1"}}}
    feed.send(result("c", None) | by_number)
    assert on_file("Observation", source_key="Observation/c").patient_id == second.pk


def test_a_device_does_not_pass_from_a_patient_to_the_practice(feed):
    device = {"resourceType": "Device", "id": "v", "status": "active"}
    feed.send(bundle(patient(), device | {"patient": {"reference": "Patient/1"}}))
    feed.send(device | {"manufacturer": "Pump Works"})
    assert codes() == ["moved"]
    assert on_file("Device").patient == named("Adler")


def test_a_patient_who_cannot_be_read_might_be_anybody(feed, monkeypatch):
    monkeypatch.setattr("carespace.interop.fhir.reading.GROUP_LINES", 2)
    feed.send(bundle(patient(), result()))
    unread = stan() | {"birthDate": "sometime"}
    feed.send(bundle(unread, result("b")))
    feed.send(result("c"), result("d"), unread, result("e"), result("f"))
    assert results_of("Adler") == {"Observation/a"}
    assert codes() == ["another-person"] * 3 + ["not-r4-format"] * 2
    feed.send(result("g"))
    assert results_of("Adler") == {"Observation/a", "Observation/g"}
