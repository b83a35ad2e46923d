"""What was cancelled, ruled out, not done or is not to be done never reads as if it was, on any part of the record."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.conftest import WebClient
from tests.people import Cast, sign_in
from tests.record.conftest import LOINC, PATIENT, SUBJECT, TERMS, concept, ref
from tests.record_more.conftest import Ask, Give, id_of, patient, words_of

pytestmark = pytest.mark.django_db
LOCAL = {"system": "urn:local", "code": "A", "display": "Active problem"}


def status(system: str, code: str, *, first: dict[str, str] | None = LOCAL) -> dict[str, Any]:
    """Return HL7's code behind a local one, as feeds send both."""
    own = {"system": f"{TERMS}/{system}", "code": code}
    return {"coding": [first, own] if first else [own]}


def medicine(resource_type: str, code: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": resource_type,
        "status": code,
        "medicationCodeableConcept": {"text": name},
        **SUBJECT,
        **more,
    }


def order(code: str, name: str, **more: Any) -> dict[str, Any]:
    return medicine("MedicationRequest", code, name, **{"intent": "order", **more})


def in_order(words: str, *expected: str) -> None:
    """Each of ``expected`` stands in ``words``, one after the other."""
    place = 0
    for each in expected:
        found = words.find(each, place)
        assert found >= 0, (each, words)
        place = found + len(each)


def test_a_local_code_before_hl7s_does_not_hide_that_it_is_over_or_ruled_out(
    give: Give, part: Ask
) -> None:
    base = {"resourceType": "Condition", **SUBJECT}
    give(
        {**base, "code": {"text": "Gout"}, "clinicalStatus": status("condition-clinical", "resolved")},
        {**base, "code": {"text": "Lupus"}, "clinicalStatus": status("condition-clinical", "active"), "verificationStatus": status("condition-ver-status", "refuted")},
        {**base, "code": {"text": "Asthma"}, "clinicalStatus": status("condition-clinical", "active")},
        {**base, "code": {"text": "Hepatitis"}, "verificationStatus": {"text": "Refuted"}},
        {**base, "code": {"text": "Measles"}, "abatementDateTime": "1961"},
    )  # fmt: skip
    words = part("health-issues")
    in_order(words, "Now", "Asthma", "In the past", "Checked and ruled out")
    now, later = words.split("In the past", 1)
    assert not any(each in now for each in ("Gout", "Lupus", "Hepatitis", "Measles"))
    past, ruled_out = later.split("Checked and ruled out", 1)
    assert ("Gout" in past, "Measles" in past) == (True, True)
    assert ("Lupus" in ruled_out, "Hepatitis" in ruled_out) == (True, True)


def test_an_allergy_that_was_ruled_out_or_is_over_is_not_among_those_of_now(
    give: Give, part: Ask
) -> None:
    base = {"resourceType": "AllergyIntolerance", **PATIENT}
    give(
        {**base, "code": {"text": "Latex"}, "clinicalStatus": status("allergyintolerance-clinical", "active")},
        {**base, "code": {"text": "Eggs"}, "clinicalStatus": status("allergyintolerance-clinical", "resolved")},
        {**base, "code": {"text": "Penicillin"}, "clinicalStatus": status("allergyintolerance-clinical", "active"), "verificationStatus": status("allergyintolerance-verification", "refuted")},
    )  # fmt: skip
    words = part("allergies")
    in_order(words, "Now", "Latex", "In the past", "Eggs", "Checked and ruled out", "Penicillin")


