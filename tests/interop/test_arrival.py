"""Order does not matter, nothing is lost on the way, and numbers arrive as they were printed."""

import base64
import hashlib
import json

import pytest
from django.db import connection

from carespace.files.models import Blob
from carespace.files.store import read_blob
from carespace.interop.models import Delivery, QuarantinedEntry
from carespace.patients.models import Patient
from carespace.records.models import Resource, ResourceVersion
from tests.interop.fhir_builders import (
    MRN,
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

HELLO = base64.b64encode(b"hello").decode()
PROVENANCE = {
    "resourceType": "Provenance",
    "id": "p",
    "target": [{"reference": "Observation/a"}],
    "recorded": "2026-01-05T08:00:00Z",
    "agent": [{"who": {"display": "Lab"}}],
}
BINARY = {"resourceType": "Binary", "id": "x", "contentType": "text/plain", "data": HELLO}


def at(moment, resource):
    return resource | {"meta": {"lastUpdated": moment}}


def test_a_number_keeps_its_printed_digits(feed):
    text = json.dumps(bundle(patient(), result())).replace("12.5", "1.20")
    feed.send(text)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT content->'valueQuantity'->>'value' FROM records_resource"
            " WHERE resource_type = 'Observation'"
        )
        assert cursor.fetchone() == ("1.20",)
    assert str(on_file("Observation").content["valueQuantity"]["value"]) == "1.20"
    feed.send(text.replace("1.20", "1.30"))
    assert str(ResourceVersion.objects.get().content["valueQuantity"]["value"]) == "1.20"


def test_1_20_and_1_2_are_a_change(feed):
    text = json.dumps(bundle(patient(), result()))
    feed.send(text.replace("12.5", "1.20"))
    assert feed.send(text.replace("12.5", "1.2")).updated == 1


def test_a_result_waits_for_its_patient_and_is_reported_until_then(feed):
    waiting = feed.send(result())
    assert (waiting.stored, waiting.waiting) == (0, 1)
    assert waiting.reasons[0]["code"] == "waiting"
    arrived = feed.send(patient())
    assert (arrived.stored, arrived.waiting) == (2, 0)
    assert on_file("Observation").patient == named("Adler")
    entry = QuarantinedEntry.objects.get()
    assert (entry.state, entry.content) == ("released", None)
    assert on_file("Observation").delivery_id == entry.delivery_id


def test_lines_before_their_patient_are_stored(feed, monkeypatch):
    monkeypatch.setattr("carespace.interop.fhir.reading.GROUP_LINES", 2)
    report = feed.send(result("a"), result("b"), result("c"), patient(), result("d"))
    assert (report.stored, report.waiting, report.quarantined) == (5, 0, 0)


def test_more_waits_than_is_taken_up_at_once(feed, monkeypatch):
    monkeypatch.setattr("carespace.interop.quarantine.RELEASED_AT_ONCE", 2)
    feed.send(*[result(f"r{number}") for number in range(7)])
    report = feed.send(patient())
    assert (report.stored, report.waiting) == (8, 0)


def test_a_patient_that_cannot_be_taken_leaves_its_results_waiting(feed):
    feed.send(bundle(patient(born="sometime"), result()))
    assert (codes(), codes("waiting")) == (["not-r4-format"], ["waiting"])
    feed.send(bundle(patient()))
    assert on_file("Observation").patient == named("Adler")


def test_a_provenance_before_its_target_waits(feed):
    feed.send(bundle(patient(), PROVENANCE))
    assert codes("waiting") == ["waiting"]
    feed.send(result())
    assert on_file("Provenance").patient == named("Adler")


def test_what_waited_is_no_later_word_than_what_came_after_it(feed):
    feed.send(result(status="preliminary"))
    feed.send(bundle(patient(), result(status="final")))
    assert on_file("Observation").status == "final"


def test_what_waited_is_the_later_word_where_it_says_so(feed):
    feed.send(at("2026-02-02T00:00:00Z", result(status="corrected")))
    feed.send(bundle(patient(), at("2026-02-01T00:00:00Z", result(status="final"))))
    assert on_file("Observation").status == "corrected"


@pytest.mark.parametrize("binary_first", [True, False])
def test_a_binary_and_its_document_in_separate_files(feed, binary_first):
    feed.send(patient())
    parts = [BINARY, document(url="Binary/x")]
    for part in parts if binary_first else parts[::-1]:
        feed.send(part)
    blob = Blob.objects.exclude(patient=None).get()
    assert (blob.patient, read_blob(blob)) == (named("Adler"), b"hello")
    assert blob.owner_id == on_file("Binary").pk
    address = on_file("DocumentReference").content["content"][0]["attachment"]["url"]
    assert address == f"Binary/{blob.owner_id}"


