"""Health issues and cancer details (US Core Condition in both its profiles, VDT-2; mCODE STU1)."""

from typing import Any

import pytest

from tests.record.conftest import DOCTOR, LOINC, MCODE, SUBJECT, TERMS, coded, concept, ref
from tests.record_more.conftest import Ask, Give

pytestmark = pytest.mark.django_db
STAGES = "http://cancerstaging.org"


def issue(what: str, **more: Any) -> dict[str, Any]:
    """Return an active, confirmed Condition."""
    return {
        "resourceType": "Condition",
        "clinicalStatus": coded("condition-clinical", "active"),
        "verificationStatus": coded("condition-ver-status", "confirmed"),
        "category": [coded("condition-category", "problem-list-item")],
        "code": {"text": what},
        **SUBJECT,
        **more,
    }


def finding(code: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a final Observation that is neither a lab result nor a vital sign."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [coded("observation-category", "survey")],
        "code": {"coding": [{"system": LOINC, "code": code, "display": f"Named {code}"}]},
        "effectiveDateTime": "2026-04-01",
        **SUBJECT,
        **value,
        **more,
    }


def stage_value(code: str) -> dict[str, Any]:
    """Return a stage as mCODE writes it: a code without words."""
    return {"valueCodeableConcept": {"coding": [{"system": STAGES, "code": code}]}}


