"""Where an entry came from and when: "Written down by Dr. Ana Ruiz on September 8, 2026" (FHIR-15, "each with its source")."""

from django.utils.translation import gettext as _

from carespace.portal.record.rows import Around
from carespace.records.readings.people import name_in
from carespace.ui.dates import partial_long
from carespace.values import PartialDate, Reference


def source_of(around: Around, by: Reference | None, on: PartialDate | None) -> str:
    """Return one sentence on who wrote an entry down and when; the practice's own record where nobody is named."""
    who = name_in(by, around.names) or around.chart.practice.name
    if on is None:
        return _("From the record of %(who)s.") % {"who": who}
    return _("Written down by %(who)s on %(date)s.") % {
        "who": who,
        "date": partial_long(on, around.zone),
    }