@pytest.mark.parametrize("binary_first", [True, False])
def test_a_binary_and_its_document_in_one_bundle(feed, binary_first):
    parts = [BINARY, document(url="Binary/x")]
    feed.send(bundle(patient(), *(parts if binary_first else parts[::-1])))
    assert Blob.objects.exclude(patient=None).get().owner_id == on_file("Binary").pk
    assert "data" not in on_file("Binary").content


def test_a_binary_that_a_media_shows_after_the_media(feed):
    media = {
        "resourceType": "Media",
        "id": "m",
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "content": {"url": "Binary/x"},
    }
    feed.send(bundle(patient(), media))
    feed.send(BINARY)
    assert on_file("Binary").patient == named("Adler")


def test_a_binary_that_nothing_shows_waits(feed):
    feed.send(bundle(patient(), BINARY))
    assert codes("waiting") == ["waiting"]


def test_the_bytes_of_a_document_become_an_encrypted_file(feed):
    digest = base64.b64encode(hashlib.sha1(b"hello", usedforsecurity=False).digest()).decode()
    feed.send(bundle(patient(), document(data=HELLO, size=5, hash=digest)))
    blob = Blob.objects.exclude(patient=None).get()
    assert read_blob(blob) == b"hello"
    assert blob.inline is not None
    assert b"hello" not in bytes(blob.inline)
    attachment = on_file("DocumentReference").content["content"][0]["attachment"]
    assert attachment["url"] == f"Binary/{blob.pk}"
    assert "data" not in attachment


@pytest.mark.parametrize(
    "wrong", [{"data": "aGVsbG8"}, {"data": HELLO, "size": 4}, {"data": HELLO, "hash": HELLO}]
)
def test_a_document_that_is_not_what_it_says_is_taken_aside(feed, wrong):
    report = feed.send(bundle(patient(), document(**wrong), result()))
    assert (report.stored, report.quarantined) == (2, 1)
    assert not Blob.objects.exclude(patient=None).exists()


def test_a_changed_result_gets_a_version_and_keeps_the_former_one(feed):
    feed.send(bundle(patient(), result()))
    report = feed.send(result(status="corrected"))
    assert (report.updated, on_file("Observation").version) == (1, 2)
    former = ResourceVersion.objects.get()
    assert (former.version, former.content["status"]) == (1, "final")
    assert former.patient == named("Adler")


def test_a_result_entered_in_error_is_marked_so(feed):
    feed.send(bundle(patient(), result()))
    assert on_file("Observation").retracted_at is None
    feed.send(result(status="entered-in-error"))
    assert on_file("Observation").retracted_at is not None


def test_an_older_word_does_not_overwrite(feed):
    feed.send(bundle(patient(), at("2026-02-02T00:00:00Z", result(status="corrected"))))
    report = feed.send(at("2026-02-01T00:00:00Z", result(status="final")))
    assert (report.updated, on_file("Observation").status) == (0, "corrected")


def test_nothing_from_in_between_overwrites_what_was_said_again_later(feed):
    feed.send(bundle(patient(), at("2026-02-01T00:00:00Z", result(status="final"))))
    feed.send(at("2026-02-09T00:00:00Z", result(status="final")))
    feed.send(at("2026-02-05T00:00:00Z", result(status="amended")))
    assert (on_file("Observation").status, on_file("Observation").version) == ("final", 1)


def test_an_older_word_on_a_patient_does_not_rename_them(feed):
    feed.send(at("2026-02-02T00:00:00Z", patient(given="Ruth Ann")))
    feed.send(at("2026-02-01T00:00:00Z", patient(given="Ruth")))
    assert Patient.objects.get().given_names == "Ruth Ann"


def test_the_newest_word_on_an_organization_wins_else_the_first(feed):
    def organization(name):
        return {"resourceType": "Organization", "id": "o", "name": name}

    feed.send(organization("First"))
    feed.send(organization("Second"))
    assert on_file("Organization").content["name"] == "First"
    feed.send(at("2026-02-01T00:00:00Z", organization("Third")))
    feed.send(at("2026-01-01T00:00:00Z", organization("Fourth")))
    feed.send(organization("Fifth"))
    assert on_file("Organization").content["name"] == "Third"


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": f"Patient?identifier={MRN}|R-1"},
        {"reference": "Patient?identifier=urn%3Aoid%3A1.2.3.4%7CR-1"},
        {"identifier": {"system": MRN, "value": "R-1"}},
        {"reference": "https://ehr.example/fhir/Patient/1"},
        {"reference": "Patient/1/_history/3"},
    ],
    ids=["conditional", "conditional-escaped", "identifier", "absolute", "versioned"],
)
@pytest.mark.parametrize("patient_first", [True, False])
def test_a_subject_is_found_however_it_is_named(feed, subject, patient_first):
    parts = [patient(mrn="R-1"), result(subject=None) | {"subject": subject}]
    for part in parts if patient_first else parts[::-1]:
        feed.send(part)
    assert on_file("Observation").patient == named("Adler")


