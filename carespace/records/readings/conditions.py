"""HealthIssue: one condition, concern or finding, as a patient may read it.

Promises: every way of saying when it began or ended is kept as it was said; a stage is told in the record's own words and
never worked out; what is a cancer, and what is a matter of life and home and no illness, only decides the heading it
stands under (https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-condition-problems-health-concerns.html,
…-encounter-diagnosis.html, http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from carespace.records.entries import Stored
from carespace.records.readings.added import (
    ASSERTED_DATE,
    HISTOLOGY,
    Extension,
    Place,
    added_date,
    added_words,
    place_words,
    plainly,
)
from carespace.records.readings.elements import Element, Range, read_as
from carespace.records.readings.standing import (
    CONDITION_CLINICAL,
    CONDITION_VERIFICATION,
    standing,
)
from carespace.records.readings.when import When, real, when
from carespace.records.readings.words import listed, said, said_or_code
from carespace.values import (
    Annotation,
    CodeableConcept,
    PartialDate,
    Period,
    Quantity,
    Reference,
)

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
OVER = frozenset({"inactive", "remission", "resolved"})
_CANCER_CODE = re.compile(r"(C[0-9]|D0[0-9])[0-9A-Z.]*")
_CANCER_WORDS = re.compile(
    r"\b(cancer|carcinoma|adenocarcinoma|malignant|leukemia|lymphoma|myeloma|sarcoma|melanoma|glioblastoma"
    r"|mesothelioma|blastoma)\b",
    re.IGNORECASE,
)
_NOT_CANCER_WORDS = re.compile(
    r"\b(suspected|suspicion|history of|family history|risk of|fear of|screening|benign|no evidence)\b",
    re.IGNORECASE,
)
# Conditions that are no illness. Only a category of the feed's own, or one of these SNOMED CT codes, puts an entry under
# "Life and home": the words "(finding)" do not, for a fever is one too.
_LIFE_CATEGORIES = {"sdoh", "social-history"}
_LIFE_CODES = frozenset(
    {
        "160903007", "160904001", "741062008", "73438004",  # work
        "224299000", "224295006", "473461003", "5251000175109",  # school
        "423315002", "422650009", "424393004", "706893006", "160968000", "266948004",  # people, safety
        "105531004", "32911000", "713458007", "266934004", "733423003",  # home, ways to get about, food
        "446654005", "1187604002", "224355006",  # refuge, service
    }
)  # fmt: skip


class _Stage(Element, frozen=True):
    summary: CodeableConcept | None = None
    assessment: tuple[Reference, ...] = ()
    type: CodeableConcept | None = None


class _Evidence(Element, frozen=True):
    code: tuple[CodeableConcept, ...] = ()
    detail: tuple[Reference, ...] = ()


class _Meta(Element, frozen=True):
    profile: tuple[str, ...] = ()


class _Condition(Element, frozen=True):
    meta: _Meta = _Meta()
    extension: tuple[Extension, ...] = ()
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    severity: CodeableConcept | None = None
    code: CodeableConcept | None = None
    body_site: tuple[Place, ...] = ()
    encounter: Reference | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_age: Quantity | None = None
    onset_range: Range | None = None
    onset_string: str | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    abatement_age: Quantity | None = None
    abatement_range: Range | None = None
    abatement_string: str | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    stage: tuple[_Stage, ...] = ()
    evidence: tuple[_Evidence, ...] = ()
    note: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage in the record's own words, what kind of stage it is, and the findings it rests on."""

    words: str
    kind: str = ""
    found: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthIssue:
    """One health issue; statuses are FHIR's codes, their words belong to the page."""

    stored: Stored
    what: str
    clinical_status: str
    verification_status: str
    categories: tuple[str, ...]
    category_words: str
    severity: str
    places: tuple[str, ...]
    tissue: str
    began: When | None
    ended: When | None
    diagnosed: PartialDate | None
    recorded: PartialDate | None
    recorder: Reference | None
    asserter: Reference | None
    visit: Reference | None
    stages: tuple[Stage, ...]
    evidence: str
    evidence_at: tuple[Reference, ...]
    notes: tuple[Annotation, ...]
    is_cancer: bool
    is_of_life: bool

    @property
    def id(self) -> UUID:
        return self.stored.id

    @property
    def is_over(self) -> bool:
        """Whether the record says so; where it gives no such status, whether it says that it ended."""
        return self.clinical_status in OVER or (not self.clinical_status and self.ended is not None)

    @property
    def is_ruled_out(self) -> bool:
        return self.verification_status == "refuted"

    def with_stages(self, more: Iterable[Stage]) -> "HealthIssue":
        """Return it with ``more`` stages, those that only other entries tell of."""
        return replace(self, stages=(*self.stages, *more))


def health_issue(stored: Stored) -> HealthIssue | None:
    """Read one stored Condition; None where it is not shaped like one."""
    found = read_as(_Condition, stored.content)
    if found is None:
        return None
    codes = tuple(each.code for one in found.category for each in one.coding if each.code)
    what = said(found.code)
    return HealthIssue(
        stored=stored,
        what=what,
        clinical_status=standing(found.clinical_status, CONDITION_CLINICAL),
        verification_status=standing(found.verification_status, CONDITION_VERIFICATION),
        categories=codes,
        category_words=plainly(found.category),
        severity=said(found.severity),
        places=place_words(found.body_site),
        tissue=added_words(found.extension, HISTOLOGY),
        began=when(
            found.onset_date_time,
            found.onset_period,
            found.onset_age,
            found.onset_range,
            found.onset_string,
        ),
        ended=when(
            found.abatement_date_time,
            found.abatement_period,
            found.abatement_age,
            found.abatement_range,
            found.abatement_string,
        ),
        diagnosed=real(added_date(found.extension, ASSERTED_DATE)),
        recorded=real(found.recorded_date),
        recorder=found.recorder,
        asserter=found.asserter,
        visit=found.encounter,
        stages=tuple(_stages(found.stage)),
        evidence=listed(code for each in found.evidence for code in each.code),
        evidence_at=tuple(one for each in found.evidence for one in each.detail),
        notes=found.note,
        is_cancer=_is_cancer(found, what),
        is_of_life=_is_of_life(found, codes),
    )


def _stages(found: Iterable[_Stage]) -> Iterable[Stage]:
    for each in found:
        words = said_or_code(each.summary) if each.summary else ""
        if words or each.assessment:
            yield Stage(words, said(each.type), each.assessment)


def _is_cancer(found: _Condition, what: str) -> bool:
    """Whether a code, a profile or the words say that it is one; never for what is only suspected or was ruled out."""
    sure = standing(found.verification_status, CONDITION_VERIFICATION)
    if _NOT_CANCER_WORDS.search(what) or sure == "refuted":
        return False
    profiled = any("cancer-condition" in each for each in found.meta.profile)
    codings = found.code.coding if found.code else ()
    coded = any(
        each.system == ICD10 and _CANCER_CODE.fullmatch(each.code or "") for each in codings
    )
    tissue = any(each.url == HISTOLOGY for each in found.extension)
    return profiled or coded or tissue or _CANCER_WORDS.search(what) is not None


def _is_of_life(found: _Condition, categories: Iterable[str]) -> bool:
    codings = found.code.coding if found.code else ()
    coded = any(each.system == SNOMED and each.code in _LIFE_CODES for each in codings)
    return coded or any(each in _LIFE_CATEGORIES for each in categories)
