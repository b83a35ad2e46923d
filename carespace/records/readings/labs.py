"""LabResult: one laboratory value, as a patient may read it (product rows S-33 to S-35).

Promises: the value keeps its printed digits and its own unit and range; a withdrawn result says that it was withdrawn
and no longer says its value; a date that is known to the month stays a month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.records.readings.elements import Measured, Observation, plain, read_as
from carespace.records.readings.flags import Flag, bounds_of, comparable, flag_of
from carespace.records.readings.plain_labs import LOINC, LabGroup, PlainLab, about_lab, group_of
from carespace.records.readings.units import pretty_unit
from carespace.records.readings.words import said, said_or_code
from carespace.values import (
    CodeableConcept,
    PartialDate,
    Period,
    Quantity,
    Reference,
    ReferenceRange,
)

UNNAMED = gettext_lazy("Test without a name")
WITHDRAWN = "entered-in-error"
CANCELLED = "cancelled"
STATUS_WORDS: Mapping[str, Promise] = {
    "registered": gettext_lazy("Not ready yet"),
    "preliminary": gettext_lazy("Preliminary"),
    "amended": gettext_lazy("Corrected"),
    "corrected": gettext_lazy("Corrected"),
    CANCELLED: gettext_lazy("Cancelled"),
    WITHDRAWN: gettext_lazy("Withdrawn: entered in error"),
}
_SIGNS = {"<=": "≤", ">=": "≥"}
_UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a result that has several, such as each half of a blood pressure."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True)
class LabResult:
    """One result, read as far as a page asks: a labs table shows hundreds, and of most of them a few words only."""

    id: UUID
    topic: str
    found: Observation
    received_at: datetime | None = None
    version: int = 1

    @cached_property
    def test(self) -> str:
        """What the test is called."""
        return names_of(self.found.code)[0]

    @cached_property
    def also(self) -> str:
        """Another name of the test; empty where it has none."""
        return names_of(self.found.code)[1]

    @property
    def value(self) -> str:
        """The value as printed; empty where there is none."""
        return self._printed[0]

    @property
    def unit(self) -> str:
        """The unit for the screen."""
        return self._printed[1]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return () if self.is_withdrawn else tuple(_parts(self.found.component))

    @cached_property
    def usual(self) -> str:
        """The result's own usual range; empty where the lab gave none."""
        return "" if self.is_withdrawn else usual_range(self.found.reference_range, self.unit)

    @cached_property
    def flag(self) -> Flag | None:
        """How the value stands; None where nobody has said."""
        return None if self.has_no_number else _flag(self.found)

    @property
    def has_no_number(self) -> bool:
        """Whether what stands in the value is no result: it was taken back, or never came about."""
        return self.status in {WITHDRAWN, CANCELLED}

    @cached_property
    def number(self) -> Decimal | None:
        """The value where it is one exact number; ``<5`` and words are none."""
        found = self.found.value_quantity
        if self.has_no_number or found is None or found.comparator:
            return None
        return found.value

    @cached_property
    def bounds(self) -> tuple[Quantity | None, Quantity | None]:
        """The ends of the usual range that the number may be compared with."""
        if self.number is None:
            return None, None
        return bounds_of(self.found.value_quantity, self.found.reference_range)

    @property
    def unit_code(self) -> str:
        """The unit's UCUM code; empty where the result gives none (https://ucum.org)."""
        found = self.found.value_quantity
        return (found.code or "") if found and found.system == _UCUM else ""

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The test's LOINC codes."""
        return tuple(c.code for c in self.found.code.coding if c.code and c.system == LOINC)

    @property
    def plain(self) -> PlainLab | None:
        """The test in our own words; None where we have none."""
        return about_lab(self.codes)

    @property
    def group(self) -> LabGroup:
        """The group in which a person looks for the test."""
        return group_of(self.codes, self.test)

    @property
    def specimen(self) -> Reference:
        """What was examined."""
        return (self.found.specimen if not self.is_withdrawn else None) or Reference()

    @cached_property
    def taken(self) -> PartialDate | None:
        """When the sample was taken, as far as it was printed."""
        return _taken(self.found)

    @property
    def status(self) -> str:
        return self.found.status

    @property
    def performer(self) -> str:
        """What the result itself calls the laboratory."""
        return self._performer.display or ""

    @property
    def performer_reference(self) -> str:
        """A shared resource to ask for the laboratory's name where the result does not say it."""
        return self._performer.reference or ""

    @property
    def comments(self) -> tuple[str, ...]:
        return () if self.is_withdrawn else tuple(n.text for n in self.found.note if n.text)

    @property
    def status_word(self) -> str:
        """The word to show beside the value; empty for a final one."""
        return str(STATUS_WORDS.get(self.status, ""))

    @property
    def is_withdrawn(self) -> bool:
        return self.status == WITHDRAWN

    @cached_property
    def _printed(self) -> tuple[str, str]:
        return ("", "") if self.is_withdrawn else value_of(self.found)

    @property
    def _performer(self) -> Reference:
        """The laboratory, where it is named beside a person; else who is named first."""
        named = self.found.performer
        places = (r for r in named if (r.reference or "").startswith("Organization/"))
        return next(places, named[0] if named else Reference())


