"""Appointments around today: lab draw, office visit, infusion and scans, on weekdays 8:00 to 17:00.

FHIR R4 Appointment (https://hl7.org/fhir/R4/appointment.html); patient instructions are in the plain
words a front desk uses. Those before today were kept, cancelled or missed; those from today on are booked.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from carespace.demo.generate import organisation
from carespace.demo.generate.clock import Clock, workday_after, workday_before
from carespace.demo.generate.fhir import Ledger, Resource, hl7_concept, reference
from carespace.demo.generate.people import Person
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import Timeline, Treatment
from carespace.demo.generate.treatment import treatment_name

LOOK_BACK_DAYS = 200
MISSED_VISIT_OF = "LCA-100005"
MOVED_VISIT_OF = "LCA-100001"
LAB_MINUTE, VISIT_MINUTE, INFUSION_MINUTE = 8 * 60, 9 * 60, 10 * 60
CLOSING_MINUTE = 17 * 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of appointment: v2-0276 reason code, title, place, length and what to do before it."""

    code: str
    code_display: str
    title: str
    place: str
    minutes: int
    instruction: str


LAB = Kind(
    "FOLLOWUP",
    "A follow up visit from a previous appointment",
    "Blood draw",
    organisation.DRAW_ROOM,
    15,
    "You may eat and drink. Drink water before you come; it makes the draw easier. If you have a port, tell "
    "the nurse at the desk.",
)
VISIT = Kind(
    "FOLLOWUP",
    "A follow up visit from a previous appointment",
    "Office visit",
    organisation.CLINIC,
    30,
    "Bring a list of all your medicines and of your questions. Please come 15 minutes early to check in.",
)
INFUSION = Kind(
    "FOLLOWUP",
    "A follow up visit from a previous appointment",
    "Infusion",
    organisation.INFUSION,
    240,
    "Eat a light breakfast and take your morning medicines unless we told you not to. Wear a shirt that "
    "opens in front if you have a port. Bring a blanket, a book and someone to drive you home.",
)
INJECTION = Kind(
    "FOLLOWUP",
    "A follow up visit from a previous appointment",
    "Injection",
    organisation.INFUSION,
    30,
    "Nothing to prepare. Wear loose clothing. The visit takes about half an hour.",
)
SCAN = Kind(
    "CHECKUP",
    "A routine check-up, such as an annual physical",
    "CT scan",
    organisation.CT_SUITE,
    60,
    "Do not eat for 4 hours before the scan; water is fine. Tell us before the day if you have ever had a "
    "reaction to contrast dye or have kidney trouble.",
)
NURSE = Kind("WALKIN", "A previously unscheduled walk-in visit", "Nurse visit", organisation.CLINIC, 30,
             "Please bring your thermometer readings and your medicine diary.")  # fmt: skip


def add_appointments(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock, seed: int
) -> None:
    """Write this patient's appointments, the oldest first."""
    random = Random(f"{seed}/{person.mrn}/appointments")  # noqa: S311 - invented times, no secret
    booked = [
        *_treatment_days(ledger, person, timeline, clock, random),
        *_other_days(ledger, person, timeline, clock),
        *_still_to_come(ledger, person, story, timeline, clock),
        *_fell_through(ledger, person, clock),
    ]
    for body in sorted(booked, key=lambda appointment: str(appointment["start"])):
        ledger.add("Appointment", body)
    if person.mrn == MOVED_VISIT_OF:
        _add_moved(ledger, person, clock)


def _add_moved(ledger: Ledger, person: Person, clock: Clock) -> None:
    """Write a nurse visit that the practice called off and booked anew, and one that was called off for good."""
    day = workday_after(clock.day(9))
    off = _booked(ledger, person, NURSE, day, 15 * 60, clock)
    cancelled = {**off, "status": "cancelled"}
    cancelled["cancelationReason"] = hl7_concept(
        "appointment-cancellation-reason", "prov", "Provider"
    )
    old = ledger.add("Appointment", cancelled)
    anew = workday_after(day + timedelta(days=2))
    # Between the draw and the visit of a treatment day, should this be one.
    booked = _booked(ledger, person, NURSE, anew, 8 * 60 + 30, clock)
    ledger.add("Appointment", {**booked, "supportingInformation": [old]})
    gone = _booked(ledger, person, VISIT, workday_after(clock.day(5)), 16 * 60, clock, "Dietitian")
    gone["participant"][1]["actor"] = {"display": "Elena Brooks, RD"}
    gone["status"] = "cancelled"
    gone["cancelationReason"] = hl7_concept("appointment-cancellation-reason", "pat", "Patient")
    ledger.add("Appointment", gone)


def _treatment_days(
    ledger: Ledger, person: Person, timeline: Timeline, clock: Clock, random: Random
) -> list[Resource]:
    days: dict[date, list[Treatment]] = {}
    for treatment in (*timeline.treatments, *timeline.upcoming):
        if treatment.day >= clock.day(-LOOK_BACK_DAYS):
            days.setdefault(treatment.day, []).append(treatment)
    return [
        body
        for treatments in days.values()
        for body in _treatment_day(ledger, person, treatments, clock, random)
    ]


