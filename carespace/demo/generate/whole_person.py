"""What a record holds beside the illness: habits, answers, the family's health, an implanted port, what was ordered.

Promises plain entries with real LOINC and SNOMED CT codes where one exists, and words where none does; nothing here
changes what stands elsewhere. The questions are those of the PHQ-2 (free to use) and of the practice's own form.
"""

from datetime import timedelta

from carespace.demo.generate import organisation
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.fhir import (
    LOINC,
    PRACTICE_ROOT,
    SNOMED,
    TERMINOLOGY,
    Ledger,
    Resource,
    coding,
    concept,
    hl7_concept,
)
from carespace.demo.generate.people import Person
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import Timeline

NEVER = ("266919005", "Never smoked tobacco", "Never smoked")
FORMER = ("8517006", "Ex-smoker", "Smoked in the past")
NOT_AT_ALL = coding(LOINC, "LA6568-5", "Not at all")
SEVERAL_DAYS = coding(LOINC, "LA6569-3", "Several days")
JOBS = {
    "LCA-100001": ("Elementary school teacher", "Education"),
    "LCA-100005": ("Truck driver, retired", "Transport"),
    "LCA-100007": ("Carpenter, retired", "Building"),
}
# Per patient: relation code, relation, health issue (SNOMED CT, name), age at which it began, age at death
FAMILIES = {
    "LCA-100001": (
        ("MTH", "mother", ("254837009", "Breast cancer"), 67, 79),
        ("FTH", "father", ("22298006", "Heart attack"), 71, 71),
        ("SIS", "sister", ("40930008", "Underactive thyroid"), 45, None),
    ),
    "LCA-100015": (("MAUNT", "mother's sister", ("363443007", "Ovarian cancer"), 52, 55),),
}
UDI_DEVICE = "00844588007654"


def add_whole_person(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock
) -> None:
    """Write all of it for one patient."""
    _add_habits(ledger, person, timeline)
    _add_answers(ledger, timeline, clock)
    _add_family(ledger, person, timeline)
    _add_port(ledger, story, timeline)
    _add_orders(ledger, person, story, timeline)
    _add_assessment(ledger, person, story, timeline, clock)
    _add_consent(ledger, timeline, clock)


def _observation(ledger: Ledger, category: str, code: Resource, **more: object) -> Resource:
    return {
        "status": "final",
        "category": [hl7_concept("observation-category", category, category)],
        "code": code,
        "subject": ledger.patient,
        **more,
    }


def _add_habits(ledger: Ledger, person: Person, timeline: Timeline) -> None:
    first = timeline.visits[0].day.isoformat()
    snomed, display, words = FORMER if "copd" in person.comorbidities else NEVER
    smoking = concept(LOINC, "72166-2", "Tobacco smoking status", "Smoking")
    habit = _observation(
        ledger,
        "social-history",
        smoking,
        effectiveDateTime=first,
        valueCodeableConcept=concept(SNOMED, snomed, display, words),
    )
    ledger.add("Observation", habit)
    if person.mrn in JOBS:
        job, industry = JOBS[person.mrn]
        work = _observation(
            ledger,
            "social-history",
            concept(LOINC, "11341-5", "History of Occupation", "Work"),
            effectivePeriod={"start": "1989"},
            valueCodeableConcept={"text": job},
            component=[
                {
                    "code": concept(LOINC, "86188-0", "History of Occupation industry", "Field"),
                    "valueCodeableConcept": {"text": industry},
                }
            ],
        )
        ledger.add("Observation", work)
    getting_around = _observation(
        ledger,
        "functional-status",
        concept(LOINC, "54522-8", "Functional status", "Walking and daily tasks"),
        effectiveDateTime=timeline.visits[-1].day.isoformat(),
        valueCodeableConcept={"text": "On your own, with rests"},
        performer=[organisation.practitioner("okafor")],
    )
    getting_around["category"] = [
        {
            "coding": [
                coding(
                    "http://hl7.org/fhir/us/core/CodeSystem/us-core-category",
                    "functional-status",
                    "Functional Status",
                )
            ]
        }
    ]
    ledger.add("Observation", getting_around)


def _add_answers(ledger: Ledger, timeline: Timeline, clock: Clock) -> None:
    taken = clock.stamp(timeline.visits[-1].day, 9)
    members = [
        ledger.add(
            "Observation",
            _observation(
                ledger,
                "survey",
                concept(LOINC, code, name),
                effectiveDateTime=taken,
                valueCodeableConcept={"coding": [answer]},
            ),
        )
        for code, name, answer in (
            ("44250-9", "Little interest or pleasure in doing things", NOT_AT_ALL),
            ("44255-8", "Feeling down, depressed or hopeless", SEVERAL_DAYS),
        )
    ]
    panel = _observation(
        ledger,
        "survey",
        concept(LOINC, "55757-9", "PHQ-2 panel", "Mood: two questions (PHQ-2)"),
        effectiveDateTime=taken,
        hasMember=members,
        performer=[organisation.practitioner("abrams")],
    )
    ledger.add("Observation", panel)
    ledger.add("QuestionnaireResponse", _distress_form(ledger, taken))


