"""Putting the practice together: one transaction Bundle per patient and one for the directory.

Promises that the same folder, day, zone and seed give the same bytes, that every reference points
into the patient's own Bundle or into the directory, and that numbers keep their printed digits
(1.20 is written 1.20).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from carespace.demo.generate.appointments import add_appointments
from carespace.demo.generate.background import add_background, diagnosis_name, patient_resource
from carespace.demo.generate.clock import Clock
from carespace.demo.generate.details import add_details
from carespace.demo.generate.documents import Case, add_documents
from carespace.demo.generate.fhir import Ledger, Resource
from carespace.demo.generate.oddities import add_oddities
from carespace.demo.generate.organisation import directory
from carespace.demo.generate.paper import Press
from carespace.demo.generate.people import PEOPLE, Person
from carespace.demo.generate.reports import add_reports
from carespace.demo.generate.results import add_results
from carespace.demo.generate.stories_other import OTHER
from carespace.demo.generate.stories_solid import SOLID
from carespace.demo.generate.story import Story
from carespace.demo.generate.timeline import build_timeline
from carespace.demo.generate.treatment import add_encounters, add_treatment
from carespace.demo.generate.vitals import add_vitals
from carespace.demo.generate.whole_person import add_whole_person

DIRECTORY_FILE = "00-directory.json"
STORIES = {story.mrn: story for story in (*SOLID, *OTHER)}


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """What the demo needs to give a patient a sign-in; `source_id` is the id in the feed."""

    source_id: str
    mrn: str
    given: str
    family: str
    birth_date: date
    email: str
    diagnosis: str
    summary: str


@dataclass(frozen=True, slots=True)
class DemoPractice:
    """The files written, the directory first, and the patients in the order of their files."""

    files: tuple[Path, ...]
    patients: tuple[DemoPatient, ...]


def generate_practice(
    folder: Path, *, today: date, zone: str = "America/New_York", seed: int = 20
) -> DemoPractice:
    """Write the practice's FHIR R4 feed into a folder, as of the morning of `today`.

    `zone` is the IANA name of the practice's time zone. The folder is made if need be; files of the
    same names are replaced. Raises ZoneInfoNotFoundError for an unknown zone.
    """
    clock = Clock(today, ZoneInfo(zone))
    folder.mkdir(parents=True, exist_ok=True)
    press = Press()
    files = [_write(folder / DIRECTORY_FILE, directory())]
    patients = []
    for number, person in enumerate(PEOPLE, start=1):
        story = STORIES[person.mrn]
        name = f"{number:02d}-{person.family}-{person.given}.json".lower()
        files.append(_write(folder / name, patient_record(person, story, clock, press, seed)))
        patients.append(_demo_patient(person, story))
    return DemoPractice(tuple(files), tuple(patients))


def patient_record(
    person: Person, story: Story, clock: Clock, press: Press, seed: int
) -> list[Resource]:
    """Return every resource of one patient, the Patient first."""
    ledger = Ledger(person.source_id)
    ledger.resources.append(patient_resource(person, clock))
    timeline = build_timeline(story, clock)
    cancer = add_background(ledger, person, story, timeline, clock)
    add_treatment(ledger, person, story, timeline, clock, cancer)
    add_encounters(ledger, person, timeline, clock)
    vitals = add_vitals(ledger, person, timeline, clock, seed)
    results = add_results(ledger, person, story, timeline, clock, seed)
    add_details(ledger, person, story, timeline, clock, cancer)
    add_oddities(ledger, person, timeline, results, clock)
    case = Case(person, story, timeline, results, vitals, clock)
    add_documents(ledger, case, press)
    add_reports(ledger, case, press)
    add_whole_person(ledger, person, story, timeline, clock)
    add_appointments(ledger, person, story, timeline, clock, seed)
    return ledger.resources


def _demo_patient(person: Person, story: Story) -> DemoPatient:
    return DemoPatient(
        source_id=person.source_id,
        mrn=person.mrn,
        given=person.given,
        family=person.family,
        birth_date=person.birth_date,
        email=person.email,
        diagnosis=diagnosis_name(story),
        summary=story.summary,
    )


def _write(path: Path, resources: list[Resource]) -> Path:
    entries = []
    for resource in resources:
        address = f"{resource['resourceType']}/{resource['id']}"
        entries.append(
            {
                "fullUrl": f"https://lakeside-cancer.example/fhir/{address}",
                "resource": resource,
                "request": {"method": "PUT", "url": address},
            }
        )
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    path.write_bytes(msgspec.json.Encoder(decimal_format="number").encode(bundle) + b"\n")
    return path
