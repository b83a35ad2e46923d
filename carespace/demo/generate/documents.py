"""The documents of one patient: which papers exist, and their FHIR resources.

US Core DocumentReference
(https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-documentreference.html) with the bytes
inline, their size and SHA-1; pathology and imaging are DiagnosticReports as well.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from carespace.demo.generate import elsewhere, notes, organisation, plans
from carespace.demo.generate.clock import Clock, workday_before
from carespace.demo.generate.fhir import (
    LOINC,
    US_CORE,
    Ledger,
    Resource,
    concept,
    hl7_concept,
)
from carespace.demo.generate.organisation import STAFF, Clinician
from carespace.demo.generate.paper import Paper, Press, plain_text, simple_html
from carespace.demo.generate.people import Person
from carespace.demo.generate.regimens import REGIMENS
from carespace.demo.generate.results import Results
from carespace.demo.generate.story import Story, Study
from carespace.demo.generate.timeline import Timeline, consultation_day
from carespace.demo.generate.vitals import Vitals

VISIT_NOTES = 4
PDF_NOTES = 2
PUMP_RECORD_OF = "LCA-100007"
CARD_OF = ("LCA-100001", "LCA-100006")
ELSEWHERE_OF = "LCA-100001"
PDF, TEXT, HTML, PNG, BYTES = (
    "application/pdf",
    "text/plain; charset=utf-8",
    "text/html; charset=utf-8",
    "image/png",
    "application/octet-stream",
)

# kind of paper: LOINC code and display of its type
TYPES = {
    "Consultation note": ("11488-4", "Consult note"),
    "Progress note": ("11506-3", "Progress note"),
    "Telephone note": ("34748-4", "Telephone encounter Note"),
    "After-visit summary": ("60591-5", "Patient summary Document"),
    "Treatment plan": ("18776-5", "Plan of care note"),
    "Education sheet": ("34895-3", "Education note"),
    "Consent": ("59284-0", "Consent Document"),
    "Pathology report": ("11526-1", "Pathology study"),
    "Imaging report": ("18748-4", "Diagnostic imaging study"),
    "Genetic counseling": ("51969-4", "Genetic analysis report"),
    "Survivorship plan": ("34133-9", "Summary of episode note"),
    "Insurance card": ("64290-0", "Health insurance card"),
    "Referral note": ("57133-1", "Referral note"),
    "Summary of care": ("34133-9", "Summary of episode note"),
}
ECHO = ("42148-7", "US Heart")
PUMP_HEADER = b"LKPUMP\x00\x01"


@dataclass(frozen=True, slots=True)
class Case:
    """One patient with everything that the papers quote."""

    person: Person
    story: Story
    timeline: Timeline
    results: Results
    vitals: Vitals
    clock: Clock


def add_documents(ledger: Ledger, case: Case, press: Press) -> None:
    """Write all documents, the oldest first, and the reports of pathology and imaging."""
    papers = [paper for paper in _papers(case) if paper.day < case.clock.today]
    text_before = case.timeline.visits[-PDF_NOTES].day
    for paper in sorted(papers, key=lambda item: item.day):
        content_type, data = _printed(paper, press, text_before)
        ledger.add("DocumentReference", _document(ledger, paper, content_type, data, case.clock))
    _add_reports(ledger, case, press)
    if case.person.mrn in CARD_OF:
        _add_card(ledger, case, press)
    if case.person.mrn == PUMP_RECORD_OF:
        _add_pump_record(ledger, case)
    if case.person.mrn == ELSEWHERE_OF:
        _add_from_elsewhere(ledger, case, press)


def _printed(paper: Paper, press: Press, text_before: date) -> tuple[str, bytes]:
    """Return a paper's media type and bytes; visit notes before that day came as plain text."""
    older_note = paper.kind == "Progress note" and paper.day < text_before
    if older_note or paper.kind == "Telephone note":
        return TEXT, plain_text(paper)
    if paper.kind == "After-visit summary":
        return HTML, simple_html(paper)
    return PDF, press.pdf(paper)


