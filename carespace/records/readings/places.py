"""Place: where an appointment is, as a patient finds it: name, address, phone, and a link for a video visit.

Promises: total: a Location of any shape reads as what it says, or as nothing; only an ``https`` link is a link
(https://hl7.org/fhir/R4/location.html).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from carespace.records.readings.contact import Address, ContactPoint
from carespace.records.readings.elements import Element, read_as
from carespace.values import CodeableConcept

_VIRTUAL = "vi"  # location-physical-type


class _Location(Element, frozen=True):
    resource_type: str = ""
    name: str | None = None
    description: str | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None
    physical_type: CodeableConcept = CodeableConcept()


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go; ``address`` is on one line, ``directions`` say how to find it there."""

    name: str
    address: str
    directions: str
    phone: str
    link: str
    is_virtual: bool


def place(content: str) -> Place | None:
    """Read one stored Location (JSON text); None where it is none."""
    found = read_as(_Location, content)
    if found is None or found.resource_type != "Location":
        return None
    link = next((each for each in _telecom(found, "url") if _is_safe(each)), "")
    kinds = {coding.code for coding in found.physical_type.coding}
    return Place(
        name=(found.name or "").strip(),
        address=_on_one_line(found.address) if found.address else "",
        directions=(found.description or "").strip(),
        phone=next(iter(_telecom(found, "phone")), ""),
        link=link,
        is_virtual=_VIRTUAL in kinds,
    )


def _telecom(found: _Location, system: str) -> list[str]:
    return [each.value.strip() for each in found.telecom if each.system == system and each.value]


def _on_one_line(address: Address) -> str:
    """Return "1200 Lakeshore Drive, Port Alden, NY 14499"; the parts where there are any, else the text."""
    region = " ".join(filter(None, (address.state, address.postal_code)))
    parts = [each.strip() for each in (*address.line, address.city or "", region)]
    return ", ".join(filter(None, parts)) or " ".join((address.text or "").split())


def _is_safe(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
