"""Which reports may hold news that people like to hear from a person, as pure rules that answer with a reason.

Promises: nothing here holds anything back. A report is in the portal as soon as the practice's system sends it (IB-1,
product.md part 2); these rules only say when the portal asks its reader first ("Read it now" or "Wait for my team",
ui.md section 6 page 7). "Show me only after my care team has read it" would need a word from the record system that a
report was gone through with the patient: none of the formats that come in carries one, so it is not offered.

What a report is, is told by its codes: https://terminology.hl7.org/CodeSystem-v2-0074.html,
https://hl7.org/fhir/us/core/STU6.1/ValueSet-us-core-diagnosticreport-category.html, SNOMED CT specialties, and the
LOINC document types that the sections of a chart use.
"""

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from carespace.practices.policies import Decision
from carespace.records.readings.plain_labs import LOINC

ReportKind = Literal["genetics", "pathology", "scan", "heart", "lab", "other"]
KINDS: tuple[ReportKind, ...] = get_args(ReportKind)
ASKED: frozenset[ReportKind] = frozenset({"genetics", "pathology", "scan"})

# In this order: a report that is of several kinds is of the first, so that the rule asks rather than not. Only an exact
# type of heart test is more than the broad category of imaging, under which echocardiograms come.
CATEGORIES: Mapping[ReportKind, tuple[str, ...]] = {
    "genetics": ("GE", "CG", "394580004"),
    "pathology": ("PAT", "SP", "CP", "LP7839-6", "394597005", "394915009"),
    "scan": (
        "RAD", "RX", "RUS", "CT", "NMR", "MRI", "NMS", "XRC", "imaging", "LP29684-5", "394914008", "363679005",
    ),
    "heart": ("CUS", "EC", "CTH", "LP29708-2", "394579002"),
    "lab": (
        "LAB", "laboratory", "CH", "HM", "MB", "MCB", "MYC", "SR", "VR", "TX", "IMM", "BG", "BLB", "OSL",
        "LP29693-6", "394596001", "108252007",
    ),
}  # fmt: skip
# What reports and documents are by their LOINC type, where their category says less.
TYPES: Mapping[ReportKind, tuple[str, ...]] = {
    "genetics": ("51969-4", "81247-9", "55232-3"),
    "pathology": (
        "11526-1", "60567-5", "60568-3", "22634-0", "11529-5", "34122-2", "33717-0", "33718-8", "33721-2", "48807-4",
    ),
    "scan": (
        "18748-4", "68604-8", "18747-6", "18755-9", "18782-3", "18726-0", "24606-6", "39154-8", "36643-5",
        "24627-2", "24558-9", "24590-2", "30746-2", "44136-0", "44139-4", "25045-6", "38269-5",
    ),
    "heart": ("11524-6", "45033-8", "42148-7", "18752-6", "34534-8", "18745-0"),
}  # fmt: skip

# Whose exact type is more than the category of another kind.
MORE_EXACT: Mapping[ReportKind, ReportKind] = {"scan": "heart"}


def codes_of(kind: ReportKind) -> list[str]:
    """Return the types of ``kind`` as the record keeps them: "http://loinc.org|18748-4"."""
    return [f"{LOINC}|{code}" for code in TYPES.get(kind, ())]


def kind_of(categories: Collection[str], codes: Collection[str]) -> ReportKind:
    """Return what a report or a document is; ``codes`` are "system|code", ``categories`` bare codes."""
    exact = {kind for kind in KINDS if any(code in codes for code in codes_of(kind))}
    for kind in KINDS:
        by_category = any(code in categories for code in CATEGORIES.get(kind, ()))
        if kind in exact or (by_category and MORE_EXACT.get(kind) not in exact):
            return kind
    return "other"


def may_hold_news(kind: ReportKind) -> Decision:
    """Whether a report of ``kind`` is one that some like to read with their care team: scans, pathology, genes.

    Lab values are not: 95 of 100 want them at once (JAMA Netw Open 2023; ui.md section 5).
    """
    return Decision(True, kind) if kind in ASKED else Decision(False)


def asks_first(
    kind: ReportKind, *, by_staff: bool, shows_at_once: bool, was_opened: bool
) -> Decision:
    """Whether a reader is asked before they see a report: the first time, unless they said not to be; staff never.

    A report that was corrected since is one that its reader has opened: it does not ask again.
    """
    if not may_hold_news(kind).allowed:
        return Decision(False, "no-news")
    if by_staff:
        return Decision(False, "staff")
    if shows_at_once:
        return Decision(False, "chosen")
    return Decision(False, "opened") if was_opened else Decision(True, kind)