def test_what_is_not_to_be_taken_stands_on_top_and_only_what_is_active_is_taken_now(
    give: Give, part: Ask
) -> None:
    give(
        order("active", "Ondansetron"),
        order("active", "Ibuprofen", doNotPerform=True),
        order("on-hold", "Warfarin"),
        order("unknown", "Tamoxifen"),
        order("cancelled", "Aspirin"),
        medicine("MedicationStatement", "on-hold", "Metformin"),
        medicine("MedicationStatement", "unknown", "Ginseng"),
        medicine("MedicationStatement", "not-taken", "Melatonin"),
    )
    words = part("medicines")
    heads = ("Do not take", "Taking now", "On hold", "We do not know if this is taken now")
    in_order(words, heads[0], "Ibuprofen", heads[1], "Ondansetron", heads[2], heads[3], "Not taken")
    now = words.split(heads[1], 1)[1].split(heads[2], 1)[0]
    on_hold, rest = words.split(heads[1], 1)[1].split(heads[2], 1)[1].split(heads[3], 1)
    assert not any(each in now for each in ("Warfarin", "Tamoxifen", "Metformin", "Ginseng"))
    assert ("Warfarin" in on_hold, "Metformin" in on_hold) == (True, True)
    unclear, not_taken = rest.split("Not taken", 1)
    assert ("Tamoxifen" in unclear, "Ginseng" in unclear) == (True, True)
    assert "Melatonin" in not_taken
    assert "Aspirin" in words.split("In the past", 1)[1]


def test_a_dose_that_was_not_given_says_so(give: Give, part: Ask) -> None:
    given = {"effectiveDateTime": "2026-09-08", "performer": [{"actor": {"display": "Nurse Bo"}}]}
    give(
        medicine("MedicationAdministration", "completed", "Carboplatin", **given),
        medicine("MedicationAdministration", "not-done", "Cisplatin", **given, statusReason=[{"text": "Low count"}]),
        medicine("MedicationAdministration", "in-progress", "Docetaxel", **given),
        medicine("MedicationAdministration", "unknown", "Paclitaxel", **given),
    )  # fmt: skip
    words = part("medicines")
    in_order(
        words, "Begun or to come", "Docetaxel", "Given at the clinic", "Carboplatin", "Given on", "Not given", "Cisplatin",
        "Not given", "Low count", "We do not know if this was given", "Paclitaxel",
    )  # fmt: skip
    assert words.count("Given on") == words.count("Given by") == 1


@pytest.mark.parametrize(
    ("code", "heading", "word"),
    [
        ("declined", "Not handed over", "Not given out"),
        ("cancelled", "Not handed over", "Cancelled"),
        ("stopped", "Not handed over", "Stopped"),
        ("preparation", "Waiting at the pharmacy", "Being prepared"),
        ("in-progress", "Waiting at the pharmacy", "Ready to be picked up"),
        ("on-hold", "Waiting at the pharmacy", "On hold"),
        ("unknown", "We do not know if this was given", "Not known"),
    ],
)
def test_what_the_pharmacy_did_not_hand_over_never_reads_as_handed_over(
    give: Give, part: Ask, code: str, heading: str, word: str
) -> None:
    more = {"whenHandedOver": "2026-09-09", "location": {"display": "Main Street"}}
    give(
        order("active", "Ondansetron"),
        medicine("MedicationDispense", code, "Olanzapine", **more),
    )
    words = part("medicines")
    in_order(words, heading, "Olanzapine", word)
    assert not any(
        each in words
        for each in ("Handed over on", "Picked up at", "From the pharmacy", "Given by")
    )


def test_procedures_that_were_not_done_or_not_ended_are_not_under_done(
    give: Give, part: Ask
) -> None:
    def one(code: str, name: str) -> dict[str, Any]:
        by = [{"actor": {"display": "Dr. Ruiz"}}]
        return {"resourceType": "Procedure", "status": code, "code": {"text": name}, "performer": by, **SUBJECT}  # fmt: skip

    give(one("completed", "Biopsy"), one("not-done", "Lobectomy"), one("stopped", "Colonoscopy"), one("unknown", "Scan"))  # fmt: skip
    words = part("procedures")
    in_order(
        words, "Biopsy", "Done by Dr. Ruiz", "Stopped before the end", "Colonoscopy", "Not done", "Lobectomy",
        "Who Dr. Ruiz", "We do not know if this was done", "Scan", "Who Dr. Ruiz",
    )  # fmt: skip
    assert words.count("Done by") == 2


