"""The parts of stored resources that pages show, as typed structs, and how they are read.

Promises: one fast typed decode per resource; numbers keep their printed digits (Decimal); a resource whose shape is not
what R4 says reads as None and never breaks the page it stands on (https://hl7.org/fhir/R4/observation.html,
documentreference.html, appointment.html).
"""

from decimal import Decimal
from functools import cache
from typing import TypeVar

import msgspec

from carespace.values import (
    Annotation,
    Attachment,
    CodeableConcept,
    Period,
    Quantity,
    Reference,
    ReferenceRange,
)


class Element(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Unknown elements are passed over; every element may be absent."""


class Range(Element, frozen=True):
    """From a low to a high amount."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element, frozen=True):
    """One amount to another, such as a titer of 1:128."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Measured(Element, frozen=True):
    """What an Observation and each of its components have in common: a code and a value of some type."""

    code: CodeableConcept = CodeableConcept()
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: dict[str, object] | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Observation(Measured, frozen=True):
    """A laboratory result."""

    status: str = ""
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    component: tuple[Measured, ...] = ()
    specimen: Reference | None = None
    contained: tuple[msgspec.Raw, ...] = ()


class DocumentContent(Element, frozen=True):
    """One rendition of a document."""

    attachment: Attachment = Attachment()


class DocumentContext(Element, frozen=True):
    """What a document was written about."""

    period: Period | None = None


class RelatedDocument(Element, frozen=True):
    """Another document, and what this one does to it: "replaces", "appends" and others."""

    code: str = ""
    target: Reference | None = None


class DocumentReference(Element, frozen=True):
    """A document and where its bytes are."""

    status: str = ""
    doc_status: str | None = None
    type: CodeableConcept = CodeableConcept()
    category: tuple[CodeableConcept, ...] = ()
    date: str | None = None
    author: tuple[Reference, ...] = ()
    description: str | None = None
    relates_to: tuple[RelatedDocument, ...] = ()
    content: tuple[DocumentContent, ...] = ()
    context: DocumentContext = DocumentContext()


class Participant(Element, frozen=True):
    """Who or what takes part in an appointment."""

    actor: Reference | None = None
    type: tuple[CodeableConcept, ...] = ()


class Appointment(Element, frozen=True):
    """A booked visit."""

    status: str = ""
    cancelation_reason: CodeableConcept | None = None
    service_type: tuple[CodeableConcept, ...] = ()
    appointment_type: CodeableConcept | None = None
    description: str | None = None
    start: str | None = None
    end: str | None = None
    patient_instruction: str | None = None
    participant: tuple[Participant, ...] = ()
    supporting_information: tuple[Reference, ...] = ()


Shape = TypeVar("Shape", bound=msgspec.Struct)


@cache
def _decoder(shape: type[Shape]) -> msgspec.json.Decoder[Shape]:
    return msgspec.json.Decoder(shape)


def read_as(shape: type[Shape], content: str) -> Shape | None:
    """Return the resource in ``content`` (JSON text) as ``shape``; None where it does not fit."""
    try:
        found: Shape = _decoder(shape).decode(content)
    except msgspec.ValidationError:
        return None
    return found


def plain(number: Decimal) -> str:
    """Return a number as it was printed: 1.20 stays 1.20, and 1E+3 becomes 1000."""
    return format(number, "f")
