"""One resource of each US Core 6.1.0 profile, every must-support element filled with something that stands nowhere else.

Promises: ``EXPECTED`` names, for each element's path, the words that a patient must find on some page; what is a code is
given as a code alone, so that only words of ours can show it (VDT-1).
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

NUMBER = "US-1"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"
CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

EXPECTED: dict[str, tuple[str, ...]] = {}
_numbers = count(1)
_days = count()
Json = dict[str, Any]


def word(path: str) -> str:
    """Return a word that stands for ``path`` and nothing else."""
    text = f"Canary{next(_numbers):03}x"
    EXPECTED[path] = (*EXPECTED.get(path, ()), text)
    return text


def day(path: str) -> str:
    """Return a date of its own; a page says it long or short."""
    number = next(_days)
    year, month, at = 2001 + number // 300, 1 + number // 25 % 12, 1 + number % 25
    long = f"{MONTHS[month - 1]} {at}, {year}"
    EXPECTED[path] = (
        *EXPECTED.get(path, ()),
        f"{long}|{long.replace(MONTHS[month - 1], MONTHS[month - 1][:3])}",
    )
    return f"{year}-{month:02}-{at:02}"


def moment(path: str) -> str:
    return f"{day(path)}T12:00:00-05:00"


def coded(path: str, system: str, code: str, words: str) -> Json:
    """Return a concept that is a code alone; ``words`` must be on a page."""
    EXPECTED[path] = (*EXPECTED.get(path, ()), words)
    return {"coding": [{"system": system, "code": code}]}


def plain(path: str, code: str, words: str) -> str:
    """Return a code element; ``words`` must be on a page."""
    EXPECTED[path] = (*EXPECTED.get(path, ()), words)
    return code


def concept(path: str) -> Json:
    return {"text": word(path)}


def amount(path: str, unit: str = "mg") -> Json:
    value = f"{next(_numbers)}.{next(_numbers)}5"
    EXPECTED[path] = (*EXPECTED.get(path, ()), value)
    return {"value": Decimal(value), "unit": unit, "system": UCUM, "code": unit}


def to(kind: str, name: str) -> Json:
    return {"reference": f"{kind}/{name}"}


SUBJECT = to("Patient", NUMBER)


def category(code: str, system: str = f"{HL7}/observation-category") -> list[Json]:
    return [{"coding": [{"system": system, "code": code}]}]


def people() -> Iterator[Json]:
    """Who and where: shared resources whose names and addresses stand on other pages."""
    yield {
        "resourceType": "Patient",
        "id": NUMBER,
        "identifier": [
            {
                "type": {"coding": [{"system": f"{HL7}/v2-0203", "code": "MR"}]},
                "system": "urn:mrn",
                "value": word("Patient.identifier.value"),
            }
        ],
        "name": [
            {
                "use": "official",
                "family": word("Patient.name.family"),
                "given": [word("Patient.name.given"), word("Patient.name.given")],
                "suffix": [word("Patient.name.suffix")],
            },
            {
                "use": "old",
                "family": word("Patient.name.use"),
                "period": {"end": day("Patient.name.period.end")},
            },
        ],
        "telecom": [
            {
                "system": "phone",
                "use": plain("Patient.telecom.use", "mobile", "Cell phone|Mobile"),
                "value": "(555) 010-7788",
            },
            {
                "system": plain("Patient.telecom.system", "email", "mail"),
                "value": "canary@example.org",
            },
        ],
        "gender": plain("Patient.gender", "female", "Female"),
        "birthDate": "1951-03-04",
        "address": [
            {
                "use": "home",
                "line": [word("Patient.address.line")],
                "city": word("Patient.address.city"),
                "state": "CT",
                "postalCode": word("Patient.address.postalCode"),
            },
            {
                "use": plain("Patient.address.use", "old", "Earlier|before|Previous|Former"),
                "line": [word("Patient.address.line")],
                "period": {"end": day("Patient.address.period.end")},
            },
        ],
        "communication": [
            {
                "language": {
                    "coding": [
                        {
                            "system": "urn:ietf:bcp:47",
                            "code": plain("Patient.communication.language", "vi", "Vietnamese"),
                        }
                    ]
                }
            }
        ],
        "extension": [
            {
                "url": f"{CORE}/us-core-race",
                "extension": [
                    {
                        "url": "ombCategory",
                        "valueCoding": {
                            "system": "urn:oid:2.16.840.1.113883.6.238",
                            "code": plain("Patient.extension:race", "2028-9", "Asian"),
                        },
                    },
                    {"url": "text", "valueString": word("Patient.extension:race")},
                ],
            },
            {
                "url": f"{CORE}/us-core-ethnicity",
                "extension": [
                    {
                        "url": "ombCategory",
                        "valueCoding": {
                            "system": "urn:oid:2.16.840.1.113883.6.238",
                            "code": plain(
                                "Patient.extension:ethnicity", "2186-5", "ot Hispanic or Latino"
                            ),
                        },
                    },
                    {"url": "text", "valueString": word("Patient.extension:ethnicity")},
                ],
            },
            {
                "url": f"{CORE}/us-core-tribal-affiliation",
                "extension": [
                    {
                        "url": "tribalAffiliation",
                        "valueCodeableConcept": concept("Patient.extension:tribalAffiliation"),
                    }
                ],
            },
            {
                "url": f"{CORE}/us-core-birthsex",
                "valueCode": plain("Patient.extension:birthsex", "F", "Female"),
            },
            {
                "url": f"{CORE}/us-core-sex",
                "valueCode": plain("Patient.extension:sex", "248152002", "Female"),
            },
            {
                "url": f"{CORE}/us-core-genderIdentity",
                "valueCodeableConcept": concept("Patient.extension:genderIdentity"),
            },
        ],
    }
    yield {
        "resourceType": "RelatedPerson",
        "id": "related",
        "active": True,
        "patient": SUBJECT,
        "relationship": [concept("RelatedPerson.relationship")],
        "name": [{"family": word("RelatedPerson.name")}],
        "telecom": [{"system": "phone", "value": word("RelatedPerson.telecom")}],
        "address": [{"line": [word("RelatedPerson.address")]}],
    }
    yield {
        "resourceType": "Practitioner",
        "id": "doctor",
        "name": [{"family": word("Practitioner.name.family"), "given": ["Ada"]}],
        "telecom": [{"system": "phone", "value": word("Practitioner.telecom.value")}],
        "address": [
            {
                "line": [word("Practitioner.address.line")],
                "city": word("Practitioner.address.city"),
                "state": "CT",
                "postalCode": word("Practitioner.address.postalCode"),
            }
        ],
    }
    yield {
        "resourceType": "PractitionerRole",
        "id": "role",
        "practitioner": {
            **to("Practitioner", "doctor"),
            "display": word("PractitionerRole.practitioner"),
        },
        "organization": to("Organization", "hospital"),
        "code": [concept("PractitionerRole.code")],
        "specialty": [concept("PractitionerRole.specialty")],
        "telecom": [{"system": "phone", "value": word("PractitionerRole.telecom.value")}],
    }
    yield {
        "resourceType": "Organization",
        "id": "hospital",
        "active": True,
        "name": word("Organization.name"),
        "telecom": [{"system": "phone", "value": word("Organization.telecom.value")}],
        "address": [
            {
                "line": [word("Organization.address.line")],
                "city": word("Organization.address.city"),
                "state": "CT",
                "postalCode": word("Organization.address.postalCode"),
                "country": "US",
            }
        ],
    }
    yield {
        "resourceType": "Location",
        "id": "place",
        "status": "active",
        "name": word("Location.name"),
        "telecom": [{"system": "phone", "value": word("Location.telecom")}],
        "address": {
            "line": [word("Location.address.line")],
            "city": word("Location.address.city"),
            "state": "CT",
            "postalCode": word("Location.address.postalCode"),
        },
    }


def medicines() -> Iterator[Json]:
    yield {
        "resourceType": "Medication",
        "id": "pill",
        "code": concept("Medication.code"),
    }
    yield {
        "resourceType": "MedicationRequest",
        "id": "order",
        "status": plain("MedicationRequest.status", "on-hold", "n hold|aused"),
        "intent": plain("MedicationRequest.intent", "order", "rder"),
        "category": [
            coded(
                "MedicationRequest.category",
                f"{HL7}/medicationrequest-category",
                "discharge",
                "after the hospital",
            )
        ],
        "reportedReference": to("Organization", "hospital"),
        "medicationReference": to("Medication", "pill"),
        "subject": SUBJECT,
        "encounter": to("Encounter", "visit"),
        "authoredOn": day("MedicationRequest.authoredOn"),
        "requester": {
            **to("Practitioner", "doctor"),
            "display": word("MedicationRequest.requester"),
        },
        "reasonCode": [concept("MedicationRequest.reasonCode")],
        "dosageInstruction": [{"text": word("MedicationRequest.dosageInstruction.text")}],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 7,
            "quantity": amount("MedicationRequest.dispenseRequest.quantity", "tablets"),
        },
    }
    EXPECTED["MedicationRequest.dispenseRequest.numberOfRepeatsAllowed"] = ("7",)
    yield {
        "resourceType": "MedicationRequest",
        "id": "order-2",
        "status": "active",
        "intent": "order",
        "reportedBoolean": True,
        "medicationCodeableConcept": concept("MedicationRequest.medication[x]"),
        "subject": SUBJECT,
        "authoredOn": day("MedicationRequest.authoredOn"),
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [
                    {
                        "doseQuantity": amount(
                            "MedicationRequest.dosageInstruction.doseAndRate.dose[x]", "mL"
                        )
                    }
                ],
            }
        ],
    }
    EXPECTED["MedicationRequest.dosageInstruction.timing"] = (
        "2 times a day|twice a day|2 times every day|times a day",
    )
    yield {
        "resourceType": "MedicationDispense",
        "id": "box",
        "status": "completed",
        "medicationCodeableConcept": concept("MedicationDispense.medication[x]"),
        "subject": SUBJECT,
        "performer": [
            {
                "actor": {
                    **to("Organization", "hospital"),
                    "display": word("MedicationDispense.performer.actor"),
                }
            }
        ],
        "authorizingPrescription": [to("MedicationRequest", "order")],
        "type": coded("MedicationDispense.type", f"{HL7}/v3-ActCode", "RF", "efill"),
        "quantity": amount("MedicationDispense.quantity", "tablets"),
        "whenHandedOver": moment("MedicationDispense.whenHandedOver"),
        "dosageInstruction": [{"text": word("MedicationDispense.dosageInstruction.text")}],
    }
    yield {
        "resourceType": "MedicationDispense",
        "id": "box-2",
        "status": "completed",
        "medicationReference": to("Medication", "pill"),
        "subject": SUBJECT,
        "whenHandedOver": moment("MedicationDispense.whenHandedOver"),
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [
                    {
                        "doseQuantity": amount(
                            "MedicationDispense.dosageInstruction.doseAndRate.dose[x]", "mL"
                        )
                    }
                ],
            }
        ],
    }
    EXPECTED["MedicationDispense.dosageInstruction.timing"] = ("3 times a day|three times a day",)


def problems() -> Iterator[Json]:
    yield {
        "resourceType": "AllergyIntolerance",
        "id": "allergy",
        "clinicalStatus": coded(
            "AllergyIntolerance.clinicalStatus",
            f"{HL7}/allergyintolerance-clinical",
            "active",
            "Active",
        ),
        "verificationStatus": coded(
            "AllergyIntolerance.verificationStatus",
            f"{HL7}/allergyintolerance-verification",
            "unconfirmed",
            "ot confirmed|nconfirmed",
        ),
        "code": concept("AllergyIntolerance.code"),
        "patient": SUBJECT,
        "reaction": [{"manifestation": [concept("AllergyIntolerance.reaction.manifestation")]}],
    }
    for name, kind in (("problem", "problem-list-item"), ("diagnosis", "encounter-diagnosis")):
        yield {
            "resourceType": "Condition",
            "id": name,
            "clinicalStatus": coded(
                "Condition.clinicalStatus", f"{HL7}/condition-clinical", "remission", "emission"
            ),
            "verificationStatus": coded(
                "Condition.verificationStatus",
                f"{HL7}/condition-ver-status",
                "provisional",
                "not confirmed yet",
            ),
            "category": category(kind, f"{HL7}/condition-category"),
            "code": concept("Condition.code"),
            "subject": SUBJECT,
            "encounter": to("Encounter", "visit"),
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
                    "valueDateTime": day("Condition.extension"),
                }
            ],
            "onsetDateTime": day("Condition.onset[x]"),
            "abatementDateTime": day("Condition.abatement[x]"),
            "recordedDate": day("Condition.recordedDate"),
        }
    yield {
        "resourceType": "Procedure",
        "id": "procedure",
        "status": "completed",
        "code": concept("Procedure.code"),
        "subject": SUBJECT,
        "performedDateTime": day("Procedure.performed[x]"),
    }
    yield {
        "resourceType": "Immunization",
        "id": "vaccine",
        "status": "not-done",
        "statusReason": concept("Immunization.statusReason"),
        "vaccineCode": concept("Immunization.vaccineCode"),
        "patient": SUBJECT,
        "occurrenceDateTime": day("Immunization.occurrence[x]"),
        "primarySource": False,
    }


def plans() -> Iterator[Json]:
    yield {
        "resourceType": "CarePlan",
        "id": "plan",
        "text": {
            "status": "additional",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{word("CarePlan.text.div")}</p></div>',
        },
        "status": "active",
        "intent": "plan",
        "category": category(
            "assess-plan", "http://hl7.org/fhir/us/core/CodeSystem/careplan-category"
        ),
        "subject": SUBJECT,
    }
    yield {
        "resourceType": "Goal",
        "id": "goal",
        "lifecycleStatus": plain("Goal.lifecycleStatus", "on-hold", "n hold|aused"),
        "description": concept("Goal.description"),
        "subject": SUBJECT,
        "startDate": day("Goal.start[x]"),
        "target": [{"dueDate": day("Goal.target.due[x]")}],
    }
    yield {
        "resourceType": "CareTeam",
        "id": "team",
        "status": "active",
        "subject": SUBJECT,
        "participant": [
            {
                "role": [concept("CareTeam.participant.role")],
                "member": to("Practitioner", "doctor"),
            },
            {
                "role": [concept("CareTeam.participant.role")],
                "member": {
                    **to("Practitioner", "doctor"),
                    "display": word("CareTeam.participant.member"),
                },
            },
            {
                "role": [concept("CareTeam.participant.role")],
                "member": to("PractitionerRole", "role"),
            },
            {
                "role": [concept("CareTeam.participant.role")],
                "member": to("Organization", "hospital"),
            },
        ],
    }
    yield {
        "resourceType": "ServiceRequest",
        "id": "service",
        "status": "active",
        "intent": "order",
        "category": [coded("ServiceRequest.category", SNOMED, "108252007", "ab")],
        "code": concept("ServiceRequest.code"),
        "subject": SUBJECT,
        "occurrencePeriod": {"start": day("ServiceRequest.occurrence[x]")},
        "authoredOn": day("ServiceRequest.authoredOn"),
        "requester": {**to("Practitioner", "doctor"), "display": word("ServiceRequest.requester")},
        "reasonCode": [concept("ServiceRequest.reasonCode")],
    }
    yield {
        "resourceType": "Encounter",
        "id": "visit",
        "status": "finished",
        "class": {
            "system": f"{HL7}/v3-ActCode",
            "code": plain("Encounter.class", "EMER", "mergency"),
        },
        "type": [concept("Encounter.type")],
        "subject": SUBJECT,
        "participant": [
            {
                "type": [
                    coded(
                        "Encounter.participant.type",
                        f"{HL7}/v3-ParticipationType",
                        "ATND",
                        "n charge of your care",
                    )
                ],
                "individual": {
                    **to("Practitioner", "doctor"),
                    "display": word("Encounter.participant.individual"),
                },
            }
        ],
        "period": {"start": moment("Encounter.period")},
        "reasonCode": [concept("Encounter.reasonCode")],
        "reasonReference": [
            {**to("Condition", "problem"), "display": word("Encounter.reasonReference")}
        ],
        "hospitalization": {
            "dischargeDisposition": coded(
                "Encounter.hospitalization.dischargeDisposition",
                f"{HL7}/discharge-disposition",
                "home",
                "ome",
            )
        },
        "location": [{"location": to("Location", "place")}],
        "serviceProvider": {
            **to("Organization", "hospital"),
            "display": word("Encounter.serviceProvider"),
        },
    }
    yield {
        "resourceType": "Device",
        "id": "device",
        "udiCarrier": [
            {
                "deviceIdentifier": word("Device.udiCarrier.deviceIdentifier"),
                "carrierHRF": word("Device.udiCarrier.carrierHRF"),
            }
        ],
        "distinctIdentifier": word("Device.distinctIdentifier"),
        "manufactureDate": day("Device.manufactureDate"),
        "expirationDate": day("Device.expirationDate"),
        "lotNumber": word("Device.lotNumber"),
        "serialNumber": word("Device.serialNumber"),
        "type": concept("Device.type"),
        "patient": SUBJECT,
    }
    yield {
        "resourceType": "Coverage",
        "id": "insurance",
        "status": plain("Coverage.status", "cancelled", "ancelled|nded"),
        "identifier": [
            {
                "type": {"coding": [{"system": f"{HL7}/v2-0203", "code": "MB"}]},
                "value": word("Coverage.identifier:memberid"),
            }
        ],
        "type": concept("Coverage.type"),
        "subscriberId": word("Coverage.subscriberId"),
        "beneficiary": SUBJECT,
        "relationship": coded(
            "Coverage.relationship", f"{HL7}/subscriber-relationship", "spouse", "pouse|usband"
        ),
        "period": {"start": day("Coverage.period"), "end": day("Coverage.period")},
        "payor": [{**to("Organization", "hospital"), "display": word("Coverage.payor")}],
        "class": [
            {
                "type": {"coding": [{"system": f"{HL7}/coverage-class", "code": kind}]},
                "value": word(f"Coverage.class:{kind}.value"),
                "name": word(f"Coverage.class:{kind}.name"),
            }
            for kind in ("group", "plan")
        ],
    }


def observations() -> Iterator[Json]:
    def seen(identity: str, kind: str, path: str, **more: Any) -> Json:
        about = more.pop("code", None) or concept(f"{path}.code")
        return {
            "resourceType": "Observation",
            "id": identity,
            "status": "final",
            "category": category(kind),
            "code": about,
            "subject": SUBJECT,
            "effectiveDateTime": moment(f"{path}.effective[x]"),
            **more,
        }

    yield seen(
        "lab",
        "laboratory",
        "lab",
        valueQuantity=amount("lab.value[x]", "g/dL"),
        specimen=to("Specimen", "blood"),
    )
    yield seen("lab-words", "laboratory", "lab", valueCodeableConcept=concept("lab.value[x]"))
    yield seen(
        "lab-none",
        "laboratory",
        "lab",
        dataAbsentReason=coded(
            "lab.dataAbsentReason",
            f"{HL7}/data-absent-reason",
            "not-performed",
            "ot done|ot performed",
        ),
    )
    # Known by their codes alone: the words are ours.
    vitals = {
        "29463-7": ("kg", "Weight"), "8302-2": ("cm", "Height"), "8310-5": ("Cel", "emperature"), "8867-4": ("/min", "ulse|eart rate"),
        "9279-1": ("/min", "reath|espirat"), "39156-5": ("kg/m2", "BMI|ody mass"), "9843-4": ("cm", "ead"),
        "8289-1": ("%", "ead"), "59576-9": ("%", "BMI|ody mass"), "77606-2": ("%", "eight"),
    }  # fmt: skip
    for code, (unit, words) in vitals.items():
        yield seen(
            f"vital-{code}",
            "vital-signs",
            f"vital {code}",
            code=coded(f"vital {code}.code", LOINC, code, words),
            valueQuantity=amount(f"vital {code}.value[x]", unit),
        )
    yield seen(
        "pressure", "vital-signs", "blood pressure",
        code={"coding": [{"system": LOINC, "code": "85354-9"}], "text": "Blood pressure"},
        component=[
            {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}}
            for code, value in (("8480-6", 117), ("8462-4", 73))
        ],
    )  # fmt: skip
    EXPECTED["pulse oximetry.code"] = ("xygen",)
    EXPECTED["blood pressure.code"] = ("Blood pressure",)
    EXPECTED["blood pressure.component.value[x]"] = ("117", "73")
    yield seen(
        "oxygen", "vital-signs", "pulse oximetry",
        code={"coding": [{"system": LOINC, "code": "59408-5"}, {"system": LOINC, "code": "2708-6"}]},
        valueQuantity=amount("pulse oximetry.value[x]", "%"),
        component=[
            {"code": {"coding": [{"system": LOINC, "code": "3151-8"}]}, "valueQuantity": amount("pulse oximetry.component:FlowRate.value[x]", "L/min")},
            {"code": {"coding": [{"system": LOINC, "code": "3150-6"}]}, "valueQuantity": amount("pulse oximetry.component:Concentration.value[x]", "%")},
            {"code": {"text": word("pulse oximetry.component.code")}, "dataAbsentReason": coded("pulse oximetry.component.dataAbsentReason", f"{HL7}/data-absent-reason", "not-performed", "ot done|ot performed")},
        ],
    )  # fmt: skip
    yield seen(
        "smoking",
        "social-history",
        "smoking",
        valueCodeableConcept=coded("smoking.value[x]", SNOMED, "8517006", "moked in the past"),
    )
    yield seen(
        "pregnancy",
        "social-history",
        "pregnancy",
        valueCodeableConcept=coded("pregnancy.value[x]", SNOMED, "60001007", "ot pregnant"),
    )
    yield seen(
        "intent", "social-history", "intent", valueCodeableConcept=concept("intent.value[x]")
    )
    yield seen(
        "orientation",
        "social-history",
        "orientation",
        valueCodeableConcept=concept("orientation.value[x]"),
    )
    yield seen(
        "work", "social-history", "occupation", valueCodeableConcept=concept("occupation.value[x]"),
        component=[{"code": {"text": "Industry"}, "valueCodeableConcept": concept("occupation.component:industry.value[x]")}],
    )  # fmt: skip
    yield seen(
        "survey",
        "survey",
        "survey",
        valueString=word("survey.value[x]"),
        performer=[{"display": word("survey.performer")}],
    )
    yield seen(
        "panel",
        "survey",
        "survey panel",
        hasMember=[to("Observation", "member")],
        performer=[{"display": word("survey panel.performer")}],
    )
    # Said with its panel, on the panel's day.
    member = seen("member", "survey", "survey member", valueString=word("survey member.value[x]"))
    member["effectiveDateTime"] = "2001-01-01"
    EXPECTED.pop("survey member.effective[x]")
    yield member
    yield seen("simple", "exam", "simple", valueString=word("simple.value[x]"))
    yield seen(
        "imaging", "imaging", "clinical result", valueString=word("clinical result.value[x]")
    )
    yield {
        "resourceType": "Specimen",
        "id": "blood",
        "type": concept("Specimen.type"),
        "subject": SUBJECT,
    }
    yield {
        "resourceType": "QuestionnaireResponse",
        "id": "answers",
        "status": "completed",
        "subject": SUBJECT,
        "questionnaire": "http://example.org/q",
        "_questionnaire": {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/display",
                    "valueString": word("QuestionnaireResponse.questionnaire.extension"),
                }
            ]
        },
        "authored": moment("QuestionnaireResponse.authored"),
        "author": {**to("Practitioner", "doctor"), "display": word("QuestionnaireResponse.author")},
        "item": [
            {
                "linkId": "1",
                "text": word("QuestionnaireResponse.item.text"),
                "answer": [
                    {
                        "valueString": word("QuestionnaireResponse.item.answer.value[x]"),
                        "item": [
                            {
                                "linkId": "1.0",
                                "text": word("QuestionnaireResponse.item.answer.item"),
                                "answer": [{"valueBoolean": True}],
                            }
                        ],
                    }
                ],
                "item": [
                    {
                        "linkId": "1.1",
                        "text": word("QuestionnaireResponse.item.item"),
                        "answer": [{"valueDecimal": 41.5}],
                    }
                ],
            }
        ],
    }


# What one seed says for another element.
_SAID_ELSEWHERE = {
    "Encounter.location.location": "Location.name",
    "lab.specimen": "Specimen.type",
    "PractitionerRole.organization": "Organization.name",
}
_PLAIN = {
    "Patient.birthDate": "March 4, 1951",
    "Patient.telecom.value": "canary@example.org",
    "Patient.address.state": "CT",
    "Practitioner.address.state": "CT",
    "Organization.address.state": "CT",
    "Location.address.state": "CT",
    "MedicationRequest.reported[x]": "Yes",
}


def reports() -> Iterator[Json]:
    yield {
        "resourceType": "DiagnosticReport",
        "id": "lab-report",
        "status": "final",
        "category": category("LAB", f"{HL7}/v2-0074"),
        "code": concept("DiagnosticReport lab.code"),
        "subject": SUBJECT,
        "effectiveDateTime": moment("DiagnosticReport lab.effective[x]"),
        "issued": moment("DiagnosticReport lab.issued"),
        "performer": [to("Organization", "hospital")],
        "result": [to("Observation", "lab")],
    }
    yield {
        "resourceType": "DiagnosticReport",
        "id": "note-report",
        "status": plain("DiagnosticReport note.status", "preliminary", "reliminary|arly"),
        "category": [{"coding": [{"system": LOINC, "code": "LP29708-2"}]}],
        "code": concept("DiagnosticReport note.code"),
        "subject": SUBJECT,
        "encounter": to("Encounter", "visit"),
        "effectiveDateTime": moment("DiagnosticReport note.effective[x]"),
        "issued": moment("DiagnosticReport note.issued"),
        "performer": [
            {**to("Practitioner", "doctor"), "display": word("DiagnosticReport note.performer")}
        ],
        "result": [to("Observation", "imaging")],
        "media": [{"link": to("Media", "none")}],
        "presentedForm": [
            {
                "contentType": "text/plain",
                "data": "SGVsbG8=",
                "title": word("DiagnosticReport note.presentedForm"),
            }
        ],
    }
    EXPECTED["DiagnosticReport note.category"] = ("eart|ardiology",)
    yield {
        "resourceType": "DocumentReference",
        "id": "note",
        "status": "current",
        "type": concept("DocumentReference.type"),
        "category": category(
            "clinical-note",
            "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
        ),
        "subject": SUBJECT,
        "date": moment("DocumentReference.date"),
        "author": [{**to("Practitioner", "doctor"), "display": word("DocumentReference.author")}],
        "content": [{"attachment": {"contentType": "text/plain", "data": "SGVsbG8gYWdhaW4="}}],
        "context": {
            "encounter": [to("Encounter", "visit")],
            "period": {"start": day("DocumentReference.context.period")},
        },
    }
    yield {
        "resourceType": "Provenance",
        "id": "whence",
        "target": [to("Procedure", "procedure")],
        "recorded": moment("Provenance.recorded"),
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
                            "code": "transmitter",
                        }
                    ]
                },
                "who": {
                    **to("Organization", "hospital"),
                    "display": word("Provenance.agent:ProvenanceTransmitter.who"),
                },
            },
            {
                "type": {
                    "coding": [{"system": f"{HL7}/provenance-participant-type", "code": "author"}]
                },
                "who": {
                    **to("Practitioner", "doctor"),
                    "display": word("Provenance.agent:ProvenanceAuthor.who"),
                },
                "onBehalfOf": {
                    **to("Organization", "hospital"),
                    "display": word("Provenance.agent.onBehalfOf"),
                },
            },
        ],
    }


def bundle() -> Json:
    """Return all seeds as one collection; ``EXPECTED`` is filled then."""
    EXPECTED.clear()
    made = [
        each
        for part in (people, medicines, problems, plans, observations, reports)
        for each in part()
    ]
    EXPECTED.update({path: (words,) for path, words in _PLAIN.items()})
    EXPECTED.update({path: EXPECTED[other] for path, other in _SAID_ELSEWHERE.items()})
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"http://example.org/{each['resourceType']}/{each['id']}", "resource": each}
            for each in made
        ],
    }
