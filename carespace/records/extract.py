"""What a resource's columns hold: status, categories, codes, topic and dates, read from its content.

Promises: pure and total: any structurally sound R4 resource gives columns, an unknown date gives none. ``topic`` is
what makes two results one test: the LOINC code, else the first coding, else the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from carespace.records.readings.plain_labs import LOINC
from carespace.values import PartialDate

RETRACTED = frozenset({"entered-in-error"})
TOPIC_LIMIT_CHARACTERS = 300
CODES_LIMIT = 40

# Where each type says when it happened, first that is there (https://hl7.org/fhir/R4/fivews.html, "done").
_WHEN: dict[str, tuple[str, ...]] = {
    "AllergyIntolerance": ("onsetDateTime", "recordedDate"),
    "Appointment": ("start", "end"),
    "CarePlan": ("period", "created"),
    "CareTeam": ("period",),
    "ClinicalImpression": ("effectiveDateTime", "effectivePeriod", "date"),
    "Condition": ("onsetDateTime", "onsetPeriod", "recordedDate"),
    "Consent": ("dateTime",),
    "Coverage": ("period",),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod", "issued"),
    "DocumentReference": ("date", "context.period"),
    "Encounter": ("period",),
    "Goal": ("startDate", "statusDate"),
    "Immunization": ("occurrenceDateTime", "recorded"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "Observation": ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "QuestionnaireResponse": ("authored",),
    "ServiceRequest": ("occurrenceDateTime", "authoredOn"),
    "Specimen": ("collection.collectedDateTime", "receivedTime"),
}
_OTHERWISE_WHEN = ("date", "created", "authoredOn", "recorded", "started", "period", "issued")
# The elements of all types in which a date may stand.
DATE_ELEMENTS = tuple(
    sorted({path.partition(".")[0] for each in (*_WHEN.values(), _OTHERWISE_WHEN) for path in each})
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The extracted columns of one resource; times are aware."""

    status: str
    categories: tuple[str, ...]
    codes: tuple[str, ...]
    topic: str
    effective_start: datetime | None
    effective_end: datetime | None
    last_updated: datetime | None

    @property
    def retracted(self) -> bool:
        return self.status in RETRACTED


def columns_of(resource: dict[str, Any], zone: ZoneInfo) -> Columns:
    """Return the columns of ``resource``; a date without a time covers its whole day (or year) in ``zone``."""
    codes = _codes(resource)
    start, end = _when(resource, zone)
    return Columns(
        status=_status(resource),
        categories=_categories(resource),
        codes=codes,
        topic=_topic(resource, codes),
        effective_start=start,
        effective_end=end,
        last_updated=last_updated_of(resource, zone),
    )


def last_updated_of(resource: Mapping[str, Any], zone: ZoneInfo) -> datetime | None:
    """Return ``meta.lastUpdated``, aware; None where the source does not say."""
    updated = _moment(resource.get("meta", {}).get("lastUpdated"), zone)
    return updated[0] if updated else None


def _status(resource: dict[str, Any]) -> str:
    status = resource.get("status")
    if isinstance(status, str):
        return status[:40]
    lifecycle = resource.get("lifecycleStatus")  # Goal
    if isinstance(lifecycle, str):
        return lifecycle[:40]
    # Condition and AllergyIntolerance say it as codes; entered-in-error stands in verificationStatus.
    for name in ("verificationStatus", "clinicalStatus"):
        for code in _coding_codes(resource.get(name)):
            if name == "clinicalStatus" or code in RETRACTED:
                return code[:40]
    return ""


def _coding_codes(concept: Any) -> list[str]:
    if not isinstance(concept, dict):
        return []
    return [coding["code"] for coding in concept.get("coding", ()) if "code" in coding]


def _categories(resource: dict[str, Any]) -> tuple[str, ...]:
    category = resource.get("category")
    concepts = category if isinstance(category, list) else [category]
    found: list[str] = []
    for concept in concepts:
        if isinstance(concept, str):  # AllergyIntolerance.category is a plain code
            found.append(concept)
        found += _coding_codes(concept)
    return tuple(dict.fromkeys(found))


def _concept(resource: dict[str, Any]) -> Any:
    for name in ("code", "type", "medicationCodeableConcept", "vaccineCode"):
        concept = resource.get(name)
        if isinstance(concept, list):
            concept = concept[0] if concept else None
        if isinstance(concept, dict):
            return concept
    return {}


def _codes(resource: dict[str, Any]) -> tuple[str, ...]:
    codings = [coding for coding in _concept(resource).get("coding", ()) if "code" in coding]
    codes = [f"{coding.get('system', '')}|{coding['code']}" for coding in codings]
    return tuple(dict.fromkeys(codes))[:CODES_LIMIT]


def _topic(resource: dict[str, Any], codes: tuple[str, ...]) -> str:
    loinc = [code for code in codes if code.startswith(f"{LOINC}|")]
    if loinc or codes:
        return (loinc or list(codes))[0][:TOPIC_LIMIT_CHARACTERS]
    text = _concept(resource).get("text")
    return f"text|{text.strip().lower()}"[:TOPIC_LIMIT_CHARACTERS] if isinstance(text, str) else ""


def when_printed(resource: Mapping[str, Any]) -> tuple[str, str]:
    """Return the date by which ``resource`` is sorted as it was printed, and the end of its period; empty where there is none."""
    for path in _WHEN.get(resource["resourceType"], _OTHERWISE_WHEN):
        value: Any = resource
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        ends = (value.get("start"), value.get("end")) if isinstance(value, dict) else (value, None)
        first, last = (each if isinstance(each, str) and _is_date(each) else "" for each in ends)
        if first or last:
            return first, last
    return "", ""


def _is_date(text: str) -> bool:
    try:
        PartialDate.parse(text)
    except ValueError:
        return False
    return True


def _when(resource: dict[str, Any], zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    for path in _WHEN.get(resource["resourceType"], _OTHERWISE_WHEN):
        value: Any = resource
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, dict):
            start = _moment(value.get("start"), zone)
            end = _moment(value.get("end"), zone)
            if start or end:
                return (start or end or (None,))[0], end[1] if end else None
        elif bounds := _moment(value, zone):
            return bounds
    return None, None


def _moment(text: Any, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    if not isinstance(text, str):
        return None
    return _bounds(text, zone)


# The resources of one visit carry the same few moments over and over.
@lru_cache(maxsize=4096)
def _bounds(text: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    try:
        partial = PartialDate.parse(text)
        return partial.start(zone), partial.end(zone)
    except (ValueError, OverflowError):
        return None
