"""Medicines: four ways to write one down, each in words (US Core MedicationRequest, MedicationDispense; mCODE)."""

import pytest

from tests.record.conftest import (
    DOCTOR,
    MCODE,
    PLACE,
    RXNORM,
    SUBJECT,
    TERMS,
    coded,
    concept,
    ref,
)
from tests.record_more.conftest import Ask, Give

pytestmark = pytest.mark.django_db


def order(**more: object) -> dict[str, object]:
    """Return an active order of ondansetron."""
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept("ondansetron 8 MG Oral Tablet", "312087", RXNORM),
        **SUBJECT,
        **more,
    }


def test_an_order_says_all_that_a_patient_would_understand(give: Give, part: Ask) -> None:
    give(
        DOCTOR,
        {"resourceType": "Condition", "id": "c", "code": {"text": "Nausea"}, **SUBJECT},
        {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"}, "type": [{"text": "First infusion"}], **SUBJECT},
        {"resourceType": "Organization", "id": "ph", "name": "Main Street Pharmacy"},
        order(
            status="on-hold",
            statusReason=concept("Headache after each dose", "25064002"),
            intent="original-order",
            priority="urgent",
            category=[{**coded("medicationrequest-category", "community"), "text": "Community"}],
            reportedBoolean=False,
            encounter=ref("Encounter/e"),
            authoredOn="2026-09-08",
            requester=ref("Practitioner/ruiz"),
            reasonCode=[{"text": "Feeling sick after chemo"}],
            reasonReference=[ref("Condition/c")],
            courseOfTherapyType=concept("Short course (acute) therapy", "acute", f"{TERMS}/medicationrequest-course-of-therapy"),
            note=[{"text": "Stop if you get hives."}],
            dosageInstruction=[
                {
                    "timing": {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}},
                    "route": concept("Oral route", "26643006"),
                    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
                }
            ],
            dispenseRequest={
                "numberOfRepeatsAllowed": 2,
                "quantity": {"value": 30, "unit": "tablet"},
                "expectedSupplyDuration": {"value": 10, "unit": "days", "code": "d"},
                "validityPeriod": {"start": "2026-09-08", "end": "2027-03-08"},
                "performer": ref("Organization/ph"),
            },
        ),
    )  # fmt: skip
    words = part("medicines")
    for expected in (
        "On hold ondansetron 8 MG Oral Tablet", "Headache after each dose", "Take 1 tablet",
        "8 hours", "Why Feeling sick after chemo, Nausea", "Ordered on September 8, 2026", "Ordered by Dr. Ana Ruiz",
        "Where it is taken At home", "30 tablets", "Lasts for 10 days", "2 refills", "September 8, 2026 to March 8, 2027", "Main Street Pharmacy",
        "At the visit First infusion", "Stop if you get hives.", "How soon", "How long it is taken",
        "Written down by Dr. Ana Ruiz on September 8, 2026.",
        "Ask your care team before you stop or change a medicine.",
    ):  # fmt: skip
        assert expected in words, expected
    for code in ("312087", "26643006", "original-order", "community", "urgent", "25064002"):
        assert code not in words, code


def test_a_medicine_of_its_own_and_one_inside_give_the_name_form_and_ingredients(
    give: Give, part: Ask
) -> None:
    of_its_own = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "Axid oral solution"},
        "form": {"text": "Oral solution"},
        "ingredient": [
            {
                "itemCodeableConcept": {"text": "nizatidine"},
                "strength": {
                    "numerator": {"value": 15, "unit": "mg"},
                    "denominator": {"value": 1, "unit": "mL"},
                },
            }
        ],
    }
    inside = {
        "resourceType": "Medication",
        "id": "in",
        "code": {"text": "Inside tablets"},
        "form": {"text": "Tablet"},
        "ingredient": [{"itemCodeableConcept": {"text": "something inside"}}],
    }
    give(
        of_its_own,
        {
            "resourceType": "MedicationRequest", "id": "a", "status": "active", "intent": "order",
            "medicationReference": ref("Medication/m"), **SUBJECT,
        },
        {
            "resourceType": "MedicationRequest", "id": "b", "status": "active", "intent": "order",
            "contained": [inside], "medicationReference": ref("#in"), **SUBJECT,
        },
        {
            "resourceType": "MedicationRequest", "id": "c", "status": "active", "intent": "order",
            "medicationReference": {"display": "Only a name"}, **SUBJECT,
        },
    )  # fmt: skip
    words = part("medicines")
    for expected in (
        "Axid oral solution", "Form Oral solution", "nizatidine 15 mg/mL", "Inside tablets", "something inside",
        "Only a name",
    ):  # fmt: skip
        assert expected in words, expected


