"""Encounter, ServiceRequest and Device as pages read them.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-encounter.html, us-core-servicerequest,
us-core-implantable-device.
"""

import msgspec

from carespace.records.readings.contact import ContactPoint
from carespace.records.readings.dosage import Timing
from carespace.records.readings.elements import Element, Range
from carespace.values import Annotation, CodeableConcept, Coding, Period, Quantity, Reference


class EncounterParticipant(Element, frozen=True):
    """Who took part in a visit."""

    type: tuple[CodeableConcept, ...] = ()
    period: Period | None = None
    individual: Reference | None = None


class EncounterDiagnosis(Element, frozen=True):
    """A health issue that a visit was about."""

    condition: Reference | None = None
    use: CodeableConcept | None = None


class Hospitalization(Element, frozen=True):
    """How a stay began and ended."""

    origin: Reference | None = None
    admit_source: CodeableConcept | None = None
    re_admission: CodeableConcept | None = None
    diet_preference: tuple[CodeableConcept, ...] = ()
    destination: Reference | None = None
    discharge_disposition: CodeableConcept | None = None


class EncounterLocation(Element, frozen=True):
    """Where a visit was."""

    location: Reference | None = None
    period: Period | None = None


class Encounter(Element, frozen=True):
    """A visit or a stay that has been, or goes on."""

    status: str | None = None
    class_: Coding | None = msgspec.field(default=None, name="class")
    type: tuple[CodeableConcept, ...] = ()
    service_type: CodeableConcept | None = None
    priority: CodeableConcept | None = None
    participant: tuple[EncounterParticipant, ...] = ()
    period: Period | None = None
    length: Quantity | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    diagnosis: tuple[EncounterDiagnosis, ...] = ()
    hospitalization: Hospitalization | None = None
    location: tuple[EncounterLocation, ...] = ()
    service_provider: Reference | None = None


class ServiceRequest(Element, frozen=True):
    """A test, a referral or another service that somebody has ordered."""

    status: str | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    do_not_perform: bool | None = None
    code: CodeableConcept | None = None
    order_detail: tuple[CodeableConcept, ...] = ()
    quantity_quantity: Quantity | None = None
    quantity_range: Range | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    occurrence_timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: CodeableConcept | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    performer_type: CodeableConcept | None = None
    performer: tuple[Reference, ...] = ()
    location_code: tuple[CodeableConcept, ...] = ()
    location_reference: tuple[Reference, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    body_site: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    patient_instruction: str | None = None


class UdiCarrier(Element, frozen=True):
    """A Unique Device Identifier: ``device_identifier`` is its fixed part, ``carrier_hrf`` all of it as printed (``carrierHRF``)."""

    device_identifier: str | None = None
    issuer: str | None = None
    carrier_hrf: str | None = msgspec.field(default=None, name="carrierHRF")


class DeviceName(Element, frozen=True):
    """What a device is called, and by whom."""

    name: str | None = None
    type: str | None = None


class Device(Element, frozen=True):
    """A device in or on the body, or used at home."""

    status: str | None = None
    status_reason: tuple[CodeableConcept, ...] = ()
    udi_carrier: tuple[UdiCarrier, ...] = ()
    distinct_identifier: str | None = None
    manufacturer: str | None = None
    manufacture_date: str | None = None
    expiration_date: str | None = None
    lot_number: str | None = None
    serial_number: str | None = None
    device_name: tuple[DeviceName, ...] = ()
    model_number: str | None = None
    type: CodeableConcept | None = None
    owner: Reference | None = None
    contact: tuple[ContactPoint, ...] = ()
    location: Reference | None = None
    note: tuple[Annotation, ...] = ()
    safety: tuple[CodeableConcept, ...] = ()
