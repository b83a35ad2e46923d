"""Lakeside Cancer Associates itself: organizations, places and the people who work there.

One Bundle of its own, as an EHR sends its directory apart from the patients. The town does not
exist and the telephone numbers are kept for fiction; the practice's own is the one that the portal shows.
"""

from dataclasses import dataclass

from carespace.demo.cast import HOURS, PHONE, PRACTICE_NAME
from carespace.demo.generate.fhir import (
    PRACTICE_ROOT,
    SNOMED,
    Resource,
    concept,
    hl7_concept,
    reference,
)

LETTERHEAD = (
    "1200 Lakeshore Drive, Suite 300",
    "Port Alden, NY 14499",
    f"Telephone {PHONE}",
    HOURS,
)
DIRECTORY_UPDATED = "2024-01-15T09:00:00Z"
LAB, HOSPITAL_LAB, IMAGING = "lakeside-laboratory", "northshore-laboratory", "northshore-imaging"
CLINIC, INFUSION, DRAW_ROOM, CT_SUITE = "clinic", "infusion-suite", "draw-room", "ct-suite"

ORGANIZATIONS = {
    "lakeside": (PRACTICE_NAME, "prov", PHONE),
    LAB: ("Lakeside Cancer Associates Laboratory", "prov", "315-555-0140"),
    HOSPITAL_LAB: ("Northshore Memorial Hospital Laboratory", "prov", "315-555-0150"),
    IMAGING: ("Northshore Imaging Center", "prov", "315-555-0160"),
    "medicare": ("Medicare", "pay", "315-555-0170"),
    "harbor": ("Harbor Mutual Health Plan", "pay", "315-555-0171"),
}
# Who is not in the practice's own house.
STREETS = {HOSPITAL_LAB: "1450 Lakeshore Drive", IMAGING: "1400 Lakeshore Drive"}

# Per key: name, description, organization
LOCATIONS = {
    CLINIC: ("Lakeside clinic, Suite 300", "Third floor; check in at the front desk", "lakeside"),
    INFUSION: ("Infusion suite, Suite 310", "Third floor, past the clinic; chairs face the lake", "lakeside"),
    DRAW_ROOM: ("Blood draw room, Suite 304", "Third floor, across from the front desk", LAB),
    CT_SUITE: ("Northshore Imaging Center", "Ground floor", IMAGING),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clinician:
    """One person of the staff; `role_code` is SNOMED CT."""

    given: str
    family: str
    suffix: str
    role: str
    role_code: str

    @property
    def signature(self) -> str:
        """The name as it stands under a letter."""
        return f"{self.given} {self.family}, {self.suffix}"

    @property
    def spoken(self) -> str:
        """The name as a patient says it."""
        return f"Dr. {self.family}" if self.suffix == "MD" else f"{self.given} {self.family}"


STAFF = {
    "park": Clinician("Helen", "Park", "MD", "Medical oncologist", "309295000"),
    "desai": Clinician("Amit", "Desai", "MD", "Medical oncologist", "309295000"),
    "lindqvist": Clinician("Karen", "Lindqvist", "MD", "Hematologist and oncologist", "309295000"),
    "okafor": Clinician("Thomas", "Okafor", "NP", "Nurse practitioner", "224571005"),
    "bennett": Clinician("Julia", "Bennett", "RN", "Nurse navigator", "224535009"),
    "medina": Clinician("Carlos", "Medina", "RN", "Infusion nurse", "224535009"),
    "zhang": Clinician("Wei", "Zhang", "PharmD", "Oncology pharmacist", "46255001"),
    "fischer": Clinician("Naomi", "Fischer", "CGC", "Genetic counselor", "310190000"),
    "abrams": Clinician("Joel", "Abrams", "LCSW", "Social worker", "106328005"),
    "sorensen": Clinician("Ingrid", "Sorensen", "MD", "Radiologist", "66862007"),
    "bhatt": Clinician("Nisha", "Bhatt", "MD", "Pathologist", "81464008"),
}  # fmt: skip


def practitioner(key: str) -> Resource:
    """Return a Reference to a member of staff."""
    return reference(f"Practitioner/{key}", STAFF[key].signature)


def organization(key: str) -> Resource:
    """Return a Reference to an organization."""
    return reference(f"Organization/{key}", ORGANIZATIONS[key][0])


def location(key: str) -> Resource:
    """Return a Reference to a place."""
    return reference(f"Location/{key}", LOCATIONS[key][0])


def _address(owner: str) -> Resource:
    return {
        "use": "work",
        "line": [STREETS.get(owner, LETTERHEAD[0])],
        "city": "Port Alden",
        "state": "NY",
        "postalCode": "14499",
        "country": "US",
    }


def _phone(number: str) -> Resource:
    return {"system": "phone", "value": number, "use": "work"}


def directory() -> list[Resource]:
    """Return every resource that belongs to no patient."""
    return [*_organizations(), *_locations(), *_practitioners(), *_roles()]


def _base(resource_type: str, key: str) -> Resource:
    return {"resourceType": resource_type, "id": key, "meta": {"lastUpdated": DIRECTORY_UPDATED}}


def _organizations() -> list[Resource]:
    names = {"prov": "Healthcare Provider", "pay": "Payer"}
    return [
        {
            **_base("Organization", key),
            "identifier": [{"system": f"{PRACTICE_ROOT}/organizations", "value": key}],
            "active": True,
            "type": [hl7_concept("organization-type", kind, names[kind])],
            "name": name,
            "telecom": [_phone(phone)],
            **({"address": [_address(key)]} if kind == "prov" else {}),
        }
        for key, (name, kind, phone) in ORGANIZATIONS.items()
    ]


def _locations() -> list[Resource]:
    return [
        {
            **_base("Location", key),
            "status": "active",
            "name": name,
            "description": description,
            "mode": "instance",
            "telecom": [_phone(ORGANIZATIONS[owner][2])],
            "address": _address(owner),
            "managingOrganization": organization(owner),
        }
        for key, (name, description, owner) in LOCATIONS.items()
    ]


def _practitioners() -> list[Resource]:
    return [
        {
            **_base("Practitioner", key),
            "identifier": [{"system": f"{PRACTICE_ROOT}/staff", "value": key}],
            "active": True,
            "name": [
                {
                    "use": "official",
                    "text": person.signature,
                    "family": person.family,
                    "given": [person.given],
                    "suffix": [person.suffix],
                }
            ],
        }
        for key, person in STAFF.items()
    ]


def _roles() -> list[Resource]:
    outside = {"sorensen": IMAGING, "bhatt": HOSPITAL_LAB}
    return [
        {
            **_base("PractitionerRole", f"{key}-role"),
            "active": True,
            "practitioner": practitioner(key),
            "organization": organization(outside.get(key, "lakeside")),
            "code": [concept(SNOMED, person.role_code, person.role)],
            "location": [location(CLINIC)],
            "telecom": [_phone(PHONE)],
        }
        for key, person in STAFF.items()
    ]
