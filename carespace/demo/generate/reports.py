"""Reports beside the papers: a synoptic pathology report, genes, a hospital's blood count with its own PDF, pictures.

What departments send as data and not only as a paper (US Core DiagnosticReport,
https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-diagnosticreport-note.html): one report that was corrected,
one that another laboratory sent with its name and address inside.
"""

from datetime import date, timedelta
from decimal import Decimal

from carespace.demo.generate import organisation, plans
from carespace.demo.generate.clock import workday_before
from carespace.demo.generate.documents import PDF, Case, attachment
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
from carespace.demo.generate.labs import TESTS, interpretation
from carespace.demo.generate.organisation import STAFF
from carespace.demo.generate.paper import Paper, Press, heading, table, words
from carespace.demo.generate.results import flagged, laboratory_category, reference_range
from carespace.demo.generate.timeline import consultation_day

MARIA = "LCA-100001"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
MACHINES = {"CT": ("CT", "Computed Tomography"), "MRI": ("MR", "Magnetic Resonance")}
INSIDE: Resource = {
    "resourceType": "Organization",
    "id": "made-by",
    "name": "Port Alden Community Hospital Laboratory",
    "address": [
        {"line": ["77 Harbor Street"], "city": "Port Alden", "state": "NY", "postalCode": "14498"}
    ],
    "telecom": [{"system": "phone", "value": "315-555-0180", "use": "work"}],
}


def add_reports(ledger: Ledger, case: Case, press: Press) -> None:
    """Write the reports of one patient; what stands in every record, and Maria's own."""
    _add_synoptic(ledger, case)
    for study in case.story.studies:
        _add_pictures(ledger, case, study.name, case.timeline.week(study.week))
    if case.story.genetics:
        _add_genes(ledger, case, press)
    if case.person.mrn == MARIA:
        _add_count_from_elsewhere(ledger, case, press)
        _add_corrected_culture(ledger, case)


def _add_synoptic(ledger: Ledger, case: Case) -> None:
    """Give the pathology report its synopsis, as results that travel inside it."""
    body = next(
        each
        for each in ledger.resources
        if each["resourceType"] == "DiagnosticReport" and _is(each, "PAT")
    )
    lines = (
        ("Specimen", case.story.specimen),
        *((name, value) for name, value in case.story.biomarkers),
        ("Stage", case.story.tnm),
    )
    inside = [
        {
            "resourceType": "Observation",
            "id": f"line-{number}",
            "status": "final",
            "code": {"text": name},
            "valueString": value,
        }
        for number, (name, value) in enumerate(lines, start=1)
    ]
    body["contained"] = inside
    body["result"] = [{"reference": f"#{each['id']}"} for each in inside]


def _is(report: Resource, code: str) -> bool:
    return bool(report["category"][0]["coding"][0]["code"] == code)


def _add_pictures(ledger: Ledger, case: Case, name: str, day: date) -> None:
    """Write that a CT or an MRI was taken; ultrasounds and mammograms come as reports only."""
    machine = next((MACHINES[key] for key in MACHINES if key in name), None)
    if machine is None:
        return
    ledger.add(
        "ImagingStudy",
        {
            "status": "available",
            "subject": ledger.patient,
            "started": case.clock.stamp(day, 9, 30),
            "description": name,
            "modality": [coding(DICOM, *machine)],
            "location": organisation.location(organisation.CT_SUITE),
        },
    )


def _add_genes(ledger: Ledger, case: Case, press: Press) -> None:
    first_visit = consultation_day(case.story, case.timeline.anchor)
    day = workday_before(first_visit + timedelta(days=20))
    paper = plans.genetic_counseling(case.person, case.story, day)
    written = case.clock.stamp(day, 11, 40)
    ledger.add(
        "DiagnosticReport",
        {
            "status": "final",
            "category": [
                hl7_concept("v2-0074", "LAB", "Laboratory"),
                hl7_concept("v2-0074", "GE", "Genetics"),
            ],
            "code": concept(
                LOINC, "51969-4", "Genetic analysis report", "Inherited cancer gene panel"
            ),
            "subject": ledger.patient,
            "effectiveDateTime": case.clock.stamp(first_visit, 10, 5),
            "issued": written,
            "performer": [organisation.organization(organisation.HOSPITAL_LAB)],
            "resultsInterpreter": [organisation.practitioner("fischer")],
            "conclusion": case.story.genetics,
            "presentedForm": [attachment(paper.title, PDF, press.pdf(paper), written, "en")],
        },
    )


