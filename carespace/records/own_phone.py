"""The telephone number that a record gives for its patient.

Promises: of the numbers in use now, a mobile one first, then one at home, then any; none that is old; empty where there
is none (FHIR R4 ContactPoint).
"""

from django.db.models import TextField
from django.db.models.functions import Cast

from carespace.access.chart import Chart
from carespace.records.models import Resource
from carespace.records.readings.contact import Person
from carespace.records.readings.elements import read_as

_FIRST = {"mobile": 0, "home": 1}


def phone_on_file(chart: Chart) -> str:
    """Return the patient's number, or an empty text."""
    shown = Resource.objects.visible_in(chart).filter(
        resource_type="Patient", retracted_at__isnull=True
    )
    text = shown.annotate(text=Cast("content", TextField())).order_by("-received_at")
    newest = text.values_list("text", flat=True).first()
    found = read_as(Person, newest) if newest else None
    phones = [
        each
        for each in (found.telecom if found else ())
        if each.system == "phone" and each.value and each.use != "old"
    ]
    best = sorted(phones, key=lambda each: _FIRST.get(each.use or "", 2))
    return (best[0].value or "") if best else ""
