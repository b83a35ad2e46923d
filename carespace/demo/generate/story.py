"""The shape of one patient's illness as the generator tells it.

All `weeks` are counted from the patient's anchor day, the next visit or infusion after today, so
that infusions of one patient fall on one weekday; weeks before it are negative.
"""

import re
from dataclasses import dataclass

DONE = re.compile(r" \(done[^)]*\)")


@dataclass(frozen=True, slots=True)
class Phase:
    """Part of a treatment: `done` of `planned` treatments given, the first one in week `start`."""

    regimen: str
    planned: int
    done: int
    start: int


@dataclass(frozen=True, slots=True)
class Operation:
    """A procedure (key of `codes.PROCEDURES`) and the week it was done; `detail` is its report."""

    kind: str
    week: int
    detail: str


@dataclass(frozen=True, slots=True)
class Study:
    """An imaging study in plain sentences, as the radiologist dictated it."""

    name: str
    week: int
    reason: str
    findings: tuple[str, ...]
    impression: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """A tumor marker: high before treatment, halved every `half_life_weeks` down to low.

    Where `rises_from` is given the marker climbs back from that week on, until the next phase of
    treatment begins, and falls again under it.
    """

    test: str
    high: float
    low: float
    half_life_weeks: float
    treated_from: int
    rises_from: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One patient's cancer, told once and used for every resource and every paper."""

    mrn: str
    disease: str
    plain_name: str
    stage: str
    tnm: str
    diagnosed: int
    known: int
    anchor_days: int
    aim: str
    found: str
    specimen: str
    microscopy: str
    diagnosis_lines: tuple[str, ...]
    biomarkers: tuple[tuple[str, str], ...]
    plan: tuple[str, ...]
    now: str
    phases: tuple[Phase, ...]
    operations: tuple[Operation, ...]
    studies: tuple[Study, ...]
    markers: tuple[Marker, ...]
    summary: str
    genetics: str = ""
    survivorship: bool = False
    onset: str = ""

    @property
    def specimen_week(self) -> int:
        """The week of the biopsy or operation whose specimen the pathologist described."""
        if "biopsy" in self.specimen.lower():
            return self.diagnosed
        surgery = ("lumpectomy", "colectomy", "debulking")
        weeks = [operation.week for operation in self.operations if operation.kind in surgery]
        return weeks[0] if weeks else self.diagnosed

    @property
    def plan_at_first(self) -> tuple[str, ...]:
        """The plan as it was written before anything in it was done."""
        return tuple(DONE.sub("", step) for step in self.plan)

    @property
    def on_therapy(self) -> bool:
        """Whether the patient is in infusional or daily treatment that is watched by blood tests."""
        return not self.survivorship
