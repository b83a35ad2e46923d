"""Procedures, vaccines and allergies (US Core Procedure, Immunization, AllergyIntolerance; mCODE)."""

from typing import Any

import pytest

from tests.record.conftest import (
    DOCTOR,
    MCODE,
    PATIENT,
    PLACE,
    SUBJECT,
    TERMS,
    coded,
    concept,
    id_of,
    ref,
)
from tests.record_more.conftest import Ask, Give

pytestmark = pytest.mark.django_db


def done(what: str, **more: Any) -> dict[str, Any]:
    """Return a completed Procedure."""
    return {"resourceType": "Procedure", "status": "completed", "code": {"text": what}, **SUBJECT, **more}  # fmt: skip


def test_a_procedure_says_all_that_a_patient_would_understand(give: Give, part: Ask) -> None:
    give(
        DOCTOR,
        PLACE,
        {"resourceType": "Device", "id": "dev", "deviceName": [{"name": "Port", "type": "user-friendly-name"}], **PATIENT},
        {"resourceType": "ServiceRequest", "id": "sr", "status": "completed", "intent": "order", "code": {"text": "Radiation of the chest"}, **SUBJECT},
        {"resourceType": "DiagnosticReport", "id": "rep", "status": "final", "code": {"text": "Radiation summary"}, **SUBJECT},
        done(
            "Teletherapy",
            extension=[
                {"url": f"{MCODE}treatment-intent", "valueCodeableConcept": concept("Palliative", "363676003")},
                {"url": "http://example.org/total-dose-delivered", "valueQuantity": {"value": 6000, "unit": "cGy"}},
            ],
            category=concept("Radiation therapy", "108290001"),
            performedPeriod={"start": "2026-03-02", "end": "2026-04-10"},
            reasonCode=[{"text": "Pain in the chest"}],
            bodySite=[concept("Chest", "51185008")],
            outcome={"text": "Less pain"},
            complication=[{"text": "Red skin"}],
            followUp=[{"text": "Skin check in two weeks"}],
            report=[ref("DiagnosticReport/rep")],
            performer=[{"actor": ref("Practitioner/ruiz"), "function": {"text": "Radiation oncologist"}}],
            location=ref("Location/suite"),
            basedOn=[ref("ServiceRequest/sr")],
            focalDevice=[{"manipulated": ref("Device/dev")}],
            note=[{"text": "30 sessions"}],
        ),
    )  # fmt: skip
    words = part("procedures")
    for expected in (
        "Teletherapy", "When From March 2, 2026 to April 10, 2026", "Pain in the chest", "Palliative", "Chest",
        "Dose 6000 cGy", "How it went Less pain", "Problems Red skin", "Skin check in two weeks",
        "Report Radiation summary", "Dr. Ana Ruiz, Radiation oncologist", "Place Infusion suite",
        "Ordered as Radiation of the chest", "Device Port", "30 sessions", "Radiation therapy",
    ):  # fmt: skip
        assert expected in words, expected
    for code in ("363676003", "108290001", "completed"):
        assert code not in words, code


def test_the_report_of_a_procedure_is_a_link(give: Give, cast: Any, client: Any, part: Ask) -> None:
    give(
        {
            "resourceType": "DiagnosticReport",
            "id": "rep",
            "status": "final",
            "code": {"text": "Biopsy report"},
            **SUBJECT,
        },
        done("Biopsy", report=[ref("DiagnosticReport/rep")]),
    )
    part("procedures")
    page = client.get(f"/p/{cast.ruths_record.pk}/record/procedures/").content.decode()
    assert f'href="/p/{cast.ruths_record.pk}/reports/{id_of("DiagnosticReport", "rep")}/"' in page


@pytest.mark.parametrize(
    ("performed", "words"),
    [
        ({"performedDateTime": "2026-03"}, "When March 2026"),
        ({"performedString": "In the spring"}, "When In the spring"),
        ({"performedAge": {"value": 61, "unit": "years"}}, "When At the age of 61 years"),
        (
            {"performedRange": {"low": {"value": 60, "unit": "years"}, "high": {"value": 62, "unit": "years"}}},
            "When At the age of 60 to 62 years",
        ),
    ],
)  # fmt: skip
def test_each_way_of_saying_when_it_was_done_is_kept(
    give: Give, part: Ask, performed: dict[str, Any], words: str
) -> None:
    give(done("Biopsy", **performed))
    assert words in part("procedures")


def test_what_was_not_done_and_what_is_to_come_stand_apart(give: Give, part: Ask) -> None:
    give(
        done("Done one", performedDateTime="2026-09-01"),
        done("Refused one", status="not-done", statusReason={"text": "You said no"}),
        done("Coming one", status="preparation"),
    )
    words = part("procedures")
    assert words.index("Coming one") < words.index("Done one") < words.index("Refused one")
    assert "Why not done You said no" in words


