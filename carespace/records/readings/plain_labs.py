"""What a laboratory test is, in one plain sentence, and the group it stands in on a page.

Promises: says what a test looks at and never what a result means; in English and Spanish, in the active language;
only codes of LOINC (https://loinc.org) that are in ``carespace/records/plain_labs.toml`` are explained, a test without
one is placed by its name where that is certain, and among the other tests where it is not.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LOINC = "http://loinc.org"
_LONGEST_NAME = 300


class LabGroup(StrEnum):
    """The groups in the order in which a page shows them."""

    COUNTS = "blood-counts"
    KIDNEY = "kidney"
    LIVER = "liver"
    MINERALS = "minerals"
    SUGAR = "sugar"
    MARKERS = "tumor-markers"
    CLOTTING = "clotting"
    HORMONES = "hormones"
    VITAMINS = "iron-and-vitamins"
    HEART = "heart-and-muscle"
    LIPIDS = "lipids"
    INFECTION = "infection"
    URINE = "urine"
    GENES = "genes-and-tumor"
    IMMUNE = "immune"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The heading of the group, in the active language."""
        return str(_WORDS[self])

    @property
    def position(self) -> int:
        """Its place in the order, from 0."""
        return _ORDER[self]


_WORDS: dict[LabGroup, Promise] = {
    LabGroup.COUNTS: _("Blood counts"),
    LabGroup.KIDNEY: _("Kidneys"),
    LabGroup.LIVER: _("Liver"),
    LabGroup.MINERALS: _("Minerals and salts"),
    LabGroup.SUGAR: _("Blood sugar"),
    LabGroup.MARKERS: _("Tumor markers"),
    LabGroup.CLOTTING: _("Blood clotting"),
    LabGroup.HORMONES: _("Thyroid and hormones"),
    LabGroup.VITAMINS: _("Iron and vitamins"),
    LabGroup.HEART: _("Heart and muscles"),
    LabGroup.LIPIDS: _("Fats in the blood"),
    LabGroup.INFECTION: _("Infection and inflammation"),
    LabGroup.URINE: _("Urine tests"),
    LabGroup.GENES: _("Gene and tumor tests"),
    LabGroup.IMMUNE: _("Immune system and blood proteins"),
    LabGroup.OTHER: _("Other tests"),
}
_ORDER = {group: place for place, group in enumerate(LabGroup)}


@dataclass(frozen=True, slots=True)
class PlainLab:
    """One test in our own words; ``names`` and ``sentences`` are (English, Spanish)."""

    names: tuple[str, str]
    sentences: tuple[str, str]
    group: LabGroup

    @property
    def name(self) -> str:
        """The plain short name, in the active language."""
        return self.names[_language()]

    @property
    def sentence(self) -> str:
        """What the test looks at, in one sentence in the active language."""
        return self.sentences[_language()]


def about_lab(codes: Sequence[str]) -> PlainLab | None:
    """Return what the first known of these LOINC codes is about; None where none is known."""
    known = _tables().labs
    return next((known[code] for code in codes if code in known), None)


def group_of(codes: Sequence[str], name: str) -> LabGroup:
    """Return the group of a test by its LOINC codes, else by the words of its name, else the other tests."""
    if lab := about_lab(codes):
        return lab.group
    panels = _tables().panels
    by_code = next((panels[code] for code in codes if code in panels), None)
    return by_code or _group_by_name(name[:_LONGEST_NAME])


@dataclass(frozen=True, slots=True)
class _Tables:
    labs: dict[str, PlainLab]
    panels: dict[str, LabGroup]
    words: tuple[tuple[re.Pattern[str], LabGroup], ...]


def _language() -> int:
    return int((get_language() or "").partition("-")[0] == "es")


@cache
def _tables() -> _Tables:
    text = files("carespace.records").joinpath("plain_labs.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    labs = {
        code: lab for each in read["lab"] for lab in [_plain_lab(each)] for code in each["codes"]
    }
    panels = {code: LabGroup(group) for group, codes in read["panels"].items() for code in codes}
    words = tuple(
        (re.compile(rf"\b(?:{each['words']})\b", re.IGNORECASE), LabGroup(each["group"]))
        for each in read["named"]
    )
    return _Tables(labs, panels, words)


def _plain_lab(row: dict[str, Any]) -> PlainLab:
    return PlainLab(tuple(row["name"]), (row["en"], row["es"]), LabGroup(row["group"]))


@lru_cache(maxsize=2000)
def _group_by_name(name: str) -> LabGroup:
    return next((group for words, group in _tables().words if words.search(name)), LabGroup.OTHER)
