"""Care plans, goals and the care team: every must-support element in words (US Core 6.1.0; VDT-2, VDT-3, D-15)."""

import pytest

from carespace.practices.models import Practice
from tests.people import Cast
from tests.record_more.conftest import PATIENT, Ask, Give
from tests.record_more.people import ANA, CANCER, CLINIC, NIECE, WARD, everybody

pytestmark = pytest.mark.django_db
PLAN_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/careplan-category"
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def _plan(**more: object) -> dict[str, object]:
    return {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": PLAN_CATEGORY, "code": "assess-plan"}]}],
        "subject": PATIENT,
        **more,
    }


def test_a_plan_says_all_that_it_holds(give: Give, part: Ask) -> None:
    give(
        *everybody(),
        {
            "resourceType": "Goal",
            "id": "walk",
            "subject": PATIENT,
            "lifecycleStatus": "active",
            "description": {"text": "Walk each day"},
        },
        {"resourceType": "CareTeam", "id": "team", "subject": PATIENT, "name": "Team Ruiz"},
        {
            "resourceType": "ServiceRequest",
            "id": "scan",
            "status": "active",
            "intent": "order",
            "subject": PATIENT,
            "code": {"text": "Bone scan"},
        },
        _plan(
            id="plan",
            text={
                "status": "additional",
                "div": f"<div {XHTML}><p>Tumor is smaller.</p><script>x()</script></div>",
            },
            title="After surgery",
            description="Keep up strength.",
            period={"start": "2026-03-01", "end": "2026-09-01"},
            created="2026-02-27",
            author=ANA,
            careTeam=[{"reference": "CareTeam/team"}],
            addresses=[CANCER],
            goal=[{"reference": "Goal/walk"}],
            note=[{"text": "Call if it hurts."}],
            activity=[
                {"reference": {"reference": "ServiceRequest/scan"}},
                {
                    "detail": {
                        "status": "in-progress",
                        "code": {"text": "Arm exercise"},
                        "scheduledTiming": {
                            "repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}
                        },
                        "location": WARD,
                        "performer": [ANA],
                        "reasonCode": [{"text": "Stiff shoulder"}],
                        "description": "Lift slowly.",
                    },
                    "progress": [{"text": "Going well."}],
                },
            ],
        ),
    )
    page = part("care-plan")
    for words in (
        "Plans now", "After surgery", "Assessment and plan of treatment",
        "From March 1, 2026 to September 1, 2026", "Breast cancer", "Walk each day", "Team Ruiz",
        "Tumor is smaller.", "Keep up strength.", "Call if it hurts.", "Bone scan", "Arm exercise",
        "Under way", "Twice a day", "Lake ward", "Stiff shoulder", "Lift slowly.", "Going well.",
        "Written down by Dr. Ana Ruiz on February 27, 2026.",
    ):  # fmt: skip
        assert words in page, words
    assert "x()" not in page
    assert "assess-plan" not in page


def test_a_plan_that_is_text_only_shows_its_text(give: Give, part: Ask) -> None:
    give(_plan(text={"status": "generated", "div": f"<div {XHTML}>Rest and drink.</div>"}))
    assert "Assessment and plan" in part("care-plan")
    assert "Rest and drink." in part("care-plan")


def test_a_treatment_plan_stands_apart_or_nowhere(cast: Cast, give: Give, part: Ask) -> None:
    give(
        _plan(
            id="t",
            title="Treatment plan: mFOLFOX6",
            category=[{"text": "Oncology"}],
            description="12 cycles",
        ),
        _plan(id="c", title="Diabetes care", category=[{"text": "Diabetes"}]),
        _plan(id="o", title="Old plan", status="completed"),
        _plan(id="a", title="Treatment plan and assessment"),
    )
    page = part("care-plan")
    assert page.index("Treatment plan Treatment plan: mFOLFOX6") < page.index("Diabetes care")
    assert page.index("Diabetes care") < page.index("Earlier plans Old plan")
    Practice.objects.filter(pk=cast.practice.pk).update(overrides={"feature_treatment_plan": False})
    page = part("care-plan")
    assert "mFOLFOX6" not in page
    assert "Treatment plan and assessment" in page
    assert "Diabetes care" in page


