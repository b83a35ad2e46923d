"""Whether a result is in its usual range: only where the laboratory says so, or one comparable range does.

Promises: the laboratory's own interpretation comes first (v3 ObservationInterpretation,
https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html); a range is used only if it is the only one,
for everybody, in the same unit; a ``<5`` is judged only where every value it may stand for is judged alike; a word of
the laboratory that we do not know is never turned into "in range".
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from carespace.values import CodeableConcept, Quantity, ReferenceRange

Flag = Literal["in", "high", "low", "outside"]

_SYSTEMS = (
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "http://hl7.org/fhir/v2/0078",
    "http://terminology.hl7.org/CodeSystem/v2-0078",
)
_CODES: dict[str, Flag] = {
    "N": "in",
    **dict.fromkeys(("H", "HH", "HU", "H>", "HX", ">"), "high"),
    **dict.fromkeys(("L", "LL", "LU", "L<", "LX", "<"), "low"),
    **dict.fromkeys(("A", "AA"), "outside"),
}
_USUAL_TYPE = "normal"


def flag_of(
    interpretation: Sequence[CodeableConcept],
    value: Quantity | None,
    ranges: Sequence[ReferenceRange],
) -> Flag | None:
    """Return how the value stands, or None where nobody has said."""
    said = _said(interpretation)
    if said:
        return _agreed(said)
    found = _from_range(value, ranges)
    return None if interpretation and found == "in" else found


def comparable(ranges: Sequence[ReferenceRange]) -> ReferenceRange | None:
    """Return the one range that holds for everybody, if there is one; one for some people or some ages is not."""
    if len(ranges) != 1 or ranges[0].applies_to or ranges[0].age:
        return None
    only = ranges[0]
    if only.type is not None and only.type.coding:
        codes = {coding.code for coding in only.type.coding}
        if _USUAL_TYPE not in codes:
            return None
    return only


def _said(interpretation: Sequence[CodeableConcept]) -> set[Flag]:
    return {
        _CODES[coding.code]
        for concept in interpretation
        for coding in concept.coding
        if coding.code in _CODES and (coding.system in _SYSTEMS or coding.system is None)
    }


def _agreed(said: set[Flag]) -> Flag | None:
    """Return the one thing that was said; "outside" beside "high" only says less."""
    if len(said) > 1:
        said = said - {"outside"}
    return next(iter(said)) if len(said) == 1 else None


def bounds_of(
    value: Quantity | None, ranges: Sequence[ReferenceRange]
) -> tuple[Quantity | None, Quantity | None]:
    """Return the low and the high bound that ``value`` may be compared with; both None where nothing may."""
    usual = comparable(ranges)
    if value is None or value.value is None or usual is None:
        return None, None
    bounds = [each for each in (usual.low, usual.high) if each is not None]
    if any(each.comparator or not _same_unit(value, each) for each in bounds):
        return None, None
    return usual.low, usual.high


def _from_range(value: Quantity | None, ranges: Sequence[ReferenceRange]) -> Flag | None:
    if value is None or value.value is None:
        return None
    bottom, top = bounds_of(value, ranges)
    low = bottom.value if bottom else None
    high = top.value if top else None
    return _placed(value.value, value.comparator or "", low, high)


def _same_unit(value: Quantity, bound: Quantity) -> bool:
    """Say whether a bound is in the value's unit; one that names none is meant in the value's."""
    if value.code and bound.code:
        return (value.system, value.code) == (bound.system or value.system, bound.code)
    if not (bound.unit or bound.code):
        return True
    return bool({value.unit, value.code} & {bound.unit, bound.code} - {None})


def _placed(
    number: Decimal, comparator: str, low: Decimal | None, high: Decimal | None
) -> Flag | None:
    if low is None and high is None:
        return None
    if comparator in {"<", "<="}:
        return _at_most(number, comparator, low, high)
    if comparator in {">", ">="}:
        return _at_least(number, comparator, low, high)
    if comparator:
        return None
    if low is not None and number < low:
        return "low"
    return "high" if high is not None and number > high else "in"


def _at_most(
    number: Decimal, comparator: str, low: Decimal | None, high: Decimal | None
) -> Flag | None:
    if low is not None:
        certain = number < low or (comparator == "<" and number == low)
        return "low" if certain else None
    return "in" if high is not None and number <= high else None


def _at_least(
    number: Decimal, comparator: str, low: Decimal | None, high: Decimal | None
) -> Flag | None:
    if high is not None:
        certain = number > high or (comparator == ">" and number == high)
        return "high" if certain else None
    return "in" if low is not None and number >= low else None