def lab_result(
    identity: UUID,
    topic: str,
    content: str,
    *,
    received_at: datetime | None = None,
    version: int = 1,
) -> LabResult | None:
    """Read one stored Observation (JSON text); None where it is not shaped like one.

    ``received_at``: when it came, or was last changed, where that is asked for.
    """
    found = read_as(Observation, content)
    return None if found is None else LabResult(identity, topic, found, received_at, version)


def names_of(code: CodeableConcept) -> tuple[str, str]:
    """Return what a test is called, and another name for it where it has one."""
    name = said(code) or str(UNNAMED)
    others = [
        coding.display for coding in code.coding if coding.display and coding.display != coding.code
    ]
    return name, next((other for other in others if other.lower() != name.lower()), "")


def value_of(found: Measured) -> tuple[str, str]:
    """Return the value as printed, and its unit for the screen; both empty where there is none."""
    if found.value_quantity is not None:
        return quantity_text(found.value_quantity), _unit_of(found.value_quantity)
    if text := _worded(found) or _spanned(found):
        return text, ""
    if found.data_absent_reason is not None:
        reason = said(found.data_absent_reason)
        if reason:
            return _("No result: %(reason)s") % {"reason": reason}, ""
        return _("No result"), ""
    return "", ""


def _worded(found: Measured) -> str:
    if found.value_codeable_concept is not None:
        return said_or_code(found.value_codeable_concept)
    if found.value_string is not None:
        return found.value_string.strip()
    if found.value_boolean is not None:
        return _("Yes") if found.value_boolean else _("No")
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
        return _period_text(found.value_period)
    return _("A recording. Ask your care team about it.") if found.value_sampled_data else ""


def _period_text(period: Period) -> str:
    if period.start and period.end:
        return _("%(start)s to %(end)s") % {"start": period.start, "end": period.end}
    return period.start or period.end or ""


def quantity_text(quantity: Quantity) -> str:
    """Return the number with its comparator, such as ``<5`` or ``1.20``."""
    if quantity.value is None:
        return ""
    comparator = quantity.comparator or ""
    return f"{_SIGNS.get(comparator, comparator)}{plain(quantity.value)}"


def _unit_of(quantity: Quantity) -> str:
    return pretty_unit(quantity.unit or quantity.code or "")


def _parts(components: Sequence[Measured]) -> list[Part]:
    read = [(said(each.code), *value_of(each)) for each in components]
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
    label = ", ".join(word for concept in concepts if (word := said(concept)))
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
    if top:
        return _("under %(number)s") % {"number": top}
    return _("over %(number)s") % {"number": bottom} if bottom else ""


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