def shot(what: str, **more: Any) -> dict[str, Any]:
    """Return a completed Immunization."""
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"text": what},
        **({} if "occurrenceString" in more else {"occurrenceDateTime": "2025-10-06"}),
        **PATIENT,
        **more,
    }


def test_a_vaccine_says_all_that_a_patient_would_understand(give: Give, part: Ask) -> None:
    give(
        DOCTOR,
        PLACE,
        {"resourceType": "Organization", "id": "mk", "name": "Vaccine Works"},
        {"resourceType": "Observation", "id": "sore", "status": "final", "code": {"text": "Sore arm"}, "valueString": "yes", **SUBJECT},
        shot(
            "Flu shot",
            primarySource=False,
            lotNumber="AAJN11K",
            expirationDate="2026-05-01",
            manufacturer=ref("Organization/mk"),
            site=concept("left arm", "LA", f"{TERMS}/v3-ActSite"),
            route=concept("Injection, intramuscular", "IM", f"{TERMS}/v3-RouteOfAdministration"),
            doseQuantity={"value": 0.7, "unit": "mL"},
            performer=[{"actor": ref("Practitioner/ruiz")}],
            location=ref("Location/suite"),
            reasonCode=[{"text": "Every fall"}],
            education=[{"documentType": "Flu leaflet"}],
            reaction=[{"date": "2025-10-07", "detail": ref("Observation/sore")}],
            protocolApplied=[{"series": "Yearly", "doseNumberPositiveInt": 1, "seriesDosesPositiveInt": 2, "targetDisease": [{"text": "Influenza"}]}],
            isSubpotent=True,
            subpotentReason=[{"text": "Kept too warm"}],
            note=[{"text": "Sat for 15 minutes"}],
        ),
        shot("Shingles shot", status="not-done", statusReason=concept("patient objection", "PATOBJ", f"{TERMS}/v3-ActReason")),
        shot(
            "Tetanus shot",
            occurrenceString="About ten years ago", primarySource=True),
    )  # fmt: skip
    words = part("vaccines")
    for expected in (
        "Flu shot", "Given on October 6, 2025", "Dose 1 of 2, Yearly", "Protects against Influenza", "0.7 mL",
        "Given by Dr. Ana Ruiz", "Infusion suite", "Made by Vaccine Works", "AAJN11K", "Use by May 1, 2026",
        "Every fall", "Sore arm, October 7, 2025", "Flu leaflet", "No: Kept too warm",
        "From another record, or told by you", "Sat for 15 minutes", "About ten years ago", "Written down by whoever gave it",
    ):  # fmt: skip
        assert expected in words, expected
    refused = words[words.index("Shingles shot") :]
    assert "Not given: " in refused
    assert "Given on" not in refused
    assert "PATOBJ" not in words


def allergy(what: Any, **more: Any) -> dict[str, Any]:
    """Return an active, confirmed AllergyIntolerance."""
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": coded("allergyintolerance-clinical", "active"),
        "verificationStatus": coded("allergyintolerance-verification", "confirmed"),
        "code": what if isinstance(what, dict) else {"text": what},
        **PATIENT,
        **more,
    }


def test_an_allergy_says_all_that_a_patient_would_understand(give: Give, part: Ask) -> None:
    give(
        DOCTOR,
        allergy(
            "Penicillin",
            type="allergy",
            category=["medication"],
            criticality="high",
            onsetAge={"value": 20, "unit": "years"},
            lastOccurrence="2011-05",
            recordedDate="2012-01-02",
            recorder=ref("Practitioner/ruiz"),
            asserter=ref("Practitioner/ruiz"),
            note=[{"text": "Carries a card"}],
            reaction=[
                {
                    "substance": {"text": "Amoxicillin"},
                    "manifestation": [{"text": "Hives"}, {"text": "Swelling"}],
                    "severity": "severe",
                    "onset": "2011-05-06",
                    "description": "Within an hour",
                    "exposureRoute": {"text": "By mouth"},
                    "note": [{"text": "Went to the emergency room"}],
                }
            ],
        ),
    )
    words = part("allergies")
    for expected in (
        "Penicillin", "Allergy", "Medicine", "At the age of 20 years", "Last happened May 2011", "Told by Dr. Ana Ruiz",
        "Carries a card", "What happened", "Hives, Swelling", "Severe", "To Amoxicillin", "By mouth",
        "Began May 6, 2011", "Within an hour", "Went to the emergency room",
        "Written down by Dr. Ana Ruiz on January 2, 2012.",
    ):  # fmt: skip
        assert expected in words, expected


def test_no_known_allergies_is_a_calm_sentence(give: Give, part: Ask) -> None:
    give(allergy({"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}))
    words = part("allergies")
    assert "No known allergies" in words
    assert "Active" not in words
    assert "without a name" not in words