def _distress_form(ledger: Ledger, taken: str) -> Resource:
    def asked(number: str, text: str, **answer: object) -> Resource:
        return {"linkId": number, "text": text, "answer": [answer]}

    worries = [
        asked("2.1", "Sleep", valueBoolean=True),
        asked("2.2", "Getting to your visits", valueBoolean=False),
        asked("2.3", "Money or insurance", valueBoolean=False),
    ]
    return {
        "questionnaire": f"{PRACTICE_ROOT}/Questionnaire/distress-screening",
        "status": "completed",
        "subject": ledger.patient,
        "authored": taken,
        "author": ledger.patient,
        "source": ledger.patient,
        "item": [
            asked("1", "How much distress did you feel this week, from 0 to 10?", valueInteger=4),
            {"linkId": "2", "text": "What was hard this week", "item": worries},
            asked("3", "Would you like to talk with our social worker?", valueString="Not now"),
        ],
    }


def _add_family(ledger: Ledger, person: Person, timeline: Timeline) -> None:
    for role, relation, issue, began, died in FAMILIES.get(person.mrn, ()):
        body: Resource = {
            "status": "completed",
            "patient": ledger.patient,
            "date": timeline.visits[0].day.isoformat(),
            "relationship": hl7_concept("v3-RoleCode", role, relation),
            "condition": [{"code": concept(SNOMED, *issue), "onsetAge": _years(began)}],
        }
        if died is not None:
            body["deceasedAge"] = _years(died)
        ledger.add("FamilyMemberHistory", body)


def _years(number: int) -> Resource:
    return {
        "value": number,
        "unit": "years",
        "system": "http://unitsofmeasure.org",
        "code": "a",
    }


def _add_port(ledger: Ledger, story: Story, timeline: Timeline) -> None:
    weeks = [each.week for each in story.operations if each.kind == "port"]
    if not weeks:
        return
    placed = timeline.week(weeks[0])
    made, end = placed - timedelta(days=200), placed + timedelta(days=1500)
    lot, serial = f"P{made:%y%j}", f"7{story.mrn[-5:]}"
    ledger.add(
        "Device",
        {
            "status": "active",
            "udiCarrier": [
                {
                    "deviceIdentifier": UDI_DEVICE,
                    "issuer": "http://hl7.org/fhir/NamingSystem/gs1-di",
                    "carrierHRF": f"(01){UDI_DEVICE}(11){made:%y%m%d}(17){end:%y%m%d}(10){lot}(21){serial}",
                }
            ],
            "manufacturer": "Harborline Devices",
            "manufactureDate": made.isoformat(),
            "expirationDate": end.isoformat(),
            "lotNumber": lot,
            "serialNumber": serial,
            "deviceName": [
                {"name": "ClearLine port, single chamber", "type": "user-friendly-name"}
            ],
            "modelNumber": "CL-100",
            "type": concept(SNOMED, "257327003", "Implanted central venous port", "Implanted port"),
            "patient": ledger.patient,
            "note": [{"text": f"Placed on {placed:%B} {placed.day}, {placed.year}, upper chest."}],
        },
    )


def _add_orders(ledger: Ledger, person: Person, story: Story, timeline: Timeline) -> None:
    for study in story.studies:
        when = timeline.week(study.week).isoformat()
        _add_order(ledger, person, "imaging", study.name, (when, when), study.reason)
    for treatment in timeline.upcoming[:1]:
        _add_order(
            ledger,
            person,
            "laboratory",
            "Blood counts and chemistry before treatment",
            (timeline.visits[-1].day.isoformat(), treatment.day.isoformat()),
            treatment.regimen.name,
            status="active",
        )


ORDER_KINDS = {
    "imaging": ("363679005", "Imaging"),
    "laboratory": ("108252007", "Laboratory procedure"),
}


def _add_order(
    ledger: Ledger,
    person: Person,
    kind: str,
    what: str,
    days: tuple[str, str],
    reason: str,
    status: str = "completed",
) -> None:
    """Write one order; ``days`` are when it was written and when it is done."""
    ordered, done = days
    ledger.add(
        "ServiceRequest",
        {
            "status": status,
            "intent": "order",
            "category": [concept(SNOMED, *ORDER_KINDS[kind])],
            "code": {"text": what},
            "subject": ledger.patient,
            "occurrenceDateTime": done,
            "authoredOn": ordered,
            "requester": organisation.practitioner(person.doctor),
            "reasonCode": [{"text": reason}],
        },
    )


def _add_assessment(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock
) -> None:
    ledger.add(
        "ClinicalImpression",
        {
            "status": "completed",
            "subject": ledger.patient,
            "effectiveDateTime": clock.stamp(timeline.visits[-1].day, 10),
            "assessor": organisation.practitioner(person.doctor),
            "summary": f"{story.plain_name.capitalize()}, {story.stage}: {story.now}.",
        },
    )


def _add_consent(ledger: Ledger, timeline: Timeline, clock: Clock) -> None:
    ledger.add(
        "Consent",
        {
            "status": "active",
            "scope": {
                "coding": [coding(f"{TERMINOLOGY}consentscope", "treatment", "Treatment")],
            },
            "category": [{"text": "Consent to treatment"}],
            "patient": ledger.patient,
            "dateTime": clock.stamp(timeline.treatments[0].day - timedelta(days=7), 11),
            "organization": [organisation.organization("lakeside")],
            "policyRule": {"text": "Signed on paper at the practice"},
        },
    )
