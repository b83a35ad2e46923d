"""Who has looked at this record, and what they did (VDT-16, VDT-17, PRX-7)."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.activity import activity as activity_of
from carespace.access.activity import people_in, subjects
from carespace.access.permissions import Permission
from carespace.portal.door import open_chart
from carespace.portal.shell import chart_shell
from carespace.portal.users.deed_words import days_of
from carespace.portal.users.forms import PersonForm

EARLIEST, LATEST = date(1970, 1, 2), date(9000, 1, 1)


@require_safe
def activity(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show who has looked at this record, of everybody or of one person, some days at a time."""
    chart = open_chart(request, patient_id, Permission.ACTIVITY_READ, category="activity")
    people = people_in(chart)
    person = next((each for each, _ in people if str(each) == request.GET.get("person")), None)
    before = _day_asked(request.GET.get("before", ""))
    period = activity_of(chart, person=person, before=before)
    query = {"person": str(person)} if person else {}
    older = urlencode({**query, "before": period.older.isoformat()}) if period.older else ""
    context = {
        "shell": chart_shell(request, chart, ""),
        "patient_id": patient_id,
        "days": days_of(chart, period.deeds, subjects(chart, period.deeds)),
        "form": PersonForm(initial={"person": str(person or "")}, people=people),
        "manages": Permission.USERS_MANAGE in chart.permissions,
        "older_url": f"?{older}" if older else "",
        "newest_url": f"?{urlencode(query)}" if before else "",
    }
    return render(request, "portal/users/activity.html", context)


def _day_asked(text: str) -> date | None:
    """Return the day of ``?before=2026-11-20``; None for anything that is no day a record can be of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
