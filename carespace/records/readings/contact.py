"""How to reach a person or an office, and where: telephone numbers, email and postal addresses as FHIR R4 gives them."""

from carespace.records.readings.elements import Element
from carespace.values import CodeableConcept, HumanName, Period, Reference


class ContactPoint(Element, frozen=True):
    """A telephone number, an email address or the like."""

    system: str | None = None
    value: str | None = None
    use: str | None = None
    rank: int | None = None
    period: Period | None = None


class Address(Element, frozen=True):
    """A postal address."""

    use: str | None = None
    text: str | None = None
    line: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    period: Period | None = None

    def written(self) -> str:
        """The address on one line, as an envelope says it; its own text where it has no parts."""
        place = " ".join(each for each in (self.state, self.postal_code) if each)
        parts = (*self.line, self.city, place, self.country if self.country != "US" else None)
        return ", ".join(each for each in parts if each) or (self.text or "")


class Office(Element, frozen=True):
    """An Organization or a Location: what it is called, where it is and how to call it."""

    name: str | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        return self.address if isinstance(self.address, tuple) else (self.address,)


class Person(Element, frozen=True):
    """A Practitioner, a RelatedPerson or a Patient."""

    active: bool | None = None
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: tuple[Address, ...] = ()
    relationship: tuple[CodeableConcept, ...] = ()


class Role(Element, frozen=True):
    """A PractitionerRole: who works where, as what."""

    active: bool | None = None
    practitioner: Reference | None = None
    organization: Reference | None = None
    code: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    location: tuple[Reference, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
