"""Visit: one appointment, as a patient may read it (product row S-49).

Promises: times are in the practice's own zone, whatever offset the feed wrote; a cancelled visit is still there and
says so; one that was moved says from when; who and where come as references, to be named in one query. The kind is told
only where the record's own words tell it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from carespace.records.readings.elements import Appointment, read_as
from carespace.records.readings.labs import partial
from carespace.records.readings.status_words import status_word
from carespace.records.readings.words import said
from carespace.values import CodeableConcept, Reference, local

UNNAMED = gettext_lazy("Appointment")
_AS_BOOKED = frozenset({"booked", "fulfilled", "entered-in-error"})
# R4 leaves the kind to each practice's own words (appointment-definitions.html#Appointment.serviceType): the first of
# these that they say is the kind; a visit to talk about results is no lab visit.
_TALK = re.compile(r"\b(results?|review|discuss\w*|planning|teaching|education)\b", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], Promise], ...] = tuple(
    (re.compile(rf"\b({words})\b", re.IGNORECASE), kind)
    for words, kind in (
        ("video|telehealth|telemedicine|virtual", gettext_lazy("Video visit")),
        ("infusions?|chemo|chemotherapy", gettext_lazy("Infusion")),
        ("injections?|shots?", gettext_lazy("Injection")),
        ("radiation|radiotherapy", gettext_lazy("Radiation")),
        (
            "blood draw|blood test|blood work|labs?|laboratory|phlebotomy",
            pgettext_lazy("kind of appointment", "Lab visit"),
        ),
        ("ct|mri|pet|scans?|x-?ray|mammogram|ultrasound|imaging", gettext_lazy("Scan")),
    )
)
_VISIT = re.compile(r"\b(visits?|follow[ -]?up|consult(ation)?s?|check-?up)\b", re.IGNORECASE)
OFFICE_VISIT = gettext_lazy("Office visit")
# R4 names the kinds of participant by the type in the reference (appointment-definitions.html#participant.actor).
_PLACES = ("Location/", "HealthcareService/")
_SELVES = ("Patient/", "RelatedPerson/", "Device/")
_APPOINTMENT = "Appointment/"


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment; ``starts`` and ``ends`` are in the practice's zone, None where not set yet.

    ``moved_from`` is when it was before it was moved, ``moved_to`` when its replacement is; ``related`` are the
    appointments it points at; ``about`` is what the record says beside ``what``.
    """

    id: UUID
    what: str
    kind: str
    about: str
    starts: datetime | None
    ends: datetime | None
    people: tuple[Reference, ...]
    places: tuple[Reference, ...]
    instructions: str
    status: str
    reason: str
    related: tuple[UUID, ...] = ()
    version: int = 1
    received_at: datetime | None = None
    moved_from: datetime | None = None
    moved_to: datetime | None = None

    @property
    def status_word(self) -> str:
        """The word to show; empty for a visit that is simply booked or over."""
        return (
            "" if self.status in _AS_BOOKED else status_word("Appointment", "status", self.status)
        )

    @property
    def is_cancelled(self) -> bool:
        return self.status == "cancelled"

    def is_ahead(self, now: datetime) -> bool:
        """Say whether it can still take place: not cancelled, missed or over."""
        last = self.ends or self.starts
        return self.status not in {"cancelled", "noshow", "fulfilled"} and (
            last is None or last >= now
        )


def visit(
    identity: UUID,
    content: str,
    zone: ZoneInfo,
    *,
    version: int = 1,
    received_at: datetime | None = None,
    earlier_starts: Iterable[str | None] = (),
) -> Visit | None:
    """Read one stored Appointment (JSON text); None where it is not shaped like one.

    ``earlier_starts`` are those of its earlier versions, the latest first.
    """
    found = read_as(Appointment, content)
    if found is None:
        return None
    actors = [each.actor for each in found.participant if each.actor]
    starts = _moment(found.start, zone)
    what = _what(found)
    return Visit(
        id=identity,
        what=what,
        kind=_kind(found),
        about=_beside(what, found.description),
        starts=starts,
        ends=_moment(found.end, zone),
        people=tuple(a for a in actors if not (a.reference or "").startswith(_PLACES + _SELVES)),
        places=tuple(a for a in actors if (a.reference or "").startswith(_PLACES)),
        instructions=(found.patient_instruction or "").strip(),
        status=found.status,
        reason=said(found.cancelation_reason),
        related=tuple(_appointments(found.supporting_information)),
        version=version,
        received_at=received_at,
        moved_from=_moved_from(starts, earlier_starts, zone),
    )


def _what(found: Appointment) -> str:
    said = _first_label(found.service_type) or (found.description or "").strip()
    return said or _type(found) or str(UNNAMED)


def _type(found: Appointment) -> str:
    return _first_label([found.appointment_type] if found.appointment_type else [])


def _first_label(concepts: Sequence[CodeableConcept]) -> str:
    return next((label for concept in concepts if (label := said(concept))), "")


def _kind(found: Appointment) -> str:
    """Return "Infusion", "Lab visit", …; empty where the record's words name none."""
    texts = [_first_label(found.service_type), found.description or "", _type(found)]
    kind = next((kind for text in texts if (kind := _kind_in(text))), "")
    # A "Nurse visit" says itself what kind of visit it is.
    return "" if kind == str(OFFICE_VISIT) and _VISIT.search(texts[0]) else kind


def _kind_in(text: str) -> str:
    if not _TALK.search(text):
        for words, kind in _KINDS:
            if words.search(text):
                return str(kind)
    return str(OFFICE_VISIT) if _VISIT.search(text) else ""


def _beside(what: str, description: str | None) -> str:
    """Return of the description what ``what`` does not say: "Infusion: carboplatin" tells "carboplatin"."""
    text = (description or "").strip()
    if text.casefold().startswith(f"{what.casefold()}:"):
        return text[len(what) + 1 :].strip()
    return "" if text.casefold() == what.casefold() else text


def _appointments(references: Sequence[Reference]) -> list[UUID]:
    found = []
    for each in references:
        text = each.reference or ""
        if text.startswith(_APPOINTMENT):
            try:
                found.append(UUID(text.removeprefix(_APPOINTMENT)))
            except ValueError:
                continue
    return found


def _moved_from(
    starts: datetime | None, earlier: Iterable[str | None], zone: ZoneInfo
) -> datetime | None:
    """Return the latest other moment at which it was to start."""
    moments = (_moment(text, zone) for text in earlier)
    return next((moment for moment in moments if moment and starts and moment != starts), None)


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    date = partial(text) if text else None
    return local(date.start(zone), zone) if date else None
