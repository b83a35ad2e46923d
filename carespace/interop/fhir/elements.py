"""Whose resource it is: which element names the patient, for every R4 resource type.

Promise: each type stands in exactly one of five groups, so that no type gets into a record by
being forgotten. After the patient compartment, https://hl7.org/fhir/R4/compartmentdefinition-
patient.html, but only the element that says whose record it is: an author or a performer who is
also a patient does not make it theirs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

# A patient's own; the elements that name the patient, as paths. Patient names itself.
SUBJECT_ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "Patient": (),
    "Appointment": ("participant.actor",),
    "AppointmentResponse": ("actor",),
    "Coverage": ("beneficiary",),
    "EnrollmentRequest": ("candidate",),
    "ResearchSubject": ("individual",),
    "SupplyRequest": ("deliverTo",),
    "Task": ("for",),
    **dict.fromkeys(
        (
            "AllergyIntolerance",
            "BodyStructure",
            "Claim",
            "ClaimResponse",
            "Consent",
            "CoverageEligibilityRequest",
            "CoverageEligibilityResponse",
            "DetectedIssue",
            "EpisodeOfCare",
            "ExplanationOfBenefit",
            "FamilyMemberHistory",
            "Immunization",
            "ImmunizationEvaluation",
            "ImmunizationRecommendation",
            "MolecularSequence",
            "NutritionOrder",
            "RelatedPerson",
            "SupplyDelivery",
            "VisionPrescription",
        ),
        ("patient",),
    ),
    **dict.fromkeys(
        (
            "Account",
            "AdverseEvent",
            "Basic",
            "CarePlan",
            "CareTeam",
            "ChargeItem",
            "ClinicalImpression",
            "Communication",
            "CommunicationRequest",
            "Composition",
            "Condition",
            "DeviceRequest",
            "DeviceUseStatement",
            "DiagnosticReport",
            "DocumentManifest",
            "DocumentReference",
            "Encounter",
            "Flag",
            "Goal",
            "GuidanceResponse",
            "ImagingStudy",
            "Invoice",
            "List",
            "MeasureReport",
            "Media",
            "MedicationAdministration",
            "MedicationDispense",
            "MedicationRequest",
            "MedicationStatement",
            "Observation",
            "Procedure",
            "QuestionnaireResponse",
            "RequestGroup",
            "RiskAssessment",
            "ServiceRequest",
            "Specimen",
        ),
        ("subject",),
    ),
}

# A patient's where one is named, else the practice's: a pump in the cupboard, a clinic's schedule.
EITHER_TYPES: Mapping[str, tuple[str, ...]] = {
    "Contract": ("subject",),
    "Device": ("patient",),
    "Schedule": ("actor",),
}

# The practice's: people, places and things that many records point at.
SHARED_TYPES = frozenset(
    {
        "BiologicallyDerivedProduct",
        "DeviceDefinition",
        "DeviceMetric",
        "Endpoint",
        "HealthcareService",
        "InsurancePlan",
        "Location",
        "Medication",
        "MedicationKnowledge",
        "Organization",
        "OrganizationAffiliation",
        "Practitioner",
        "PractitionerRole",
        "Questionnaire",
        "ResearchStudy",
        "Slot",
        "Substance",
    }
)

# Whose they are shows only through other resources: those these elements name, or, for Binary,
# those that name it.
THROUGH_OTHERS: Mapping[str, tuple[str, ...]] = {
    "Binary": (),
    "Linkage": ("item.resource",),
    "MessageHeader": ("focus",),
    "Provenance": ("target",),
    "VerificationResult": ("target",),
}

# Definitions, terminology, plumbing and statistics, people in the abstract (Person, Group), and
# the Bundle, which is only a wrapper: no part of anybody's record.
NOT_IN_A_RECORD = frozenset(
    {
        "ActivityDefinition",
        "AuditEvent",
        "Bundle",
        "CapabilityStatement",
        "CatalogEntry",
        "ChargeItemDefinition",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "EffectEvidenceSynthesis",
        "EnrollmentResponse",
        "EventDefinition",
        "Evidence",
        "EvidenceVariable",
        "ExampleScenario",
        "GraphDefinition",
        "Group",
        "ImplementationGuide",
        "Library",
        "Measure",
        "MedicinalProduct",
        "MedicinalProductAuthorization",
        "MedicinalProductContraindication",
        "MedicinalProductIndication",
        "MedicinalProductIngredient",
        "MedicinalProductInteraction",
        "MedicinalProductManufactured",
        "MedicinalProductPackaged",
        "MedicinalProductPharmaceutical",
        "MedicinalProductUndesirableEffect",
        "MessageDefinition",
        "NamingSystem",
        "ObservationDefinition",
        "OperationDefinition",
        "OperationOutcome",
        "Parameters",
        "PaymentNotice",
        "PaymentReconciliation",
        "Person",
        "PlanDefinition",
        "ResearchDefinition",
        "ResearchElementDefinition",
        "RiskEvidenceSynthesis",
        "SearchParameter",
        "SpecimenDefinition",
        "StructureDefinition",
        "StructureMap",
        "Subscription",
        "SubstanceNucleicAcid",
        "SubstancePolymer",
        "SubstanceProtein",
        "SubstanceReferenceInformation",
        "SubstanceSourceMaterial",
        "SubstanceSpecification",
        "TerminologyCapabilities",
        "TestReport",
        "TestScript",
        "ValueSet",
    }
)

# Compiled once: type -> paths split at their points.
_PATHS = {
    name: tuple(tuple(path.split(".")) for path in paths)
    for group in (SUBJECT_ELEMENTS, EITHER_TYPES, THROUGH_OTHERS)
    for name, paths in group.items()
}


def subject_references(resource: Mapping[str, Any]) -> list[str]:
    """Return the reference strings in the elements that say whose the resource is, in order.

    They may name others than patients (an Appointment's practitioner), be urn:uuid addresses, or
    point into the resource ("#p1"); a reference by identifier alone is not among them. For
    Provenance and its like these are the resources through which it belongs to somebody.
    """
    return [
        reference
        for target in subject_targets(resource)
        if type(reference := target.get("reference")) is str
    ]


def subject_targets(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the References (https://hl7.org/fhir/R4/references.html) that say whose it is, in order."""
    name = resource.get("resourceType")
    paths = _PATHS.get(name, ()) if type(name) is str else ()
    return [target for path in paths for target in _at(resource, path) if type(target) is dict]


def _at(value: object, path: tuple[str, ...]) -> Iterator[object]:
    """Everything at a path, through arrays."""
    if isinstance(value, list):
        for each in value:
            yield from _at(each, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        yield from _at(value.get(path[0]), path[1:])