def test_a_vaccine_that_was_not_given_was_given_by_nobody(give: Give, part: Ask) -> None:
    give({"resourceType": "Immunization", "status": "not-done", "vaccineCode": {"text": "Flu"}, "occurrenceDateTime": "2026-09-01", "performer": [{"actor": {"display": "Nurse Bo"}}], **PATIENT})  # fmt: skip
    words = part("vaccines")
    assert "Not given." in words
    assert ("Given by" in words, "Given on" in words) == (False, False)


def test_orders_and_steps_of_a_plan_that_are_not_to_be_done_say_so(give: Give, part: Ask) -> None:
    service = {"resourceType": "ServiceRequest", "intent": "order", **SUBJECT}
    give(
        {**service, "id": "mri", "status": "active", "doNotPerform": True, "code": {"text": "MRI"}},
        {**service, "id": "ct", "status": "revoked", "code": {"text": "CT"}},
        {**service, "id": "us", "status": "unknown", "code": {"text": "Ultrasound"}},
        {
            "resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "Plan of tests", **SUBJECT,
            "activity": [
                {"reference": {**ref("ServiceRequest/mri"), "display": "MRI"}}, {"reference": ref("ServiceRequest/ct")},
            ],
        },
        {"resourceType": "CarePlan", "status": "revoked", "intent": "plan", "title": "Chemo plan", **SUBJECT},
        {"resourceType": "CommunicationRequest", "status": "active", "doNotPerform": True, "category": [{"text": "Call"}], **SUBJECT, "payload": [{"contentString": "Call"}]},
        {"resourceType": "Procedure", "status": "completed", "code": {"text": "Biopsy"}, "basedOn": [ref("ServiceRequest/mri")], **SUBJECT},
    )  # fmt: skip
    orders = part("orders")
    in_order(orders, "Not to be done: MRI", "CT", "Cancelled", "We do not know if this was done", "Ultrasound")  # fmt: skip
    plan = part("care-plan")
    in_order(plan, "Plan of tests", "Not to be done: MRI", "CT", "Cancelled", "Earlier plans", "Chemo plan", "Cancelled")  # fmt: skip
    assert "Ordered as Not to be done: MRI" in part("procedures")
    assert "Not to be done" in part("other")