def _papers(case: Case) -> Iterator[Paper]:
    person, story, timeline = case.person, case.story, case.timeline
    first_visit = consultation_day(story, timeline.anchor)
    yield notes.consultation(person, story, first_visit)
    yield plans.pathology_report(person, story, _pathology_day(story, timeline))
    yield plans.treatment_plan(person, story, workday_before(first_visit + timedelta(days=5)))
    for study in story.studies:
        yield plans.imaging_report(person, study, timeline.week(study.week))
    for phase in story.phases:
        before = workday_before(timeline.week(phase.start) - timedelta(days=5))
        yield plans.education(person, REGIMENS[phase.regimen], before)
        if phase is story.phases[0]:
            yield plans.consent(person, REGIMENS[phase.regimen], before)
    if story.genetics:
        day = workday_before(first_visit + timedelta(days=20))
        yield plans.genetic_counseling(person, story, day)
    if story.survivorship:
        yield plans.survivorship_plan(person, story, timeline.week(-26))
    yield from _visit_papers(case)


def _visit_papers(case: Case) -> Iterator[Paper]:
    visits = case.timeline.visits[-VISIT_NOTES:]
    for visit in visits:
        newest = visit is visits[-1]
        yield notes.visit_note(
            case.person,
            case.story,
            visit,
            case.timeline,
            case.results,
            case.vitals,
            newest,
        )
    medicines = tuple(
        f"{drug.name.capitalize()}: {drug.dose}"
        for phase in case.story.phases
        for drug in REGIMENS[phase.regimen].drugs
        if any(item.phase is phase for item in case.timeline.upcoming)
    )
    yield notes.after_visit_summary(
        case.person, visits[-1].day, medicines or ("No medicines from us at present",)
    )
    if case.timeline.treatments and not case.story.survivorship:
        call = workday_before(case.timeline.treatments[-1].day - timedelta(days=9))
        yield notes.phone_note(case.person, call)


def _pathology_day(story: Story, timeline: Timeline) -> date:
    """Return the day of the report: four days after the operation that gave the specimen."""
    return workday_before(timeline.week(story.specimen_week) + timedelta(days=4))


def attachment(title: str, content_type: str, data: bytes, created: str, language: str) -> Resource:
    """Return an Attachment with its bytes inline, their size and their SHA-1, as FHIR asks."""
    digest = hashlib.sha1(data, usedforsecurity=False).digest()
    return {
        "contentType": content_type,
        "language": "es" if language == "es" else "en-US",
        "data": base64.b64encode(data).decode(),
        "size": len(data),
        "hash": base64.b64encode(digest).decode(),
        "title": title,
        "creation": created,
    }


def _document(
    ledger: Ledger, paper: Paper, content_type: str, data: bytes, clock: Clock
) -> Resource:
    written = clock.stamp(paper.day, 16, 10)
    code, display = _type_of(paper)
    return _reference_to(
        ledger,
        concept(LOINC, code, display, paper.kind),
        written,
        attachment(paper.title, content_type, data, written, paper.language),
        _key_of(paper.author),
        paper.title,
    )


def _reference_to(
    ledger: Ledger, kind: Resource, written: str, file: Resource, author: str, description: str
) -> Resource:
    category = concept(
        f"{US_CORE.replace('StructureDefinition', 'CodeSystem')}us-core-documentreference-category",
        "clinical-note",
        "Clinical Note",
    )
    return {
        "status": "current",
        "docStatus": "final",
        "type": kind,
        "category": [category],
        "subject": ledger.patient,
        "date": written,
        "author": [organisation.practitioner(author)],
        "custodian": organisation.organization("lakeside"),
        "description": description,
        "content": [{"attachment": file}],
    }


def _type_of(paper: Paper) -> tuple[str, str]:
    """Return the LOINC type; an echocardiogram has one of its own among the imaging reports."""
    return ECHO if paper.title == "Echocardiogram" else TYPES[paper.kind]


def _key_of(author: Clinician) -> str:
    return next(key for key, person in STAFF.items() if person == author)


