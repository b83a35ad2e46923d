"""What a chart says beyond codes and dates: stage findings, daily activity, fills at the pharmacy, reasons and places.

The findings on the cancer follow mCODE (http://hl7.org/fhir/us/mcode/STU1): a stage group with its T, N and M, and the
ECOG performance status at the latest visits. Everything is added to resources that were written before.
"""

import re
from datetime import timedelta

from carespace.demo.generate import organisation
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.fhir import (
    LOINC,
    SNOMED,
    Ledger,
    Resource,
    coding,
    concept,
    hl7_concept,
    quantity,
)
from carespace.demo.generate.people import Person
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import Timeline

PHARMACY = {"display": "Harbor Pharmacy, Port Alden"}
_TNM = re.compile(r"([cpy]+T\w+) ([cp]N\w+) ([cp]M\w+)")
# The LOINC codes of mCODE: stage group, then T, N and M.
_CLINICAL = ("21908-9", "21905-5", "21906-3", "21907-1")
_PATHOLOGIC = ("21902-2", "21899-0", "21900-6", "21901-4")
_LETTERS = ("Tumor size and reach (T)", "Lymph nodes (N)", "Spread to other organs (M)")
_ECOG = (
    "Restricted in physically strenuous activity but ambulatory and able to carry out work of a light or sedentary"
    " nature, e.g., light house work, office work"
)
_ECOG_VISITS = 3
# How much the pharmacy hands over at once, for how many days, and how often again; the rest: a month's tablets.
_TABLETS = ("tablet", "{tbl}")
_FILLS = {
    "ondansetron": (30, _TABLETS, 10, 2),
    "prochlorperazine": (30, _TABLETS, 8, 2),
    "dexamethasone": (4, _TABLETS, 2, 5),
    "pegfilgrastim": (1, ("injection", "{injection}"), 1, 5),
}
_MONTH = (30, _TABLETS, 30, 2)
_WITH_NAUSEA = ("ondansetron", "prochlorperazine")
_VACCINE = {
    "135": ("UT7711AA", "Sanofi Pasteur"),
    "309": ("LK4482", "Moderna"),
    "216": ("EW1190", "Pfizer"),
}


def add_details(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock, cancer: Resource
) -> None:
    """Write the findings on the cancer and the fills, and add what the record knows to what is there."""
    _add_stage(ledger, person, story, timeline, cancer)
    _add_activity(ledger, person, timeline, clock, cancer)
    _add_concern(ledger, person, story, clock)
    for body in list(ledger.resources):
        match body["resourceType"]:
            case "MedicationRequest" if body["status"] == "active" and not body.get(
                "reportedBoolean"
            ):
                _add_fill(ledger, body, clock)
            case "MedicationAdministration":
                body["reasonReference"] = [cancer]
            case "Procedure":
                _tell_more_of_procedure(person, body, cancer)
            case "Immunization":
                _tell_more_of_vaccine(body)


def _finding(
    ledger: Ledger, code: Resource, day: str, cancer: Resource, **rest: object
) -> Resource:
    return {
        "status": "final",
        "category": [hl7_concept("observation-category", "survey", "Survey")],
        "code": code,
        "subject": ledger.patient,
        "focus": [cancer],
        "effectiveDateTime": day,
        **rest,
    }


def _add_stage(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, cancer: Resource
) -> None:
    """Write the stage group and its letters, and let the diagnosis rest on them."""
    letters = _TNM.fullmatch(story.tnm)
    if letters is None:
        return
    group, *codes = _PATHOLOGIC if story.tnm.startswith("p") else _CLINICAL
    kind = "Pathologic stage" if story.tnm.startswith("p") else "Clinical stage"
    day = timeline.week(story.diagnosed).isoformat()
    doctor = [organisation.practitioner(person.doctor)]
    members = [
        ledger.add(
            "Observation",
            _finding(ledger, concept(LOINC, code, name), day, cancer, performer=doctor, valueCodeableConcept={"text": letter}),
        )
        for code, name, letter in zip(codes, _LETTERS, letters.groups(), strict=True)
    ]  # fmt: skip
    whole = ledger.add(
        "Observation",
        _finding(ledger, concept(LOINC, group, kind), day, cancer, performer=doctor, hasMember=members, valueCodeableConcept={"text": story.stage}),
    )  # fmt: skip
    diagnosis = next(body for body in ledger.resources if cancer["reference"].endswith(body["id"]))
    diagnosis["stage"][0]["assessment"] = [whole]
    diagnosis["asserter"] = diagnosis["recorder"] = doctor[0]


