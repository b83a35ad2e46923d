"""CarePlan, Goal and CareTeam as pages read them.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-careplan.html, us-core-goal, us-core-careteam.
"""

from carespace.records.readings.contact import ContactPoint
from carespace.records.readings.dosage import Timing
from carespace.records.readings.elements import Element, Range, Ratio
from carespace.values import Annotation, CodeableConcept, Period, Quantity, Reference


class Narrative(Element, frozen=True):
    """What somebody, or a program, wrote about the resource: XHTML, to be cleaned before it is shown."""

    status: str | None = None
    div: str | None = None


class ActivityDetail(Element, frozen=True):
    """One thing to do, said in the plan itself."""

    kind: str | None = None
    code: CodeableConcept | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    goal: tuple[Reference, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    do_not_perform: bool | None = None
    scheduled_timing: Timing | None = None
    scheduled_period: Period | None = None
    scheduled_string: str | None = None
    location: Reference | None = None
    performer: tuple[Reference, ...] = ()
    product_codeable_concept: CodeableConcept | None = None
    product_reference: Reference | None = None
    daily_amount: Quantity | None = None
    quantity: Quantity | None = None
    description: str | None = None


class Activity(Element, frozen=True):
    """One thing to do: said here, or by another resource."""

    outcome_codeable_concept: tuple[CodeableConcept, ...] = ()
    outcome_reference: tuple[Reference, ...] = ()
    progress: tuple[Annotation, ...] = ()
    reference: Reference | None = None
    detail: ActivityDetail | None = None


class CarePlan(Element, frozen=True):
    """What is planned for somebody, and why."""

    text: Narrative | None = None
    status: str | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    title: str | None = None
    description: str | None = None
    period: Period | None = None
    created: str | None = None
    author: Reference | None = None
    contributor: tuple[Reference, ...] = ()
    care_team: tuple[Reference, ...] = ()
    addresses: tuple[Reference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    goal: tuple[Reference, ...] = ()
    activity: tuple[Activity, ...] = ()
    note: tuple[Annotation, ...] = ()


class Target(Element, frozen=True):
    """What is to be reached, and by when."""

    measure: CodeableConcept | None = None
    detail_quantity: Quantity | None = None
    detail_range: Range | None = None
    detail_codeable_concept: CodeableConcept | None = None
    detail_string: str | None = None
    detail_boolean: bool | None = None
    detail_integer: int | None = None
    detail_ratio: Ratio | None = None
    due_date: str | None = None
    due_duration: Quantity | None = None


class Goal(Element, frozen=True):
    """What somebody wants to reach."""

    lifecycle_status: str | None = None
    achievement_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: CodeableConcept | None = None
    description: CodeableConcept | None = None
    start_date: str | None = None
    start_codeable_concept: CodeableConcept | None = None
    target: tuple[Target, ...] = ()
    status_date: str | None = None
    status_reason: str | None = None
    expressed_by: Reference | None = None
    addresses: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    outcome_code: tuple[CodeableConcept, ...] = ()
    outcome_reference: tuple[Reference, ...] = ()


class Member(Element, frozen=True):
    """One member of a team, with their part in it."""

    role: tuple[CodeableConcept, ...] = ()
    member: Reference | None = None
    on_behalf_of: Reference | None = None
    period: Period | None = None


class CareTeam(Element, frozen=True):
    """The people who care for somebody together."""

    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    name: str | None = None
    period: Period | None = None
    participant: tuple[Member, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    managing_organization: tuple[Reference, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    note: tuple[Annotation, ...] = ()
