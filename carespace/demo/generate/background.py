"""The patient and everything that was so before the cancer: insurance, family, health issues.

Race, ethnicity and birth sex are US Core's extensions
(https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-patient.html).
"""

from datetime import date

from carespace.demo.generate import organisation
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.codes import (
    ALLERGIES,
    COMORBIDITIES,
    DISEASES,
    HOME_MEDICINES,
    PAST_VACCINES,
    YEARLY_VACCINES,
)
from carespace.demo.generate.elsewhere import FAMILY_DOCTOR
from carespace.demo.generate.fhir import (
    CVX,
    ICD10,
    PRACTICE_ROOT,
    RXNORM,
    SNOMED,
    US_CORE,
    Ledger,
    Resource,
    coding,
    concept,
    hl7_concept,
    narrative,
)
from carespace.demo.generate.people import Person
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import Timeline

MRN_SYSTEM = f"{PRACTICE_ROOT}/mrn"
RACES = {
    "white": ("2106-3", "White"),
    "black": ("2054-5", "Black or African American"),
    "asian": ("2028-9", "Asian"),
    "native": ("1002-5", "American Indian or Alaska Native"),
}
ETHNICITIES = {True: ("2135-2", "Hispanic or Latino"), False: ("2186-5", "Not Hispanic or Latino")}
RACE_SYSTEM = "urn:oid:2.16.840.1.113883.6.238"
PLAN_TYPES = {
    "medicare": ("RETIRE", "retiree health program"),
    "harbor": ("PPO", "preferred provider organization policy"),
}
PLANS = {
    "medicare": (("plan", "A-B", "Parts A and B"),),
    "harbor": (
        ("group", "PA-2210", "Port Alden city staff"),
        ("plan", "HM-500", "Harbor Choice 500"),
    ),
}
LANGUAGES = {"en": ("en-US", "English"), "es": ("es", "Spanish")}


def patient_resource(person: Person, clock: Clock) -> Resource:
    """Return the Patient as the practice's EHR sends it."""
    language, language_name = LANGUAGES[person.language]
    return {
        "resourceType": "Patient",
        "id": person.source_id,
        "meta": {"lastUpdated": clock.stamp(clock.day(-1), 6)},
        "extension": _us_core_extensions(person),
        "identifier": [
            {
                "use": "usual",
                "type": hl7_concept("v2-0203", "MR", "Medical record number"),
                "system": MRN_SYSTEM,
                "value": person.mrn,
                "assigner": organisation.organization("lakeside"),
            }
        ],
        "active": True,
        "name": [
            {"use": "official", "family": person.family, "given": [person.given, person.middle]}
        ],
        "telecom": [_phone(person.phone_suffix), _email(person.email)],
        "gender": person.gender,
        "birthDate": person.birth_date.isoformat(),
        "address": [
            {
                "use": "home",
                "line": [person.street],
                "city": "Port Alden",
                "state": "NY",
                "postalCode": "14499",
                "country": "US",
            }
        ],
        "maritalStatus": hl7_concept("v3-MaritalStatus", "M", "Married")
        if person.married
        else hl7_concept("v3-MaritalStatus", "S", "Never Married"),
        "communication": [
            {
                "language": concept("urn:ietf:bcp:47", language, language_name),
                "preferred": True,
            }
        ],
        "contact": _to_call(person),
        "generalPractitioner": [{"display": FAMILY_DOCTOR}],
        "managingOrganization": organisation.organization("lakeside"),
    }


def _to_call(person: Person) -> list[Resource]:
    relative = person.relative
    if relative is None:
        return []
    return [
        {
            "relationship": [hl7_concept("v2-0131", "C", "Emergency Contact")],
            "name": {"family": relative.family, "given": [relative.given]},
            "telecom": [_phone(relative.phone_suffix)],
        }
    ]


def _phone(suffix: int) -> Resource:
    return {"system": "phone", "value": f"315-555-0{suffix}", "use": "mobile"}


def _email(address: str) -> Resource:
    return {"system": "email", "value": address, "use": "home"}


def _us_core_extensions(person: Person) -> list[Resource]:
    def group(name: str, code: tuple[str, str]) -> Resource:
        return {
            "url": f"{US_CORE}us-core-{name}",
            "extension": [
                {"url": "ombCategory", "valueCoding": coding(RACE_SYSTEM, *code)},
                {"url": "text", "valueString": code[1]},
            ],
        }

    birth_sex = "F" if person.gender == "female" else "M"
    return [
        group("race", RACES[person.race]),
        group("ethnicity", ETHNICITIES[person.hispanic]),
        {"url": f"{US_CORE}us-core-birthsex", "valueCode": birth_sex},
    ]


def add_background(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock
) -> Resource:
    """Write insurance, family, allergies, vaccines, medicines at home and health issues.

    Returns the Reference to the cancer.
    """
    _add_coverage(ledger, person, timeline.week(story.known))
    _add_relative(ledger, person)
    for key in person.allergies:
        ledger.add("AllergyIntolerance", _allergy(ledger, key))
    if not person.allergies:
        ledger.add("AllergyIntolerance", _no_known_allergy(ledger))
    _add_vaccines(ledger, clock)
    for key in person.home_medicines:
        ledger.add("MedicationRequest", _home_medicine(ledger, person, key, timeline, story))
    for key in person.comorbidities:
        snomed, icd10, name, onset = COMORBIDITIES[key]
        ledger.add("Condition", _condition(ledger, (snomed, icd10, name), onset))
    return _add_cancer(ledger, story, timeline)


