"""What was set aside can be seen and settled from the command line, and each step is told of (T18)."""

import json

import pytest
from click.testing import CliRunner

from carespace.access.signing import forget_settings
from carespace.audit.models import AuditEvent
from carespace.config.commands.quarantine import command
from carespace.interop.models import Delivery, QuarantinedEntry
from carespace.patients.models import PatientIdentifier
from carespace.records.models import Resource
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
from tests.interop.test_wrong_patient import results_of

pytestmark = pytest.mark.django_db
WHY = ("--reason", "Called the clinic")


def run(*arguments: object) -> str:
    answer = CliRunner().invoke(command, [str(each) for each in arguments])
    forget_settings()
    assert answer.exit_code == 0, answer.output
    return answer.output


def refused(*arguments: object) -> str:
    answer = CliRunner().invoke(command, [str(each) for each in arguments])
    forget_settings()
    assert answer.exit_code != 0
    assert isinstance(answer.exception, SystemExit)
    return answer.output


def aside(kind: str = "Patient") -> QuarantinedEntry:
    return QuarantinedEntry.objects.get(resource_type=kind, state="quarantined")


def told(action: str) -> list[str]:
    return list(AuditEvent.objects.filter(action=action).values_list("reason", flat=True))


@pytest.fixture
def by_line(monkeypatch):
    monkeypatch.setattr("carespace.interop.fhir.reading.GROUP_LINES", 2)


def test_the_list_says_where_and_why_and_holds_no_content(feed, practice):
    feed.send(bundle(patient(), result()))
    feed.send(bundle(stan(), result("b")))
    text = run("list", "--practice", practice.slug, "--json")
    rows = json.loads(text)["entries"]
    assert [(row["file"], row["position"], row["type"], row["code"]) for row in rows] == [
        ("002.json", "entry 1", "Patient", "another-person"),
        ("002.json", "entry 2", "Observation", "another-person"),
    ]
    assert "Moran" not in text
    assert AuditEvent.objects.get(action="quarantine.list").detail == {"entries": 2}
    assert (
        json.loads(run("list", "--practice", practice.slug, "--feed", "x", "--json"))["entries"]
        == []
    )
    assert (
        "entry 1"
        in CliRunner(env={"COLUMNS": "200"})
        .invoke(command, ["list", "--practice", practice.slug])
        .output
    )


def test_a_doubted_delivery_leaves_the_former_result_in_sight(feed, by_line):
    feed.send(bundle(patient(), result()))
    feed.send(result(status="amended"), result("b"), stan(), result("c"))
    row = on_file("Observation", source_key="Observation/a")
    assert (row.status, row.held_at) == ("final", None)
    assert results_of("Adler") == {"Observation/a"}
    positions = QuarantinedEntry.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == ["line 1", "line 3", "line 4"]
    event = AuditEvent.objects.get(action="record.hold")
    assert (event.patient_id, event.detail) == (
        named("Adler").pk,
        {"held": 1, "restored": 1},
    )


def test_a_doubted_delivery_read_again_ends_as_it_did(feed, by_line):
    feed.send(bundle(patient(), result()))
    lines = (result(status="amended"), result("b"), stan(), result("c"))
    feed.send(*lines, name="doubted.ndjson")
    before = sorted(QuarantinedEntry.objects.values_list("pk", "state", "code"))
    rows = sorted(Resource.objects.values_list("pk", "version", "held_reason"))
    Delivery.objects.filter(name="doubted.ndjson").update(state="received")
    feed.send(*lines, name="doubted.ndjson")
    assert sorted(QuarantinedEntry.objects.values_list("pk", "state", "code")) == before
    assert sorted(Resource.objects.values_list("pk", "version", "held_reason")) == rows


