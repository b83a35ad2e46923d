"""Patient and RelatedPerson as the patient reads them about themselves (US Core 6.1.0 Patient, RelatedPerson)."""

from carespace.records.readings.added import Extension
from carespace.records.readings.contact import Address, ContactPoint
from carespace.records.readings.elements import Element
from carespace.values import CodeableConcept, HumanName, Identifier, Period, Reference


class DatedName(HumanName, frozen=True):
    """A name, and when it was somebody's."""

    period: Period | None = None


class PatientContact(Element, frozen=True):
    """Somebody to call."""

    relationship: tuple[CodeableConcept, ...] = ()
    name: HumanName | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None
    organization: Reference | None = None


class Communication(Element, frozen=True):
    """A language, and whether it is preferred."""

    language: CodeableConcept | None = None
    preferred: bool | None = None


class PatientResource(Element, frozen=True):
    """Who the patient is."""

    extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    name: tuple[DatedName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None
    address: tuple[Address, ...] = ()
    marital_status: CodeableConcept | None = None
    multiple_birth_boolean: bool | None = None
    contact: tuple[PatientContact, ...] = ()
    communication: tuple[Communication, ...] = ()
    general_practitioner: tuple[Reference, ...] = ()
    managing_organization: Reference | None = None


class RelatedPerson(Element, frozen=True):
    """Somebody near to the patient."""

    active: bool | None = None
    relationship: tuple[CodeableConcept, ...] = ()
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    address: tuple[Address, ...] = ()
    period: Period | None = None
    communication: tuple[Communication, ...] = ()
