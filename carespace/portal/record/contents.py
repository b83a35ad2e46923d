"""Which parts the record has, in the order in which they are offered."""

from carespace.portal.record.parts.allergies import ALLERGIES
from carespace.portal.record.rows import Part

PARTS: tuple[Part, ...] = (ALLERGIES,)
BY_SLUG = {part.slug: part for part in PARTS}
