"""Amounts and stretches of time as people say them: 2 tablets, 5 mL, 12 hours.

Promises: the number keeps its printed digits; units that are words are counted in the active language, all other units
stay as they are written; an amount that makes no sense (none, below zero, absurdly long) is empty.
"""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carespace.records.readings.elements import Range, plain
from carespace.records.readings.units import pretty_unit
from carespace.values import Quantity

_MOST_DIGITS = 12
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_SAME = {
    "{tbl}": "tablet", "{tab}": "tablet", "{tablet}": "tablet", "tbl": "tablet", "tab": "tablet", "tabs": "tablet",
    "tablets": "tablet", "tablet(s)": "tablet", "{cap}": "capsule", "{capsule}": "capsule", "cap": "capsule",
    "caps": "capsule", "capsules": "capsule", "capsule(s)": "capsule", "[drp]": "drop", "{drop}": "drop",
    "drops": "drop", "drop(s)": "drop", "gtt": "drop", "{puff}": "puff", "puffs": "puff", "puff(s)": "puff",
    "{spray}": "spray", "sprays": "spray", "{patch}": "patch", "patches": "patch", "[iu]": "unit", "[u]": "unit",
    "{unit}": "unit", "units": "unit", "unit(s)": "unit", "u": "unit", "{dose}": "dose", "doses": "dose",
    "[tsp_us]": "teaspoon", "tsp": "teaspoon", "teaspoons": "teaspoon", "[tbs_us]": "tablespoon",
    "tbsp": "tablespoon", "tablespoons": "tablespoon", "{vial}": "vial", "vials": "vial", "{suppository}": "suppository",
    "suppositories": "suppository", "{lozenge}": "lozenge", "lozenges": "lozenge", "{application}": "application",
    "applications": "application", "{inhalation}": "puff", "inhalations": "puff", "1": "", "{each}": "", "each": "",
    "ea": "",
}  # fmt: skip


def number_text(number: Decimal | None) -> str:
    """Return a number above zero as printed, without idle zeros ("2.0" is 2, "0.50" is 0.5); else empty."""
    if (
        number is None
        or not number.is_finite()
        or number <= 0
        or not -_MOST_DIGITS < number.adjusted() < _MOST_DIGITS
    ):
        return ""
    text = plain(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_text(quantity: Quantity | None) -> str:
    """Return "2 tablets", "5 mL" or, where no unit is given, "2"; empty where there is no number."""
    if quantity is None or not (number := number_text(quantity.value)):
        return ""
    counted = f"{_SIGNS.get(quantity.comparator or '', '')}{number}"
    return _with_unit(counted, quantity.value == 1, _unit_of(quantity))


def quantity_text(quantity: Quantity) -> str:
    """Return the number with its comparator, such as ``<5`` or ``1.20``, with the digits it was printed with."""
    if quantity.value is None:
        return ""
    comparator = quantity.comparator or ""
    return f"{_SIGNS.get(comparator, comparator)}{plain(quantity.value)}"


def printed_text(quantity: Quantity | None) -> str:
    """Return "7.0 %", "0 cigarettes" or "-1.5": any number, with the digits it was printed with."""
    if quantity is None or not (number := quantity_text(quantity)):
        return ""
    return _with_unit(number, quantity.value == 1, _unit_of(quantity))


def printed_range(amounts: Range | None) -> str:
    """Return "6.5 to 7.0 %", or the one end that is given, with the digits they were printed with."""
    if amounts is None:
        return ""
    low, high = (quantity_text(each) if each else "" for each in (amounts.low, amounts.high))
    if not (low and high) or low == high:
        return printed_text(amounts.high if high else amounts.low)
    unit = _unit_of(amounts.high) or _unit_of(amounts.low)
    return _with_unit(span_text(low, high), False, unit)


def amounts_text(amounts: Range | None) -> str:
    """Return "1 to 2 tablets", or the one end that is given."""
    if amounts is None:
        return ""
    low = number_text(amounts.low.value) if amounts.low else ""
    high = number_text(amounts.high.value) if amounts.high else ""
    if not (low and high) or low == high:
        return amount_text(amounts.high if high else amounts.low)
    return _with_unit(
        span_text(low, high), False, _unit_of(amounts.high or Quantity()) or _unit_of(amounts.low)
    )


def span_text(low: str, high: str) -> str:
    """Return "1 to 2" for two numbers, the one number where there is only one or both are the same."""
    if not high or low == high:
        return low
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def has_counted_unit(quantity: Quantity | None) -> bool:
    """Say whether the amount is of something that is swallowed by the piece."""
    return quantity is not None and _unit_of(quantity) in {"tablet", "capsule"}


def time_span(number: str, unit: str, *, one: bool) -> str:
    """Return "12 hours" for a number as text and a UCUM unit of time; empty for a unit that is none."""
    count = _TIMES.get(unit)
    return count(1 if one else 2) % {"number": number} if count and number else ""


def _unit_of(quantity: Quantity | None) -> str:
    if quantity is None:
        return ""
    unit = (quantity.unit or quantity.code or "").strip()
    return _SAME.get(unit.lower(), unit.lower() if unit.lower() in _COUNTED else unit)


def _with_unit(number: str, one: bool, unit: str) -> str:
    if unit in _COUNTED:
        return _COUNTED[unit](1 if one else 2) % {"number": number}
    if unit in _TIMES:
        return _TIMES[unit](1 if one else 2) % {"number": number}
    return f"{number} {pretty_unit(unit)}".strip()


_Count = Callable[[int], str]
# fmt: off
_COUNTED: dict[str, _Count] = {
    "tablet": lambda n: ngettext("%(number)s tablet", "%(number)s tablets", n),
    "capsule": lambda n: ngettext("%(number)s capsule", "%(number)s capsules", n),
    "drop": lambda n: ngettext("%(number)s drop", "%(number)s drops", n),
    "puff": lambda n: ngettext("%(number)s puff", "%(number)s puffs", n),
    "spray": lambda n: ngettext("%(number)s spray", "%(number)s sprays", n),
    "patch": lambda n: ngettext("%(number)s patch", "%(number)s patches", n),
    "unit": lambda n: ngettext("%(number)s unit", "%(number)s units", n),
    "dose": lambda n: ngettext("%(number)s dose", "%(number)s doses", n),
    "teaspoon": lambda n: ngettext("%(number)s teaspoon", "%(number)s teaspoons", n),
    "tablespoon": lambda n: ngettext("%(number)s tablespoon", "%(number)s tablespoons", n),
    "vial": lambda n: ngettext("%(number)s vial", "%(number)s vials", n),
    "suppository": lambda n: ngettext("%(number)s suppository", "%(number)s suppositories", n),
    "lozenge": lambda n: ngettext("%(number)s lozenge", "%(number)s lozenges", n),
    "application": lambda n: ngettext("%(number)s application", "%(number)s applications", n),
}
_TIMES: dict[str, _Count] = {
    "s": lambda n: ngettext("%(number)s second", "%(number)s seconds", n),
    "min": lambda n: ngettext("%(number)s minute", "%(number)s minutes", n),
    "h": lambda n: ngettext("%(number)s hour", "%(number)s hours", n),
    "d": lambda n: ngettext("%(number)s day", "%(number)s days", n),
    "wk": lambda n: ngettext("%(number)s week", "%(number)s weeks", n),
    "mo": lambda n: ngettext("%(number)s month", "%(number)s months", n),
    "a": lambda n: ngettext("%(number)s year", "%(number)s years", n),
}
# fmt: on
