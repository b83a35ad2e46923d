"""Which parts the record has, in the order in which they are offered."""

from carespace.portal.record.parts.about_you import ABOUT_YOU
from carespace.portal.record.parts.allergies import ALLERGIES
from carespace.portal.record.parts.assessments import ASSESSMENTS
from carespace.portal.record.parts.bills import BILLS
from carespace.portal.record.parts.cancer import CANCER
from carespace.portal.record.parts.care_plan import CARE_PLAN
from carespace.portal.record.parts.care_team import CARE_TEAM
from carespace.portal.record.parts.devices import DEVICES
from carespace.portal.record.parts.family import FAMILY_HISTORY
from carespace.portal.record.parts.findings import FUNCTION, HABITS, OTHER_OBSERVATIONS, SURVEYS
from carespace.portal.record.parts.goals import GOALS
from carespace.portal.record.parts.health_issues import HEALTH_ISSUES
from carespace.portal.record.parts.insurance import INSURANCE
from carespace.portal.record.parts.medicines import MEDICINES
from carespace.portal.record.parts.orders import ORDERS
from carespace.portal.record.parts.other import other_part
from carespace.portal.record.parts.procedures import PROCEDURES
from carespace.portal.record.parts.vaccines import VACCINES
from carespace.portal.record.parts.visits import VISITS
from carespace.portal.record.rows import Part

_NAMED: tuple[Part, ...] = (
    MEDICINES,
    ALLERGIES,
    HEALTH_ISSUES,
    CANCER,
    PROCEDURES,
    VACCINES,
    CARE_PLAN,
    GOALS,
    ASSESSMENTS,
    CARE_TEAM,
    VISITS,
    ORDERS,
    DEVICES,
    HABITS,
    FUNCTION,
    SURVEYS,
    OTHER_OBSERVATIONS,
    FAMILY_HISTORY,
    ABOUT_YOU,
    INSURANCE,
    BILLS,
)
PARTS: tuple[Part, ...] = (*_NAMED, other_part(_NAMED))
BY_SLUG = {part.slug: part for part in PARTS}
