"""Visits, orders, devices, insurance and bills: every must-support element in words (US Core 6.1.0; VDT-2)."""

import pytest

from tests.record_more.conftest import PATIENT, TERMS, Ask, Give
from tests.record_more.people import ANA, CANCER, CLINIC, WARD, everybody

pytestmark = pytest.mark.django_db
DISPOSITION = f"{TERMS}/discharge-disposition"


def test_a_visit_says_all_that_it_holds(give: Give, part: Ask) -> None:
    give(
        *everybody(),
        {
            "resourceType": "Encounter",
            "identifier": [{"system": "urn:visits", "value": "V-77"}],
            "status": "in-progress",
            "class": {"system": f"{TERMS}/v3-ActCode", "code": "IMP"},
            "type": [{"text": "Stay for treatment"}],
            "subject": PATIENT,
            "participant": [
                {
                    "type": [
                        {"coding": [{"system": f"{TERMS}/v3-ParticipationType", "code": "ATND"}]}
                    ],
                    "individual": ANA,
                    "period": {"start": "2026-02-03T09:00:00-05:00"},
                }
            ],
            "period": {"start": "2026-02-03T09:00:00-05:00", "end": "2026-02-05T14:30:00-05:00"},
            "reasonCode": [{"text": "Fever"}],
            "reasonReference": [CANCER],
            "diagnosis": [{"condition": CANCER, "use": {"text": "main reason"}}],
            "hospitalization": {
                "admitSource": {"text": "Emergency room"},
                "dischargeDisposition": {"coding": [{"system": DISPOSITION, "code": "home"}]},
            },
            "location": [{"location": WARD}],
            "serviceProvider": CLINIC,
        },
    )
    page = part("visits")
    for words in (
        "Stay for treatment", "Under way",
        "From February 3, 2026, 9 am to February 5, 2026, 2:30 pm".replace("9 am", "9:00 am"),
        "Hospital stay", "Fever, Breast cancer", "Breast cancer (main reason)", "Dr. Ana Ruiz (",
        "Lake ward, 2 Pier, Port Alden, NY 14498", "Emergency room", "Home",
        "NY 14498 Seen at Harbor Clinic Phone 555-010-0155",
    ):  # fmt: skip
        assert words in page, (words, page)
    assert "ATND" not in page
    assert "IMP" not in page


def test_an_order_says_all_that_it_holds(give: Give, part: Ask) -> None:
    order = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "priority": "urgent",
        "category": [{"text": "Imaging"}],
        "code": {"text": "CT of the chest"},
        "orderDetail": [{"text": "With contrast"}],
        "subject": PATIENT,
        "occurrenceDateTime": "2026-12-02",
        "authoredOn": "2026-11-20T10:00:00-05:00",
        "requester": ANA,
        "performer": [CLINIC],
        "locationReference": [WARD],
        "reasonCode": [{"text": "Cough"}],
        "reasonReference": [CANCER],
        "bodySite": [{"text": "Chest"}],
        "note": [{"text": "Use the left arm."}],
        "patientInstruction": "Do not eat for 4 hours.",
    }
    old = {**order, "id": "old", "status": "completed", "code": {"text": "Bone scan"}}
    give(*everybody(), order, {**old, "occurrenceDateTime": "2026-12-24"})
    page = part("orders")
    assert page.index("Still open CT of the chest") < page.index("Done or ended Bone scan")
    for words in (
        "Soon", "Imaging", "With contrast", "December 2, 2026", "November 20, 2026",
        "Dr. Ana Ruiz", "Harbor Clinic", "Lake ward", "Cough, Breast cancer", "Chest",
        "Use the left arm.", "Do not eat for 4 hours.",
    ):  # fmt: skip
        assert words in page, words


