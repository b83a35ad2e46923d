"""An import that was killed, or lost its database, ends on the next run where an undisturbed one would (F14, F15).

A home of its own with real processes: ``import`` is killed with -9 as soon as a chosen number of resources is
committed, so that the moments do not hang on how fast the machine is.
"""

import base64
import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from carespace.config import embedded_postgres
from carespace.config.keys import derive, master_key
from carespace.files.models import Blob
from carespace.files.store import read_blob
from tests.interop.fhir_builders import bundle, document, patient, result, stan, write
from tests.interop.homes import PATIENCE_SECONDS, Home, running_home

PEOPLE = 6
RESULTS_PER_PERSON = 700
KILLS = 3
KILLS_SLOW = 10
LARGE_BYTES = 200_000  # beyond what lies in the database row itself

STATE = {
    "resources": """
        SELECT r.resource_type, r.source_key, r.version, r.content_hash, r.status, r.delivery_sha,
               (SELECT array_agg(i.system || '|' || i.value ORDER BY i.system, i.value)
                FROM patients_patientidentifier i WHERE i.patient_id = r.patient_id)
        FROM (SELECT r.*, d.sha256 AS delivery_sha FROM records_resource r
              JOIN interop_delivery d ON d.id = r.delivery_id) r
        WHERE r.practice_id = %(practice)s ORDER BY 1, 2""",
    "versions": """
        SELECT r.source_key, v.version, v.content_hash FROM records_resourceversion v
        JOIN records_resource r ON r.id = v.resource_id
        WHERE v.practice_id = %(practice)s ORDER BY 1, 2""",
    "patients": """
        SELECT p.family_name, p.given_names, p.birth_date_text,
               array_agg(i.system || '|' || i.value ORDER BY i.system, i.value)
        FROM patients_patient p JOIN patients_patientidentifier i ON i.patient_id = p.id
        WHERE p.practice_id = %(practice)s GROUP BY p.id ORDER BY 1, 2, 3""",
    "set aside": """
        SELECT d.sha256, q.position, q.resource_type, q.source_key, q.code, q.state, q.content
        FROM interop_quarantinedentry q JOIN interop_delivery d ON d.id = q.delivery_id
        WHERE q.practice_id = %(practice)s ORDER BY 1, 2""",
    "deliveries": """
        SELECT sha256, state, counts, name FROM interop_delivery
        WHERE practice_id = %(practice)s ORDER BY 1""",
}


