"""CancerFinding: what was found about a cancer or about a person with it: stage, daily activity, status, markers, genes.

Promises: values are the record's own words and numbers, never interpreted; a finding that took others together names
them (https://hl7.org/fhir/us/mcode/STU1, LOINC).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.added import (
    EVIDENCE_TYPE,
    Extension,
    Place,
    added_words,
    place_words,
)
from carespace.records.readings.elements import Observation, read_as
from carespace.records.readings.labs import CANCELLED, WITHDRAWN, Part, names_of, value_of
from carespace.records.readings.plain_labs import LOINC
from carespace.records.readings.stage_words import ECOG, activity_words
from carespace.records.readings.when import When, real, when
from carespace.records.readings.words import listed, said
from carespace.records.references import identity_in
from carespace.values import Annotation, PartialDate, Reference

Subject = Literal["stage", "activity", "status", "marker", "gene"]
STAGE_GROUPS = ("21908-9", "21902-2", "21914-7")
_CODES: dict[Subject, tuple[str, ...]] = {
    "stage": (
        *STAGE_GROUPS,
        "21905-5", "21906-3", "21907-1", "21899-0", "21900-6", "21901-4", "21911-3", "21912-1", "21913-9",
        "75621-3", "75620-5", "44648-4", "59542-1",
    ),
    "activity": ("89247-1", "89243-0", "89262-0", "89241-4", "42800-3"),
    "status": ("88040-1", "97509-4", "21976-6", "21983-2"),
    "marker": (
        "16112-5", "16113-3", "85337-4", "85339-0", "48676-1", "18474-7", "85319-2", "85318-4", "85147-7",
        "83052-1", "85148-5", "83050-5", "85337-4", "29593-1", "85329-1",
    ),
    "gene": ("69548-6", "51963-7", "53041-0", "81695-9", "94076-7", "81247-9", "50397-9", "21659-8", "85102-2"),
}  # fmt: skip
_SUBJECTS = {f"{LOINC}|{code}": subject for subject, codes in _CODES.items() for code in codes}
TOPICS = tuple(_SUBJECTS)


class _Finding(Observation, frozen=True):
    extension: tuple[Extension, ...] = ()
    focus: tuple[Reference, ...] = ()
    has_member: tuple[Reference, ...] = ()
    body_site: Place | None = None


@dataclass(frozen=True, slots=True)
class CancerFinding:
    """One finding; ``value`` holds its unit; ``subject`` says what it is about.

    ``made_of`` are the findings that it took together, where they are known (``put_together``). ``activity`` is what an ECOG score says;
    ``is_earlier``: a later one of the same kind stands before it. ``is_stage_group``: it is the stage as a whole (2B), not one of the letters it is made of (T, N, M).
    """

    stored: Stored
    subject: Subject
    is_stage_group: bool
    what: str
    value: str
    parts: tuple[Part, ...]
    status: str
    meaning: str
    taken: When | None
    noted: PartialDate | None
    places: tuple[str, ...]
    evidence: str
    performers: tuple[Reference, ...]
    focus: tuple[Reference, ...]
    members: tuple[Reference, ...]
    notes: tuple[Annotation, ...]
    made_of: tuple[Part, ...] = ()
    activity: str = ""
    is_earlier: bool = False

    @property
    def id(self) -> UUID:
        return self.stored.id


def cancer_finding(stored: Stored) -> CancerFinding | None:
    """Read one stored Observation; None where it has another shape or is about something else."""
    found = read_as(_Finding, stored.content)
    if found is None:
        return None
    subject = _subject(found)
    if subject is None:
        return None
    # What was cancelled or taken back was never found: it has no value, and it is no stage.
    counts = found.status not in {WITHDRAWN, CANCELLED}
    value, unit = value_of(found) if counts else ("", "")
    return CancerFinding(
        stored=stored,
        subject=subject,
        is_stage_group=counts and any(each.code in STAGE_GROUPS for each in found.code.coding),
        what=names_of(found.code)[0],
        value=f"{value} {unit}".strip(),
        parts=_parts(found) if counts else (),
        status=found.status,
        meaning=listed(found.interpretation) if counts else "",
        taken=when(found.effective_date_time or found.effective_instant, found.effective_period),
        noted=real(found.issued),
        places=place_words([found.body_site]) if found.body_site else (),
        evidence=added_words(found.extension, EVIDENCE_TYPE),
        performers=found.performer,
        focus=found.focus,
        members=found.has_member if counts else (),
        notes=found.note,
        activity=activity_words(value) if _is_ecog(found) else "",
    )


def _is_ecog(found: _Finding) -> bool:
    return any(each.system == LOINC and each.code in ECOG for each in found.code.coding)


def _subject(found: _Finding) -> Subject | None:
    keys = (f"{each.system or ''}|{each.code or ''}" for each in found.code.coding)
    return next((_SUBJECTS[key] for key in keys if key in _SUBJECTS), None)


def _parts(found: _Finding) -> tuple[Part, ...]:
    read = ((said(each.code), *value_of(each)) for each in found.component)
    return tuple(Part(name, value, unit) for name, value, unit in read if name and value)


def put_together(
    found: Iterable[CancerFinding], known: Iterable[CancerFinding]
) -> tuple[CancerFinding, ...]:
    """Return ``found`` with each finding that another one of them took together standing inside that one."""
    by_id = {each.id: each for each in known}
    inside: set[UUID] = set()
    whole = []
    for each in found:
        keys = [identity_in(one.reference or "") for one in each.members]
        parts = [by_id[key] for key in keys if key in by_id and by_id[key].value]
        inside |= {part.id for part in parts}
        made_of = tuple(Part(part.what, part.value, "") for part in parts)
        whole.append(replace(each, made_of=made_of))
    return tuple(each for each in whole if each.id not in inside)


def with_earlier(found: Iterable[CancerFinding]) -> tuple[CancerFinding, ...]:
    """Return ``found``, the newest first, with each score of daily activity after the first of its kind marked as earlier."""
    seen: set[str] = set()
    marked = []
    for each in found:
        earlier = each.subject == "activity" and each.what in seen
        seen.add(each.what)
        marked.append(replace(each, is_earlier=True) if earlier else each)
    return tuple(marked)