def _add_reports(ledger: Ledger, case: Case, press: Press) -> None:
    """Write pathology with its PDF, and imaging in words."""
    paper = plans.pathology_report(
        case.person, case.story, _pathology_day(case.story, case.timeline)
    )
    conclusion = ". ".join((*case.story.diagnosis_lines, f"Stage: {case.story.tnm}")) + "."
    body = _report(ledger, case, paper, ("PAT", "Pathology"), conclusion)
    body["presentedForm"] = [_presented(paper, press, case)]
    ledger.add("DiagnosticReport", body)
    for study in case.story.studies:
        ledger.add("DiagnosticReport", _imaging(ledger, case, study))


def _imaging(ledger: Ledger, case: Case, study: Study) -> Resource:
    paper = plans.imaging_report(case.person, study, case.timeline.week(study.week))
    conclusion = " ".join((*study.findings, "Impression:", *study.impression))
    return _report(ledger, case, paper, ("RAD", "Radiology"), conclusion)


def _presented(paper: Paper, press: Press, case: Case) -> Resource:
    written = case.clock.stamp(paper.day, 16, 10)
    return attachment(paper.title, PDF, press.pdf(paper), written, paper.language)


def _report(
    ledger: Ledger, case: Case, paper: Paper, category: tuple[str, str], conclusion: str
) -> Resource:
    code, display = _type_of(paper)
    owner = organisation.HOSPITAL_LAB if category[0] == "PAT" else organisation.IMAGING
    return {
        "status": "final",
        "category": [hl7_concept("v2-0074", *category)],
        "code": concept(LOINC, code, display, paper.title),
        "subject": ledger.patient,
        "effectiveDateTime": case.clock.stamp(paper.day, 9, 30),
        "issued": case.clock.stamp(paper.day, 16, 10),
        "performer": [organisation.organization(owner)],
        "resultsInterpreter": [organisation.practitioner(_key_of(paper.author))],
        "conclusion": conclusion,
    }


def _add_card(ledger: Ledger, case: Case, press: Press) -> None:
    day = case.timeline.week(case.story.known)
    data = press.card(
        {
            "plan": organisation.ORGANIZATIONS[case.person.payer][0],
            "member": case.person.name,
            "number": case.person.member_number,
            "since": f"January 1, {day.year - 1}",
            "phone": organisation.ORGANIZATIONS[case.person.payer][2],
        }
    )
    written = case.clock.stamp(day, 8, 45)
    file = attachment("Insurance card", PNG, data, written, "en")
    kind = concept(LOINC, *TYPES["Insurance card"], "Insurance card")
    ledger.add(
        "DocumentReference",
        _reference_to(ledger, kind, written, file, "bennett", "Insurance card"),
    )


def _add_from_elsewhere(ledger: Ledger, case: Case, press: Press) -> None:
    """Write what other programs made, and one paper with the version that it replaced."""
    for paper, content_type, data in elsewhere.printed(case.person, case.timeline):
        body = _document(ledger, paper, content_type, data, case.clock)
        if content_type == elsewhere.CCDA:
            body["author"] = [{"display": elsewhere.FAMILY_DOCTOR}]
        ledger.add("DocumentReference", body)
    first, second = (
        elsewhere.home_plan(case.person, case.timeline, changed=changed)
        for changed in (False, True)
    )
    replaced = _document(ledger, first, PDF, press.pdf(first), case.clock)
    earlier = ledger.add("DocumentReference", {**replaced, "status": "superseded"})
    body = _document(ledger, second, PDF, press.pdf(second), case.clock)
    relation = [{"code": "replaces", "target": earlier}]
    ledger.add("DocumentReference", {**body, "docStatus": "amended", "relatesTo": relation})


def _add_pump_record(ledger: Ledger, case: Case) -> None:
    """Write a file of a kind that no browser shows: the home pump's own record."""
    day = case.timeline.treatments[-1].day + timedelta(days=2)
    rates = bytes(round(52 + 3 * (hour % 4)) for hour in range(46))
    data = PUMP_HEADER + case.person.mrn.encode() + b"\x00" + rates * 12
    written = case.clock.stamp(workday_before(day), 15, 20)
    file = attachment("Home pump record", BYTES, data, written, "en")
    ledger.add(
        "DocumentReference",
        _reference_to(
            ledger, {"text": "Home pump record"}, written, file, "medina", "Home pump record"
        ),
    )