def _other_days(ledger: Ledger, person: Person, timeline: Timeline, clock: Clock) -> list[Resource]:
    """Return the draws that were made and the visits without a treatment."""
    first = clock.day(-LOOK_BACK_DAYS)
    treated = {treatment.day for treatment in timeline.treatments}
    draws = [draw.day for draw in timeline.draws if draw.day >= first]
    visits = [visit.day for visit in timeline.visits if visit.day >= first]
    return [
        *(_booked(ledger, person, LAB, day, LAB_MINUTE, clock) for day in draws),
        *(
            _booked(ledger, person, VISIT, day, VISIT_MINUTE, clock)
            for day in visits
            if day not in treated
        ),
    ]


def _treatment_day(
    ledger: Ledger,
    person: Person,
    treatments: list[Treatment],
    clock: Clock,
    random: Random,
) -> list[Resource]:
    """Return the visit and the treatments of one day in turn, and the draw before it if to come."""
    day = treatments[0].day
    lab_day = workday_before(day - timedelta(days=1))
    described = " and ".join(treatment_name(treatment) for treatment in treatments)
    bodies = [_booked(ledger, person, VISIT, day, VISIT_MINUTE, clock, described)]
    if lab_day >= clock.today:
        bodies.append(_booked(ledger, person, LAB, lab_day, LAB_MINUTE, clock))
    minute = INFUSION_MINUTE + random.choice((0, 5, 10, 15, 20))
    for treatment in treatments:
        if treatment.regimen.oral:
            continue
        minutes = min(treatment.regimen.chair_minutes, CLOSING_MINUTE - minute)
        kind = INJECTION if minutes <= 30 else INFUSION
        name = treatment_name(treatment)
        bodies.append(_booked(ledger, person, kind, day, minute, clock, name, minutes=minutes))
        minute += minutes
    return bodies


def _still_to_come(
    ledger: Ledger, person: Person, story: Story, timeline: Timeline, clock: Clock
) -> list[Resource]:
    """Return a scan in the coming weeks, and the next visits of those who come less often."""
    last = timeline.upcoming[-1].day if timeline.upcoming else timeline.anchor
    busy = {treatment.day for treatment in timeline.upcoming}
    scan_day = workday_after(clock.day(25 + int(person.mrn[-2:])))
    while scan_day in busy:
        scan_day = workday_after(scan_day + timedelta(days=1))
    bodies = [_booked(ledger, person, SCAN, scan_day, 13 * 60 + 30, clock)]
    if story.survivorship:
        for day in (timeline.anchor, workday_after(timeline.anchor + timedelta(days=84))):
            lab_day = workday_before(day - timedelta(days=1))
            bodies.append(_booked(ledger, person, LAB, lab_day, LAB_MINUTE, clock))
            bodies.append(
                _booked(ledger, person, VISIT, day, VISIT_MINUTE + 45, clock, "Follow-up visit")
            )
    else:
        after = workday_after(last + timedelta(days=30))
        bodies.append(
            _booked(ledger, person, VISIT, after, 14 * 60, clock, "Review of treatment and scan")
        )
    return bodies


def _fell_through(ledger: Ledger, person: Person, clock: Clock) -> list[Resource]:
    """Return an appointment that was called off, and for one patient one that was missed."""
    day = workday_before(clock.day(-31 - int(person.mrn[-2:])))
    called_off = _booked(ledger, person, NURSE, day, 15 * 60, clock)
    called_off["status"] = "cancelled"
    called_off["cancelationReason"] = hl7_concept(
        "appointment-cancellation-reason", "pat", "Patient"
    )
    bodies = [called_off]
    if person.mrn == MISSED_VISIT_OF:
        missed = _booked(ledger, person, NURSE, workday_before(clock.day(-60)), 15 * 60 + 30, clock)
        missed["status"] = "noshow"
        bodies.append(missed)
    return bodies


def _booked(
    ledger: Ledger,
    person: Person,
    kind: Kind,
    day: date,
    minute: int,
    clock: Clock,
    description: str = "",
    minutes: int = 0,
) -> Resource:
    """Return one appointment on that day at that minute after midnight."""
    past = day < clock.today
    length = minutes or kind.minutes
    return {
        "status": "fulfilled" if past else "booked",
        "appointmentType": hl7_concept("v2-0276", kind.code, kind.code_display),
        "serviceType": [{"text": kind.title}],
        "description": f"{kind.title}: {description}" if description else kind.title,
        "start": clock.stamp_minutes(day, minute),
        "end": clock.stamp_minutes(day, minute + length),
        "minutesDuration": length,
        "created": clock.stamp(min(day - timedelta(days=21), clock.day(-2)), 11),
        "patientInstruction": kind.instruction,
        "participant": [
            {"actor": ledger.patient, "status": "accepted"},
            {"actor": _who(person, kind), "status": "accepted"},
            {"actor": organisation.location(kind.place), "status": "accepted"},
        ],
    }


def _who(person: Person, kind: Kind) -> Resource:
    if kind is SCAN:
        return organisation.practitioner("sorensen")
    if kind is VISIT:
        return organisation.practitioner(person.doctor)
    if kind is NURSE:
        return organisation.practitioner("bennett")
    return reference("Practitioner/medina", organisation.STAFF["medina"].signature)