def _add_count_from_elsewhere(ledger: Ledger, case: Case, press: Press) -> None:
    """Write a blood count that another hospital sent, with itself inside, its specimen, its order and its paper."""
    day = workday_before(case.timeline.visits[-1].day - timedelta(days=3))
    taken, issued = case.clock.stamp(day, 7, 50), case.clock.stamp(day, 10, 20)
    specimen = ledger.add(
        "Specimen",
        {
            "status": "available",
            "type": concept(SNOMED, "122555007", "Venous blood specimen", "Blood from a vein"),
            "subject": ledger.patient,
            "collection": {
                "collectedDateTime": taken,
                "bodySite": concept(SNOMED, "368208006", "Left upper arm", "Left arm"),
            },
            "note": [{"text": "The tube arrived within one hour, in good condition."}],
        },
    )
    order = ledger.add(
        "ServiceRequest",
        {
            "status": "completed",
            "intent": "order",
            "subject": ledger.patient,
            "code": concept(
                LOINC, "57021-8", "CBC W Auto Differential panel - Blood", "Blood count"
            ),
            "authoredOn": taken,
            "requester": organisation.practitioner("okafor"),
        },
    )
    numbers = (("wbc", "5.2"), ("hgb", "11.4"), ("plt", "214"))
    members = [_counted(ledger, key, value, taken, issued) for key, value in numbers]
    paper = _count_paper(case, day, numbers)
    ledger.add(
        "DiagnosticReport",
        {
            "contained": [INSIDE],
            "status": "final",
            "category": [hl7_concept("v2-0074", "LAB", "Laboratory")],
            "code": concept(
                LOINC, "57021-8", "CBC W Auto Differential panel - Blood", "Blood count (hospital)"
            ),
            "subject": ledger.patient,
            "effectiveDateTime": taken,
            "issued": issued,
            "performer": [{"reference": "#made-by"}],
            "specimen": [specimen],
            "basedOn": [order],
            "result": members,
            "conclusion": "Slightly low hemoglobin. White cells and platelets are in the usual range.",
            "presentedForm": [attachment(paper.title, PDF, press.pdf(paper), issued, "en")],
        },
    )


def _counted(ledger: Ledger, key: str, value: str, taken: str, issued: str) -> Resource:
    test = TESTS[key]
    flag = interpretation(Decimal(value), test.low, test.high)
    flags = [flagged(flag)] if flag and flag != "N" else []
    return ledger.add(
        "Observation",
        {
            **({"interpretation": flags} if flags else {}),
            "status": "final",
            "category": [laboratory_category()],
            "code": concept(LOINC, test.loinc, test.name),
            "subject": ledger.patient,
            "effectiveDateTime": taken,
            "issued": issued,
            "performer": [{"display": str(INSIDE["name"])}],
            "valueQuantity": quantity(Decimal(value), test.unit, test.ucum),
            "referenceRange": [reference_range(test.unit, test.low, test.high)],
        },
    )


def _count_paper(case: Case, day: date, numbers: tuple[tuple[str, str], ...]) -> Paper:
    rows = (
        (TESTS[key].name, f"{value} {TESTS[key].unit}", f"{TESTS[key].low} to {TESTS[key].high}")
        for key, value in numbers
    )
    return Paper(
        "Laboratory report",
        "Blood count",
        day,
        STAFF["bhatt"],
        case.person,
        (
            heading("Results"),
            table(("Test", "Result", "Usual range"), *rows),
            heading("Comment"),
            words("Slightly low hemoglobin. White cells and platelets are in the usual range."),
        ),
        practice=str(INSIDE["name"]),
        letterhead=("77 Harbor Street", "Port Alden, NY 14498", "Telephone 315-555-0180"),
    )


def _add_corrected_culture(ledger: Ledger, case: Case) -> None:
    """Write a report that was corrected, with what it said at first."""
    day = workday_before(case.timeline.visits[-2].day)
    ledger.add(
        "DiagnosticReport",
        {
            "status": "corrected",
            "category": [hl7_concept("v2-0074", "MB", "Microbiology")],
            "code": concept(
                LOINC, "630-4", "Bacteria identified in Urine by Culture", "Urine culture"
            ),
            "subject": ledger.patient,
            "effectiveDateTime": case.clock.stamp(day, 9, 15),
            "issued": case.clock.stamp(workday_before(day + timedelta(days=3)), 13, 5),
            "performer": [organisation.organization(organisation.HOSPITAL_LAB)],
            "conclusion": "No growth after two days. First reported as growth of skin bacteria; the plate was of "
            "another sample.",
        },
    )
