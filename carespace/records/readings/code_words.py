"""Our plain words for codes that FHIR, HL7 and others define and that a patient meets, by code system and code.

Promises: grade 6, in the active language; never "abnormal". Sources: https://terminology.hl7.org,
https://www.nubc.org/patient-discharge; SNOMED CT and LOINC codes are said in our words only where no display came.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from carespace.records.readings.clinical_words import LOINC_WORDS, SNOMED, SNOMED_WORDS
from carespace.records.readings.people_words import COVERAGE, PEOPLE_WORDS, TERMINOLOGY, Words
from carespace.records.readings.plain_labs import LOINC
from carespace.records.readings.status_words import STATUS_WORDS

UCUM = "http://unitsofmeasure.org"

# Only what the laboratory says of the value; the flags of a result are made in flags.py.
_INTERPRETATION: Words = {
    "N": _("In the usual range"),
    "H": _("Above the usual range"),
    "HH": _("Far above the usual range"),
    "HU": _("Far above the usual range"),
    "L": _("Below the usual range"),
    "LL": _("Far below the usual range"),
    "LU": _("Far below the usual range"),
    "A": _("Outside the usual range"),
    "AA": _("Far outside the usual range"),
    ">": _("Above what the test can measure"),
    "<": _("Below what the test can measure"),
    "POS": _("Positive"),
    "NEG": _("Negative"),
    "IND": _("Not clear"),
    "E": _("Not clear"),
    "DET": _("Found"),
    "ND": _("Not found"),
    "RR": _("Reactive"),
    "NR": _("Not reactive"),
    "WR": _("Weakly reactive"),
    "S": _("The germ reacts to this medicine"),
    "I": _("The germ reacts to this medicine in part"),
    "R": _("The germ does not react to this medicine"),
    "B": _("Better"),
    "W": _("Worse"),
    "U": _("Up by a lot"),
    "D": _("Down by a lot"),
}
_ABSENT: Words = {
    "unknown": _("Not known"),
    "asked-unknown": _("Asked, but not known"),
    "temp-unknown": _("Not known yet"),
    "not-asked": _("Not asked"),
    "asked-declined": _("Asked, but not answered"),
    "masked": _("Kept private"),
    "not-applicable": _("Does not apply"),
    "unsupported": _("The system cannot show it"),
    "as-text": _("Given in words"),
    "error": _("Not known because of an error"),
    "not-a-number": _("No number came out"),
    "negative-infinity": _("Too low to measure"),
    "positive-infinity": _("Too high to measure"),
    "not-performed": _("Not done"),
    "not-permitted": _("May not be given"),
}
_KIND_OF_OBSERVATION: Words = {
    "social-history": _("Daily life"),
    "vital-signs": _("Vital signs"),
    "imaging": _("Scans and X-rays"),
    "laboratory": _("Lab test"),
    "procedure": _("Procedure"),
    "survey": _("Questions and answers"),
    "exam": _("Physical exam"),
    "therapy": _("Therapy"),
    "activity": _("Activity"),
}
_US_CORE_KIND: Words = {
    "sdoh": _("Daily life and living conditions"),
    "functional-status": _("How well you manage each day"),
    "disability-status": _("Disability"),
    "cognitive-status": _("Memory and thinking"),
    "treatment-intervention-preference": _("Your wishes for treatment"),
    "care-experience-preference": _("Your wishes for care"),
}
_WHERE: Words = {
    "inpatient": _("In the hospital"),
    "outpatient": _("At the practice"),
    "community": _("At home"),
    "discharge": _("For after the hospital"),
    "patientspecified": _("Told by you"),
}
_VISIT: Words = {
    "AMB": _("Office visit"),
    "EMER": _("Emergency room visit"),
    "FLD": _("Visit outside the practice"),
    "HH": _("Home visit"),
    "IMP": _("Hospital stay"),
    "ACUTE": _("Hospital stay"),
    "NONAC": _("Hospital stay"),
    "OBSENC": _("Watched in the hospital"),
    "PRENC": _("Before a hospital stay"),
    "SS": _("Short hospital stay"),
    "VR": _("Video or phone visit"),
}
_FILL: Words = {
    "DF": _("Daily fill"),
    "EM": _("Emergency supply"),
    "FF": _("First fill"),
    "FFC": _("First fill, complete"),
    "FFP": _("First fill, in part"),
    "TF": _("Trial fill"),
    "RF": _("Refill"),
    "RFC": _("Refill, complete"),
    "RFP": _("Refill, in part"),
    "SO": _("Supply before the prescription came"),
    "TB": _("Trial fill, the rest"),
    "UD": _("Single doses"),
}
_NO_VACCINE: Words = {
    "IMMUNE": _("Already protected"),
    "MEDPREC": _("Not given for a medical reason"),
    "OSTOCK": _("The vaccine was not in stock"),
    "PATOBJ": _("You did not want it"),
    "PHILISOP": _("Not wanted for reasons of belief"),
    "RELIG": _("Not wanted for reasons of faith"),
    "VACEFF": _("The vaccine was too old or no longer good"),
    "VACSAF": _("Doubts about how safe it is"),
}
_DEPARTMENT: Words = {
    "LAB": _("Laboratory"),
    "CH": _("Blood chemistry"),
    "HM": _("Blood tests"),
    "MB": _("Tests for germs"),
    "MCB": _("Tests for bacteria"),
    "VR": _("Tests for viruses"),
    "SR": _("Tests for antibodies"),
    "IMM": _("Tests of the immune system"),
    "PAT": _("Pathology"),
    "SP": _("Tissue exam"),
    "CP": _("Cell exam"),
    "CG": _("Chromosome tests"),
    "GE": _("Gene tests"),
    "BLB": _("Blood bank"),
    "BG": _("Blood gases"),
    "TX": _("Tests for drugs and poisons"),
    "RAD": _("Scans and X-rays"),
    "RX": _("X-ray"),
    "RUS": _("Ultrasound"),
    "CT": _("CT scan"),
    "NMR": _("MRI scan"),
    "NMS": _("Nuclear medicine scan"),
    "CUS": _("Heart ultrasound"),
    "VUS": _("Blood vessel ultrasound"),
    "EC": _("Heart tracing (EKG)"),
    "EN": _("Brain and nerve tests"),
    "PF": _("Lung tests"),
    "CTH": _("Heart catheter test"),
    "XRC": _("Moving X-ray"),
    "RT": _("Radiation treatment"),
    "PT": _("Physical therapy"),
    "OT": _("Occupational therapy"),
    "NRS": _("Nursing"),
    "ICU": _("Intensive care"),
    "OTH": pgettext_lazy("kind of report", "Other"),
}
_WENT_TO: Words = {
    "home": _("Home"),
    "alt-home": _("Another person's home"),
    "other-hcf": _("Another care facility"),
    "hosp": _("Hospice"),
    "long": _("Long-term care"),
    "aadvice": _("Left against advice"),
    "exp": _("Died"),
    "psy": _("Psychiatric hospital"),
    "rehab": _("Rehab"),
    "snf": _("Skilled nursing home"),
    "oth": pgettext_lazy("place", "Another place"),
}
# National Uniform Billing Committee, form locator 17.
_DISCHARGED: Words = {
    "01": _("Went home"),
    "02": _("Went to another hospital"),
    "03": _("Went to a skilled nursing home"),
    "04": _("Went to a care home"),
    "05": _("Went to a cancer center or children's hospital"),
    "06": _("Went home with a home care service"),
    "07": _("Left against advice"),
    "09": _("Stayed in the hospital"),
    "20": _("Died"),
    "30": _("Still a patient"),
    "43": _("Went to a federal hospital"),
    "50": _("Went home with hospice care"),
    "51": _("Went to a hospice"),
    "62": _("Went to a rehab center"),
    "63": _("Went to a long-term care hospital"),
    "65": _("Went to a psychiatric hospital"),
    "70": _("Went to another care facility"),
}
_REASON_FOR_NO_DRUG: Words = {
    "altchoice": _("Another treatment is tried first"),
    "clarif": _("A question about it is open"),
    "drughigh": _("Too much of it in the blood"),
    "hospadm": _("Hospital stay"),
    "labint": _("It would disturb a lab test"),
    "non-avail": _("You were not there for it"),
    "preg": _("Pregnancy or breastfeeding"),
    "salg": _("Allergy"),
    "sddi": _("It does not go with another medicine"),
    "sdupther": _("There is already a medicine for this"),
    "sintol": _("It was not tolerated"),
    "surg": _("Surgery"),
    "washout": _("A break between medicines"),
}
_COURSE: Words = {
    "continuous": _("Ongoing"),
    "acute": _("For a short time"),
    "seasonal": _("For one season"),
}
_SAMPLE: Words = {
    "BLD": _("Blood"),
    "BLDA": _("Blood from an artery"),
    "BLDC": _("Blood from a fingertip"),
    "BLDV": _("Blood from a vein"),
    "BON": _("Bone"),
    "MAR": _("Bone marrow"),
    "BRN": _("Burn"),
    "CSF": _("Fluid around the spine"),
    "PLAS": _("Plasma, a part of blood"),
    "PLR": _("Fluid around the lungs"),
    "PRT": _("Fluid from the belly"),
    "SER": _("Serum, a part of blood"),
    "SPT": _("Sputum (coughed up)"),
    "STL": _("Stool"),
    "SAL": _("Saliva"),
    "SKN": _("Skin"),
    "SWT": _("Sweat"),
    "TISS": _("Tissue"),
    "TUMOR": _("Tumor"),
    "UR": _("Urine"),
    "URC": _("Urine, clean catch"),
    "URT": _("Urine from a catheter"),
    "WND": _("Wound"),
}
_SITE: Words = {
    "BN": _("Both nostrils"),
    "LA": _("Left arm"),
    "LD": _("Left upper arm"),
    "LG": _("Left buttock"),
    "LT": _("Left thigh"),
    "LVL": _("Left thigh"),
    "RA": _("Right arm"),
    "RD": _("Right upper arm"),
    "RG": _("Right buttock"),
    "RT": _("Right thigh"),
    "RVL": _("Right thigh"),
}
_FORM: Words = {
    "TAB": _("Tablet"),
    "CAP": _("Capsule"),
    "SOL": _("Liquid"),
    "SUSP": _("Liquid to shake"),
    "INJSOL": _("Liquid for injection"),
    "CRM": _("Cream"),
    "OINT": _("Ointment"),
    "PATCH": _("Patch"),
    "SUPP": _("Suppository"),
    "DROP": _("Drops"),
}
_RANGE: Words = {
    "normal": _("Usual range"),
    "recommended": _("Advised range"),
    "treatment": _("Range aimed at in treatment"),
    "therapeutic": _("Range in which the medicine works"),
    "pre": _("Before treatment"),
    "post": _("After treatment"),
}
_TIME: Words = {
    "s": pgettext_lazy("unit of time", "seconds"),
    "min": pgettext_lazy("unit of time", "minutes"),
    "h": pgettext_lazy("unit of time", "hours"),
    "d": pgettext_lazy("unit of time", "days"),
    "wk": pgettext_lazy("unit of time", "weeks"),
    "mo": pgettext_lazy("unit of time", "months"),
    "a": pgettext_lazy("unit of time", "years"),
}
_DREW: Words = {
    "LNV": _("From a vein"),
    "FNA": _("With a fine needle"),
    "SWA": _("With a swab"),
    "CATH": _("Through a catheter"),
}
_GAVE: Words = {
    "OP": _("Ordered it"),
    "AP": _("Gave it"),
    "PI": _("Read it"),
    "RP": _("Sent you here"),
}
# https://hl7.org/fhir/R4/valueset-appointment-cancellation-reason.html
_CALLED_OFF: Words = {
    "pat": _("Cancelled by you"),
    "pat-crs": _("Cancelled by you in answer to a reminder"),
    "pat-cpp": _("Cancelled by you through the portal"),
    "pat-fb": _("Cancelled by you: feeling better"),
    "pat-lt": _("Cancelled by you: no way to get there"),
    "pat-mt": _("Cancelled: no longer covered by insurance"),
    "pat-mv": _("Cancelled by you: moved away"),
    "pat-preg": _("Cancelled: pregnancy"),
    "pat-swl": _("Cancelled: another time was found from the waiting list"),
    "prov": _("Cancelled by the practice"),
    "maint": _("Cancelled: a machine needs repair"),
    "meds-inc": _("Cancelled: the preparation was not complete"),
    "other": pgettext_lazy("reason", "Other reason"),
    "oth-err": _("Cancelled: booked by mistake"),
    "oth-int": _("Cancelled: no interpreter"),
    "oth-room": _("Cancelled: the room or a machine was not free"),
    "oth-weath": _("Cancelled: bad weather"),
}
_BOOKING: Words = {
    "CHECKUP": _("Checkup"),
    "EMERGENCY": _("Emergency visit"),
    "FOLLOWUP": _("Follow-up visit"),
    "ROUTINE": pgettext_lazy("visit", "Routine visit"),
    "WALKIN": _("Visit without an appointment"),
}
_NOTE_KIND: Words = {"clinical-note": _("Note from your care team")}
_ACT_CODES: Words = {**_VISIT, **_FILL, **COVERAGE}


def _status(resource_type: str, element: str) -> Words:
    return STATUS_WORDS[(resource_type, element)]


CODE_WORDS: dict[str, dict[str, Promise]] = {
    **PEOPLE_WORDS,
    f"{TERMINOLOGY}allergyintolerance-clinical": _status("AllergyIntolerance", "clinicalStatus"),
    f"{TERMINOLOGY}allergyintolerance-verification": _status(
        "AllergyIntolerance", "verificationStatus"
    ),
    f"{TERMINOLOGY}condition-clinical": _status("Condition", "clinicalStatus"),
    f"{TERMINOLOGY}condition-ver-status": _status("Condition", "verificationStatus"),
    f"{TERMINOLOGY}condition-category": _status("Condition", "category"),
    "http://hl7.org/fhir/us/core/CodeSystem/condition-category": {
        "problem": _("Health issue"),
        "health-concern": _("Health concern"),
    },
    f"{TERMINOLOGY}goal-achievement": _status("Goal", "achievementStatus"),
    f"{TERMINOLOGY}goal-priority": _status("Goal", "priority"),
    "http://hl7.org/fhir/administrative-gender": _status("Patient", "gender"),
    f"{TERMINOLOGY}v3-ObservationInterpretation": _INTERPRETATION,
    "http://hl7.org/fhir/v2/0078": _INTERPRETATION,
    f"{TERMINOLOGY}v2-0078": _INTERPRETATION,
    f"{TERMINOLOGY}data-absent-reason": _ABSENT,
    f"{TERMINOLOGY}observation-category": _KIND_OF_OBSERVATION,
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-category": _US_CORE_KIND,
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category": _NOTE_KIND,
    "http://hl7.org/fhir/us/core/CodeSystem/careplan-category": {
        "assess-plan": _("Assessment and plan")
    },
    f"{TERMINOLOGY}medicationrequest-category": _WHERE,
    f"{TERMINOLOGY}medication-statement-category": _WHERE,
    f"{TERMINOLOGY}medicationdispense-category": _WHERE,
    f"{TERMINOLOGY}medicationrequest-status-reason": _REASON_FOR_NO_DRUG,
    "http://hl7.org/fhir/ValueSet/medicationrequest-status-reason": _REASON_FOR_NO_DRUG,
    f"{TERMINOLOGY}appointment-cancellation-reason": _CALLED_OFF,
    f"{TERMINOLOGY}v2-0276": _BOOKING,
    f"{TERMINOLOGY}v2-0443": _GAVE,
    f"{TERMINOLOGY}v2-0488": _DREW,
    f"{TERMINOLOGY}medicationrequest-course-of-therapy": _COURSE,
    f"{TERMINOLOGY}v3-ActCode": _ACT_CODES,
    "http://hl7.org/fhir/v3/ActCode": _ACT_CODES,
    f"{TERMINOLOGY}v3-ActReason": _NO_VACCINE,
    f"{TERMINOLOGY}v2-0074": _DEPARTMENT,
    "http://hl7.org/fhir/v2/0074": _DEPARTMENT,
    f"{TERMINOLOGY}discharge-disposition": _WENT_TO,
    "http://www.nubc.org/patient-discharge": _DISCHARGED,
    "https://www.nubc.org/CodeSystem/PatDischargeStatus": _DISCHARGED,
    f"{TERMINOLOGY}v2-0487": _SAMPLE,
    f"{TERMINOLOGY}v3-ActSite": _SITE,
    f"{TERMINOLOGY}v2-0163": _SITE,
    f"{TERMINOLOGY}v3-orderableDrugForm": _FORM,
    f"{TERMINOLOGY}referencerange-meaning": _RANGE,
    "http://ncimeta.nci.nih.gov": {"C146985": _("AJCC staging, 8th edition")},
    SNOMED: SNOMED_WORDS,
    LOINC: LOINC_WORDS,
    UCUM: _TIME,
}
# A display that came with one of these is the record's own name for the thing, and stays.
SPOKEN_BY_US = frozenset(CODE_WORDS) - {
    SNOMED,
    LOINC,
    UCUM,
    "http://ncimeta.nci.nih.gov",
    "https://nahdo.org/sopt",
    f"{TERMINOLOGY}v2-0443",
    f"{TERMINOLOGY}v2-0487",
    f"{TERMINOLOGY}v2-0488",
}
