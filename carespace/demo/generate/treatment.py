"""Treatment as the record holds it: orders, infusions, procedures, the plan, its goals, visits.

Regimens are ordered drug by drug with the regimen's name in the note, as US Core's medication
list has no place for it; the plan in words is the CarePlan's narrative
(https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-careplan.html).
"""

from collections.abc import Iterable
from datetime import timedelta

from carespace.demo.generate import organisation
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.codes import GROWTH_FACTOR, PROCEDURES, SUPPORT_MEDICINES
from carespace.demo.generate.fhir import (
    RXNORM,
    SNOMED,
    TERMINOLOGY,
    US_CORE,
    Ledger,
    Resource,
    coding,
    concept,
    hl7_concept,
    narrative,
    quantity,
)
from carespace.demo.generate.people import Person
from carespace.demo.generate.regimens import REGIMENS, Drug
from carespace.demo.generate.story import Phase, Story
from carespace.demo.generate.timeline import Timeline, Treatment

GOALS = {
    "cure": "Treat the cancer so that it does not come back",
    "control": "Keep the cancer under control for as long as possible, with a good daily life",
}

# More treatments than this are planned for as long as they help: there is no last number.
OPEN_ENDED = 12


def add_treatment(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock, cancer: Resource
) -> None:
    """Write orders, infusions, procedures, care team, goals and plan."""
    for phase in story.phases:
        _add_orders(ledger, person, phase, timeline)
    if any(treatment.regimen.lowers_counts for treatment in timeline.treatments):
        _add_support(ledger, person, story, timeline)
    for treatment in timeline.treatments:
        if not treatment.regimen.oral:
            _add_infusion(ledger, treatment, clock)
    for operation in story.operations:
        _add_procedure(ledger, person, operation.kind, operation.week, operation.detail, timeline)
    _add_plan(ledger, person, story, timeline, cancer)


def _is_over(phase: Phase, timeline: Timeline) -> bool:
    return not any(treatment.phase is phase for treatment in timeline.upcoming)


def _add_orders(ledger: Ledger, person: Person, phase: Phase, timeline: Timeline) -> None:
    regimen = REGIMENS[phase.regimen]
    first = min(item.day for item in timeline.treatments if item.phase is phase)
    for drug in regimen.drugs:
        ledger.add(
            "MedicationRequest",
            {
                "status": "completed" if _is_over(phase, timeline) else "active",
                "intent": "order",
                "category": [_setting(regimen.oral or drug.route == "by mouth")],
                "medicationCodeableConcept": concept(RXNORM, drug.code, drug.name),
                "subject": ledger.patient,
                "authoredOn": (first - timedelta(days=6)).isoformat(),
                "requester": organisation.practitioner(person.doctor),
                "note": [{"text": f"Part of {regimen.name}, {phase.planned} treatments planned."}],
                "dosageInstruction": [{"text": _directions(drug, regimen.interval_days)}],
            },
        )


def _setting(at_home: bool) -> Resource:
    kind = ("community", "Community") if at_home else ("outpatient", "Outpatient")
    return hl7_concept("medicationrequest-category", *kind)


def _directions(drug: Drug, interval_days: int) -> str:
    if "a day" in drug.dose or "weekly" in drug.dose or "every" in drug.dose:
        return f"{drug.dose[0].upper()}{drug.dose[1:]}, {drug.route}"
    return f"{drug.dose} {drug.route} every {interval_days // 7} weeks"


def _add_support(ledger: Ledger, person: Person, story: Story, timeline: Timeline) -> None:
    phases = [phase for phase in story.phases if REGIMENS[phase.regimen].lowers_counts]
    over = all(_is_over(phase, timeline) for phase in phases)
    medicines = list(SUPPORT_MEDICINES)
    if any(REGIMENS[phase.regimen].growth_factor for phase in phases):
        medicines.append(GROWTH_FACTOR)
    first = min(item.day for item in timeline.treatments if item.phase in phases)
    for rxnorm, name, directions in medicines:
        ledger.add(
            "MedicationRequest",
            {
                "status": "completed" if over else "active",
                "intent": "order",
                "category": [_setting(at_home=True)],
                "medicationCodeableConcept": concept(RXNORM, rxnorm, name.split(" ")[0], name),
                "subject": ledger.patient,
                "authoredOn": (first - timedelta(days=6)).isoformat(),
                "requester": organisation.practitioner(person.doctor),
                "dosageInstruction": [
                    {"text": directions, "asNeededBoolean": "needed" in directions}
                ],
            },
        )