TARGETS = [
    ({"detailQuantity": {"value": 150, "unit": "lb"}}, "150 lb"),
    ({"detailRange": {"low": {"value": 120}, "high": {"value": 130, "unit": "mmHg"}}}, "120 to 130 mmHg"),
    ({"detailCodeableConcept": {"text": "No pain"}}, "No pain"),
    ({"detailString": "Walk to the park"}, "Walk to the park"),
    ({"detailBoolean": True}, "Yes"),
    ({"detailInteger": 3}, "3"),
    ({"detailRatio": {"numerator": {"value": 1}, "denominator": {"value": 2}}}, "1:2"),
]  # fmt: skip


@pytest.mark.parametrize(("detail", "words"), TARGETS)
def test_a_target_of_every_type_is_in_words(
    give: Give, part: Ask, detail: dict[str, object], words: str
) -> None:
    target = {"measure": {"text": "What we look at"}, "dueDate": "2026-12-24", **detail}
    give(
        {
            "resourceType": "Goal",
            "subject": PATIENT,
            "lifecycleStatus": "active",
            "description": {"text": "A goal"},
            "target": [target],
        }
    )
    page = part("goals")
    assert f"What we look at Target {words} To reach by December 24, 2026" in page


def test_a_goal_says_all_that_it_holds(give: Give, part: Ask) -> None:
    give(
        *everybody(),
        {
            "resourceType": "Goal",
            "lifecycleStatus": "on-hold",
            "achievementStatus": {"text": "Improving"},
            "description": {"text": "Sleep better"},
            "subject": PATIENT,
            "startDate": "2026-05",
            "target": [{"dueDuration": {"value": 3, "unit": "months", "code": "mo"}}],
            "statusReason": "Short break",
            "expressedBy": PATIENT,
            "addresses": [CANCER],
            "note": [{"text": "Try tea.", "authorString": "Nurse Bo"}],
        },
        {
            "resourceType": "Goal",
            "subject": PATIENT,
            "lifecycleStatus": "completed",
            "description": {"text": "Done goal"},
        },
    )
    page = part("goals")
    for words in (
        "Sleep better", "On hold", "Improving", "May 2026", "To reach within 3 months", "Short break",
        "Your own goal", "Breast cancer", "Try tea. (Nurse Bo)", "In the past Done goal",
    ):  # fmt: skip
        assert words in page, words


def test_each_member_of_the_team_has_a_role_a_number_and_an_address(give: Give, part: Ask) -> None:
    give(
        *everybody(),
        {
            "resourceType": "CareTeam",
            "status": "active",
            "name": "Team Ruiz",
            "subject": PATIENT,
            "participant": [
                {"role": [{"text": "Lead doctor"}], "member": ANA},
                {"member": {"reference": "PractitionerRole/ana-role"}},
                {"role": [{"text": "Clinic"}], "member": CLINIC},
                {"member": NIECE},
                {"role": [{"text": "Patient"}], "member": PATIENT},
                {"role": [{"text": "Helper"}], "member": {"display": "Neighbor Jo"}},
            ],
        },
        {
            "resourceType": "CareTeam",
            "status": "inactive",
            "name": "Team before",
            "subject": PATIENT,
        },
    )
    page = part("care-team")
    assert "Now Team Ruiz" in page
    assert (
        "Dr. Ana Ruiz Part in the care Lead doctor Job Oncologist Field Breast cancer Works for Harbor Clinic"
        " Work phone (555) 010-0177 Address 2 Pier, Port Alden, NY 14498" in page
    )
    assert "Dr. Ana Ruiz Part in the care Oncologist" in page
    assert "Harbor Clinic Part in the care Clinic Phone 555-010-0199 Address 1 Pier" in page
    assert (
        "Sara Putten Who they are to you niece Home phone 555-010-0166 Email sara@example.com"
        in page
    )
    assert "Home address 80 Village St, Holland, PA 17557" in page
    assert "You Part in the care Patient" in page
    assert "Neighbor Jo Part in the care Helper" in page
    assert "In the past Team before" in page
