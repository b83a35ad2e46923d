"""What makes a part of the record short to read: plain names, folded facts, earlier scores in a line, the reader's own words."""

import re

import pytest
from django.urls import reverse

from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.record.conftest import SUBJECT, Days, ref
from tests.record.test_health_issues import finding, issue
from tests.record.test_medicines import order
from tests.record_more.conftest import Ask, Give, words_of
from tests.records.shelf import lab, put

pytestmark = pytest.mark.django_db
QUADRANT = "Malignant neoplasm of upper-outer quadrant of right female breast"


def test_a_cancer_has_its_plain_name_and_its_own_wording_once(give: Give, part: Ask) -> None:
    give(
        issue(QUADRANT, id="ca", stage=[{"summary": {"text": "pT2 pN1a cM0"}}]),
        order(id="o", reasonReference=[{**ref("Condition/ca"), "display": QUADRANT}]),
    )
    words = part("health-issues")
    assert "Cancer Breast cancer, right side" in words
    assert words.count(QUADRANT) == 1
    assert "No sign of spread to other organs, on exams and scans (cM0)" in words
    medicines = part("medicines")
    assert "Why Breast cancer, right side" in medicines
    assert QUADRANT not in medicines


def test_earlier_scores_of_daily_activity_are_a_line_each(give: Give, part: Ask) -> None:
    give(
        finding("89247-1", {"valueInteger": 1}, id="now", effectiveDateTime="2026-09-08"),
        finding("89247-1", {"valueInteger": 2}, id="then", effectiveDateTime="2026-08-08"),
    )
    words = part("cancer")
    assert "Score 1: Up and about and able to do light work; hard work is too much." in words
    assert "August 8, 2026: 2" in words
    assert "Score 2" not in words


def test_what_a_pharmacy_needs_is_folded_below_what_a_patient_needs(
    give: Give, cast: Cast, client: WebClient
) -> None:
    give(order(dispenseRequest={"numberOfRepeatsAllowed": 2}, dosageInstruction=[{"text": "8 mg IV once"}]))  # fmt: skip
    sign_in(client, cast.ruth)
    page = client.get(reverse("portal:section", args=[cast.ruths_record.pk, "medicines"])).content.decode()  # fmt: skip
    folded = re.search(r'<details class="more">(.*?)</details>', page, re.DOTALL)
    assert folded
    assert "2 refills" in folded.group(1)
    assert "From the record of" in folded.group(1)
    assert "8 mg into a vein (IV) once" in page


def test_a_medicine_that_was_told_is_not_called_ordered(give: Give, part: Ask) -> None:
    give(order(reportedBoolean=True, authoredOn="2026-09-08"))
    words = part("medicines")
    assert "Told on September 8, 2026" in words
    assert "Ordered" not in words


def test_results_of_a_day_stand_outside_first_and_folded_after_visits(
    cast: Cast, days: Days, client: WebClient
) -> None:
    practice, ruth = cast.practice, cast.ruths_record
    usual = [{"low": {"value": 12}, "high": {"value": 16}}]
    for number, value in (("1-1", 13), ("2-2", 11), ("3-3", 14), ("4-4", 15)):
        put(practice, ruth, lab(number, {"value": value, "unit": "g/dL"}, "2026-09-08", referenceRange=usual))  # fmt: skip
    put(practice, ruth, {"resourceType": "Encounter", "status": "finished", "type": [{"text": "Office visit"}], "period": {"start": "2026-09-08"}})  # fmt: skip
    words = days("2026-09-08")
    assert "4 results, 1 outside the usual range" in words
    assert words.index("Test 2-2") < words.index("Test 1-1") < words.index("Test 3-3")
    assert words.index("Office visit") < words.index("4 results")
    assert "Choose other days" in words


def test_family_reads_the_patients_name_where_she_reads_you(
    give: Give, cast: Cast, client: WebClient
) -> None:
    give({"resourceType": "MedicationStatement", "status": "active", "medicationCodeableConcept": {"text": "Tea"}, "informationSource": {"reference": "Patient/R-1"}, **SUBJECT})  # fmt: skip
    sign_in(client, cast.luis)
    for slug, expected in (("about-you", "About Ruth"), ("surveys", "Questions that Ruth answered")):  # fmt: skip
        page = client.get(reverse("portal:section", args=[cast.ruths_record.pk, slug]))
        words = words_of(page.content.decode())
        assert expected in words
        assert "About you" not in words