def test_an_identifier_without_a_system_counts_on_its_own_feed_only(feed):
    feed.send(patient(mrn="R-1"))
    feed.send(result(subject=None) | {"subject": {"identifier": {"value": "R-1"}}})
    assert codes("waiting") == ["waiting"]
    feed.send(stan("2", identifier=[{"value": "R-1"}]))
    assert on_file("Observation").patient == named("Moran")


def test_entries_without_ids_are_known_by_their_addresses(feed):
    ruth, hemoglobin = (
        "urn:uuid:6f2c0c0e-0000-4000-8000-000000000001",
        "urn:uuid:6f2c0c0e-0000-4000-8000-000000000002",
    )
    entries = (
        {"fullUrl": hemoglobin, "resource": result(None, ruth)},
        {"fullUrl": ruth, "resource": patient(None)},
    )
    feed.send(bundle(*entries, kind="transaction"))
    assert on_file("Observation").patient == named("Adler")
    assert feed.send(bundle(*entries, kind="batch")).unchanged == 2


def test_an_entry_without_any_name_is_taken_aside(feed):
    feed.send(bundle(patient(), result(None)))
    assert codes() == ["no-id"]


def test_a_bundle_in_a_message_bundle(feed):
    inner = bundle(patient(), result())
    header = {
        "resourceType": "MessageHeader",
        "id": "h",
        "eventCoding": {"system": "urn:e", "code": "R01"},
        "source": {"endpoint": "urn:lab"},
        "focus": [{"reference": "Observation/a"}],
    }
    feed.send(bundle(header, inner | {"id": "inner"}, kind="message"))
    assert on_file("MessageHeader").patient == named("Adler")


def test_an_entry_without_a_resource_and_a_delete_are_taken_aside(feed):
    gone = {"resource": result("z"), "request": {"method": "DELETE", "url": "Observation/z"}}
    report = feed.send(
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"fullUrl": "urn:x"}, gone]}
    )
    assert (report.stored, codes()) == (0, ["no-resource", "request"])


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800", "\\udc00"])
def test_text_that_no_record_can_keep_is_taken_aside_and_the_rest_goes_in(feed, escape):
    bad = json.dumps(result("b", note=[{"text": "NOTE"}])).replace("NOTE", f"a{escape}b")
    report = feed.send(patient(), bad, result("c"))
    assert (report.stored, codes()) == (2, ["json"])


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800"])
def test_one_such_entry_does_not_take_its_bundle_aside(feed, escape):
    text = json.dumps(bundle(patient(), result(), result("b", note=[{"text": "NOTE"}])))
    report = feed.send(text.replace("NOTE", f"a{escape}b"))
    assert (report.stored, codes()) == (2, ["json"])
    assert report.reasons[0]["position"] == "entry 3"


def test_a_second_import_changes_nothing(feed, tmp_path):
    feed.send(
        bundle(patient(), result(), document(data=HELLO)), result("z", "Patient/9"), name="a.ndjson"
    )
    before = list(Resource.objects.order_by("pk").values())
    report = feed.send(
        bundle(patient(), result(), document(data=HELLO)), result("z", "Patient/9"), name="b.ndjson"
    )
    assert (report.stored, report.updated, report.unchanged, report.files_known) == (0, 0, 3, 1)
    assert list(Resource.objects.order_by("pk").values()) == before
    assert Delivery.objects.count() == 1
    renamed = feed.send(bundle(patient(), result(), document(data=HELLO)))
    assert (renamed.stored, renamed.updated, renamed.unchanged) == (0, 0, 3)


def test_positions_deep_in_bundles_stay_apart(feed):
    inner = bundle(result(None), result(None))
    for _ in range(4):
        inner = bundle(*[result(f"{n}", "Patient/1") for n in range(3)], inner)
    deep = json.dumps(inner)
    feed.send(*["" for _ in range(10_000)], deep, name="deep.ndjson")
    assert codes() == ["no-id", "no-id"]
