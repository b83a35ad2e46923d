"""Which parts the record has, in the order in which they are offered."""

from django.utils.translation import gettext_lazy

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
from carespace.portal.record.rows import Part, Words

# As a person looks for them: what is treated, what is done, who cares, how life goes. The second title is for others than
# the patient.
SHELVES: tuple[tuple[Words, Words, tuple[Part, ...]], ...] = (
    (
        gettext_lazy("Your health and treatment"),
        gettext_lazy("Health and treatment of %(name)s"),
        (
            MEDICINES,
            ALLERGIES,
            HEALTH_ISSUES,
            CANCER,
            CARE_PLAN,
            GOALS,
            PROCEDURES,
            VACCINES,
            DEVICES,
        ),
    ),
    (
        gettext_lazy("Visits and care team"),
        gettext_lazy("Visits and care team"),
        (CARE_TEAM, VISITS, ORDERS, ASSESSMENTS),
    ),
    (
        gettext_lazy("Daily life and family"),
        gettext_lazy("Daily life and family"),
        (HABITS, FUNCTION, SURVEYS, OTHER_OBSERVATIONS, FAMILY_HISTORY),
    ),
    (
        gettext_lazy("You and your insurance"),
        gettext_lazy("%(name)s and insurance"),
        (ABOUT_YOU, INSURANCE, BILLS),
    ),
)
_NAMED = tuple(part for _, _, shelf in SHELVES for part in shelf)
OTHER = other_part(_NAMED)
PARTS: tuple[Part, ...] = (*_NAMED, OTHER)
BY_SLUG = {part.slug: part for part in PARTS}
