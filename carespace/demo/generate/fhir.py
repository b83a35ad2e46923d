"""Small constructors of FHIR R4 datatypes, and the ledger that numbers a patient's resources.

Promises plain dictionaries in the shape of https://hl7.org/fhir/R4/datatypes.html, and ids that
depend on the patient and the order of writing alone, so that the same practice is written twice
alike.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Resource = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
# What the ids of the most frequent resources hold after the patient's own id
SHORT = {"Observation": "obs", "DiagnosticReport": "rep", "MedicationAdministration": "given"}
PRACTICE_ROOT = "https://lakeside-cancer.example"


def coding(system: str, code: str, display: str) -> Resource:
    """Return a Coding."""
    return {"system": system, "code": code, "display": display}


def concept(system: str, code: str, display: str, text: str = "") -> Resource:
    """Return a CodeableConcept with one coding; its text is the display unless told."""
    return {"coding": [coding(system, code, display)], "text": text or display}


def hl7_concept(system: str, code: str, display: str) -> Resource:
    """Return a CodeableConcept from one of HL7's own code systems, named by its last part."""
    return {"coding": [coding(TERMINOLOGY + system, code, display)]}


def reference(target: str, display: str = "") -> Resource:
    """Return a Reference to 'Type/id'."""
    return {"reference": target, "display": display} if display else {"reference": target}


def quantity(value: Decimal | int, unit: str, code: str) -> Resource:
    """Return a Quantity; a Decimal keeps the digits it was printed with."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def narrative(*paragraphs: str) -> Resource:
    """Return a generated Narrative of plain paragraphs."""
    body = "".join(f"<p>{_escaped(paragraph)}</p>" for paragraph in paragraphs)
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>',
    }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(slots=True)
class Ledger:
    """Everything written for one patient so far, in order."""

    owner_id: str
    resources: list[Resource] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    @property
    def patient(self) -> Resource:
        """A Reference to the patient."""
        return reference(f"Patient/{self.owner_id}")

    def add(self, resource_type: str, body: Resource) -> Resource:
        """Number a resource, keep it, and return a Reference to it."""
        number = self._counts.get(resource_type, 0) + 1
        self._counts[resource_type] = number
        kind = SHORT.get(resource_type, resource_type.lower())
        resource_id = f"{self.owner_id}-{kind}-{number:03d}"
        self.resources.append({"resourceType": resource_type, "id": resource_id, **body})
        return reference(f"{resource_type}/{resource_id}")
