"""What coded things are called: their own text, our plain words, their display, or the official name of the code.

Promises: total, whatever the record holds; a code alone is never words, so what nobody can name is empty (VDT-1);
codes that FHIR and HL7 define are said in our own words, in the active language; all other words stay as they came.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from carespace.records.readings.code_words import CODE_WORDS, SPOKEN_BY_US
from carespace.records.readings.displays import displays
from carespace.records.readings.people_words import LANGUAGE_SYSTEMS, language_words
from carespace.records.readings.plain_cancers import plain_cancer
from carespace.records.readings.plain_labs import LOINC, about_lab
from carespace.records.readings.semantic_tags import without_tag
from carespace.records.readings.status_words import status_word
from carespace.values import CodeableConcept, Coding

__all__ = ["listed", "said", "said_code", "said_coding", "said_or_code", "status_word"]

# LOINC, SNOMED CT and RxNorm numbers, ICD-10 codes, OIDs: what a feed without names writes in place of words.
_BARE_CODE = re.compile(
    r"[0-9][0-9.-]{3,}|[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}|urn:\S+|https?://\S+", re.ASCII
)
_LONGEST_CODE = 200
# The code is what doctors say and write: a cancer stage (3C, pT3), a gene change (c.1799T>A).
_NOTATIONS = frozenset({"http://cancerstaging.org", "http://varnomen.hgvs.org"})
_ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"


def said(concept: CodeableConcept | None) -> str:
    """Return the words for ``concept``; empty where there are only codes that nobody can name."""
    if concept is None:
        return ""
    text = (concept.text or "").strip()
    if text and " " in text:
        return without_tag(text)
    codings = concept.coding
    if text and not _is_code(text, codings):
        return text
    words = next((words for each in codings if (words := said_coding(each))), "")
    return words or ("" if _BARE_CODE.fullmatch(text[:_LONGEST_CODE]) else text)


def said_or_code(concept: CodeableConcept) -> str:
    """Return the words for a coded result, else a code that reads as a word (POS); never a number for words."""
    if words := said(concept):
        return words
    codes = [each.code.strip() for each in concept.coding if each.code]
    text = (concept.text or "").strip()
    if text and text not in codes:
        return text  # A number that somebody wrote is the result, not a code for it.
    spoken = next((code for code in codes if not _BARE_CODE.fullmatch(code[:_LONGEST_CODE])), "")
    return spoken or (_("A coded result; ask your care team about it") if codes else "")


def said_coding(coding: Coding | None) -> str:
    """Return the words for one code: ours where HL7 defines the code, else its display, else its official name."""
    if coding is None:
        return ""
    system, code = coding.system or "", coding.code or ""
    if system in SPOKEN_BY_US and (words := said_code(system, code)):
        return words
    display = (coding.display or "").strip()
    if display and not _is_code(display, (coding,)):
        return without_tag(display)
    return said_code(system, code) or (
        "" if _BARE_CODE.fullmatch(display[:_LONGEST_CODE]) else display
    )


def said_code(system: str, code: str) -> str:
    """Return our words for a code, else its official English display; empty for a code that we do not know."""
    ours = CODE_WORDS.get(system, {}).get(code)
    if ours is not None:
        return str(ours)
    if system in LANGUAGE_SYSTEMS:
        return language_words(code)
    if system == LOINC and (lab := about_lab((code,))):
        return lab.name
    if system in _NOTATIONS:
        return code[:_LONGEST_CODE]
    official = displays().get(system, {})
    # The lists that name ICD-10-CM codes write them without the dot.
    found = official.get(code) or (
        official.get(code.replace(".", "")) if system == _ICD_10 else None
    )
    return without_tag(found or "")


def listed(concepts: Iterable[CodeableConcept | None]) -> str:
    """Return the words of several concepts joined by commas, each once; a cancer by its plain name."""
    found = (words for each in concepts if (words := said(each)))
    return ", ".join(dict.fromkeys(plain_cancer(words) or words for words in found))


def _is_code(text: str, codings: Iterable[Coding]) -> bool:
    """Say whether ``text`` is only a code in the place of words."""
    if " " in text or len(text) > _LONGEST_CODE:
        return False
    return _BARE_CODE.fullmatch(text) is not None or any(each.code == text for each in codings)
