"""Where an entry goes: into a patient's record, into the practice's, on the shelf, or to a person who must look."""

from dataclasses import dataclass
from uuid import UUID

from carespace.interop.fhir.candidates import Refused

NO_PATIENT = Refused(
    "no-patient", "It names no patient of this feed, so nobody's record can hold it."
)
MANY_PATIENTS = Refused(
    "many-patients", "It names more than one patient; whose record it belongs to is unclear."
)
ANOTHER_PERSON = Refused(
    "another-person",
    "The patient number it names came with another person than the one on file under it,"
    " or with one who cannot be read.",
)
MOVED = Refused("moved", "It would move a resource that is on file to another patient.")


@dataclass(frozen=True, slots=True)
class Placed:
    """It belongs to this patient, or (None) to the practice."""

    patient_id: UUID | None


@dataclass(frozen=True, slots=True)
class Waits:
    """It belongs with the resource of this id, which has not come yet."""

    waits_for: UUID


Place = Placed | Waits | Refused