def state_of(home: Home, practice: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import leaves behind, without the ids that differ from practice to practice."""
    return {name: home.rows(query, practice) for name, query in STATE.items()}


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with running_home() as made:
        yield made


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that makes an import hard: results before people, changes, conflicts, documents, damage."""
    folder = tmp_path_factory.mktemp("delivered")
    for n in range(PEOPLE):
        keys = range(RESULTS_PER_PERSON)
        lines = [result(f"r{n}-{key}", f"Patient/{n}") for key in keys]
        write(folder / f"a-results-{n}.ndjson", *lines, "not JSON", result(f"odd-{n}", None))
        large = base64.b64encode(bytes([n]) * LARGE_BYTES).decode()
        small = base64.b64encode(b"note %d" % n).decode()
        write(
            folder / f"b-person-{n}.json",
            bundle(
                patient(str(n), f"Family{n}", mrn=f"M{n}"),
                document(f"large-{n}", f"Patient/{n}", data=large),
                document(f"small-{n}", f"Patient/{n}", data=small),
            ),
        )
        changed = [result(f"r{n}-{key}", f"Patient/{n}", status="amended") for key in keys[::7]]
        write(folder / f"c-changes-{n}.ndjson", *changed, result(f"r{n}-1", "Patient/0"))
    write(folder / "d-conflict.json", bundle(stan("1"), result("stan", "Patient/1")))
    write(folder / "e-waiting.json", result("later", "Patient/99"))
    return folder


@pytest.fixture(scope="module")
def undisturbed(home: Home, delivered: Path) -> dict[str, list[tuple[Any, ...]]]:
    calm = home.add_practice("calm")
    home.run("import", "--practice", calm, "--json", str(delivered))
    return state_of(home, calm)


@pytest.fixture
def assert_blobs_open(home: Home, settings: Any) -> Callable[[str], None]:
    settings.CARESPACE_FILE_KEY = derive(master_key(home.folder), "files")
    settings.CARESPACE_FILES_FOLDER = home.folder / "files"
    query = (
        "SELECT id, sha256, size_bytes, wrapped_key, inline FROM files_blob"
        " WHERE practice_id = %(practice)s"
    )

    def check(practice: str) -> None:
        rows = home.rows(query, practice)
        assert len(rows) > 2 * PEOPLE
        names = ("id", "sha256", "size_bytes", "wrapped_key", "inline")
        for row in rows:
            blob = Blob(**dict(zip(names, row, strict=True)))
            assert len(read_blob(blob)) == blob.size_bytes

    return check


def test_the_undisturbed_run_holds_every_kind_of_thing(undisturbed):
    assert len(undisturbed["resources"]) == PEOPLE * (RESULTS_PER_PERSON + 3)
    assert len(undisturbed["versions"]) == PEOPLE * len(range(0, RESULTS_PER_PERSON, 7))
    assert len(undisturbed["patients"]) == PEOPLE
    states = {(row[4], row[5]) for row in undisturbed["set aside"]}
    assert states >= {
        ("waiting", "released"),
        ("waiting", "waiting"),
        ("json", "quarantined"),
        ("no-patient", "quarantined"),
        ("moved", "quarantined"),
        ("another-person", "quarantined"),
    }


def kill_and_complete(home: Home, delivered: Path, practice: str, moments: list[int]) -> int:
    """Kill one import per moment, then let one run to its end; return how many were really killed."""
    killed = 0
    for moment in moments:
        process = home.start("import", "--practice", practice, "--json", str(delivered))
        home.wait_until_stored(practice, moment, process)
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    home.run("import", "--practice", practice, "--json", str(delivered))
    return killed


@pytest.mark.parametrize(
    "kills", [KILLS, pytest.param(KILLS_SLOW, marks=pytest.mark.slow)], ids=["small", "full"]
)
def test_a_killed_import_ends_as_an_undisturbed_one(
    home, delivered, undisturbed, assert_blobs_open, kills
):
    chance = random.Random(kills)  # noqa: S311  repeatable, not secret
    whole = len(undisturbed["resources"])
    moments = sorted(chance.randrange(1, whole - 1) for _ in range(kills))
    practice = home.add_practice(f"rough-{kills}")
    assert kill_and_complete(home, delivered, practice, moments) == kills
    assert state_of(home, practice) == undisturbed
    assert_blobs_open(practice)


def test_two_imports_of_one_folder_at_once_end_as_one(home, delivered, undisturbed):
    practice = home.add_practice("both")
    line = ("import", "--practice", practice, "--json", str(delivered))
    both = [home.start(*line), home.start(*line)]
    reports = []
    for process in both:
        out, problem = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, problem
        reports.append(json.loads(out))
    assert sum(report["stored"] for report in reports) == len(undisturbed["resources"])
    assert state_of(home, practice) == undisturbed


def test_a_database_that_was_killed_is_told_of_and_the_next_run_completes(
    home, delivered, undisturbed
):
    practice = home.add_practice("restarted")
    process = home.start("import", "--practice", practice, str(delivered))
    home.wait_until_stored(practice, len(undisturbed["resources"]) // 2, process)
    server = embedded_postgres.status(home.folder).pid
    assert server is not None
    os.kill(server, signal.SIGKILL)
    _, problem = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "run the same command again" in problem
    assert "Traceback" not in problem
    home.run("import", "--practice", practice, str(delivered))
    assert state_of(home, practice) == undisturbed


def test_a_file_that_cannot_be_read_ends_the_command_with_1_and_its_name(home, tmp_path):
    practice = home.add_practice("unreadable")
    write(tmp_path / "a.json", patient())
    (tmp_path / "b.json").symlink_to(tmp_path / "nowhere")
    process = home.start("import", "--practice", practice, "--json", str(tmp_path))
    out, problem = process.communicate(timeout=PATIENCE_SECONDS)
    report = json.loads(out)
    assert (process.returncode, report["stored"], problem) == (1, 1, "")
    assert [each["file"] for each in report["unreadable"]] == [str(tmp_path / "b.json")]
