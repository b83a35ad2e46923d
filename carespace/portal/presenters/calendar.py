"""Visits as entries of a calendar file: who else can see somebody's calendar reads "Appointment", and no more.

Promises: unless the person chose words for their calendar, an entry holds the time, the word "Appointment", the address
of CareSpace and the practice's phone: not the practice's name, nor the place, for both may say what the visit is for.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from carespace.access.chart import Chart
from carespace.interop.calendar import Entry
from carespace.records.appointment_queries import Around
from carespace.records.readings.appointments import Visit
from carespace.records.readings.people import name_in


def entry_of(chart: Chart, visit: Visit, around: Around | None) -> Entry | None:
    """Return ``visit`` as an entry; with the record's words where ``around`` is given. None for one without a time."""
    if visit.starts is None:
        return None
    described = {"address": f"{settings.CARESPACE_ORIGIN}/", "phone": chart.practice.phone}
    return Entry(
        identity=f"{visit.id}@carespace",
        version=visit.version,
        changed_at=visit.received_at or visit.starts,
        starts=visit.starts,
        ends=visit.ends,
        status=visit.status,
        summary=visit.what if around else _("Appointment"),
        description=_("See CareSpace for details: %(address)s To change it, call %(phone)s.")
        % described,
        location=_where(visit, around) if around else "",
    )


def _where(visit: Visit, around: Around) -> str:
    parts = []
    for each in visit.places:
        there = around.places.get(each.reference or "")
        parts += [name_in(each, around.names), there.address if there else ""]
    return ", ".join(part for part in parts if part)
