"""Visit: one appointment, as a patient may read it (product row S-49).

Promises: times are in the practice's own zone, whatever offset the feed wrote; a cancelled visit is still there and
says so; who and where come as references, to be named in one query.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from carespace.records.readings.elements import Appointment, read_as
from carespace.records.readings.labs import partial
from carespace.values import CodeableConcept, Reference, local

UNNAMED = "Appointment"
STATUS_WORDS = {
    "proposed": "Asked for, not booked yet",
    "pending": "Waiting to be confirmed",
    "waitlist": "On the waiting list",
    "cancelled": "Cancelled",
    "noshow": "Missed",
    "arrived": "Checked in",
    "checked-in": "Checked in",
}
# R4 names the kinds of participant by the type in the reference (appointment-definitions.html#participant.actor).
_PLACES = ("Location/", "HealthcareService/")
_SELVES = ("Patient/", "RelatedPerson/", "Device/")


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment; ``starts`` and ``ends`` are in the practice's zone, None where not set yet."""

    id: UUID
    what: str
    starts: datetime | None
    ends: datetime | None
    people: tuple[Reference, ...]
    places: tuple[Reference, ...]
    instructions: str
    status: str
    reason: str

    @property
    def status_word(self) -> str:
        """The word to show; empty for a visit that is simply booked or over."""
        return STATUS_WORDS.get(self.status, "")

    @property
    def is_cancelled(self) -> bool:
        return self.status == "cancelled"

    def is_ahead(self, now: datetime) -> bool:
        """Say whether it can still take place: not cancelled, missed or over."""
        last = self.ends or self.starts
        return self.status not in {"cancelled", "noshow", "fulfilled"} and (
            last is None or last >= now
        )


def visit(identity: UUID, content: str, zone: ZoneInfo) -> Visit | None:
    """Read one stored Appointment (JSON text); None where it is not shaped like one."""
    found = read_as(Appointment, content)
    if found is None:
        return None
    actors = [each.actor for each in found.participant if each.actor]
    return Visit(
        id=identity,
        what=_what(found),
        starts=_moment(found.start, zone),
        ends=_moment(found.end, zone),
        people=tuple(a for a in actors if not (a.reference or "").startswith(_PLACES + _SELVES)),
        places=tuple(a for a in actors if (a.reference or "").startswith(_PLACES)),
        instructions=(found.patient_instruction or "").strip(),
        status=found.status,
        reason=(found.cancelation_reason.label() or "") if found.cancelation_reason else "",
    )


def _what(found: Appointment) -> str:
    said = _first_label(found.service_type) or (found.description or "").strip()
    return (
        said or _first_label([found.appointment_type] if found.appointment_type else []) or UNNAMED
    )


def _first_label(concepts: Sequence[CodeableConcept]) -> str:
    return next((label for concept in concepts if (label := concept.label())), "")


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    date = partial(text) if text else None
    return local(date.start(zone), zone) if date else None
