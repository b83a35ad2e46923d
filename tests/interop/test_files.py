"""Files and folders as they come: damaged, huge, unreadable, hidden, hostile. The rest is always read."""

import gzip
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from carespace.audit.models import AuditEvent
from carespace.files.store import read_blob
from carespace.interop.models import Delivery, QuarantinedEntry
from carespace.patients.models import Patient
from carespace.records.models import Resource
from tests.interop.fhir.samples import SHARED, needs_samples, sample_files
from tests.interop.fhir_builders import bundle, codes, on_file, patient, result, take, write

pytestmark = pytest.mark.django_db


def test_an_unreadable_file_is_named_and_the_rest_is_read(practice, tmp_path):
    write(tmp_path / "a.json", bundle(patient(), result()))
    (tmp_path / "b.json").symlink_to(tmp_path / "nowhere.json")
    write(tmp_path / "c.json", result("c"))
    report = take(practice, tmp_path)
    assert report.stored == 3
    assert [each["file"] for each in report.unreadable] == [str(tmp_path / "b.json")]
    assert report.as_json()["unreadable"][0]["reason"] == "No such file or directory"


def test_what_is_not_a_file_does_not_hang(practice, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert [each["reason"] for each in take(practice, tmp_path / "pipe").unreadable] == [
        "Not a file"
    ]
    assert take(practice, tmp_path).files == 0


def test_a_folder_that_cannot_be_looked_into_is_named(practice, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir()
    looked = os.scandir

    def refuse(path):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return looked(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [each["file"] for each in take(practice, tmp_path).unreadable] == [str(closed)]


def test_links_in_a_circle_and_hidden_files(practice, tmp_path):
    folder = tmp_path / "export"
    write(folder / "below" / "patient.json", patient())
    (folder / "below" / "round").symlink_to(folder, target_is_directory=True)
    write(folder / ".hidden.json", "no JSON")
    write(folder / ".git" / "config.json", "no JSON")
    report = take(practice, folder)
    assert (report.files, report.stored, report.quarantined, report.unreadable) == (1, 1, 0, [])


def test_a_link_that_leads_to_itself_is_named(practice, tmp_path):
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    assert len(take(practice, tmp_path).unreadable) == 1


def test_a_file_that_changes_while_it_is_read_is_not_finished(practice, tmp_path, monkeypatch):
    path = write(tmp_path / "a.json", patient())
    monkeypatch.setattr("carespace.interop.inbox.digest_of", lambda _: "0" * 64)
    assert "changed" in take(practice, path).unreadable[0]["reason"]
    assert Delivery.objects.count() == 0


def test_a_file_name_that_is_no_text_is_kept_readable(practice, tmp_path):
    path = write(tmp_path / os.fsdecode(b"patient-\xff.json"), patient())
    assert take(practice, path).stored == 1
    assert Delivery.objects.get().name == "patient-?.json"


def test_an_empty_file_and_a_damaged_gz_are_taken_aside(practice, tmp_path):
    write(tmp_path / "empty.json")
    whole = gzip.compress("\n".join(json.dumps(result(f"r{n}")) for n in range(3000)).encode())
    (tmp_path / "cut.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "wrong.json.gz").write_bytes(b"\x1f\x8b" + b"\x00" * 50)
    write(tmp_path / "whole.json", patient())
    report = take(practice, tmp_path)
    assert codes() == ["damaged", "damaged", "empty"]
    assert report.stored > 1
    assert report.waiting == 0


def test_a_bundle_over_the_limit_is_taken_aside(practice, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "carespace.interop.fhir.reading.read_file.__kwdefaults__", {"bundle_limit_bytes": 2000}
    )
    write(tmp_path / "big.json", bundle(patient(), *[result(f"r{n}") for n in range(20)]))
    write(tmp_path / "small.json", bundle(patient()))
    report = take(practice, tmp_path)
    assert (codes(), report.stored) == (["too-large"], 1)
    assert Delivery.objects.filter(state="done").count() == 2


def test_a_gz_that_unpacks_to_far_more_is_taken_aside(practice, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "carespace.interop.fhir.reading.read_file.__kwdefaults__", {"bundle_limit_bytes": 100_000}
    )
    (tmp_path / "bomb.json.gz").write_bytes(gzip.compress(b'{"a":"' + b"0" * 50_000_000))
    take(practice, tmp_path)
    assert codes() == ["too-large"]


def test_the_bytes_are_kept_as_they_came(practice, tmp_path):
    path = write(tmp_path / "a.json", '{ "not": FHIR')
    take(practice, path)
    assert read_blob(Delivery.objects.get().blob) == path.read_bytes()


def test_xml_and_text_are_taken_aside(practice, tmp_path):
    write(tmp_path / "a.xml", "<Patient/>")
    write(tmp_path / "b.txt", "Dear colleague")
    write(tmp_path / "c.json", "[1]")
    take(practice, tmp_path)
    assert codes() == ["json", "not-an-object", "xml"]


def test_a_type_that_is_no_type_is_counted_without_its_name(practice, tmp_path):
    path = write(tmp_path / "a.json", {"resourceType": "Ruth Adler", "id": "1"})
    report = take(practice, path)
    assert report.resources == {"unknown type": 1}
    assert report.quarantined == 1


def test_several_patients_in_one_file(practice, tmp_path):
    lines = [patient(str(n), f"Family{n}", mrn=f"M{n}") for n in range(5)]
    lines += [result(f"r{n}", f"Patient/{n % 5}") for n in range(20)]
    take(practice, write(tmp_path / "a.ndjson", *lines[::-1]))
    for n in range(5):
        rows = Resource.objects.filter(
            patient__family_name=f"Family{n}", resource_type="Observation"
        )
        keys = set(rows.values_list("source_key", flat=True))
        assert keys == {f"Observation/r{m}" for m in range(n, 20, 5)}


@needs_samples
@pytest.mark.parametrize("folder", ["fhir-wrong-version-dstu2", "fhir-wrong-version-stu3"])
def test_other_versions_of_fhir_are_refused_whole(practice, folder):
    files = sample_files(f"hostile/{folder}")
    report = take(practice, *files)
    assert report.files == len(files) > 0
    assert {each["file"] for each in report.reasons} == {path.name for path in files}
    refused = {each["file"] for each in report.reasons if each["code"] != "waiting"}
    assert refused == {path.name for path in files}
    assert report.stored == 0
    assert not Patient.objects.exists()


@needs_samples
def test_every_file_of_the_json_test_suite_is_taken_aside_with_a_reason(practice):
    files = sample_files("hostile/json-test-suite")
    report = take(practice, *files)
    set_aside = QuarantinedEntry.objects.filter(state="quarantined")
    deliveries = Delivery.objects.count()
    assert report.files == len(files) > 100
    assert set_aside.values("delivery").distinct().count() == deliveries
    assert all(entry.reason for entry in set_aside)
    assert (report.stored, report.waiting, report.unreadable) == (0, 0, [])
    assert Resource.objects.count() == Patient.objects.count() == 0
    assert not AuditEvent.objects.filter(action__startswith="patient.").exists()


@needs_samples
def test_naughty_strings_are_kept_as_they_are(practice, tmp_path):
    (source,) = (SHARED / "data" / "hostile" / "naughty-strings").glob("*.json")
    strings = json.loads(source.read_text(encoding="utf-8"))
    lines = []
    for number, text in enumerate(strings):
        lines.append(patient(f"p{number}", text, text, mrn=f"M{number}"))
        note = {"note": [{"text": text}], "code": {"text": text}}
        lines.append(result(f"r{number}", f"Patient/p{number}", **note))
    report = take(practice, write(tmp_path / "a.ndjson", *lines))
    refused = QuarantinedEntry.objects.filter(state="quarantined")
    assert report.stored + report.quarantined + report.waiting == len(lines) > 100
    assert all(entry.reason for entry in refused)
    for row in Resource.objects.filter(resource_type="Observation").select_related("patient"):
        text = strings[int(row.source_key.rpartition("r")[2])]
        assert row.content["note"][0]["text"] == text
        assert row.content["code"]["text"] == text
        assert row.patient is not None
        assert row.patient.family_name == text[:200]
    # FHIR's own string is at least one character that is not white space.
    empty = {text for text in strings if not text.strip()}
    assert refused.filter(resource_type="Patient").count() <= len(empty)


def test_text_that_looks_like_sql_or_copy_is_kept(practice, tmp_path):
    texts = ["\\N", "\\.", "a\tb\nc\\r", "'; DROP TABLE records_resource; --", "{x}", "%s", "\x7f"]
    for number, text in enumerate(texts):
        note: dict[str, Any] = {"note": [{"text": text}], "code": {"text": text}}
        lines = bundle(patient(mrn="M"), result(f"r{number}", **note))
        take(practice, write(tmp_path / f"{number}.json", lines))
        assert (
            on_file("Observation", source_key=f"Observation/r{number}").content["code"]["text"]
            == text
        )


def test_a_birth_date_may_be_partial(practice, tmp_path):
    take(practice, write(tmp_path / "a.json", patient(born="1951-03")))
    take(practice, write(tmp_path / "b.json", patient(born="1951-03-04")))
    assert Patient.objects.get().birth_date == date(1951, 3, 4)


def test_nothing_of_a_group_is_kept_when_the_database_breaks_off(practice, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON records_resource"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    path = write(tmp_path / "a.json", bundle(patient(), result()))
    with pytest.raises(Exception, match="no room"):
        take(practice, path)
    assert (Patient.objects.count(), Delivery.objects.get().state) == (0, "received")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse ON records_resource")
    assert take(practice, path).stored == 2


@pytest.mark.parametrize("name", ["modifierExtension", "implicitRules"])
def test_what_changes_the_meaning_is_taken_aside_and_its_name_in_a_text_is_not(
    practice, tmp_path, name
):
    value = [{"url": "urn:x", "valueBoolean": True}] if name == "modifierExtension" else "urn:rules"
    changing: dict[str, Any] = {name: value}
    noted = result("b", note=[{"text": name}])
    take(practice, write(tmp_path / "a.json", bundle(patient(), result(**changing), noted)))
    assert codes() == ["modifier"]
    assert on_file("Observation").source_key == "Observation/b"