def test_a_goal_that_was_entered_by_mistake_is_not_shown(give: Give, part: Ask) -> None:
    goal = {"resourceType": "Goal", **SUBJECT}
    give(
        {**goal, "lifecycleStatus": "entered-in-error", "description": {"text": "Run a marathon"}},
        {**goal, "lifecycleStatus": "rejected", "description": {"text": "Lose weight"}},
    )
    words = part("goals")
    assert "Run a marathon" not in words
    in_order(words, "Lose weight", "Not wanted")


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"detailQuantity": {"value": 0, "unit": "cigarettes"}}, "0 cigarettes"),
        ({"detailQuantity": {"value": -2, "unit": "kg"}}, "-2 kg"),
        ({"detailRange": {"low": {"value": 0}, "high": {"value": 3, "unit": "drinks"}}}, "0 to 3 drinks"),
    ],
)  # fmt: skip
def test_a_target_of_nothing_or_less_is_a_target(
    give: Give, part: Ask, detail: dict[str, Any], words: str
) -> None:
    target = {"measure": {"text": "What we look at"}, **detail}
    give({"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "A goal"}, "target": [target], **SUBJECT})  # fmt: skip
    assert f"What we look at Target {words}" in part("goals")


def test_a_cancelled_stage_is_no_stage(give: Give, part: Ask) -> None:
    cancer = {"resourceType": "Condition", "id": "c", "code": {"text": "Lung cancer"}, **SUBJECT}
    letter = {"resourceType": "Observation", "id": "t", "status": "final", "code": concept("Tumor size", "21905-5", LOINC), "valueCodeableConcept": {"text": "T4"}, **SUBJECT}  # fmt: skip
    stage = {
        "resourceType": "Observation", "status": "cancelled", "focus": [ref("Condition/c")], "hasMember": [ref("Observation/t")],
        "code": concept("Stage of the cancer", "21908-9", LOINC), "valueCodeableConcept": {"text": "Stage 4B"}, **SUBJECT,
    }  # fmt: skip
    give(cancer, letter, stage)
    assert "4B" not in part("health-issues")
    words = part("cancer")
    assert "4B" not in words
    assert ("Cancelled" in words, "T4" in words) == (True, True)


def test_a_cancelled_finding_has_no_value(give: Give, part: Ask) -> None:
    give({"resourceType": "Observation", "status": "cancelled", "code": {"text": "Eye pressure"}, "valueQuantity": {"value": 44, "unit": "mmHg"}, "component": [{"code": {"text": "Left"}, "valueQuantity": {"value": 55}}], **SUBJECT})  # fmt: skip
    words = part("other-observations")
    in_order(words, "Eye pressure", "Cancelled")
    assert ("44" in words, "55" in words) == (False, False)


def test_a_cancelled_report_has_no_conclusion(give: Give, cast: Cast, client: WebClient) -> None:
    give({"resourceType": "DiagnosticReport", "id": "r", "status": "cancelled", "code": {"text": "Chest scan"}, "conclusion": "A mass in the lung", "conclusionCode": [{"text": "Malignant"}], "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>A shadow</div>"}, **SUBJECT})  # fmt: skip
    sign_in(client, cast.ruth)
    address = reverse("portal:report", args=[cast.ruths_record.pk, id_of("DiagnosticReport", "r")])
    words = words_of(client.get(address, {"open": "1"}).content.decode())
    assert "This test was cancelled." in words
    assert not any(each in words for each in ("A mass", "Malignant", "A shadow"))


def test_what_ends_in_the_future_is_current(give: Give, part: Ask) -> None:
    today = timezone.now().date()
    ends = {"ahead": (today + timedelta(days=40)).isoformat(), "past": "2020-01-01"}
    give(
        patient(
            name=[
                {"family": "Adler", "given": ["Ruth"]},
                {"family": "Moss", "given": ["Ruth"], "use": "usual", "period": {"end": ends["ahead"]}},
                {"family": "Finch", "given": ["Ruth"], "use": "usual", "period": {"end": ends["past"]}},
            ],
            address=[
                {"use": "home", "line": ["1 Next Street"], "period": {"end": ends["ahead"]}},
                {"use": "home", "line": ["2 Last Street"], "period": {"end": ends["past"]}},
            ],
            telecom=[
                {"system": "phone", "use": "home", "value": "555-0101", "period": {"end": ends["ahead"]}},
                {"system": "phone", "use": "home", "value": "555-0102", "period": {"end": ends["past"]}},
            ],
        )
    )  # fmt: skip
    words = part("about-you")
    for expected in (
        "Home address 1 Next Street", "Earlier address 2 Last Street", "Other name Ruth Moss", "Earlier name Ruth Finch",
        "Home phone 555-0101", "Earlier number or address 555-0102",
    ):  # fmt: skip
        assert expected in words, expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (concept("Chemotherapy (procedure)", "367336001"), "Chemotherapy"),
        ({"text": "Drug therapy (regime/therapy)"}, "Drug therapy"),
        (concept("Employed (qualifier value)", "1"), "Employed"),
        ({"text": "Biopsy (left)"}, "Biopsy (left)"),
        ({"text": "(procedure)"}, "(procedure)"),
    ],
)
def test_the_kind_of_thing_is_not_read_out(
    give: Give, part: Ask, given: dict[str, Any], words: str
) -> None:
    reason = {"display": "Malignant tumor of breast (disorder)"}
    give({"resourceType": "Procedure", "status": "completed", "code": given, "reasonReference": [reason], **SUBJECT})  # fmt: skip
    page = part("procedures")
    assert f" {words} Why Malignant tumor of breast " in page.replace(" New ", " ")
    assert f"{words} (" not in page
    assert "(disorder)" not in page
