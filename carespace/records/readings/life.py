"""What is known of somebody's life and findings beside labs and vital signs: observations, answers, family, assessments.

US Core 6.1.0: simple observation, screening and assessment, smoking status, occupation, pregnancy, sexual orientation,
clinical result; https://hl7.org/fhir/R4/questionnaireresponse.html, familymemberhistory.html, clinicalimpression.html.
"""

from decimal import Decimal

import msgspec

from carespace.records.readings.elements import Element, Observation, Range
from carespace.values import (
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    Period,
    Quantity,
    Reference,
)


class Finding(Observation, frozen=True):
    """An Observation with what stands around its value."""

    category: tuple[CodeableConcept, ...] = ()
    focus: tuple[Reference, ...] = ()
    body_site: CodeableConcept | None = None
    method: CodeableConcept | None = None
    device: Reference | None = None
    has_member: tuple[Reference, ...] = ()
    derived_from: tuple[Reference, ...] = ()


class NamedBy(Element, frozen=True):
    """What stands beside a primitive element; here, what a questionnaire is called and where it is."""

    url: str | None = None
    value_string: str | None = None
    value_uri: str | None = None


class Beside(Element, frozen=True):
    """The extensions of a primitive element."""

    extension: tuple[NamedBy, ...] = ()


class Answer(Element, frozen=True):
    """One answer, of any type, with the questions that follow from it."""

    value_boolean: bool | None = None
    value_decimal: Decimal | None = None
    value_integer: int | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    value_time: str | None = None
    value_string: str | None = None
    value_uri: str | None = None
    value_attachment: Attachment | None = None
    value_coding: Coding | None = None
    value_quantity: Quantity | None = None
    value_reference: Reference | None = None
    item: tuple["Question", ...] = ()


class Question(Element, frozen=True):
    """One question, or a group of them."""

    link_id: str | None = None
    text: str | None = None
    answer: tuple[Answer, ...] = ()
    item: tuple["Question", ...] = ()


class QuestionnaireResponse(Element, frozen=True):
    """Questions and answers, in their order."""

    questionnaire: str | None = None
    beside_questionnaire: Beside | None = msgspec.field(default=None, name="_questionnaire")
    status: str | None = None
    authored: str | None = None
    author: Reference | None = None
    source: Reference | None = None
    item: tuple[Question, ...] = ()


class RelativesCondition(Element, frozen=True):
    """A health issue of a relative."""

    code: CodeableConcept | None = None
    outcome: CodeableConcept | None = None
    contributed_to_death: bool | None = None
    onset_age: Quantity | None = None
    onset_range: Range | None = None
    onset_period: Period | None = None
    onset_string: str | None = None
    note: tuple[Annotation, ...] = ()


class FamilyMemberHistory(Element, frozen=True):
    """The health of one relative."""

    status: str | None = None
    data_absent_reason: CodeableConcept | None = None
    date: str | None = None
    name: str | None = None
    relationship: CodeableConcept | None = None
    sex: CodeableConcept | None = None
    born_period: Period | None = None
    born_date: str | None = None
    born_string: str | None = None
    age_age: Quantity | None = None
    age_range: Range | None = None
    age_string: str | None = None
    deceased_boolean: bool | None = None
    deceased_age: Quantity | None = None
    deceased_range: Range | None = None
    deceased_date: str | None = None
    deceased_string: str | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    condition: tuple[RelativesCondition, ...] = ()


class FoundInImpression(Element, frozen=True):
    """One thing that an assessment found."""

    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None
    basis: str | None = None


class ClinicalImpression(Element, frozen=True):
    """What a clinician makes of it all."""

    status: str | None = None
    code: CodeableConcept | None = None
    description: str | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date: str | None = None
    assessor: Reference | None = None
    problem: tuple[Reference, ...] = ()
    summary: str | None = None
    finding: tuple[FoundInImpression, ...] = ()
    prognosis_codeable_concept: tuple[CodeableConcept, ...] = ()
    prognosis_reference: tuple[Reference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
