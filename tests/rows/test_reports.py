"""Row S-36: lab reports are viewable too, the report and not only its values."""

import pytest

from tests.rows import steps
from tests.rows.browser import Page
from tests.rows.steps import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(scene: Scene) -> Page:
    """The patient's lab report, reached from the first page by its words."""
    home = steps.registered(scene)
    reports = home.follow("Read reports")
    return reports.follow(f"Blood count {scene.word}")


def test_s36_a_patient_reads_a_lab_report_from_the_first_page(scene: Scene, report: Page) -> None:
    assert report.heading == f"Blood count {scene.word}"
    for fact in (scene.patient.display_name, "M-1", f"Lab {scene.word}", "11.2", "g/dL"):
        assert report.says(fact), fact
    assert report.says(f"A report: {scene.word}")


def test_s36_a_lab_report_leads_to_the_page_of_each_test(scene: Scene, report: Page) -> None:
    lab = report.follow(scene.word)
    assert lab.heading == scene.word
    assert lab.says("11.2")


def test_s36_a_lab_report_can_be_kept(scene: Scene, report: Page) -> None:
    kept = report.follow("Download")
    assert kept.source.decode() == f"A report: {scene.word}"
