"""LabResult: one laboratory value, as a patient may read it (product rows S-33 to S-35).

Promises: the value keeps its printed digits and its own unit and range; a withdrawn result says that it was withdrawn
and no longer says its value; a date that is known to the month stays a month.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.records.readings.amounts import amount_text, amounts_text, quantity_text, span_text
from carespace.records.readings.elements import Measured, Observation, Range, read_as
from carespace.records.readings.flags import Flag, bounds_of, comparable, flag_of
from carespace.records.readings.plain_labs import LOINC, LabGroup, PlainLab, about_lab, group_of
from carespace.records.readings.semantic_tags import without_tag
from carespace.records.readings.status_words import status_word
from carespace.records.readings.units import pretty_unit
from carespace.records.readings.words import said, said_or_code
from carespace.ui.dates import partial_long, time_text
from carespace.values import (
    AgeRange,
    CodeableConcept,
    PartialDate,
    Period,
    Quantity,
    Reference,
    ReferenceRange,
    is_real_year,
)

UNNAMED = gettext_lazy("Test without a name")
WITHDRAWN = "entered-in-error"
CANCELLED = "cancelled"
TYPE = "Observation"
_SAYS_NOTHING = frozenset({"final", "unknown"})
_ANY_ZONE = ZoneInfo("UTC")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
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
        """How the value stands; None where nobody has said. Words that are the usual range's own are in it."""
        if self.has_no_number:
            return None
        same = bool(self.value) and self.value.casefold() == self.usual.casefold()
        return _flag(self.found) or ("in" if same else None)

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
        return "" if self.status in _SAYS_NOTHING else status_word(TYPE, "status", self.status)

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
        without_tag(coding.display)
        for coding in code.coding
        if coding.display and coding.display != coding.code
    ]
    return name, next((other for other in others if other.lower() != name.lower()), "")


def value_of(found: Measured) -> tuple[str, str]:
    """Return the value as printed, and its unit for the screen; both empty where there is none."""
    if found.value_quantity is not None and found.value_quantity.value is not None:
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
    if found.value_time is not None:
        return _clock(found.value_time) or found.value_time
    return _moment_text(found.value_date_time)


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
    start, end = _moment_text(period.start), _moment_text(period.end)
    if start and end:
        return _("%(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return _("Since %(start)s") % {"start": start}
    return _("Until %(end)s") % {"end": end} if end else ""


def _moment_text(text: str | None) -> str:
    """Return a moment in words, by the clock that the laboratory printed; what is no moment stays as it came."""
    date = partial(text) if text else None
    if date is None or not is_real_year(date.year):
        return text or ""
    day, _t, clock = date.text.partition("T")
    words = partial_long(PartialDate.parse(day), _ANY_ZONE)
    if not (told := _clock(clock)):
        return words
    return f"{words}, {told} UTC" if clock.endswith("Z") else f"{words}, {told}"


def _clock(text: str) -> str:
    found = _CLOCK.match(text)
    return (
        time_text(datetime(2000, 1, 1, int(found[1]), int(found[2]), tzinfo=UTC)) if found else ""
    )


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
    words = [*(said(each) for each in concepts), _ages(usual.age)]
    label = ", ".join(each for each in words if each)
    text = _range_text(usual, unit)
    return f"{label}: {text}" if label and text else text


def _ages(ages: AgeRange | None) -> str:
    """Return for which ages a range is."""
    if ages is None:
        return ""
    low, high = amount_text(ages.low), amount_text(ages.high)
    if low and high:
        same = (ages.low and ages.low.unit) == (ages.high and ages.high.unit)
        span = amounts_text(Range(low=ages.low, high=ages.high)) if same else span_text(low, high)
        return _("at the age of %(ages)s") % {"ages": span}
    if low:
        return _("from the age of %(age)s") % {"age": low}
    return _("up to the age of %(age)s") % {"age": high} if high else ""


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