def _add_infusion(ledger: Ledger, treatment: Treatment, clock: Clock) -> None:
    for drug in treatment.regimen.drugs:
        if drug.route == "by mouth":
            continue
        ledger.add(
            "MedicationAdministration",
            {
                "status": "completed",
                "medicationCodeableConcept": concept(RXNORM, drug.code, drug.name),
                "subject": ledger.patient,
                "effectiveDateTime": clock.stamp(treatment.day, 10, 30),
                "performer": [{"actor": organisation.practitioner("medina")}],
                "dosage": {"text": f"{drug.dose}, {drug.route}"},
                "note": [{"text": treatment_name(treatment)}],
            },
        )


def treatment_name(treatment: Treatment) -> str:
    """Return 'Dose-dense AC, treatment 3 of 4'; open-ended treatment has no last number, tablets none."""
    if treatment.regimen.oral:
        return treatment.regimen.name
    total = f" of {treatment.planned}" if treatment.planned <= 12 else ""
    return f"{treatment.regimen.name}, treatment {treatment.number}{total}"


def _add_procedure(
    ledger: Ledger, person: Person, kind: str, week: int, detail: str, timeline: Timeline
) -> None:
    snomed, name = PROCEDURES[kind]
    first = timeline.week(week)
    when: Resource = {"performedDateTime": first.isoformat()}
    if kind == "radiation":
        last = first + timedelta(days=33)
        when = {"performedPeriod": {"start": first.isoformat(), "end": last.isoformat()}}
    ledger.add(
        "Procedure",
        {
            "status": "completed",
            "code": concept(SNOMED, snomed, name),
            "subject": ledger.patient,
            **when,
            "asserter": organisation.practitioner(person.doctor),
            "note": [{"text": detail}],
        },
    )


def _add_plan(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, cancer: Resource
) -> None:
    started = timeline.week(story.specimen_week + 2).isoformat()
    walk = {
        "measure": {"text": "Minutes of walking on most days"},
        "detailQuantity": quantity(20, "minutes", "min"),
        "dueDate": (timeline.anchor + timedelta(days=90)).isoformat(),
    }
    goals = [
        ledger.add("Goal", _goal(ledger, GOALS[story.aim], started, cancer)),
        ledger.add(
            "Goal",
            _goal(ledger, "Stay active: walk 20 minutes on most days", started, cancer)
            | {
                "achievementStatus": hl7_concept("goal-achievement", "improving", "Improving"),
                "target": [walk],
                "expressedBy": ledger.patient,
            },
        ),
    ]
    team = ledger.add("CareTeam", _care_team(ledger, person, started))
    plan = (
        f"{story.plain_name.capitalize()}, {story.stage}: {story.now}.",
        f"Plan: {GOALS[story.aim].lower()}.",
    )
    ledger.add(
        "CarePlan",
        {
            "text": narrative(*plan) | {"status": "additional"},
            "status": "active",
            "intent": "plan",
            "category": [
                concept(
                    f"{US_CORE.replace('StructureDefinition', 'CodeSystem')}careplan-category",
                    "assess-plan",
                    "Assessment and Plan of Treatment",
                )
            ],
            "title": f"Assessment and plan for {story.plain_name}",
            "subject": ledger.patient,
            "period": {"start": started},
            "author": organisation.practitioner(person.doctor),
            "careTeam": [team],
            "addresses": [cancer],
            "goal": goals,
            "activity": list(_activities(story.plan)),
        },
    )
    if timeline.treatments and not story.survivorship:
        ledger.add("CarePlan", _regimen_plan(ledger, person, story, timeline, cancer, team))