def test_an_issue_says_all_that_a_patient_would_understand(give: Give, part: Ask) -> None:
    give(
        DOCTOR,
        {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"}, "type": [{"text": "Spring visit"}], **SUBJECT},
        issue(
            "Neuropathy",
            verificationStatus=coded("condition-ver-status", "provisional"),
            severity=concept("Severe", "24484000"),
            bodySite=[{**concept("Hand", "85562004"), "extension": [{"url": f"{MCODE}laterality", "valueCodeableConcept": concept("Left", "7771000")}]}],
            extension=[{"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2026-02-03"}],
            onsetDateTime="2026-01",
            recordedDate="2026-02-04",
            recorder=ref("Practitioner/ruiz"),
            asserter=ref("Practitioner/ruiz"),
            encounter=ref("Encounter/e"),
            evidence=[{"code": [{"text": "Numb fingertips"}]}],
            note=[{"text": "Worse in the cold"}],
        ),
    )  # fmt: skip
    words = part("health-issues")
    for expected in (
        "Neuropathy", "Likely, not confirmed yet", "Severe", "Hand, Left", "Began January 2026",
        "Diagnosed on February 3, 2026", "Numb fingertips", "Found at the visit Spring visit",
        "Confirmed by Dr. Ana Ruiz", "Worse in the cold", "Written down by Dr. Ana Ruiz on February 4, 2026.",
    ):  # fmt: skip
        assert expected in words, expected
    for code in ("24484000", "problem-list-item", "provisional", "7771000"):
        assert code not in words, code


@pytest.mark.parametrize(
    ("onset", "words"),
    [
        ({"onsetDateTime": "2009"}, "Began 2009"),
        ({"onsetPeriod": {"start": "2009", "end": "2010-02"}}, "Began From 2009 to February 2010"),
        ({"onsetPeriod": {"start": "2009"}}, "Began Since 2009"),
        ({"onsetAge": {"value": 45, "unit": "years", "code": "a"}}, "Began At the age of 45 years"),
        (
            {"onsetRange": {"low": {"value": 40, "unit": "years"}, "high": {"value": 50, "unit": "years"}}},
            "Began At the age of 40 to 50 years",
        ),
        ({"onsetString": "As a child"}, "Began As a child"),
        ({"abatementDateTime": "2024-05-06"}, "Ended May 6, 2024"),
        ({"abatementString": "After surgery"}, "Ended After surgery"),
        ({"abatementAge": {"value": 50, "unit": "years"}}, "Ended At the age of 50 years"),
        ({"onsetDateTime": "9999-12-31"}, "Fever"),
    ],
)  # fmt: skip
def test_each_way_of_saying_when_is_kept(
    give: Give, part: Ask, onset: dict[str, Any], words: str
) -> None:
    give(issue("Fever", **onset))
    page = part("health-issues")
    assert words in page
    assert "9999" not in page


def test_each_kind_stands_under_its_heading_the_cancer_first(give: Give, part: Ask) -> None:
    give(
        issue("Asthma"),
        issue("Has a criminal record", code=concept("Has a criminal record (finding)", "266948004")),
        issue("Food is short", category=[coded("condition-category", "problem-list-item"), {"coding": [{"system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-tags", "code": "sdoh"}]}]),
        issue("Chill (finding)"),
        issue("Gout", clinicalStatus=coded("condition-clinical", "resolved")),
        issue("Measles", verificationStatus=coded("condition-ver-status", "refuted")),
        issue("Worry about falls", category=[coded("condition-category", "health-concern")]),
        issue("Tumor of lung", code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C34.11", "display": "Tumor of lung"}]}),
        issue("Suspected lung cancer (situation)"),
        issue("Taken back", verificationStatus=coded("condition-ver-status", "entered-in-error")),
    )  # fmt: skip
    words = part("health-issues")
    places = {each: words.index(each) for each in (
        "Cancer Tumor of lung", "Now ", "Health concerns Worry about falls", "In the past Gout",
        "Checked and ruled out Measles", "Life and home",
    )}  # fmt: skip
    assert list(places.values()) == sorted(places.values())
    now, life = words[places["Now "] :], words[places["Life and home"] :]
    for each in ("Asthma", "Chill", "Suspected lung cancer"):
        assert now.index(each) < now.index("Health concerns"), each
    assert "Has a criminal record" in life
    assert "Food is short" in life
    assert "Taken back" not in words


def test_a_cancer_has_its_stage_with_what_it_rests_on(give: Give, part: Ask) -> None:
    give(
        issue(
            "Lung cancer",
            id="ca",
            extension=[{"url": f"{MCODE}histology-morphology-behavior", "valueCodeableConcept": concept("Adenocarcinoma", "35917007")}],
            stage=[{"summary": {"coding": [{"system": STAGES, "code": "3C"}]}, "type": {"text": "Clinical stage"}, "assessment": [ref("Observation/group")]}],
        ),
        finding("21908-9", stage_value("3C"), id="group", hasMember=[ref("Observation/t"), ref("Observation/n"), ref("Observation/m")]),
        finding("21905-5", stage_value("cT3"), id="t"),
        finding("21906-3", stage_value("cN3"), id="n"),
        finding("21907-1", stage_value("cM0"), id="m"),
        finding("21902-2", stage_value("p2B"), id="path", focus=[ref("Condition/ca")]),
        finding("21902-2", stage_value("pX9"), id="other"),
    )  # fmt: skip
    words = part("health-issues")
    for expected in ("Adenocarcinoma", "Clinical stage: 3C.", "3C (cT3, cN3, cM0).", "p2B."):
        assert expected in words, expected
    assert "pX9" not in words  # nothing says that it is this cancer's
    details = part("cancer")
    for expected in ("Cancer Lung cancer", "3C (cT3, cN3, cM0).", "(cT3)", "No sign of spread to other organs, on exams and scans (cM0)", "pX9", "April 1, 2026"):  # fmt: skip
        assert expected in details, expected


def test_cancer_details_gather_activity_status_markers_and_genes(give: Give, part: Ask) -> None:
    give(
        DOCTOR,
        finding("89247-1", {"valueInteger": 1}, performer=[ref("Practitioner/ruiz")],
                interpretation=[{"coding": [{"system": LOINC, "code": "LA9623-5", "display": "Restricted in strenuous activity"}]}]),
        finding("89243-0", {"valueInteger": 90}),
        finding("88040-1", {"valueCodeableConcept": concept("Improving", "268910001")},
                extension=[{"url": f"{MCODE}evidence-type", "valueCodeableConcept": concept("Imaging", "363679005")}]),
        finding("69548-6", {"valueCodeableConcept": {"text": "Present"}},
                component=[{"code": {"text": "Gene"}, "valueCodeableConcept": {"text": "EGFR"}}],
                note=[{"text": "Exon 19"}]),
        finding("16112-5", {"valueString": "Positive"}, status="preliminary"),
        finding("00000-0", {"valueString": "Something else"}),
    )  # fmt: skip
    words = part("cancer")
    for expected in (
        "Daily activity", "Restricted in strenuous activity", "Found by Dr. Ana Ruiz", "90",
        "How the cancer is doing", "Improving", "What it rests on Imaging", "Genes", "Gene EGFR", "Exon 19",
        "Tumor markers", "Positive", "First result, may still change",
    ):  # fmt: skip
        assert expected in words, expected
    assert "Something else" not in words
    assert TERMS not in words


def test_a_record_without_cancer_has_an_empty_page(give: Give, part: Ask) -> None:
    give(issue("Asthma"))
    assert "Nothing here yet" in part("cancer")
