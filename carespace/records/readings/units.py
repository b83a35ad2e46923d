"""Units as people write them: ``10*3/uL`` (UCUM, https://ucum.org/ucum) becomes ``10³/µL``.

Promises: only the writing changes, never the unit; what is not known stays as it came.
"""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_POWER = re.compile(r"(?<![0-9])[x×]?10(?:\*|\^|[Ee]\+?)(-?[0-9]{1,2})")
_MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:L|l|g|mol|IU|U|m)(?![A-Za-z]))")
_NOTE = re.compile(r"\{[^{}]*\}")
# Most units need none of the above: no digit, no u, no brace.
_PLAIN = re.compile(r"[A-Za-tv-z%]+(?:/[A-Za-tv-z]+)?")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = {
    "1": "",
    "mm[Hg]": "mmHg",
    "[degF]": "°F",
    "Cel": "°C",
    "[in_i]": "in",
    "[lb_av]": "lb",
    "[IU]/L": "IU/L",
    "m[IU]/L": "mIU/L",
    "u[IU]/mL": "µIU/mL",
    "m[IU]/mL": "mIU/mL",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mL/min/{1.73m2}": "mL/min/1.73 m²",
}
_SPOKEN: Mapping[str, Promise] = {
    "K/µL": _("thousand in a microliter"),
    "10³/µL": _("thousand in a microliter"),
    "10⁹/L": _("billion in a liter"),
    "M/µL": _("million in a microliter"),
    "10⁶/µL": _("million in a microliter"),
    "10¹²/L": _("trillion in a liter"),
    "g/dL": _("grams in a deciliter"),
    "g/L": _("grams in a liter"),
    "mg/dL": _("milligrams in a deciliter"),
    "mg/L": _("milligrams in a liter"),
    "ng/mL": _("nanograms in a milliliter"),
    "pg/mL": _("picograms in a milliliter"),
    "mmol/L": _("millimoles in a liter"),
    "mEq/L": _("milliequivalents in a liter"),
    "U/L": _("units in a liter"),
    "IU/L": _("units in a liter"),
    "U/mL": _("units in a milliliter"),
}


def unit_in_words(unit: str) -> str:
    """Return what a unit of the screen means, in the active language; empty for one that is not known."""
    return str(_SPOKEN.get(unit, ""))


def pretty_unit(unit: str) -> str:
    """Return ``unit`` for the screen; empty for the unit one and for pure notes such as ``{score}``."""
    unit = unit.strip()
    if unit in _WORDS:
        return _WORDS[unit]
    if _PLAIN.fullmatch(unit):
        return unit
    unit = _NOTE.sub("", unit)
    unit = _POWER.sub(lambda hit: "10" + hit[1].translate(_RAISED), unit)
    return _MICRO.sub("µ", unit).replace("m2", "m²").strip("/ ")