def test_a_device_says_its_udi_in_parts(give: Give, part: Ask) -> None:
    carrier = "(01)00844588003288(11)141231(17)250707(10)A213B1(21)1234"
    give(
        {
            "resourceType": "Device",
            "udiCarrier": [{"deviceIdentifier": "00844588003288", "carrierHRF": carrier}],
            "status": "active",
            "distinctIdentifier": "A99970003",
            "manufacturer": "Port Works",
            "manufactureDate": "2024-12-31",
            "expirationDate": "2030-07-07",
            "lotNumber": "A213B1",
            "serialNumber": "1234-S",
            "deviceName": [{"name": "EasyPort", "type": "user-friendly-name"}],
            "modelNumber": "EP-2",
            "type": {"text": "Implanted port"},
            "patient": PATIENT,
        }
    )
    page = part("devices")
    for words in (
        "Implanted port", "EasyPort", "Port Works", "EP-2", f"Unique device identifier (UDI) {carrier}",
        "Device identifier 00844588003288", "Lot number A213B1", "Serial number 1234-S",
        "Distinct identifier A99970003", "Made on December 31, 2024", "To be used before July 7, 2030",
    ):  # fmt: skip
        assert words in page, words


def test_insurance_says_the_numbers_on_the_card(give: Give, part: Ask) -> None:
    kinds = f"{TERMS}/coverage-class"
    give(
        *everybody(),
        {
            "resourceType": "Coverage",
            "identifier": [
                {
                    "type": {"coding": [{"system": f"{TERMS}/v2-0203", "code": "MB"}]},
                    "value": "M-889",
                }
            ],
            "status": "active",
            "type": {"text": "PPO"},
            "subscriber": PATIENT,
            "subscriberId": "S-112",
            "beneficiary": PATIENT,
            "relationship": {
                "coding": [{"system": f"{TERMS}/subscriber-relationship", "code": "self"}]
            },
            "period": {"start": "2020-01-01"},
            "payor": [CLINIC],
            "class": [
                {
                    "type": {"coding": [{"system": kinds, "code": "group"}]},
                    "value": "G-1",
                    "name": "City staff",
                },
                {
                    "type": {"coding": [{"system": kinds, "code": "plan"}]},
                    "value": "P-2",
                    "name": "Gold plan",
                },
            ],
            "order": 1,
        },
    )
    page = part("insurance")
    for words in (
        "Harbor Clinic", "Pays first", "PPO", "Member ID M-889", "Subscriber ID S-112",
        "Insured through Yourself", "Group City staff, G-1", "Plan Gold plan, P-2",
        "Since January 1, 2020",
    ):  # fmt: skip
        assert words in page, (words, page)


def test_bills_say_what_for_and_how_much(give: Give, part: Ask) -> None:
    shared = {
        "status": "active",
        "type": {"text": "Office visit bill"},
        "use": "claim",
        "patient": PATIENT,
        "created": "2026-04-01",
        "provider": CLINIC,
        "insurer": CLINIC,
    }
    line = {"sequence": 1, "productOrService": {"text": "Infusion"}}
    claim = {
        "resourceType": "Claim",
        **shared,
        "priority": {"text": "normal"},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "Plan"}}],
        "item": [line],
        "total": {"value": 1250.5, "currency": "USD"},
    }
    answer = {
        "resourceType": "ExplanationOfBenefit",
        **shared,
        "outcome": "complete",
        "insurance": [{"focal": True, "coverage": {"display": "Plan"}}],
        "item": [line],
        "total": [
            {"category": {"text": "You may owe"}, "amount": {"value": 80, "currency": "USD"}}
        ],
        "payment": {"amount": {"value": 1000, "currency": "USD"}},
    }
    give(*everybody(), claim, answer)
    page = part("bills")
    for words in (
        "Bill to your insurance", "Answer of your insurance", "April 1, 2026", "Infusion",
        "From Harbor Clinic", "Total $1,250.50", "You may owe $80.00", "Paid by your insurance $1,000.00",
    ):  # fmt: skip
        assert words in page, (words, page)
