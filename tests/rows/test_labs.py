"""Rows S-33 to S-35: labs under their tab, the latest of each test in the table, its history by the arrow."""

import json
from pathlib import Path
from typing import Any

import pytest

from carespace.interop.importing import import_files
from tests.rows import steps
from tests.rows.browser import Page, words_of
from tests.rows.steps import Scene

pytestmark = pytest.mark.django_db
NEWER, OLDER = "2026-09-08", "2026-08-11"


@pytest.fixture
def home(scene: Scene, tmp_path: Path) -> Page:
    """The first page of the record, after the practice's system has sent two blood draws."""
    results = [
        measured("777-3", "Platelets", 12.4, NEWER),
        measured("777-3", "Platelets", 10.3, OLDER),
        measured("2160-0", "Creatinine", 0.8, OLDER),
    ]
    number = scene.patient.identifiers.get()
    someone = {
        "resourceType": "Patient",
        "id": "1",
        "identifier": [{"system": number.system, "value": number.value}],
        "name": [{"family": scene.patient.family_name, "given": [scene.patient.given_names]}],
        "birthDate": scene.patient.birth_date_text,
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in (someone, *results)],
    }
    path = tmp_path / "labs.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    assert import_files(scene.practice, "labs", [path]).quarantined == 0
    return steps.registered(scene)


def measured(code: str, name: str, value: float, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"{code}-{day}",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "g/dL"},
        "referenceRange": [{"low": {"value": 0.5}, "high": {"value": 16}}],
    }


def labs_of(scene: Scene, home: Page) -> Page:
    """The page with the labs table: under Health with everything, or under a tab of its own (D-1)."""
    split = scene.practice.settings.nav_layout == "split"
    return home.browser.open(scene.home).follow("Labs" if split else "Health")


def rows(page: Page) -> dict[str, str]:
    found = page.tree.xpath("//table[contains(@class, 'labs')]//tr[@class='result']")
    return {words_of(each.find("th/a")): words_of(each) for each in found}


def test_s33_lab_results_stand_under_their_tab(scene: Scene, home: Page) -> None:
    page = labs_of(scene, home)
    assert page.heading == ("Labs" if scene.practice.settings.nav_layout == "split" else "Health")
    assert {"Platelets", "Creatinine", scene.word} == set(rows(page))
    one = page.follow("Platelets")
    assert one.heading == "Platelets"
    assert one.says("12.4 g/dL")


def test_s34_the_table_shows_the_latest_result_of_each_test(scene: Scene, home: Page) -> None:
    row = rows(labs_of(scene, home))["Platelets"]
    assert "12.4 g/dL" in row
    assert "Sep 8, 2026" in row
    assert "10.3" not in row


def test_s35_the_arrow_of_a_result_opens_its_history(scene: Scene, home: Page) -> None:
    page = labs_of(scene, home)
    (history,) = page.tree.xpath("//details[contains(., '10.3')]")
    assert words_of(history.find("summary")).startswith("History")
    assert "Aug 11, 2026" in words_of(history)
    whole = page.follow("All about this test", about="Platelets")
    assert whole.says("2 results since August 2026. Rose from 10.3 to 12.4.")