def test_told_given_handed_over_planned_and_past_stand_apart(give: Give, part: Ask) -> None:
    ext = [
        {"url": f"{MCODE}treatment-intent", "valueCodeableConcept": concept("Curative", "373808002")},
        {"url": f"{MCODE}termination-reason", "valueCodeableConcept": concept("Side effects", "1")},
    ]  # fmt: skip
    give(
        DOCTOR,
        PLACE,
        order(id="told", medicationCodeableConcept={"text": "Ginger tea"}, reportedBoolean=True),
        {
            "resourceType": "MedicationStatement", "id": "s", "status": "stopped", "extension": ext,
            "medicationCodeableConcept": {"text": "Tamoxifen"}, "effectivePeriod": {"start": "2020", "end": "2024-03"},
            "dateAsserted": "2024-04-01", "informationSource": ref("Practitioner/ruiz"),
            "dosage": [{"text": "20 mg once a day"}], "note": [{"text": "Took it well"}], **SUBJECT,
        },
        {
            "resourceType": "MedicationAdministration", "id": "g", "status": "completed",
            "medicationCodeableConcept": {"text": "Carboplatin"}, "effectiveDateTime": "2026-09-08T10:30:00-04:00",
            "performer": [{"actor": ref("Practitioner/ruiz")}], "dosage": {"text": "450 mg into a vein"}, **SUBJECT,
        },
        {
            "resourceType": "MedicationDispense", "id": "d", "status": "completed",
            "medicationCodeableConcept": {"text": "Olanzapine"}, "whenHandedOver": "2026-09-09",
            "whenPrepared": "2026-09-08", "quantity": {"value": 7, "unit": "tablet"},
            "daysSupply": {"value": 7, "unit": "days"}, "type": concept("First Fill", "FF", f"{TERMS}/v3-ActCode"),
            "performer": [{"actor": ref("Practitioner/ruiz")}], "location": ref("Location/suite"),
            "authorizingPrescription": [ref("MedicationRequest/told")], **SUBJECT,
        },
        order(id="plan", intent="plan", medicationCodeableConcept={"text": "Pemetrexed"}),
        order(id="no", doNotPerform=True, medicationCodeableConcept={"text": "Ibuprofen"}),
        order(id="gone", status="entered-in-error", medicationCodeableConcept={"text": "Mistaken pills"}),
    )  # fmt: skip
    words = part("medicines")
    order_of = [
        words.index(each)
        for each in (
            "Do not take", "Ibuprofen", "Taking now", "Ginger tea", "Planned", "Pemetrexed", "Given at the clinic", "Carboplatin",
            "From the pharmacy", "Olanzapine", "In the past", "Tamoxifen",
        )
    ]  # fmt: skip
    assert order_of == sorted(order_of)
    for expected in (
        "Told by you", "Do not take", "Given on September 8, 2026", "450 mg into a vein", "Stopped",
        "From 2020 to March 2024", "20 mg once a day", "Took it well", "Aim of the treatment Curative",
        "Why it changed Side effects", "Handed over on September 9, 2026", "Made ready on September 8, 2026",
        "Amount 7 tablets", "Lasts for 7 days", "Picked up at Infusion suite", "For the order Ginger tea",
        "1 entry was put in by mistake",
    ):  # fmt: skip
        assert expected in words, expected
    assert "Mistaken pills" not in words


def test_what_is_taken_now_comes_before_hundreds_of_doses(give: Give, part: Ask) -> None:
    doses = [
        {
            "resourceType": "MedicationAdministration", "id": f"g{number}", "status": "completed",
            "medicationCodeableConcept": {"text": f"Dose {number:02}."}, **SUBJECT,
            "effectiveDateTime": f"2026-{1 + number // 28:02}-{1 + number % 28:02}",
        }
        for number in range(60)
    ]  # fmt: skip
    give(
        order(authoredOn="2001", medicationCodeableConcept={"text": "Old and still taken"}), *doses
    )
    first = part("medicines")
    assert "Old and still taken" in first
    assert ("Dose 59." in first, "Dose 00." in first) == (True, False)
    assert "Dose 00." in part("medicines", page=2)
