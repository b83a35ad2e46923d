"""Coverage, Claim and ExplanationOfBenefit as pages read them.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-coverage.html; of bills only what was done, who asks for
the money, and the totals.
"""

from decimal import Decimal

import msgspec

from carespace.records.readings.elements import Element
from carespace.values import CodeableConcept, Identifier, Period, Reference


class CoverageClass(Element, frozen=True):
    """One grouping that an insurer makes: group, plan, and the like."""

    type: CodeableConcept | None = None
    value: str | None = None
    name: str | None = None


class Money(Element, frozen=True):
    """An amount of money; ``currency`` is an ISO 4217 code."""

    value: Decimal | None = None
    currency: str | None = None


class CostToBeneficiary(Element, frozen=True):
    """What the patient pays themselves."""

    type: CodeableConcept | None = None
    value_money: Money | None = None


class Coverage(Element, frozen=True):
    """Who pays for care, and under which numbers."""

    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    type: CodeableConcept | None = None
    policy_holder: Reference | None = None
    subscriber: Reference | None = None
    subscriber_id: str | None = None
    dependent: str | None = None
    relationship: CodeableConcept | None = None
    period: Period | None = None
    payor: tuple[Reference, ...] = ()
    class_: tuple[CoverageClass, ...] = msgspec.field(default=(), name="class")
    order: int | None = None
    network: str | None = None
    cost_to_beneficiary: tuple[CostToBeneficiary, ...] = ()


class BillItem(Element, frozen=True):
    """One line of a bill."""

    product_or_service: CodeableConcept | None = None


class Total(Element, frozen=True):
    """One total of an insurer's answer."""

    category: CodeableConcept | None = None
    amount: Money | None = None


class Payment(Element, frozen=True):
    """What the insurer paid."""

    amount: Money | None = None
    date: str | None = None


class Bill(Element, frozen=True):
    """A Claim or an ExplanationOfBenefit; ``total`` is one amount in the first and several in the second."""

    status: str | None = None
    type: CodeableConcept | None = None
    created: str | None = None
    billable_period: Period | None = None
    provider: Reference | None = None
    insurer: Reference | None = None
    outcome: str | None = None
    disposition: str | None = None
    item: tuple[BillItem, ...] = ()
    total: Money | tuple[Total, ...] = ()
    payment: Payment | None = None
