"""LabResult: one laboratory value, as a patient may read it (product rows S-33 to S-35).

Promises: the value keeps its printed digits and its own unit and range; a withdrawn result says that it was withdrawn
and no longer says its value; a date that is known to the month stays a month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from carespace.records.readings.elements import Measured, Observation, plain, read_as
from carespace.records.readings.flags import Flag, comparable, flag_of
from carespace.records.readings.units import pretty_unit
from carespace.values import CodeableConcept, PartialDate, Quantity, Reference, ReferenceRange

UNNAMED = "Test without a name"
WITHDRAWN = "entered-in-error"
STATUS_WORDS = {
    "registered": "Not ready yet",
    "preliminary": "Preliminary",
    "amended": "Corrected",
    "corrected": "Corrected",
    "cancelled": "Cancelled",
    WITHDRAWN: "Withdrawn: entered in error",
    "unknown": "",
}
_SIGNS = {"<=": "≤", ">=": "≥"}
_ABSENT = "No result"


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a result that has several, such as each half of a blood pressure."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result; ``taken`` is when the sample was taken as far as it was printed.

    ``flag`` is None where nobody has said how the value stands. ``performer`` is what the result itself calls the
    laboratory; ``performer_reference`` names a shared resource to ask where it does not.
    """

    id: UUID
    topic: str
    test: str
    also: str
    value: str
    unit: str
    number: Decimal | None
    parts: tuple[Part, ...]
    usual: str
    flag: Flag | None
    taken: PartialDate | None
    status: str
    performer: str
    performer_reference: str
    comments: tuple[str, ...]

    @property
    def status_word(self) -> str:
        """The word to show beside the value; empty for a final one."""
        return STATUS_WORDS.get(self.status, "")

    @property
    def is_withdrawn(self) -> bool:
        return self.status == WITHDRAWN


def lab_result(identity: UUID, topic: str, content: str) -> LabResult | None:
    """Read one stored Observation (JSON text); None where it is not shaped like one."""
    found = read_as(Observation, content)
    if found is None:
        return None
    test, also = names_of(found.code)
    withdrawn = found.status == WITHDRAWN
    value, unit = ("", "") if withdrawn else value_of(found)
    counts = found.status not in {WITHDRAWN, "cancelled"}
    performer = found.performer[0] if found.performer else Reference()
    return LabResult(
        id=identity,
        topic=topic,
        test=test,
        also=also,
        value=value,
        unit=unit,
        number=_number(found) if counts else None,
        parts=() if withdrawn else tuple(_parts(found.component)),
        usual="" if withdrawn else usual_range(found.reference_range, unit),
        flag=_flag(found) if counts else None,
        taken=_taken(found),
        status=found.status,
        performer=performer.display or "",
        performer_reference=performer.reference or "",
        comments=() if withdrawn else tuple(note.text for note in found.note if note.text),
    )


def names_of(code: CodeableConcept) -> tuple[str, str]:
    """Return what a test is called, and another name for it where it has one."""
    name = code.label() or UNNAMED
    others = [coding.display for coding in code.coding if coding.display]
    return name, next((other for other in others if other.lower() != name.lower()), "")


def value_of(found: Measured) -> tuple[str, str]:
    """Return the value as printed, and its unit for the screen; both empty where there is none."""
    if found.value_quantity is not None:
        return quantity_text(found.value_quantity), _unit_of(found.value_quantity)
    if text := _worded(found) or _spanned(found):
        return text, ""
    if found.data_absent_reason is not None:
        reason = found.data_absent_reason.label()
        return (f"{_ABSENT}: {reason}" if reason else _ABSENT), ""
    return "", ""


def _worded(found: Measured) -> str:
    if found.value_codeable_concept is not None:
        concept = found.value_codeable_concept
        codes = [coding.code for coding in concept.coding if coding.code]
        return concept.label() or next(iter(codes), "")
    if found.value_string is not None:
        return found.value_string.strip()
    if found.value_boolean is not None:
        return "Yes" if found.value_boolean else "No"
    if found.value_integer is not None:
        return str(found.value_integer)
    return found.value_time or found.value_date_time or ""


def _spanned(found: Measured) -> str:
    if found.value_range is not None:
        low, high = found.value_range.low, found.value_range.high
        unit = _unit_of(high or low or Quantity())
        return f"{_bounds(low, high)} {unit}".strip()
    if found.value_ratio is not None:
        ends = (found.value_ratio.numerator, found.value_ratio.denominator)
        return ":".join(f"{quantity_text(q)} {_unit_of(q)}".strip() for q in ends if q)
    if found.value_period is not None:
        return " to ".join(t for t in (found.value_period.start, found.value_period.end) if t)
    return "A recording; ask your care team about it" if found.value_sampled_data else ""


def quantity_text(quantity: Quantity) -> str:
    """Return the number with its comparator, such as ``<5`` or ``1.20``."""
    if quantity.value is None:
        return ""
    comparator = quantity.comparator or ""
    return f"{_SIGNS.get(comparator, comparator)}{plain(quantity.value)}"


def _unit_of(quantity: Quantity) -> str:
    return pretty_unit(quantity.unit or quantity.code or "")


def _number(found: Observation) -> Decimal | None:
    quantity = found.value_quantity
    return None if quantity is None or quantity.comparator else quantity.value


def _parts(components: Sequence[Measured]) -> list[Part]:
    read = [(each.code.label() or "", *value_of(each)) for each in components]
    return [Part(name, value, unit) for name, value, unit in read if value]


def _flag(found: Observation) -> Flag | None:
    return flag_of(found.interpretation, found.value_quantity, found.reference_range)


def usual_range(ranges: Sequence[ReferenceRange], unit: str) -> str:
    """Return the result's own usual range in words and numbers; each one of several with whom it is for."""
    if comparable(ranges) is not None:
        return _range_text(ranges[0], unit)
    return "; ".join(text for each in ranges if (text := _labelled(each, unit)))


def _labelled(usual: ReferenceRange, unit: str) -> str:
    concepts = [*usual.applies_to, *([usual.type] if usual.type else [])]
    label = ", ".join(word for concept in concepts if (word := concept.label()))
    text = _range_text(usual, unit)
    return f"{label}: {text}" if label and text else text


def _range_text(usual: ReferenceRange, unit: str) -> str:
    text = _bounds(usual.low, usual.high)
    if not text:
        return (usual.text or "").strip()
    own = next((_unit_of(q) for q in (usual.high, usual.low) if q and (q.unit or q.code)), unit)
    return text if own == unit else f"{text} {own}"


def _bounds(low: Quantity | None, high: Quantity | None) -> str:
    bottom = quantity_text(low) if low else ""
    top = quantity_text(high) if high else ""
    if bottom and top:
        return f"{bottom}–{top}"
    return f"under {top}" if top else (f"over {bottom}" if bottom else "")


def _taken(found: Observation) -> PartialDate | None:
    period = found.effective_period
    choices = (
        found.effective_date_time,
        period and (period.start or period.end),
        found.effective_instant,
        found.issued,
    )
    return next((date for text in choices if text and (date := partial(text))), None)


def partial(text: str) -> PartialDate | None:
    """Return the date in ``text``; None for one that cannot be."""
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None
