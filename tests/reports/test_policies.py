"""Which reports ask before they are opened: the rule by itself (IB-1; ui.md section 6 page 7)."""

import pytest

from carespace.records.policies import KINDS, ReportKind, asks_first, kind_of, may_hold_news

LOINC = "http://loinc.org|"


@pytest.mark.parametrize(
    ("categories", "codes", "kind"),
    [
        (["LAB"], [], "lab"),
        (["laboratory"], [], "lab"),
        (["RAD"], [], "scan"),
        (["NMR"], [], "scan"),
        (["CT"], [], "scan"),
        (["LP29684-5"], [], "scan"),
        (["394914008"], [], "scan"),
        (["PAT"], [], "pathology"),
        (["SP"], [], "pathology"),
        (["LP7839-6"], [], "pathology"),
        (["394597005"], [], "pathology"),
        (["GE"], [], "genetics"),
        (["GE", "LAB"], [], "genetics"),
        (["LAB", "PAT"], [], "pathology"),
        (["LP29708-2"], [], "heart"),
        (["RAD"], [f"{LOINC}42148-7"], "heart"),
        (["RAD"], [f"{LOINC}42148-7", f"{LOINC}18748-4"], "scan"),
        (["RAD", "PAT"], [f"{LOINC}42148-7"], "pathology"),
        ([], [f"{LOINC}18748-4"], "scan"),
        (["clinical-note"], [f"{LOINC}68604-8"], "scan"),
        (["clinical-note"], [f"{LOINC}11526-1"], "pathology"),
        (["clinical-note"], [f"{LOINC}60567-5"], "pathology"),
        (["clinical-note"], [f"{LOINC}51969-4"], "genetics"),
        (["clinical-note"], [f"{LOINC}11506-3"], "other"),
        ([], ["urn:other|18748-4"], "other"),
        ([], [], "other"),
    ],
)
def test_a_report_is_of_the_kind_its_codes_say(
    categories: list[str], codes: list[str], kind: str
) -> None:
    assert kind_of(categories, codes) == kind


def test_scans_pathology_and_genes_may_hold_news_and_nothing_else() -> None:
    assert {kind for kind in KINDS if may_hold_news(kind).allowed} == {
        "scan",
        "pathology",
        "genetics",
    }


@pytest.mark.parametrize(
    ("kind", "by_staff", "shows_at_once", "was_opened", "reason"),
    [
        ("scan", False, False, False, ""),
        ("scan", True, False, False, "staff"),
        ("pathology", False, True, False, "chosen"),
        ("genetics", False, False, True, "opened"),
        ("lab", False, False, False, "no-news"),
        ("other", False, False, False, "no-news"),
    ],
)
def test_a_reader_is_asked_once_unless_they_said_not_to_be(
    kind: ReportKind, by_staff: bool, shows_at_once: bool, was_opened: bool, reason: str
) -> None:
    decision = asks_first(
        kind, by_staff=by_staff, shows_at_once=shows_at_once, was_opened=was_opened
    )
    assert decision.allowed == (not reason)
    assert decision.reason == (reason or kind)