def test_the_same_person_brings_back_what_was_held_and_takes_in_the_rest(feed, by_line):
    feed.send(bundle(patient(), result()))
    feed.send(result(status="amended"), result("b"), stan(), result("c"))
    said = run("settle", aside().pk, "--same-person", *WHY)
    assert "1 held results are shown again" in said
    assert results_of("Adler") == {"Observation/a", "Observation/b", "Observation/c"}
    assert on_file("Observation", source_key="Observation/a").status == "amended"
    assert codes() == []
    assert told("quarantine.settle") == told("record.release") == ["Called the clinic"]
    feed.send(bundle(stan(), result("d")))
    assert "Observation/d" in results_of("Adler")


def test_a_patient_who_cannot_be_read_is_settled_without_being_stored(feed, by_line):
    feed.send(bundle(patient(), result()))
    unread = stan() | {"birthDate": "sometime"}
    feed.send(result("b"), result("c"), unread, result("d"))
    assert results_of("Adler") == {"Observation/a"}
    run("settle", aside().pk, "--same-person", *WHY)
    assert results_of("Adler") == {f"Observation/{each}" for each in "abcd"}
    assert on_file("Patient").version == 1


def test_numbers_of_two_people_are_not_settled_as_one(feed):
    feed.send(bundle(patient(mrn="R-1"), stan("2", mrn="S-1")))
    both = [{"system": MRN, "value": "R-1"}, {"system": MRN, "value": "S-1"}]
    feed.send(bundle(patient(identifier=both), result()))
    said = refused("settle", aside().pk, "--same-person", *WHY)
    assert "another patient’s" in said
    assert results_of("Adler") == set()
    assert codes() == ["another-person"] * 2
    assert told("quarantine.settle") == []


def test_a_discarded_person_s_results_stay_out_whatever_is_tried_again(feed, practice, by_line):
    feed.send(bundle(patient(), result()))
    feed.send(result("b"), result("c"), stan(), result("d"))
    assert "2 held results" in run("discard", aside().pk, *WHY)
    assert told("quarantine.discard") == told("record.retract") == ["Called the clinic"]
    assert Resource.objects.exclude(retracted_at=None).count() == 2
    said = run("retry", "--practice", practice.slug, "--feed", "import")
    assert said.startswith("0 of 1")
    assert results_of("Adler") == {"Observation/a"}
    feed.send(result("e"))
    assert results_of("Adler") == {"Observation/a", "Observation/e"}


def test_what_a_conflict_had_stopped_is_taken_in_after_it_was_discarded(feed):
    feed.send(bundle(patient(), result()))
    feed.send(stan())
    feed.send(bundle(result("b"), document(data="aGVsbG8=")))
    run("discard", aside().pk, *WHY)
    entry = aside("Observation")
    assert run("retry", entry.pk).startswith("1 of 1")
    assert results_of("Adler") == {"Observation/a", "Observation/b"}
    assert run("retry", aside("DocumentReference").pk).startswith("1 of 1")
    assert AuditEvent.objects.filter(action="quarantine.retry").count() == 2
    assert "released" in refused("retry", entry.pk)


def test_an_entry_tried_again_may_still_have_to_wait(feed):
    feed.send(bundle(patient(), result()))
    feed.send(result(subject=None) | {"id": "m"})
    assert run("retry", aside("Observation").pk).startswith("0 of 1")
    assert codes() == ["no-patient"]


def test_an_old_patient_tried_again_changes_nothing_newer(feed):
    feed.send(bundle(patient(mrn="R-1"), stan("2", mrn="S-1")))
    both = [{"system": MRN, "value": "R-1"}, {"system": MRN, "value": "S-1"}]
    feed.send(patient(identifier=both, gender="male"))
    feed.send(patient(mrn="R-1", gender="female"))
    PatientIdentifier.objects.filter(value="S-1").update(value="S-2")
    assert run("retry", aside().pk).startswith("1 of 1")
    assert named("Adler").gender == "female"
    assert on_file("Patient", patient=named("Adler")).content["gender"] == "female"


def test_an_id_nobody_knows_is_one_sentence(feed):
    assert "Nothing was set aside" in refused("discard", "0" * 32, *WHY)
    assert "Give an ID" in refused("retry")
