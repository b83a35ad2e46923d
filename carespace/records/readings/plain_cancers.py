"""Plain names for the commonest cancers: "Breast cancer, right side" for what ICD-10-CM calls a malignant neoplasm.

Promises: only the official wording of a code is said in other words, never what a person wrote; a name says the organ and
the side, as far as the wording has them, and nothing more; where we have no name, the empty text (ICD-10-CM, C00 to C96).
"""

import re
from collections.abc import Mapping
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.records.readings.displays import displays

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
# The beginning of a code without its dot; the longest that fits counts, and an empty name leaves the record's words.
_NAMES: Mapping[str, Promise | str] = {
    "C15": gettext_lazy("Cancer of the esophagus"),
    "C16": gettext_lazy("Stomach cancer"),
    "C17": gettext_lazy("Cancer of the small intestine"),
    "C18": gettext_lazy("Colon cancer"),
    "C181": gettext_lazy("Cancer of the appendix"),
    "C20": gettext_lazy("Rectal cancer"),
    "C210": gettext_lazy("Anal cancer"),
    "C211": gettext_lazy("Anal cancer"),
    "C23": gettext_lazy("Gallbladder cancer"),
    "C25": gettext_lazy("Pancreatic cancer"),
    "C32": gettext_lazy("Cancer of the voice box (larynx)"),
    "C34": gettext_lazy("Lung cancer"),
    "C50": gettext_lazy("Breast cancer"),
    "C53": gettext_lazy("Cervical cancer"),
    "C54": gettext_lazy("Cancer of the uterus"),
    "C56": gettext_lazy("Ovarian cancer"),
    "C61": gettext_lazy("Prostate cancer"),
    "C62": gettext_lazy("Testicular cancer"),
    "C64": gettext_lazy("Kidney cancer"),
    "C67": gettext_lazy("Bladder cancer"),
    "C71": gettext_lazy("Brain cancer"),
    "C73": gettext_lazy("Thyroid cancer"),
    "C77": gettext_lazy("Cancer that has spread to lymph nodes"),
    "C780": gettext_lazy("Cancer that has spread to the lung"),
    "C787": gettext_lazy("Cancer that has spread to the liver"),
    "C7931": gettext_lazy("Cancer that has spread to the brain"),
    "C7951": gettext_lazy("Cancer that has spread to the bones"),
}
_OFFICIAL = re.compile(r"(?:secondary (?:and unspecified )?)?malignant neoplasm\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.IGNORECASE)


def plain_cancer(words: str) -> str:
    """Return the plain name of the cancer that ``words``, ICD-10-CM's own, stand for; empty for all other words."""
    if not _OFFICIAL.match(words):
        return ""
    code = _codes().get(_key(words), "")
    lengths = range(len(code), 2, -1)
    name = next((str(_NAMES[code[:length]]) for length in lengths if code[:length] in _NAMES), "")
    return _with_side(name, words) if name else ""


def _with_side(name: str, words: str) -> str:
    found = _SIDE.search(words)
    side = found.group(1).lower() if found else ""
    if side == "right":
        return _("%(cancer)s, right side") % {"cancer": name}
    if side == "left":
        return _("%(cancer)s, left side") % {"cancer": name}
    return _("%(cancer)s, both sides") % {"cancer": name} if side else name


@cache
def _codes() -> dict[str, str]:
    """Official wording -> code, of the cancers."""
    found = displays().get(ICD10, {})
    return {_key(words): code for code, words in found.items() if code.startswith("C")}


def _key(words: str) -> str:
    return " ".join(words.lower().split())