def _add_coverage(ledger: Ledger, person: Person, since: date) -> None:
    ledger.add(
        "Coverage",
        {
            "identifier": [
                {
                    "type": hl7_concept("v2-0203", "MB", "Member Number"),
                    "system": f"{PRACTICE_ROOT}/members",
                    "value": person.member_number,
                }
            ],
            "status": "active",
            "type": hl7_concept("v3-ActCode", *PLAN_TYPES[person.payer]),
            "subscriberId": f"X{person.mrn[-6:]}",
            "subscriber": ledger.patient,
            "beneficiary": ledger.patient,
            "relationship": hl7_concept("subscriber-relationship", "self", "Self"),
            "period": {"start": f"{since.year - 1}-01-01"},
            "payor": [organisation.organization(person.payer)],
            "class": [
                {
                    "type": hl7_concept("coverage-class", kind, kind.capitalize()),
                    "value": number,
                    "name": name,
                }
                for kind, number, name in PLANS[person.payer]
            ],
            "order": 1,
        },
    )


def _add_relative(ledger: Ledger, person: Person) -> None:
    relative = person.relative
    if relative is None:
        return
    telecom = [_phone(relative.phone_suffix)]
    if relative.email:
        telecom.append(_email(relative.email))
    ledger.add(
        "RelatedPerson",
        {
            "active": True,
            "patient": ledger.patient,
            "relationship": [
                hl7_concept("v3-RoleCode", relative.role, relative.role_display),
                hl7_concept("v2-0131", "C", "Emergency Contact"),
            ],
            "name": [{"use": "official", "family": relative.family, "given": [relative.given]}],
            "telecom": telecom,
        },
    )


def _allergy(ledger: Ledger, key: str) -> Resource:
    snomed, name, category, criticality, reaction = ALLERGIES[key]
    return {
        "clinicalStatus": hl7_concept("allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": hl7_concept(
            "allergyintolerance-verification", "confirmed", "Confirmed"
        ),
        "category": [category],
        "criticality": criticality,
        "code": concept(SNOMED, snomed, f"Allergy to {name.lower()}", name),
        "patient": ledger.patient,
        "onsetDateTime": "1998" if key == "penicillin" else "2011-05",
        "reaction": [
            {
                "manifestation": [{"text": reaction}],
                "severity": "severe" if criticality == "high" else "mild",
            }
        ],
    }


def _no_known_allergy(ledger: Ledger) -> Resource:
    return {
        "clinicalStatus": hl7_concept("allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": hl7_concept(
            "allergyintolerance-verification", "confirmed", "Confirmed"
        ),
        "code": concept(SNOMED, "716186003", "No known allergy", "No known allergies"),
        "patient": ledger.patient,
    }


def _add_vaccines(ledger: Ledger, clock: Clock) -> None:
    given: list[tuple[str, str, str]] = list(PAST_VACCINES)
    for cvx, name, month, day in YEARLY_VACCINES:
        for year in range(clock.today.year - 2, clock.today.year + 1):
            when = date(year, month, day)
            if when < clock.today:
                given.append((cvx, name, when.isoformat()))
    for cvx, name, when_given in given:
        ledger.add(
            "Immunization",
            {
                "status": "completed",
                "vaccineCode": concept(CVX, cvx, name),
                "patient": ledger.patient,
                "occurrenceDateTime": when_given,
                "primarySource": True,
            },
        )


def _home_medicine(
    ledger: Ledger, person: Person, key: str, timeline: Timeline, story: Story
) -> Resource:
    rxnorm, name, directions = HOME_MEDICINES[key]
    return {
        "status": "active",
        "intent": "order",
        "reportedBoolean": True,
        "medicationCodeableConcept": concept(RXNORM, rxnorm, name.split(" ")[0], name),
        "subject": ledger.patient,
        "authoredOn": timeline.week(story.known).isoformat(),
        "requester": organisation.practitioner(person.doctor),
        "dosageInstruction": [{"text": directions}],
    }


def _condition(ledger: Ledger, codes: tuple[str, str, str], onset: str) -> Resource:
    snomed, icd10, name = codes
    return {
        "clinicalStatus": hl7_concept("condition-clinical", "active", "Active"),
        "verificationStatus": hl7_concept("condition-ver-status", "confirmed", "Confirmed"),
        "category": [hl7_concept("condition-category", "problem-list-item", "Problem List Item")],
        "code": {
            "coding": [coding(SNOMED, snomed, name), coding(ICD10, icd10, name)],
            "text": name,
        },
        "subject": ledger.patient,
        "onsetDateTime": onset,
    }


def _add_cancer(ledger: Ledger, story: Story, timeline: Timeline) -> Resource:
    snomed, icd10, name = DISEASES[story.disease]
    diagnosed = timeline.week(story.diagnosed)
    body = _condition(ledger, (snomed, icd10, name), story.onset or diagnosed.isoformat())
    body["text"] = narrative(f"{name}. {story.stage} ({story.tnm}).")
    body["recordedDate"] = diagnosed.isoformat()
    body["stage"] = [
        {
            "summary": {"text": story.stage},
            "type": {"text": "Stage at diagnosis"},
        },
        {"summary": {"text": story.tnm}, "type": {"text": "TNM or other detailed stage"}},
    ]
    if story.survivorship:
        body["clinicalStatus"] = hl7_concept("condition-clinical", "remission", "Remission")
    return ledger.add("Condition", body)


def diagnosis_name(story: Story) -> str:
    """Return the cancer's full name with its stage, as a list of patients shows it."""
    return f"{DISEASES[story.disease][2]}, {story.stage}"