def _regimen_plan(
    ledger: Ledger,
    person: Person,
    story: Story,
    timeline: Timeline,
    cancer: Resource,
    team: Resource,
) -> Resource:
    """Return the plan of treatment by cycles and days, one activity for each part of it."""
    first = timeline.treatments[0].day
    names = list(dict.fromkeys(REGIMENS[phase.regimen].name for phase in story.phases))
    return {
        "status": "active",
        "intent": "plan",
        "category": [concept(SNOMED, "736378000", "Medication management plan")],
        "title": f"Treatment plan: {', then '.join(names)}",
        "subject": ledger.patient,
        "period": {"start": first.isoformat()},
        "created": (first - timedelta(days=6)).isoformat(),
        "author": organisation.practitioner(person.doctor),
        "careTeam": [team],
        "addresses": [cancer],
        "activity": [_regimen_step(phase, timeline) for phase in story.phases],
    }


def _regimen_step(phase: Phase, timeline: Timeline) -> Resource:
    regimen = REGIMENS[phase.regimen]
    given = [each for each in timeline.treatments if each.phase is phase]
    planned = [each for each in timeline.upcoming if each.phase is phase]
    rhythm = {"frequency": 1, "period": regimen.interval_days, "periodUnit": "d"}
    if phase.planned <= OPEN_ENDED:
        rhythm["count"] = phase.planned
    drugs = ", ".join(f"{drug.name} {drug.dose} {drug.route} on day 1" for drug in regimen.drugs)
    upcoming = "not-started" if not given else "in-progress"
    detail: Resource = {
        "kind": "MedicationRequest",
        "code": {"text": regimen.name},
        "status": "completed" if given and not planned else upcoming,
        "scheduledTiming": {"repeat": rhythm},
        "location": organisation.location("infusion-suite"),
        "performer": [organisation.practitioner("medina")],
        "description": f"Cycle of {regimen.interval_days} days: {drugs}.",
    }
    done = f"{len(given)} given so far."
    return {"detail": detail, "progress": [{"text": done}]}


def _activities(plan: Iterable[str]) -> Iterable[Resource]:
    under_way = False
    for step in plan:
        # The first step that is not done yet is the one under way.
        waiting = "not-started" if under_way else "in-progress"
        status = "completed" if "(done" in step else waiting
        under_way = under_way or status == "in-progress"
        yield {"detail": {"status": status, "description": step}}


def _goal(ledger: Ledger, text: str, started: str, cancer: Resource) -> Resource:
    return {
        "lifecycleStatus": "active",
        "description": {"text": text},
        "subject": ledger.patient,
        "startDate": started,
        "addresses": [cancer],
    }


def _care_team(ledger: Ledger, person: Person, started: str) -> Resource:
    keys = (person.doctor, "okafor", "bennett", "medina", "zhang", "abrams")
    return {
        "status": "active",
        "name": f"Care team of {person.name}",
        "subject": ledger.patient,
        "period": {"start": started},
        "participant": [
            {
                "role": [
                    concept(
                        SNOMED,
                        organisation.STAFF[key].role_code,
                        organisation.STAFF[key].role,
                    )
                ],
                "member": organisation.practitioner(key),
            }
            for key in keys
        ],
        "managingOrganization": [organisation.organization("lakeside")],
    }


def add_encounters(ledger: Ledger, person: Person, timeline: Timeline, clock: Clock) -> None:
    """Write one ambulatory Encounter for each past visit, ending with the infusion if there was one."""
    for visit in timeline.visits:
        infusion = visit.treatment is not None and not visit.treatment.regimen.oral
        reason = treatment_name(visit.treatment) if visit.treatment else "Office visit"
        minutes = visit.treatment.regimen.chair_minutes if visit.treatment and infusion else 0
        start = 9 * 60
        ledger.add(
            "Encounter",
            {
                "status": "finished",
                "class": coding(f"{TERMINOLOGY}v3-ActCode", "AMB", "ambulatory"),
                "type": [
                    concept(SNOMED, "185349003", "Encounter for check up", "Office visit")
                    if not infusion
                    else concept(
                        SNOMED, "185349003", "Encounter for check up", "Office visit and infusion"
                    )
                ],
                "subject": ledger.patient,
                "participant": [{"individual": organisation.practitioner(person.doctor)}],
                "period": {
                    "start": clock.stamp_minutes(visit.day, start),
                    "end": clock.stamp_minutes(visit.day, start + 60 + minutes),
                },
                "reasonCode": [{"text": reason}],
                "location": [
                    {"location": organisation.location("clinic")},
                    *([{"location": organisation.location("infusion-suite")}] if infusion else []),
                ],
                "serviceProvider": organisation.organization("lakeside"),
            },
        )