def _add_activity(
    ledger: Ledger, person: Person, timeline: Timeline, clock: Clock, cancer: Resource
) -> None:
    meaning = {"coding": [coding(LOINC, "LA9623-5", _ECOG)]}
    score = concept(LOINC, "89247-1", "ECOG performance status")
    for visit in timeline.visits[-_ECOG_VISITS:]:
        ledger.add(
            "Observation",
            _finding(
                ledger,
                score,
                clock.stamp(visit.day, 9, 20),
                cancer,
                performer=[organisation.practitioner(person.doctor)],
                valueInteger=1,
                interpretation=[meaning],
            ),
        )


def _add_concern(ledger: Ledger, person: Person, story: Story, clock: Clock) -> None:
    if not story.on_therapy:
        return
    ledger.add(
        "Condition",
        {
            "clinicalStatus": hl7_concept("condition-clinical", "active", "Active"),
            "verificationStatus": hl7_concept("condition-ver-status", "confirmed", "Confirmed"),
            "category": [
                {
                    "coding": [
                        coding(
                            "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
                            "health-concern",
                            "Health Concern",
                        )
                    ]
                }
            ],
            "code": concept(SNOMED, "84229001", "Fatigue", "Tiredness during treatment"),
            "severity": concept(SNOMED, "255604002", "Mild"),
            "subject": ledger.patient,
            "onsetDateTime": clock.day(-50).isoformat()[:7],
            "recordedDate": clock.day(-40).isoformat(),
            "recorder": organisation.practitioner(person.doctor),
            "note": [{"text": "Rests after lunch. A short walk each day helps."}],
        },
    )


def _add_fill(ledger: Ledger, order: Resource, clock: Clock) -> None:
    """Let an order for home say what the pharmacy may hand over, and write the latest fill."""
    at_home = any(
        each["code"] == "community" for one in order.get("category", ()) for each in one["coding"]
    )
    if not at_home:
        return
    name = order["medicationCodeableConcept"].get("text", "")
    count, unit, lasts, again = _FILLS.get(name.partition(" ")[0], _MONTH)
    amount, days = quantity(count, *unit), quantity(lasts, "days" if lasts > 1 else "day", "d")
    if name.startswith(_WITH_NAUSEA):
        order["reasonCode"] = [concept(SNOMED, "422587007", "Nausea")]
    order["dispenseRequest"] = {
        "numberOfRepeatsAllowed": again,
        "quantity": amount,
        "expectedSupplyDuration": days,
        "performer": PHARMACY,
    }
    day = clock.day(-12)
    ledger.add(
        "MedicationDispense",
        {
            "status": "completed",
            "medicationCodeableConcept": order["medicationCodeableConcept"],
            "subject": ledger.patient,
            "performer": [{"actor": PHARMACY}],
            "authorizingPrescription": [
                {"reference": f"MedicationRequest/{order['id']}", "display": name}
            ],
            "type": hl7_concept("v3-ActCode", "RFC", "Refill - Complete"),
            "quantity": amount,
            "daysSupply": days,
            "whenPrepared": (day - timedelta(days=1)).isoformat(),
            "whenHandedOver": day.isoformat(),
            "dosageInstruction": order["dosageInstruction"],
        },
    )


def _tell_more_of_procedure(person: Person, body: Resource, cancer: Resource) -> None:
    body["reasonReference"] = [cancer]
    body["performer"] = [{"actor": {"display": "Port Alden General Hospital"}}]
    body["recorder"] = organisation.practitioner(person.doctor)
    body["outcome"] = {"text": "Done as planned, no problems"}


def _tell_more_of_vaccine(body: Resource) -> None:
    code = body["vaccineCode"]["coding"][0]["code"]
    if code in _VACCINE:
        lot, maker = _VACCINE[code]
        body["lotNumber"] = lot
        body["manufacturer"] = {"display": maker}
        body["site"] = hl7_concept("v3-ActSite", "LA", "left arm")
        body["route"] = hl7_concept("v3-RouteOfAdministration", "IM", "Injection, intramuscular")
        body["doseQuantity"] = quantity(1, "dose", "{dose}")
